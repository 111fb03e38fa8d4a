"""How commands speak: data to stdout, words for people to stderr, mistakes in one line.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 something must be done first,
130 interrupted.
"""

import json
import sys
import traceback
from typing import Any

FAILED = 1
WRONG_USE = 2
NOT_READY = 3
INTERRUPTED = 130


def say(text: str = "") -> None:
    """Tell a person something."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def print_json(value: Any) -> None:
    """Print data for a program, as one line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)  # noqa: T201


def print_line(text: str) -> None:
    """Print a line of the command's result."""
    print(text, flush=True)  # noqa: T201


def explain(error: BaseException, *, debug: bool = False) -> int:
    """Tell what went wrong and what to do, without a traceback; the exit code."""
    if debug:
        traceback.print_exception(error, file=sys.stderr)
    detail, remedy = _words_of(error)
    say(f"altlas-chat: {detail}")
    if remedy:
        say(f"  {remedy}")
    return int(getattr(error, "exit_code", FAILED))


def _words_of(error: BaseException) -> tuple[str, str]:
    remedy = str(getattr(error, "remedy", ""))
    if remedy:
        detail = str(getattr(error, "detail", "") or getattr(error, "reason", "") or error)
        place = getattr(error, "place", None)
        return (f"{place}: {detail}" if place else detail), remedy
    return (
        f"{type(error).__name__}: {error}",
        "This is a mistake in altlas-chat; `--debug` before the command shows where.",
    )
