"""Writes the examples that a document lacks into its files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding
from altlas_chat.toolkit.exemplifying.finding import Missing
from altlas_chat.toolkit.exemplifying.inserting import Insertion, NotInsertable, with_insertions


@dataclass(frozen=True, slots=True)
class Filled:
    """What the files of a document become: their new texts by name, and what can't be put in."""

    files: dict[str, str]
    refused: tuple[Finding, ...]


def filled(document: Document, missing: Sequence[Missing]) -> Filled:
    """The texts of a document's files with the examples in them; nothing is written.

    Only files that change are among them. All else in them stays as it is.

    Raises:
        OSError: a file can't be read any more.
    """
    by_file: dict[str, list[Insertion]] = {}
    for one in missing:
        place = document.place(one.holder.pointer)
        insertion = Insertion(place.pointer, one.key, one.value)
        by_file.setdefault(place.file, []).append(insertion)
    files: dict[str, str] = {}
    refused: list[Finding] = []
    for name, insertions in by_file.items():
        text = Path(name).read_bytes().decode("utf-8")
        try:
            files[name] = with_insertions(text, insertions)
        except NotInsertable:
            done, left = _one_by_one(text, insertions)
            refused += _refusals(document, name, missing, left)
            if done != text:
                files[name] = done
    return Filled(files, tuple(refused))


def _one_by_one(text: str, insertions: Iterable[Insertion]) -> tuple[str, dict[str, str]]:
    """All that can be put in, and why not of the others, by their pointers."""
    left: dict[str, str] = {}
    for one in insertions:
        try:
            text = with_insertions(text, [one])
        except NotInsertable as error:
            left[one.pointer] = str(error)
    return text, left


def _refusals(
    document: Document, name: str, missing: Sequence[Missing], left: dict[str, str]
) -> list[Finding]:
    found = []
    for one in missing:
        place = document.place(one.holder.pointer)
        if place.file == name and place.pointer in left:
            what = f"no example can be written here: {left[place.pointer]}"
            found.append(Finding(place, "not-writable", what, "Write the example by hand."))
    return found
