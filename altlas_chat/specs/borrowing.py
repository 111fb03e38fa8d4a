"""Values that a document borrows from other files where its specification knows no references.

Values of examples and extensions are plain: a ``$ref`` in one is a property as
any other. People write them all the same, and one file alone is of no use with
a way to another in it.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.pointers import found_at, joined
from altlas_chat.specs.sources import LIMITS, Sources, is_url

_DEEPEST = 50


def with_borrowed(document: Document) -> Json:
    """What the document holds, with what its plain values borrow put in their place.

    Only what leads to a file that is there; all else is left as it is, and so
    is what leads inside the document.
    """
    if len(document.files) == 1 and not _names_files(document.data):
        return document.data
    return dict(_Borrower(document).whole(document.data, ""))


def _names_files(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_names_files, node))
    if isinstance(node, dict):
        return _reference_of(node) is not None or any(map(_names_files, node.values()))
    return False


def _reference_of(node: Json) -> str | None:
    """Where a value leads outside the document, if it does."""
    reference = node.get("$ref")
    if not isinstance(reference, str) or reference.startswith("#") or is_url(reference):
        return None
    return reference


class _Borrower:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._sources = Sources(fetch=False, cache=None, limits=LIMITS)

    def whole(self, node: Any, pointer: str) -> Any:
        """A part of the document itself."""
        if isinstance(node, list):
            return [self.whole(one, joined(pointer, n)) for n, one in enumerate(node)]
        if not isinstance(node, dict):
            return node
        reference = _reference_of(node)
        if reference is not None:
            file = self._document.place(pointer).file
            found = self._borrowed(reference, Path(file), 0)
            if found is not None:
                return _beside(found, node)
        return {key: self.whole(one, joined(pointer, key)) for key, one in node.items()}

    def _borrowed(self, reference: str, file: Path, depth: int) -> Any:
        """What a reference in a file leads to, with what that borrows; None where nothing is."""
        address, _, fragment = reference.partition("#")
        target = file.parent / unquote(address) if address else file
        try:
            node = found_at(self._sources.read(str(target)).data, unquote(fragment))
        except (DocumentUnusable, LookupError):
            return None
        return self._filled(node, target, depth + 1)

    def _filled(self, node: Any, file: Path, depth: int) -> Any:
        if isinstance(node, list):
            return [self._filled(one, file, depth) for one in node]
        if not isinstance(node, dict) or depth > _DEEPEST:
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and not is_url(reference):
            found = self._borrowed(reference, file, depth)
            if found is not None:
                return _beside(found, node)
        return {key: self._filled(one, file, depth) for key, one in node.items()}


def _beside(found: Any, node: Json) -> Any:
    beside = {key: one for key, one in node.items() if key != "$ref"}
    return {**found, **beside} if isinstance(found, dict) else found
