"""How ``altlas-chat contract collection`` speaks, and what it writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from altlas_chat.reading import read_document
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.toolkit.collecting.bruno import as_bruno
from altlas_chat.toolkit.collecting.collecting import Choices, collect
from altlas_chat.toolkit.collecting.own import collect_own
from altlas_chat.toolkit.collecting.postman import as_environment, as_postman
from altlas_chat.toolkit.collecting.requests import Collection
from altlas_chat_cli import output


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    document: str | None
    out: Path | None
    form: str
    environment: Path | None
    fetch: bool
    as_json: bool


def chosen(**given: Any) -> Choices:
    """The choices that a command line names."""
    return Choices(**given)


def write_collection(wish: Wish, choices: Choices) -> int:
    """Make and write it; the exit code."""
    try:
        made = _made(wish, choices)
    except DocumentUnusable as unusable:
        for finding in unusable.findings:
            output.say(str(finding))
        if wish.as_json:
            told = {"detail": unusable.detail, "remedy": unusable.remedy}
            output.print_json({"error": told})
        return output.WRONG_USE
    if wish.out is None:
        output.print_line(_as_text(as_postman(made)))
        return output.DONE
    files = dict(_files(wish, made, wish.out))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _tell(wish, made, wish.out, len(files))
    return output.DONE


def _made(wish: Wish, choices: Choices) -> Collection:
    if wish.document is None:
        return collect_own(choices)
    return collect(read_document(wish.document, fetch=wish.fetch, lenient=True), choices)


def _files(wish: Wish, made: Collection, out: Path) -> Mapping[Path, str]:
    if wish.form == "bruno":
        files = {out / name: text for name, text in as_bruno(made).items()}
    else:
        files = {out: _as_text(as_postman(made)) + "\n"}
    if wish.environment is not None:
        files[wish.environment] = _as_text(as_environment(made)) + "\n"
    return files


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _tell(wish: Wish, made: Collection, out: Path, files: int) -> None:
    variables = [one.name for one in made.variables]
    if wish.as_json:
        told = {
            "output": str(out),
            "files": files,
            "requests": len(made.requests),
            "folders": len(made.folders),
            "variables": variables,
        }
        output.print_json(told)
        return
    output.say(
        f"{out}: {len(made.requests)} requests in {len(made.folders)} folders;"
        f" variables {', '.join(variables)}."
    )
