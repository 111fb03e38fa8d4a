"""A part of an API as a document of its own: some operations, some messages, and what they need."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from altlas_chat.specs.embedding import KEY, references_in
from altlas_chat.specs.grammar import METHODS
from altlas_chat.specs.pointers import steps_of

Json = dict[str, Any]

MARK = "x-chat-tab"
"""Says of a tag, an operation or a message whether it belongs to the Chat tab."""


def chat_tab_operations(openapi: Json) -> Json:
    """The document with the Chat tab's operations and tags only.

    Those of tags that are marked, and those that are marked themselves; a mark
    ``false`` of an operation goes before its tags'.
    """
    marked = {one["name"] for one in openapi.get("tags", ()) if one.get(MARK) is True}

    def belongs(operation: Json) -> bool:
        said = operation.get(MARK)
        return bool(marked & set(operation.get("tags", ()))) if said is None else said is True

    paths = {}
    for path, item in openapi["paths"].items():
        kept = {key: one for key, one in item.items() if key not in METHODS or belongs(one)}
        if any(method in kept for method in METHODS):
            paths[path] = kept
    used = {tag for item in paths.values() for tag in _tags_of(item)}
    tags = [one for one in openapi.get("tags", ()) if one["name"] in used]
    return {**openapi, "tags": tags, "paths": paths}


def _tags_of(item: Json) -> Iterator[str]:
    for method in METHODS:
        yield from item.get(method, {}).get("tags", ())


def chat_tab_messages(asyncapi: Json) -> Json:
    """The document without the messages that are marked not to belong to the Chat tab.

    Operations that are left without a message go with them.
    """
    shared = asyncapi.get("components", {}).get("messages", {})
    gone = {name for name, one in shared.items() if one.get(MARK) is False}

    def stays(reference: str) -> bool:
        return steps_of(reference[1:])[-1] not in gone

    channels = {
        name: {
            **channel,
            "messages": {key: one for key, one in channel["messages"].items() if key not in gone},
        }
        for name, channel in asyncapi["channels"].items()
    }
    operations = {}
    for name, operation in asyncapi["operations"].items():
        messages = [one for one in operation["messages"] if stays(one["$ref"])]
        if messages:
            operations[name] = {**operation, "messages": messages}
    return {**asyncapi, "channels": channels, "operations": operations}


def pruned(document: Json) -> Json:
    """The document without components that nothing in it leads to.

    Security schemes stay: they are named, not referred to.
    """
    homes = [("components",), (KEY, "components")] if KEY in document else [("components",)]
    rest = document
    for home in homes:
        rest = _changed(rest, home, lambda _: {})
    needed: set[tuple[str, ...]] = set()
    waiting: list[Any] = [rest]
    while waiting:
        for reference in references_in(waiting.pop()):
            steps = tuple(steps_of(reference[1:]))
            for home in homes:
                place = steps[: len(home) + 2]
                if steps[: len(home)] == home and place not in needed:
                    needed.add(place)
                    waiting.append(_found(document, place))
    for home in homes:
        document = _changed(document, home, partial(_kept, home=home, needed=needed))
    return document


def _kept(components: Json, home: tuple[str, ...], needed: set[tuple[str, ...]]) -> Json:
    kept = {
        section: {
            name: one
            for name, one in entries.items()
            if section == "securitySchemes" or (*home, section, name) in needed
        }
        for section, entries in components.items()
    }
    return {section: entries for section, entries in kept.items() if entries}


def _changed(node: Json, steps: tuple[str, ...], change: Callable[[Json], Json]) -> Json:
    """A copy with another thing at a place."""
    if not steps:
        return change(node)
    if steps[0] not in node:
        return node
    return {**node, steps[0]: _changed(node[steps[0]], steps[1:], change)}


def _found(node: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    return node
