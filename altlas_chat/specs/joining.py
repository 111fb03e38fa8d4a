"""Makes one document of many files: every reference then leads inside it.

What a reference takes from another file becomes a component of the right section, named like its
key there or like its file; another thing of the same name gets a number. Where the root's own
component is nothing but a reference, the thing is put in its place and others refer to it there.
What no section can hold (path items, and whole mappings or operations that sloppy documents refer
to) is put in the place of its reference. A part of something that is already in the document is
referred to where it is. What the root itself holds stays where it was, and a document whose
references all lead inside it is left as it is, unread.

References are those of :mod:`altlas_chat.specs.grammar` only: not those in values of examples, in
``enum``, ``const``, ``default`` or extensions, nor properties that are named ``$ref``. What stands
beside a ``$ref`` stays beside it. Mappings of discriminators follow their schemas. ``$id`` and
``$anchor`` of JSON Schema 2020-12 are known as targets; in what is put together ``$id`` is left
out, so that references go through the whole document again.

``contract bundle`` writes what this makes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.grammar import WHOLE, Grammar, field_kind, kind_at, sections_of
from altlas_chat.specs.identifiers import DYNAMIC
from altlas_chat.specs.naming import Names
from altlas_chat.specs.pointers import found_at, joined, steps_of
from altlas_chat.specs.sources import SourceFile, Sources
from altlas_chat.specs.targets import Target, Targets
from altlas_chat.specs.yaml_reading import FLATTER

Json = dict[str, Any]

_MAPPING = re.compile(rb'"mapping":\{([^{}]*)\}')
_NAMES_FILE = re.compile(rb'\.(json|ya?ml)["#]')


@dataclass(slots=True)
class Joined:
    """One document, where the parts of it that other files held come from, and what is wrong.

    A reference that is wrong is a finding; in ``data`` there is an empty object in its place.
    """

    data: Json
    origins: dict[str, tuple[SourceFile, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def place(self, pointer: str) -> Place:
        """Where a part of the document comes from."""
        below = ""
        rest = pointer
        while rest:
            if rest in self.origins:
                file, inside = self.origins[rest]
                return file.place(inside + below)
            rest, _, last = rest.rpartition("/")
            below = f"/{last}{below}"
        file, inside = self.origins[""]
        return file.place(inside + below)


def join(root: SourceFile, sources: Sources, grammar: Grammar, version: str) -> Joined:
    """The document of a root file in one piece; other files are read as they are referred to."""
    joined_up = Joined(root.data, {"": (root, "")})
    if not _all_inside(root):
        try:
            _Joiner(root, sources, grammar, version, joined_up).run()
        except RecursionError as error:
            what = "what is put in the place of references is nested too deep"
            finding = Finding(root.place(""), "nested-too-deep", what, FLATTER)
            raise DocumentUnusable([finding]) from error
    return joined_up


def _all_inside(root: SourceFile) -> bool:
    """Each reference leads to another place of the file, and no chain of them goes in a circle."""
    if b'"$id"' in root.compact or b'"$dynamicRef"' in root.compact or _names_files(root):
        return False
    return all(map(Targets.inside(root.data), root.references))


def _names_files(root: SourceFile) -> bool:
    """A discriminator's mapping may name files."""
    return any(map(_NAMES_FILE.search, _MAPPING.findall(root.compact)))


@dataclass(slots=True)
class _Task:
    """Something that is still to be taken in, and what to do with it then."""

    target: Target
    kind: str
    out: str
    put: Callable[[Any], None]


