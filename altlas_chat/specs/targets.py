"""Where references lead: through files, other references on the way, ``$id`` and ``$anchor``."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin

from altlas_chat.specs.findings import DocumentUnusable, Finding
from altlas_chat.specs.pointers import found_at, joined, steps_of
from altlas_chat.specs.sources import SourceFile, Sources, is_url

LONGEST_CHAIN = 100

_INSIDE = re.compile(r"#(/([-A-Za-z0-9/~!$&'()*+,;=:@?._]|%[0-9a-fA-F]{2})*)?")
"""A pointer as RFC 3986 lets it stand behind ``#``."""

_NO_FILE = ("no-such-file", "is-a-folder", "unreadable-file", "fetch-failed", "reference-to-url")


@dataclass(frozen=True, slots=True)
class Target:
    """A part of a file."""

    file: SourceFile
    pointer: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.file.name, self.pointer)

    @property
    def node(self) -> Any:
        """What is there.

        Raises:
            LookupError: there is nothing.
        """
        return found_at(self.file.data, self.pointer)

    @property
    def last_step(self) -> str:
        return steps_of(self.pointer)[-1] if self.pointer else ""

    def below(self, step: object) -> "Target":
        return Target(self.file, joined(self.pointer, step))

    def ancestry(self) -> Iterator[tuple[str, str]]:
        """Its pointer and those around it, innermost first, each with the way from there to it."""
        around, below = self.pointer, ""
        yield around, below
        while around:
            around, _, last = around.rpartition("/")
            below = f"/{last}{below}"
            yield around, below


