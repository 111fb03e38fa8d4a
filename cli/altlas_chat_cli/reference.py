"""The generated pages of the documentation.

``docs/configuration.md`` comes from the settings table, ``docs/cli.md`` from the
commands themselves, ``docs/lint.md`` and ``docs/diff.md`` from the rules of
``contract lint`` and ``contract diff``.
``python -m altlas_chat_cli.reference --check`` says which page is stale,
``--write`` writes them all; run in a checkout.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from altlas_chat.configuring import FILE_NAME, FILE_VARIABLE, TEST_PREFIX
from altlas_chat.settings import SECTIONS, TABLE, Setting
from altlas_chat.toolkit.diffing.catalogue import tables
from altlas_chat.toolkit.linting import catalogue
from altlas_chat_cli import output
from altlas_chat_cli.main import app

PROGRAM = "altlas-chat"
_DO_NOT_EDIT = "<!-- Generated: `python -m altlas_chat_cli.reference --write`. Do not edit. -->"

_CONFIGURATION = f"""\
# Configuration

{_DO_NOT_EDIT}

Every setting has a default; nothing needs to be set to start. A value is taken from the first of
these that has one:

1. a flag, such as `--port 9000`, for the few settings that have one;
2. an environment variable, such as `ALTLAS_CHAT_PORT=9000`; an empty one counts as not set;
3. the file `{FILE_NAME}` in the present folder, or the one that `{FILE_VARIABLE}` names;
4. the default.

The file is TOML, one `name = value` in a line, without tables:

```toml
port = 9000
database = "postgresql://chat@localhost/chat"
cors_origins = ["https://chat.example.org"]
```

In a variable a list is written with commas: `https://a.example,https://b.example`.
A name says its unit: `_seconds`, `_days`, `_bytes`, `_kib`, `_characters`.

`altlas-chat config show` prints every value and where it came from, without secrets;
`altlas-chat config check` says everything that is wrong. A name that is no setting is an error, in
the file as well as in a variable that begins with `ALTLAS_CHAT_`; only `{TEST_PREFIX}…`, which
speaks to the project's own tests, is left alone. Kubernetes makes such variables for a service
named `altlas-chat`: give the pod `enableServiceLinks: false`.
"""

_COMMANDS = f"""\
# Commands

{_DO_NOT_EDIT}

The result of a command goes to stdout, words for people go to stderr. With `--json` the result is
one line of JSON; when the command fails, that line is `{{"error": {{"detail": …, "remedy": …}}}}`.
An error is told with its remedy and without a traceback; `altlas-chat --debug …` shows where in the
program it came from.

| exit code | meaning |
|---|---|
"""

_DIFF = f"""\
# Rules of contract diff

{_DO_NOT_EDIT}

What `altlas-chat contract diff` looks for; `docs/contract.md` tells how it is used. The names are
those of oasdiff wherever it has one. **breaking**: a client that keeps to the old document may
fail; dangerous: that can't be told from the documents; safe: it can't fail. `--rule RULE=LEVEL`
sets a level of one's own.
"""

_LINT = f"""\
# Rules of contract lint

{_DO_NOT_EDIT}

What `altlas-chat contract lint` looks for; `docs/contract.md` tells how it is used and set, and
`altlas-chat contract lint --explain RULE` tells all of one rule, with a good and a bad sample.
*Set* is the smallest set that a rule is in: `recommended`, `strict` (all of those and more) or
`all`. *Elsewhere* is what Spectral, Redocly and vacuum call a rule much like it; a configuration
may use these names, too.
"""


def configuration_page() -> str:
    """The text of ``docs/configuration.md``."""
    lines = [_CONFIGURATION.rstrip()]
    for name, row in TABLE.items():
        if name in SECTIONS:
            lines += ["", f"## {SECTIONS[name]}", "", "| setting | default | meaning | allowed |"]
            lines.append("|---|---|---|---|")
        lines.append(_setting_row(row))
    return "\n".join(lines) + "\n"


def _setting_row(row: Setting) -> str:
    written = f"`{row.name}`<br>`{row.variable}`"
    if row.flag:
        written += f"<br>`{row.option}`"
    if isinstance(row.default, tuple):
        default = f"`{output.as_toml(list(row.default))}`"
    else:
        default = "none" if row.default is None else f"`{output.as_toml(row.default)}`"
    about = f"{row.about} Secret." if row.secret else row.about
    return f"| {written} | {default} | {about} | {row.bounds} |".replace("|  |", "| |")


def commands_page() -> str:
    """The text of ``docs/cli.md``."""
    codes = [f"| {code} | {meaning} |" for code, meaning in output.EXIT_CODES.items()]
    lines = [_COMMANDS + "\n".join(codes)]
    for path, command in _commands(typer.main.get_command(app), PROGRAM):
        lines += ["", f"## `{path}`", "", *_command_lines(path, command)]
    return "\n".join(lines) + "\n"


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    children = getattr(command, "commands", {})
    if not children or path == PROGRAM:
        yield path, command
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}")


def _command_lines(path: str, command: Any) -> Iterator[str]:
    shown = [param for param in command.params if not getattr(param, "hidden", False)]
    arguments = [param for param in shown if param.param_type_name == "argument"]
    options = [param for param in shown if param.param_type_name == "option"]
    words = [f"[{one.name.upper()}]" if not one.required else one.name.upper() for one in arguments]
    more = ["COMMAND …"] if getattr(command, "commands", None) else []
    yield from ("```console", " ".join([path, *(["[OPTIONS]"] if options else []), *words, *more]))
    yield from ("```", "", (command.help or "").strip())
    if arguments or options:
        yield from ("", "| option | meaning |", "|---|---|")
    for param in arguments:
        yield f"| `{param.name.upper()}` | {_meaning(param)} |"
    for param in options:
        value = "" if param.is_flag else f" {param.name.upper()}"
        yield f"| `{', '.join(param.opts)}{value}` | {_meaning(param)} |"


def _meaning(param: Any) -> str:
    meaning = " ".join((param.help or "").split())
    plain = not getattr(param, "is_flag", False) and getattr(param, "show_default", True)
    if plain and isinstance(param.default, str | int | float):
        meaning += f" Default: `{param.default}`."
    return f"{meaning} Required.".strip() if param.required else meaning


def lint_page() -> str:
    """The text of ``docs/lint.md``."""
    return f"{_LINT}\n{catalogue.as_markdown()}\n"


def diff_page() -> str:
    """The text of ``docs/diff.md``."""
    return f"{_DIFF}\n{tables()}\n"


PAGES = {
    "configuration.md": configuration_page,
    "cli.md": commands_page,
    "lint.md": lint_page,
    "diff.md": diff_page,
}


def stale_pages(folder: Path) -> list[Path]:
    """The pages in ``folder`` that are missing or not what they should be."""
    return [folder / name for name, page in PAGES.items() if _text(folder / name) != page()]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: list[str]) -> int:
    """Check or write the pages in ``docs``; the exit code."""
    folder = Path("docs")
    if arguments == ["--write"]:
        folder.mkdir(exist_ok=True)
        for name, page in PAGES.items():
            (folder / name).write_text(page(), encoding="utf-8")
        return output.DONE
    if arguments != ["--check"]:
        output.say("Use --check or --write.")
        return output.WRONG_USE
    stale = stale_pages(folder)
    for path in stale:
        output.say(f"{path} is stale: run `python -m altlas_chat_cli.reference --write`.")
    return output.FAILED if stale else output.DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
