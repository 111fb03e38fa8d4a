"""What schemas say of the shape of their values, through references and compositions."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined

DEEPEST = 12


class Shapes:
    """Asks the schemas of one document, each named by its pointer; every answer is kept."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._properties: dict[str, Mapping[str, str]] = {}
        self._own: dict[str, tuple[str, ...]] = {}

    def kind(self, schema: str) -> str:
        """Where a schema really is: two that say the same by reference have the same kind.

        ``null`` beside one other branch, and an ``allOf`` of one reference, are
        looked through.
        """
        for _ in range(DEEPEST):
            schema = self._document.target(schema)
            inner = self._only_branch(schema)
            if inner is None:
                return schema
            schema = inner
        return schema

    def _only_branch(self, schema: str) -> str | None:
        node = self._document.at(schema)
        if not isinstance(node, dict) or "properties" in node:
            return None
        for keyword in ("oneOf", "anyOf", "allOf"):
            if isinstance(node.get(keyword), list):
                branches = [joined(schema, keyword, at) for at in range(len(node[keyword]))]
                real = [one for one in branches if self.types(one) != {"null"}]
                return real[0] if len(real) == 1 else None
        return None

    def properties(self, schema: str) -> Mapping[str, str]:
        """The properties that a value may have, each with the pointer of its schema."""
        if schema not in self._properties:
            found: dict[str, str] = {}
            for part in (*self._parts(schema), *self._branches(schema)):
                for name in self._keyword(part, "properties", dict):
                    found.setdefault(name, joined(part, "properties", name))
            self._properties[schema] = found
        return self._properties[schema]

    def places(self, schema: str, name: str) -> list[str]:
        """The pointers of every schema that says something of a property."""
        return [
            joined(part, "properties", name)
            for part in (*self._parts(schema), *self._branches(schema))
            if name in self._keyword(part, "properties", dict)
        ]

    def required(self, schema: str) -> frozenset[str]:
        """What no value may lack, whichever branch it takes."""
        return frozenset(
            name
            for part in self._parts(schema)
            for name in self._keyword(part, "required", list)
            if isinstance(name, str)
        )

    def types(self, schema: str) -> frozenset[str]:
        """The JSON types that a value may have; empty where the schema does not say."""
        parts = self._parts(schema)
        for part in parts:
            node = self._document.at(part)
            named = node.get("type") if isinstance(node, dict) else None
            if named is not None:
                types = {named} if isinstance(named, str) else set(named)
                return frozenset(types | ({"null"} if node.get("nullable") is True else set()))
        if any(self._keyword(part, "properties", dict) for part in parts):
            return frozenset({"object"})
        return frozenset(
            kind
            for part in parts
            for branch in self._branches_of(part)
            for kind in self.types(branch)
        )

    def items(self, schema: str) -> str | None:
        """The pointer of the schema of an array's items, if the schema is one of an array."""
        if "array" not in self.types(schema):
            return None
        for part in (*self._parts(schema), *self._branches(schema)):
            if self._keyword(part, "items", dict):
                return joined(part, "items")
        return None

    def says(self, schema: str, keyword: str) -> bool:
        """Whether a flag such as ``readOnly`` is set, here or where a reference leads."""
        return self.value(schema, keyword) is True

    def value(self, schema: str, keyword: str) -> Any:
        """The first value of a keyword on the way, None where there is none."""
        for part in self._parts(schema):
            node = self._document.at(part)
            if isinstance(node, dict) and keyword in node:
                return node[keyword]
        return None

    def has(self, schema: str, keyword: str) -> bool:
        """Whether a keyword stands there, even if its value is null."""
        nodes = (self._document.at(part) for part in self._parts(schema))
        return any(isinstance(node, dict) and keyword in node for node in nodes)

    def _keyword(self, part: str, keyword: str, kind: type) -> Any:
        node = self._document.at(part)
        found = node.get(keyword) if isinstance(node, dict) else None
        return found if isinstance(found, kind) else kind()

    def _parts(self, schema: str) -> tuple[str, ...]:
        """The schema, what it refers to and what it is made of: all of it holds."""
        if schema not in self._own:
            self._own[schema] = tuple(dict.fromkeys(self._walk(schema, set())))
        return self._own[schema]

    def _walk(self, schema: str, seen: set[str]) -> Iterator[str]:
        if schema in seen:
            return
        seen.add(schema)
        node = self._document.at(schema)
        if not isinstance(node, dict):
            return
        yield schema
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield from self._walk(unquote(reference.removeprefix("#")), seen)
        for at in range(len(self._keyword(schema, "allOf", list))):
            yield from self._walk(joined(schema, "allOf", at), seen)

    def _branches(self, schema: str) -> Iterator[str]:
        seen: set[str] = set(self._parts(schema))
        waiting = [one for part in seen for one in self._branches_of(part)]
        while waiting:
            for part in self._parts(waiting.pop(0)):
                if part not in seen:
                    seen.add(part)
                    yield part
                    waiting += self._branches_of(part)

    def _branches_of(self, part: str) -> list[str]:
        return [
            joined(part, keyword, at)
            for keyword in ("oneOf", "anyOf")
            for at in range(len(self._keyword(part, keyword, list)))
        ]