class _Broken(Exception):
    """A reference that leads nowhere; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


class Targets:
    """Finds what references mean, and reads files for that.

    What is in the ``root`` file is meant as it stands there, be it a reference:
    an operation of AsyncAPI names a message of its channel, not what that refers to.
    """

    def __init__(self, sources: Sources, root: SourceFile) -> None:
        self._sources = sources
        self._root = root
        self._marks: dict[str, Marks] = {}
        self._ids: dict[str, Target] = {}
        self._files: dict[tuple[str, str], SourceFile] = {}

    @staticmethod
    def inside(data: Any) -> Callable[[str], bool]:
        """Whether a reference leads, in the end, to a place of the same file, by pointers only."""

        def leads_inside(reference: str) -> bool:
            for _ in range(LONGEST_CHAIN):
                if _INSIDE.fullmatch(reference) is None:
                    return False
                try:
                    node = found_at(data, unquote(reference[1:]))
                except LookupError:
                    return False
                following = node.get("$ref") if isinstance(node, dict) else None
                if not isinstance(following, str):
                    return True
                reference = following
            return False

        return leads_inside

    def find(self, at: Target, reference: str) -> Target | Finding:
        """What a reference in the object ``at`` leads to, or what is wrong with it.

        The end of the chain where the chain leaves the file that is named, unless that is the
        root; else what is named.
        """
        try:
            first = self._step(at, reference)
            last = first
            seen = {first.key}
            while True:
                node = last.node
                if not isinstance(node, dict) or list(node) != ["$ref"]:
                    break
                if not isinstance(node["$ref"], str):
                    break
                last = self._step(last, node["$ref"])
                if last.key in seen:
                    raise _Broken(_circle(at, reference))
                seen.add(last.key)
        except _Broken as broken:
            return broken.finding
        return first if first.file is self._root or last.file is first.file else last

    def marks_of(self, file: SourceFile) -> "Marks":
        """The ``$id``, ``$anchor`` and ``$dynamicAnchor`` of a file."""
        marks = self._marks.get(file.name)
        if marks is None:
            marks = self._marks[file.name] = Marks.of(file)
            for address, pointer in marks.ids.items():
                self._ids.setdefault(address, Target(file, pointer))
        return marks

    # -- one step ----------------------------------------------------------------------

    def _step(self, at: Target, reference: str) -> Target:
        address, _, fragment = reference.partition("#")
        self.marks_of(at.file)
        starts = list(self._starts(at, address, reference))
        broken = None
        for start in starts:
            try:
                return self._inside(start, unquote(fragment), at, reference)
            except _Broken as error:
                broken = broken or error
        raise broken or _Broken(_nowhere(at, reference, "it leads nowhere"))

    def _starts(self, at: Target, address: str, reference: str) -> Iterator[Target]:
        """The wholes that a reference may be about, the likeliest first."""
        scope, base = self._marks[at.file.name].scope(at.pointer)
        if not address:
            if scope:
                yield Target(at.file, scope)
            yield Target(at.file, "")
            return
        known = self._ids.get(urljoin(base, address).rstrip("#")) or self._ids.get(address)
        if known is not None:
            yield known
            return
        yield Target(self._file(at, address, reference), "")

    def _file(self, at: Target, address: str, reference: str) -> SourceFile:
        known = self._files.get((at.file.name, address))
        if known is not None:
            return known
        name = _name(at.file.name, address)
        if is_url(name) and not self._sources.fetch:
            raise _Broken(_to_url(at, reference))
        try:
            file = self._sources.read(name)
        except DocumentUnusable as error:
            first = error.findings[0]
            if first.rule not in _NO_FILE:
                raise _Broken(first) from error
            raise _Broken(_nowhere(at, reference, f"{name}: {first.what}")) from error
        self._files[at.file.name, address] = file
        return file

    def _inside(self, start: Target, fragment: str, at: Target, reference: str) -> Target:
        if fragment and not fragment.startswith("/"):
            marks = self.marks_of(start.file)
            pointer = marks.anchors.get((start.pointer, fragment))
            if pointer is None:
                what = f"{reference} names an anchor, and {start.file.name} has none like it"
                raise _Broken(_nowhere(at, reference, what))
            return Target(start.file, pointer)
        return self._through(start, steps_of(fragment), at, reference)

    def _through(self, start: Target, steps: list[str], at: Target, reference: str) -> Target:
        """Along a pointer, through the references that are in its way."""
        here, node = start, start.node
        hops = 0
        for step in steps:
            while isinstance(node, dict) and step not in node and isinstance(node.get("$ref"), str):
                hops += 1
                if hops > LONGEST_CHAIN:
                    raise _Broken(_circle(at, reference))
                here = self._step(here, node["$ref"])
                node = here.node
            try:
                node = found_at(node, joined("", step))
            except LookupError as error:
                missing = joined(here.pointer, step)
                what = f"{reference} leads nowhere: {here.file.name} has nothing at {missing}"
                raise _Broken(_nowhere(at, reference, what)) from error
            here = here.below(step)
        return here


def _name(base: str, address: str) -> str:
    """The file that an address means to a file."""
    if is_url(address):
        return address
    if is_url(base):
        return urljoin(base, address)
    path = unquote(address.removeprefix("file://"))
    folder = "" if base == "-" else os.path.dirname(base)
    return os.path.normpath(os.path.join(folder, path))


def _nowhere(at: Target, reference: str, what: str) -> Finding:
    if reference not in what:
        what = f"the reference {reference} leads nowhere: {what}"
    place = at.file.place(joined(at.pointer, "$ref"))
    return Finding(place, "reference-to-nowhere", what, "Mend the reference, or add its target.")


def _to_url(at: Target, reference: str) -> Finding:
    what = f"the reference leads to the address {reference}, which is not followed"
    remedy = "Allow it with --fetch, or refer to a copy beside the document."
    return Finding(at.file.place(joined(at.pointer, "$ref")), "reference-to-url", what, remedy)


def _circle(at: Target, reference: str) -> Finding:
    what = f"the reference {reference} leads in a circle of references and never to a thing"
    remedy = "Let one of them be the thing itself."
    return Finding(at.file.place(joined(at.pointer, "$ref")), "circular-reference", what, remedy)


@dataclass(frozen=True, slots=True)
class Marks:
    """Names of parts of a file.

    ``ids``: pointer by address; ``anchors``: pointer by the pointer of the schema with the
    ``$id`` around it and name; ``scopes``: address by the pointer of its schema.
    """

    ids: dict[str, str]
    anchors: dict[tuple[str, str], str]
    scopes: dict[str, str]

    @classmethod
    def of(cls, file: SourceFile) -> "Marks":
        marks = cls({}, {}, {})
        named = (b'"$id":"', b'"$anchor":"', b'"$dynamicAnchor":"')
        if any(name in file.compact for name in named):
            marks._find(file)
        return marks

    def scope(self, pointer: str) -> tuple[str, str]:
        """The pointer of the schema with an ``$id`` around a part, and its address."""
        while self.scopes:
            if pointer in self.scopes:
                return pointer, self.scopes[pointer]
            if not pointer:
                break
            pointer = pointer.rpartition("/")[0]
        return "", ""

    def _find(self, file: SourceFile) -> None:
        base = file.name if is_url(file.name) else ""
        todo: list[tuple[Any, str, str, str]] = [(file.data, "", "", base)]
        while todo:
            node, pointer, scope, base = todo.pop()
            if isinstance(node, dict):
                own = node.get("$id")
                if isinstance(own, str) and not own.startswith("#"):
                    base, scope = urljoin(base, own).rstrip("#"), pointer
                    self.ids.setdefault(base, pointer)
                    self.scopes[pointer] = base
                for name in ("$anchor", "$dynamicAnchor"):
                    if isinstance(node.get(name), str):
                        self.anchors.setdefault((scope, node[name]), pointer)
                todo += [(one, joined(pointer, key), scope, base) for key, one in node.items()]
            elif isinstance(node, list):
                todo += [(one, f"{pointer}/{i}", scope, base) for i, one in enumerate(node)]
