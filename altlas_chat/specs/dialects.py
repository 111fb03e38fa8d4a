"""The schemas of a document in one dialect: JSON Schema 2020-12, whatever they were written in.

OpenAPI 3.0 has a dialect of its own (``nullable``, boolean ``exclusiveMinimum``,
a ``$ref`` beside which nothing counts), AsyncAPI and older drafts have others. What
no dialect knows (``type: any``, ``required: true``) is left out, with a finding.

``readOnly`` and ``writeOnly`` count where a property is named: in the wrong direction
it is not required and never made up. That it is there all the same is no violation:
OpenAPI says it SHOULD NOT be sent, and that the owner may ignore it; what was read can
then be written back as it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar

from altlas_chat.specs.branches import BRANCHES, HEIRS, branches_by_value, heirs_of
from altlas_chat.specs.documents import Document, Json, Kind
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.specs.identifiers import DYNAMIC, Identifiers
from altlas_chat.specs.keywords import KEPT, bounded_by_format, bounded_exclusively, take, with_null
from altlas_chat.specs.patterns import repaired
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.validators import ONE_SCHEMA, REFERENCE, Schema

__all__ = ["BRANCHES", "HEIRS", "HIDDEN", "Dialects", "Direction", "Schema"]

HIDDEN = "x-hidden"

DEEPEST = 20
OLD_DIALECTS = ("draft-03", "draft-04", "draft-05", "draft-06", "draft-07")

_Translate = Callable[["Dialects", Json, Any, tuple[str, str], "_Site"], bool]


class Direction(StrEnum):
    """Which way a value goes: ``readOnly`` is not for requests, ``writeOnly`` not for answers."""

    REQUEST = "request"
    ANSWER = "answer"

    @property
    def hides(self) -> str:
        return "readOnly" if self is Direction.REQUEST else "writeOnly"


@dataclass(frozen=True, slots=True)
class _Site:
    """Where in the document a schema is translated, and what counts there."""

    direction: Direction
    base: str
    alone: bool
    scope: tuple[tuple[str, str], ...] = ()
    hidden: frozenset[str] = frozenset()


_Key = tuple[str, Direction, tuple[tuple[str, str], ...], frozenset[str]]


class Dialects(dict[str, Schema]):
    """The schemas of one document by names of their own, translated when they are asked for.

    Every ``$ref`` in them is ``#/$defs/<name>``.
    """

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._identifiers = Identifiers(document)
        self._names: dict[_Key, str] = {}
        self._sites: dict[str, tuple[str, _Site]] = {}
        self.findings: dict[tuple[str, str], Finding] = {}

    def __missing__(self, name: str) -> Schema:
        pointer, site = self._sites[name]
        self[name] = found = self._schema(self._document.at(pointer), pointer, site)
        return found

    def name_of(self, pointer: str, direction: Direction) -> str:
        """The name of the schema at a pointer, or of that which it is nothing but a reference to.

        Raises:
            LookupError: there is no such schema.
        """
        self._document.at(pointer)
        name = self._named(pointer, self._site(pointer, direction))
        for _ in range(DEEPEST):
            schema = self[name]
            if not isinstance(schema, dict) or set(schema) != {"$ref"}:
                break
            name = schema["$ref"].removeprefix(REFERENCE)
        return name

    def pointer_of(self, name: str) -> str:
        """Where in the document a schema comes from."""
        return self._sites[name][0]

    def _site(self, pointer: str, direction: Direction) -> _Site:
        base = self._identifiers.base_of(pointer)
        return _Site(direction, base, self._refs_stand_alone(base))

    def _refs_stand_alone(self, base: str) -> bool:
        if self._document.is_3_0 or self._document.kind is Kind.ASYNCAPI:
            return True
        node = self._document.at(base)
        dialect = node.get("$schema") if isinstance(node, dict) else None
        dialect = dialect or self._document.data.get("jsonSchemaDialect")
        return isinstance(dialect, str) and any(old in dialect for old in OLD_DIALECTS)

    def _named(self, pointer: str, site: _Site) -> str:
        """The name of what a pointer leads to."""
        scoped = self._identifiers.are_dynamic
        scope = self._identifiers.entered(pointer, site.scope) if scoped else ()
        key = (pointer, site.direction, scope, site.hidden)
        if key not in self._names:
            name = self._names[key] = str(len(self._names))
            inner = replace(self._site(pointer, site.direction), scope=scope, hidden=site.hidden)
            self._sites[name] = (pointer, inner)
        return self._names[key]

    def _schema(self, node: Any, pointer: str, site: _Site) -> Schema:
        if isinstance(node, bool):
            return node
        if not isinstance(node, dict):
            self.tell(pointer, "schema-no-object", "a schema is an object, or true or false")
            return True
        if "$ref" in node and site.alone:
            return self._reference({}, node["$ref"], pointer, site)
        if "$id" in node:
            site = self._entered(pointer, site)
        hidden = self._hidden_by(node, site)
        site = replace(site, hidden=site.hidden | hidden) if hidden else site
        found: Json = {HIDDEN: sorted(hidden)} if hidden else {}
        for keyword, value in node.items():
            translate = self._structural.get(keyword)
            if keyword in KEPT:
                allowed = take(found, keyword, value)
            else:
                allowed = not translate or translate(self, found, value, (pointer, keyword), site)
            if allowed and keyword == "pattern":
                self._understand(found, joined(pointer, keyword))
            if not allowed:
                what = f"{keyword} does not allow {_shown(value)}, it is taken as not written"
                self.tell(joined(pointer, keyword), "schema-keyword", what)
        return self._finished(node, found, pointer, site)

    def _entered(self, pointer: str, site: _Site) -> _Site:
        """The same where a schema begins that is a resource of its own."""
        scope = site.scope
        if self._identifiers.are_dynamic:
            scope = self._identifiers.entered(pointer, scope)
        alone = self._refs_stand_alone(pointer)
        return replace(site, base=pointer, alone=alone, scope=scope)

    def _finished(self, node: Json, found: Json, pointer: str, site: _Site) -> Schema:
        """What needs more than one keyword at a time."""
        bounded_exclusively(found)
        bounded_by_format(found)
        if isinstance(node.get("discriminator"), dict):
            branches_by_value(self._document, node, found)
            self._inherited(node, found, pointer, site)
        if node.get("nullable") is True and self._document.is_3_0:
            return with_null(found)
        return found

    def _inherited(self, node: Json, found: Json, pointer: str, site: _Site) -> None:
        """Note who builds on a schema with a discriminator: values are made up of those."""
        name = node["discriminator"].get("propertyName")
        if not isinstance(name, str) or "oneOf" in node or "anyOf" in node:
            return
        heirs = []
        for value, place in heirs_of(self._document, node, pointer):
            heir = self._named(place, replace(site, hidden=frozenset()))
            wanted = {name: {"enum": [value]}}
            reference = f"{REFERENCE}{heir}"
            heirs.append({"$ref": reference, "properties": wanted, "required": [name]})
        if heirs:
            found[HEIRS] = heirs

    def _understand(self, found: Json, pointer: str) -> None:
        """Write a pattern so that the validator understands it, or leave it out."""
        pattern = found.pop("pattern")
        better = repaired(pattern)
        if better is not None:
            found["pattern"] = better
            return
        what = f"the pattern {_shown(pattern)} is no regular expression, any text is taken"
        self.tell(pointer, "schema-pattern", what)

    def _hidden_by(self, node: Json, site: _Site) -> frozenset[str]:
        """The properties that do not go this way, by the schema itself and its ``allOf``."""
        return frozenset(self._hidden_names(node, site, set()))

    def _hidden_names(self, node: Any, site: _Site, seen: set[int]) -> Iterator[str]:
        node = self._target(node, site)
        if not isinstance(node, dict) or id(node) in seen:
            return
        seen.add(id(node))
        properties = node.get("properties")
        if isinstance(properties, dict):
            for name, schema in properties.items():
                if self._is_hidden(schema, site, set()):
                    yield name
        for part in _listed(node.get("allOf")):
            yield from self._hidden_names(part, site, seen)

    def _is_hidden(self, node: Any, site: _Site, seen: set[int]) -> bool:
        while isinstance(node, dict) and id(node) not in seen:
            seen.add(id(node))
            reference = isinstance(node.get("$ref"), str)
            if node.get(site.direction.hides) is True and not (reference and site.alone):
                return True
            if any(self._is_hidden(part, site, seen) for part in _listed(node.get("allOf"))):
                return True
            if not reference:
                return False
            node = self._target({"$ref": node["$ref"]}, site)
        return False

    def _target(self, node: Any, site: _Site) -> Any:
        for _ in range(20):
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str):
                return node
            pointer = self._identifiers.pointer(reference, site.base)
            if pointer is None:
                return None
            node = self._document.at(pointer)
        return None

    # keyword by keyword: each says whether the value is one that the keyword allows

    def _reference(self, found: Json, value: Any, pointer: str, site: _Site) -> Json:
        target = self._identifiers.pointer(value, site.base) if isinstance(value, str) else None
        if target is None:
            what = f"the reference {_shown(value)} leads nowhere, any value is taken"
            self.tell(joined(pointer, "$ref"), "reference-nowhere", what)
            return found
        anchor = self._document.at(pointer).get(DYNAMIC)
        if isinstance(anchor, str):
            target = self._identifiers.dynamic(anchor, target, site.scope)
        node = self._document.at(target)
        required = _listed(node.get("required")) if isinstance(node, dict) else []
        hidden = site.hidden.intersection(one for one in required if isinstance(one, str))
        name = self._named(target, replace(site, hidden=hidden))
        found["$ref"] = f"{REFERENCE}{name}"
        return found

    def _ref(self, found: Json, value: Any, place: tuple[str, str], site: _Site) -> bool:
        self._reference(found, value, place[0], site)
        return True

    def _dynamic(self, found: Json, value: Any, _: tuple[str, str], site: _Site) -> bool:
        static = self._identifiers.pointer(value, site.base) if isinstance(value, str) else None
        if static is None:
            return False
        name = value.partition("#")[2]
        target = self._identifiers.dynamic(name, static, site.scope)
        name = self._named(target, replace(site, hidden=frozenset()))
        also = {"$ref": f"{REFERENCE}{name}"}
        if "$ref" in found:
            found.setdefault("allOf", []).append(also)
        else:
            found.update(also)
        return True

    def _below(self, found: Json, value: Any, place: tuple[str, str], site: _Site) -> bool:
        pointer, keyword = place
        if keyword == "items" and isinstance(value, list):
            return self._each(found, value, (pointer, "items"), site)
        found[keyword] = self._schema(value, joined(pointer, keyword), _inner(site))
        return True

    def _each(self, found: Json, value: Any, place: tuple[str, str], site: _Site) -> bool:
        pointer, keyword = place
        if not isinstance(value, list) or not value:
            return False
        inner = site if keyword == "allOf" else _inner(site)
        made = [
            self._schema(one, joined(pointer, keyword, number), inner)
            for number, one in enumerate(value)
        ]
        keyword = "prefixItems" if keyword == "items" else keyword
        found[keyword] = [*found.get(keyword, ()), *made]
        return True

    def _by_name(self, found: Json, value: Any, place: tuple[str, str], site: _Site) -> bool:
        pointer, keyword = place
        if not isinstance(value, dict):
            return False
        found[keyword] = made = {
            str(name): self._schema(one, joined(pointer, keyword, name), _inner(site))
            for name, one in value.items()
        }
        if keyword == "patternProperties":
            found[keyword] = {
                better: made[name] for name in made if (better := repaired(name)) is not None
            }
            return len(found[keyword]) == len(made)
        return True

    def _required(self, found: Json, value: Any, _: tuple[str, str], site: _Site) -> bool:
        if not isinstance(value, list):
            return False
        names = dict.fromkeys(one for one in value if isinstance(one, str))
        found["required"] = [one for one in names if one not in site.hidden]
        return True

    def _dependencies(self, found: Json, value: Any, place: tuple[str, str], site: _Site) -> bool:
        if not isinstance(value, dict):
            return False
        for name, one in value.items():
            if isinstance(one, list):
                found.setdefault("dependentRequired", {})[name] = one
            else:
                pointer = joined(*place, name)
                schema = self._schema(one, pointer, _inner(site))
                found.setdefault("dependentSchemas", {})[name] = schema
        return True

    def _additional_items(
        self, found: Json, value: Any, place: tuple[str, str], site: _Site
    ) -> bool:
        if "items" not in found:
            found["items"] = self._schema(value, joined(*place), _inner(site))
        return True

    _structural: ClassVar[Mapping[str, "_Translate"]] = {
        "$ref": _ref,
        "$dynamicRef": _dynamic,
        "$recursiveRef": _dynamic,
        "required": _required,
        "dependencies": _dependencies,
        "additionalItems": _additional_items,
        **dict.fromkeys(ONE_SCHEMA, _below),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _each),
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _by_name),
    }

    def tell(self, pointer: str, rule: str, what: str) -> None:
        """Keep a finding about what lies at a pointer, once."""
        if (pointer, rule) not in self.findings:
            remedy = "Write it as the specification's Schema Object has it."
            place = self._document.place(pointer)
            self.findings[pointer, rule] = Finding(place, rule, what, remedy, Severity.WARNING)


def _inner(site: _Site) -> _Site:
    return replace(site, hidden=frozenset()) if site.hidden else site


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"
