"""The parts of a document, found in one walk: rules ask for those of a kind.

Made for documents that are not right: what has another type than it should is
no part, and nothing here raises for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.documents import LONGEST_CHAIN, Document, Json, Kind
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.kinds import ALL, ASYNCAPI, OPENAPI, Shape

JSON_SCHEMA_FORMATS = ("schema+json", "schema+yaml", "asyncapi", "vnd.oai.openapi")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One object of a document; ``name`` is its key or number, ``parent`` what it lies in.

    A part that only refers to another one has its ``reference``, a pointer.
    """

    kind: str
    pointer: str
    node: Json
    name: str
    parent: "Part | None"

    @property
    def reference(self) -> str | None:
        found = self.node.get("$ref")
        return unquote(found.removeprefix("#")) if isinstance(found, str) else None

    def inside(self, *kinds: str) -> "Part | None":
        """The nearest part around it of one of these kinds."""
        part = self.parent
        while part is not None and part.kind not in kinds:
            part = part.parent
        return part

    def text(self, name: str) -> str:
        """What it says under a name, without the blanks around; "" where that is no text."""
        found = self.node.get(name)
        return found.strip() if isinstance(found, str) else ""

    def items(self, name: str) -> list[Any]:
        """The list under a name; an empty one where there is none."""
        found = self.node.get(name)
        return found if isinstance(found, list) else []

    def entries(self, name: str) -> Json:
        """The map under a name; an empty one where there is none."""
        found = self.node.get(name)
        return found if isinstance(found, dict) else {}


class Parts:
    """Every part of one document, in the document's order."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._table = OPENAPI if document.kind is Kind.OPENAPI else ASYNCAPI
        self._siblings = document.kind is Kind.OPENAPI and not document.is_3_0
        self._of: dict[str, list[Part]] = defaultdict(list)
        self._at: dict[str, Part] = {}
        self.references: list[Part] = []
        self.root = Part("document", "", document.data, "", None)
        self._walk(self.root)
        self._walk_far_targets()

    def __iter__(self) -> Iterator[Part]:
        """All of them, those that refer to others among them."""
        return iter(self._at.values())

    def of(self, *kinds: str) -> Iterator[Part]:
        """The parts of these kinds, without those that only refer to others."""
        for kind in kinds:
            yield from self._of.get(kind, ())

    def resolved(self, part: Part | None) -> Part | None:
        """The part at the end of the references; None where that is none."""
        for _ in range(LONGEST_CHAIN):
            if part is None or part.reference is None:
                return part
            part = self._at.get(part.reference)
        return None

    def child(self, part: Part, *steps: object) -> Part | None:
        """The part further down, as it stands there."""
        return self._at.get(joined(part.pointer, *steps))

    def below(self, part: Part, name: str) -> list[Part]:
        """The parts under a key of a part, as they stand there, in order."""
        found = part.node.get(name)
        keys: Sequence[object] = ()
        if isinstance(found, dict):
            keys = list(found)
        elif isinstance(found, list):
            keys = range(len(found))
        children = (self._at.get(joined(part.pointer, name, key)) for key in keys)
        return [child for child in children if child is not None]

    # -- the walk ----------------------------------------------------------------------

    def _walk(self, root: Part) -> None:
        waiting = [root]
        while waiting:
            part = waiting.pop()
            if part.pointer in self._at:
                continue
            self._at[part.pointer] = part
            if part.reference is not None:
                self.references.append(part)
                if not self._goes_on(part):
                    continue
            self._of[part.kind].append(part)
            waiting += reversed(list(self._children(part)))

    def _goes_on(self, part: Part) -> bool:
        """What stands beside the reference counts, too."""
        if len(part.node) == 1:
            return False
        return part.kind == "path-item" or (part.kind == "schema" and self._siblings)

    def _walk_far_targets(self) -> None:
        """What is referred to need not lie where parts of its kind lie."""
        for part in self.references:  # grows while it is walked
            target = part.reference
            if target is None or target in self._at:
                continue
            try:
                node = self._document.at(target)
            except LookupError:
                continue
            if isinstance(node, dict):
                self._walk(_part(part.kind, target, node, target.rpartition("/")[2], None))

    def _children(self, part: Part) -> Iterator[Part]:
        table = self._table.get(part.kind, {})
        if ALL in table:
            yield from _spread(part, part.pointer, part.node, *table[ALL])
            return
        for key, value in part.node.items():
            if key in table and not _is_foreign(part, key):
                shape, kind = table[key]
                yield from _spread(part, joined(part.pointer, key), value, shape, kind)


def _spread(part: Part, pointer: str, value: Any, shape: Shape, kind: str) -> Iterator[Part]:
    if isinstance(value, dict):
        if shape in (Shape.ONE, Shape.ANY):
            yield _part(kind, pointer, value, pointer.rpartition("/")[2], part)
        elif shape in (Shape.MAP, Shape.OPEN):
            for key, one in value.items():
                skipped = shape is Shape.OPEN and str(key).startswith("x-")
                if isinstance(one, dict) and not skipped:
                    yield _part(kind, joined(pointer, key), one, str(key), part)
    elif isinstance(value, list) and shape in (Shape.LIST, Shape.ANY):
        for number, one in enumerate(value):
            if isinstance(one, dict):
                yield _part(kind, f"{pointer}/{number}", one, str(number), part)


def _part(kind: str, pointer: str, node: Json, name: str, parent: Part | None) -> Part:
    """A payload of AsyncAPI is a schema, or names the format of one."""
    if kind == "payload":
        if "schemaFormat" in node and isinstance(node.get("schema"), dict):
            known = is_json_schema(node["schemaFormat"])
            inner = "schema" if known else "foreign-schema"
            return Part(inner, f"{pointer}/schema", node["schema"], name, parent)
        kind = "schema"
    return Part(kind, pointer, node, name, parent)


def _is_foreign(part: Part, key: str) -> bool:
    """It is the payload of a message of AsyncAPI 2 in another language of schemas."""
    said = part.node.get("schemaFormat")
    return part.kind == "message" and key == "payload" and not is_json_schema(said)


def is_json_schema(schema_format: object) -> bool:
    """AsyncAPI's ``schemaFormat`` is JSON Schema or a child of it; so it is when left out."""
    if schema_format is None:
        return True
    return isinstance(schema_format, str) and any(
        name in schema_format for name in JSON_SCHEMA_FORMATS
    )
