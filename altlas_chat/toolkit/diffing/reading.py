"""Reads parts of a document; those that are not what they should be are as if not there."""

from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined


def table(data: Any, key: str) -> Json:
    """What is told by name."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def listing(data: Any, key: str) -> list[Any]:
    """What is told in a list."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def words(data: Any, key: str) -> set[str]:
    """The texts in a list."""
    return {one for one in listing(data, key) if isinstance(one, str)}


def held(document: Document, holder: str) -> dict[str, Json]:
    """Tables by name, references followed; what leads nowhere is left out."""
    return {name: data for name, (_, data) in placed(document, holder).items()}


def placed(document: Document, holder: str) -> dict[str, tuple[str, Json]]:
    """The same, each with the pointer to where it really is."""
    there = found(document, holder)
    places = {}
    for name in there[1] if there else ():
        one = found(document, joined(holder if there is None else there[0], name))
        if one is not None:
            places[name] = one
    return places


def found(document: Document, pointer: str) -> tuple[str, Json] | None:
    """The table at a pointer and where it really is; None where there is none."""
    try:
        place = document.target(pointer)
        data = document.at(place)
    except LookupError:
        return None
    return (place, data) if isinstance(data, dict) else None
