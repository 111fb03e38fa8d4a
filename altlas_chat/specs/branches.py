"""Which branch a ``discriminator`` means.

With one, a value is judged by the branch that it names, and by no other: OpenAPI 3.1,
4.8.25. What the branch itself says of the property (an ``enum``, a ``const``) counts
more than the branch's name, since a value can't be both.
"""

from collections.abc import Iterator
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined, steps_of

BRANCHES = "x-branches"
HEIRS = "x-heirs"
DEEPEST = 20


def branches_by_value(document: Document, node: Json, found: Json) -> None:
    """Put a choice by the value of the discriminator's property in the place of oneOf or anyOf.

    ``node`` is the schema as it was written, ``found`` its translation, which
    is changed. It stays as it is when a branch can't be told by its value.
    """
    name = node["discriminator"].get("propertyName")
    keyword = next((one for one in ("oneOf", "anyOf") if one in found), None)
    if not isinstance(name, str) or keyword is None:
        return
    values = _values(document, node, keyword, name)
    if values is None:
        return
    branches = found.pop(keyword)
    told = [(allowed, branch) for allowed, branch in zip(values, branches, strict=True) if allowed]
    everything = [one for allowed, _ in told for one in allowed]
    chosen: list[Json] = [{"properties": {name: {"enum": everything}}}]
    chosen += [
        {"if": {"properties": {name: {"enum": allowed}}, "required": [name]}, "then": branch}
        for allowed, branch in told
    ]
    choice: Json = {
        "if": {"type": "object", "required": [name]},
        "then": {"allOf": chosen},
        "else": {keyword: branches},
        BRANCHES: [
            {"allOf": [branch], "properties": {name: {"enum": allowed}}, "required": [name]}
            for allowed, branch in told
        ],
    }
    found["allOf"] = [*found.get("allOf", ()), choice]


def heirs_of(document: Document, node: Json, pointer: str) -> list[tuple[str, str]]:
    """The schemas that build on one with a discriminator: the value of each, and its pointer.

    Those that the mapping names, else all components that have it in their ``allOf``
    (OpenAPI 3.0, "Models with Polymorphism Support").
    """
    mapping = node["discriminator"].get("mapping")
    mapping = mapping if isinstance(mapping, dict) else {}
    schemas = (document.data.get("components") or {}).get("schemas") or {}
    found = []
    for name, schema in schemas.items():
        parts = schema.get("allOf") if isinstance(schema, dict) else None
        if not isinstance(parts, list) or {"$ref": f"#{pointer}"} not in parts:
            continue
        reference = f"#{joined('/components/schemas', name)}"
        values = [value for value, target in mapping.items() if target in (name, reference)]
        found.append((values[0] if values else name, reference.removeprefix("#")))
    return found


def _values(document: Document, node: Json, keyword: str, name: str) -> list[list[Any]] | None:
    """Of each branch the values that mean it; none for one that is no object, such as null.

    None when they can't be told.
    """
    mapping = node["discriminator"].get("mapping")
    mapping = mapping if isinstance(mapping, dict) else {}
    found: list[list[Any]] = []
    for branch in node[keyword]:
        if isinstance(branch, dict) and branch.get("type") == "null":
            found.append([])
            continue
        declared = _declared(document, branch, name, 0)
        named = _named(document, branch, mapping)
        values = [one for one in named if one in declared] if declared else named
        values = [one for one in values or declared or () if all(one not in at for at in found)]
        if not values:
            return None
        found.append(values)
    return found


def _named(document: Document, branch: Any, mapping: Json) -> list[Any]:
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    if not isinstance(reference, str):
        return []
    by_mapping = [
        value
        for value, target in mapping.items()
        if isinstance(target, str) and _same(document, target, reference)
    ]
    return by_mapping or steps_of(reference)[-1:]


def _same(document: Document, target: str, reference: str) -> bool:
    del document
    if target == reference:
        return True
    last = steps_of(reference)[-1:]
    return "/" not in target and last == [target.removeprefix("#")]


def _declared(document: Document, schema: Any, name: str, depth: int) -> list[Any]:
    """The values that a branch itself allows for a property, empty when it does not say."""
    for part in _parts(document, schema, depth):
        properties = part.get("properties")
        wanted = properties.get(name) if isinstance(properties, dict) else None
        for said in _parts(document, wanted, depth):
            if "const" in said:
                return [said["const"]]
            if isinstance(said.get("enum"), list):
                return [one for one in said["enum"] if one is not None]
    return []


def _parts(document: Document, schema: Any, depth: int) -> Iterator[Json]:
    """A schema, what it refers to and the parts of its ``allOf``."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        try:
            target = document.resolved(joined("") + reference.removeprefix("#"))
        except LookupError:
            return
        yield from _parts(document, target, depth + 1)
    for part in schema.get("allOf") or () if isinstance(schema.get("allOf"), list) else ():
        yield from _parts(document, part, depth + 1)
