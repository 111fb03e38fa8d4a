"""How commands speak, and the one place that explains errors.

The result of a command goes to stdout: lines, or one line of JSON with
``--json``. Words for people go to stderr. An error that was foreseen is one
line and its remedy, never a traceback.

Exit codes: 0 done, 1 it did not work, 2 the command line or the settings are
wrong, 3 something must be done first (the database is behind), 130 interrupted;
``loadtest`` has some of its own.
"""

import json
import shlex
import shutil
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from altlas_chat.settings import SettingsError

DONE = 0
FAILED = 1
WRONG_USE = 2
NOT_READY = 3
WORSE = 3
VOID = 4
UNREACHABLE = 5
INTERRUPTED = 130

EXIT_CODES: Mapping[int, str] = MappingProxyType(
    {
        DONE: "done",
        FAILED: "it did not work; the message says why and what to do",
        WRONG_USE: "the command line, the settings or a document that was named is wrong",
        NOT_READY: (
            "something must be done first: the database waits for `altlas-chat migrate up`, the"
            " server to be tested is not there; of `loadtest`: a figure is worse than the baseline"
        ),
        VOID: "of `loadtest`: the run is void, for the generator could not keep up",
        UNREACHABLE: "of `loadtest`: the server can't be tested, or went away",
        INTERRUPTED: "interrupted (Ctrl-C)",
    }
)
"""Every exit code of every command."""


def say(text: str = "") -> None:
    """Tell a person something."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def print_json(value: Any) -> None:
    """Print data for a program, as one line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201


def print_line(text: str) -> None:
    """Print a line of the command's result."""
    print(text, flush=True)  # noqa: T201


def program() -> str:
    """How this command is called here: by its name where the shell finds it, else by its path."""
    name = "altlas-chat"
    called, found = Path(sys.argv[0]), shutil.which(name)
    if called.stem != name or (found is not None and called.resolve() == Path(found).resolve()):
        return name
    return shlex.quote(str(called))


def as_toml(value: object) -> str:
    """A setting's value as it is written in ``altlas-chat.toml``; what has none is ``(none)``."""
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)


def explain(error: BaseException, *, debug: bool = False, as_json: bool = False) -> int:
    """Tell what went wrong and what to do; the exit code.

    With ``as_json`` a program is told too, on stdout:
    ``{"error": {"detail": …, "remedy": …}}``.
    """
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    told = _told(error)
    for detail, remedy in told:
        say(f"altlas-chat: {detail}")
        say(f"  {remedy}")
    if as_json:
        details, remedies = zip(*told, strict=True)
        print_json({"error": {"detail": "\n".join(details), "remedy": "\n".join(remedies)}})
    return _exit_code(error)


def _told(error: BaseException) -> list[tuple[str, str]]:
    """What is wrong and its remedy; our own errors carry both."""
    if isinstance(error, SettingsError):
        return [(f"{one.place}: {one.detail}.", one.remedy) for one in error.problems]
    detail, remedy = getattr(error, "detail", None), getattr(error, "remedy", None)
    if isinstance(detail, str) and isinstance(remedy, str):
        return [(detail, remedy)]
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return [(f"{where}{error.strerror or error}.", "Check the path or the address.")]
    return [
        (
            f"{type(error).__name__}: {error}",
            "This is a mistake in altlas-chat; `altlas-chat --debug …` shows where.",
        )
    ]


def _exit_code(error: BaseException) -> int:
    if isinstance(error, SettingsError):
        return WRONG_USE
    # Loaded here, so that --help stays quick.
    from altlas_chat.specs.findings import DocumentUnusable  # noqa: PLC0415

    if isinstance(error, DocumentUnusable):
        return WRONG_USE
    from altlas_chat.storage.schema import SchemaBehind, SchemaMissing  # noqa: PLC0415

    return NOT_READY if isinstance(error, SchemaMissing | SchemaBehind) else FAILED