class _Joiner:
    def __init__(
        self, root: SourceFile, sources: Sources, grammar: Grammar, version: str, result: Joined
    ) -> None:
        self._root = root
        self._grammar = grammar
        self._result = result
        self._targets = Targets(sources, root)
        self._sections = sections_of(grammar, version)
        self._names = Names(root.data.get("components"))
        self._homes: dict[tuple[str, str], str] = {}
        self._inlining: set[tuple[str, str]] = set()
        self._tasks: list[_Task] = []
        self._components: dict[str, Json] = {}
        self._told: set[tuple[str, str]] = set()

    def run(self) -> None:
        """Walk the root and all that it needs."""
        self._settle_components()
        data = self._walk(self._root.data, WHOLE, Target(self._root, ""), "")
        self._result.data = data
        while self._tasks:
            task = self._tasks.pop()
            node = task.target.node
            task.put(self._walk(node, task.kind, task.target, task.out))
        components = data.get("components")
        for section, entries in self._components.items():
            if not isinstance(components, dict):
                components = data["components"] = {}
            held = components.get(section)
            components[section] = {**(held if isinstance(held, dict) else {}), **entries}

    def _settle_components(self) -> None:
        """A component that is only a reference to another file is that thing's home."""
        components = self._root.data.get("components")
        here = Target(self._root, "/components")
        for section, entries in components.items() if isinstance(components, dict) else ():
            kind = field_kind(self._grammar, "components", section)
            if not kind or not isinstance(entries, dict):
                continue
            self._settle(entries, here.below(section), f"/components/{section}")
            for name, one in entries.items():
                self._settle(
                    one, here.below(section).below(name), joined("/components", section, name)
                )

    def _settle(self, node: Any, at: Target, out: str) -> None:
        if isinstance(node, dict) and list(node) == ["$ref"] and isinstance(node["$ref"], str):
            target = self._targets.find(at, node["$ref"])
            if isinstance(target, Target) and target.file is not self._root:
                self._homes.setdefault(target.key, out)

    # -- walking -----------------------------------------------------------------------

    def _walk(self, node: Any, kind: str, at: Target, out: str) -> Any:
        """A copy of a part, whose references lead inside the document."""
        if isinstance(node, list):
            inner = kind[1:-1] if kind[:1] == "[" else kind
            return [
                self._walk(one, inner, at.below(number), f"{out}/{number}")
                for number, one in enumerate(node)
            ]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return self._referring(node, kind, at, out)
        return self._fields(node, kind, at, out)

    def _fields(self, node: Json, kind: str, at: Target, out: str) -> Json:
        made = {}
        for name, value in node.items():
            inner = field_kind(self._grammar, kind, name) if kind else ""
            if inner and isinstance(value, dict | list):
                value = self._walk(value, inner, at.below(name), joined(out, name))  # noqa: PLW2901
            made[name] = value
        return self._schema(made, at, out) if kind == "schema" else made

    def _referring(self, node: Json, kind: str, at: Target, out: str) -> Any:
        beside = {name: value for name, value in node.items() if name != "$ref"}
        beside = self._fields(beside, kind, at, out)
        target = self._targets.find(at, node["$ref"])
        if isinstance(target, Finding):
            self._tell(target)
            return beside
        if kind not in self._sections and kind != "pathItem":
            return self._in_place(target, beside, kind, out)
        home = self._home(target, kind)
        if home == out and target.file is not self._root:
            return self._in_place(target, beside, kind, out)
        if home is None and kind == "pathItem":
            return self._in_place(target, beside, kind, out)
        if home is None:
            home = self._taken_in(target, kind, node["$ref"])
        return {"$ref": f"#{_fragment(home)}", **beside}

    def _home(self, target: Target, kind: str) -> str | None:
        """Where in the document a target is, if it is there."""
        if target.file is self._root:
            if not kind_at(self._grammar, target.pointer):
                self._walk_later(target, kind)
            return target.pointer
        for pointer, below in target.ancestry():
            home = self._homes.get((target.file.name, pointer))
            if home is not None:
                return home + below
        return None

    def _walk_later(self, target: Target, kind: str) -> None:
        """See to the references of a part of the root that stands where no such part is known."""
        if target.key not in self._told:
            self._told.add(target.key)
            self._tasks.append(_Task(target, kind, target.pointer, self._putter(target.pointer)))

    def _putter(self, pointer: str) -> Callable[[Any], None]:
        def put(value: Any) -> None:
            around, _, _ = pointer.rpartition("/")
            holder, step = found_at(self._result.data, around), steps_of(pointer)[-1]
            holder[int(step) if isinstance(holder, list) else step] = value

        return put

    def _in_place(self, target: Target, beside: Json, kind: str, out: str) -> Any:
        """The thing itself, with what stood beside the reference."""
        if target.key in self._inlining:
            home = self._homes.get(target.key, target.pointer)
            return {"$ref": f"#{_fragment(home)}", **beside}
        if target.file is not self._root:
            self._homes.setdefault(target.key, out)
        self._result.origins[out] = (target.file, target.pointer)
        self._inlining.add(target.key)
        made = self._walk(target.node, kind, target, out)
        self._inlining.discard(target.key)
        return {**made, **beside} if isinstance(made, dict) else made

    def _taken_in(self, target: Target, kind: str, reference: str) -> str:
        """Make a component of a target; its pointer."""
        section = self._sections[kind]
        last_step = steps_of(unquote(reference.partition("#")[2]))[-1:]
        name = self._names.take(section, target.file.name, (last_step or [target.last_step])[0])
        out = joined("/components", section, name)
        self._homes[target.key] = out
        self._result.origins[out] = (target.file, target.pointer)
        entries = self._components.setdefault(section, {})
        entries[name] = {}
        self._tasks.append(_Task(target, kind, out, partial(entries.__setitem__, name)))
        return out

    # -- schemas -----------------------------------------------------------------------

    def _schema(self, made: Json, at: Target, out: str) -> Json:
        """What a schema says in other keywords about other places."""
        if isinstance(made.get("$id"), str):
            del made["$id"]
        dynamic = made.get("$dynamicRef")
        if isinstance(dynamic, str) and "$ref" not in made:
            del made["$dynamicRef"]
            made = self._referring({"$ref": dynamic, **made}, "schema", at, out)
            if "$ref" in made:
                # Where it leads when nobody was entered before is all that a $ref can say.
                made[DYNAMIC] = dynamic.partition("#")[2]
        discriminator = made.get("discriminator")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            mapping = {
                value: self._mapped(name, at) for value, name in discriminator["mapping"].items()
            }
            made["discriminator"] = {**discriminator, "mapping": mapping}
        return made

    def _mapped(self, name: Any, at: Target) -> Any:
        """Where the schema that a discriminator names is: by its name there, or by reference."""
        if not isinstance(name, str):
            return name
        around = at.below("discriminator").below("mapping")
        if not _is_reference(name):
            named = joined("#/components/schemas", name)
            if at.file is self._root or isinstance(self._targets.find(around, named), Finding):
                return name
            name = named
        target = self._targets.find(around, name)
        if isinstance(target, Finding):
            self._tell(target)
            return name
        home = self._home(target, "schema") or self._taken_in(target, "schema", name)
        return f"#{_fragment(home)}"

    def _tell(self, finding: Finding) -> None:
        if finding not in self._result.findings:
            self._result.findings.append(finding)


def _is_reference(name: str) -> bool:
    return "/" in name or "#" in name or name.endswith((".json", ".yaml", ".yml"))


def _fragment(pointer: str) -> str:
    """A pointer as it stands behind ``#`` (RFC 6901, 6): what no address can hold is encoded."""
    return quote(pointer, safe="/~!$&'()*+,;=:@?-._")
