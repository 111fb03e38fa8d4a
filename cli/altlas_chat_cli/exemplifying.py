"""How ``altlas-chat contract examples`` works and speaks."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from altlas_chat.reading import read_document
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Schemas
from altlas_chat.toolkit.exemplifying.filling import Filled, filled
from altlas_chat.toolkit.exemplifying.finding import USUAL, Examples, Missing, Where, examples_of
from altlas_chat.toolkit.reports import as_json as finding_as_json
from altlas_chat_cli import output


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    source: str
    target: Path | None
    in_place: bool
    check: bool
    where: tuple[str, ...]
    seed: int
    language: str
    fetch: bool
    as_json: bool


def carry_out(wish: Wish) -> int:
    """Look, write, tell, and the exit code.

    Raises:
        DocumentUnusable: it can't be worked with.
    """
    document = read_document(wish.source, fetch=wish.fetch)
    if document.kind is not Kind.OPENAPI:
        raise _unusable(document, "no-openapi", "it is no OpenAPI document", "Name one.")
    language = cast("Literal['en', 'tr']", wish.language)
    sampler = Sampler(document, Schemas(document), seed=wish.seed, language=language)
    where = tuple(map(Where, wish.where)) or USUAL
    found = examples_of(document, sampler, where)
    if wish.check:
        return _checked(wish, document, found)
    try:
        changed = filled(document, found.missing)
        files = _write(wish, document, changed)
    except OSError as error:
        return output.explain(error, as_json=wish.as_json)
    except UnicodeDecodeError as error:
        what = "it is not in UTF-8, and can't be changed"
        raise _unusable(document, "not-utf-8", what, "Save it in UTF-8.") from error
    _tell_filled(wish, document, found, changed, files)
    return output.FAILED if changed.refused or found.impossible else output.DONE


def _unusable(document: Document, rule: str, what: str, remedy: str) -> DocumentUnusable:
    return DocumentUnusable([Finding(Place(document.source), rule, what, remedy)])


def _write(wish: Wish, document: Document, changed: Filled) -> list[str]:
    """Write or print the texts; the files that were written."""
    root = document.files[0]
    others = [name for name in changed.files if name != root]
    if wish.in_place:
        for name, text in changed.files.items():
            Path(name).write_bytes(text.encode())
        return list(changed.files)
    if others:
        what = f"examples are missing in {others[0]}, too, and one file is to be written"
        remedy = "Use --in-place, or make one file of it first: altlas-chat contract bundle."
        raise _unusable(document, "several-files", what, remedy)
    changed_root = changed.files.get(root)
    raw = Path(root).read_bytes() if changed_root is None else changed_root.encode()
    if wish.target is None:
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()
        return []
    wish.target.write_bytes(raw)
    return [str(wish.target)]


def _checked(wish: Wish, document: Document, found: Examples) -> int:
    good = not (found.missing or found.wrong)
    if wish.as_json:
        output.print_json(
            {
                "present": found.present,
                "missing": [_missing_as_json(document, one) for one in found.missing],
                "wrong": [finding_as_json(one) for one in found.wrong],
                "impossible": [finding_as_json(one) for one in found.impossible],
            }
        )
        return output.DONE if good else output.FAILED
    for one in found.missing:
        place = document.place(one.holder.pointer)
        output.print_line(f"{place}: {_called(one)} has no example.")
    for finding in (*found.wrong, *found.impossible):
        output.print_line(str(finding))
    output.say(
        f"{found.present} with examples, {len(found.missing)} without, {len(found.wrong)} wrong."
    )
    return output.DONE if good else output.FAILED


def _tell_filled(
    wish: Wish, document: Document, found: Examples, changed: Filled, files: list[str]
) -> None:
    refused = {(one.place.file, one.place.pointer) for one in changed.refused}
    added = [one for one in found.missing if _spot(document, one) not in refused]
    if wish.as_json:
        output.print_json(
            {
                "files": files,
                "added": [_missing_as_json(document, one) for one in added],
                "wrong": [finding_as_json(one) for one in found.wrong],
                "impossible": [
                    finding_as_json(one) for one in (*found.impossible, *changed.refused)
                ],
            }
        )
        return
    for one in added:
        output.say(f"{document.place(one.holder.pointer)}: {_called(one)} has an example now.")
    for finding in (*found.wrong, *found.impossible, *changed.refused):
        output.say(str(finding))
    output.say(f"{len(added)} added, {found.present} were there.")


def _spot(document: Document, one: Missing) -> tuple[str, str]:
    place = document.place(one.holder.pointer)
    return place.file, place.pointer


def _called(one: Missing) -> str:
    kind = one.holder.where.value.removesuffix("s").replace("-", " ")
    return f"the {kind} of {one.holder.about}"


def _missing_as_json(document: Document, one: Missing) -> dict[str, Any]:
    place = document.place(one.holder.pointer)
    return {
        "where": one.holder.where.value,
        "about": one.holder.about,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "example": one.value,
    }
