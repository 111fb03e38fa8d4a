"""YAML as OpenAPI wants it: JSON's values only, by the core schema of YAML 1.2.

Keys are text whatever they look like (``200``, ``on``, ``1.0``); so are ``yes``, ``no``, dates
and ``1_000``. ``<<`` merges, as in YAML 1.1. Nothing that a file holds makes this run for long or
take much memory: neither aliases of aliases nor nesting.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

DEEPEST = 250
"""How many levels a document may have; what writes JSON allows no more."""

MOST_REPEATED_NODES = 1_000_000
"""How many values the aliases of a file may stand for, together."""

_PREFIX = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_FIRST = frozenset("-+.0123456789~nNtTfF")
_LARGEST = 1 << 63
_UNSET: Any = object()
_MERGE: Any = object()

TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"
FLATTER = "Give inner parts a name of their own and refer to them by $ref."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with a text; ``line`` and ``column`` count from 1, 0 where not known."""

    rule: str
    what: str
    remedy: str
    line: int = 0
    column: int = 0


class Unreadable(Exception):
    """A text can't be read at all."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.what)
        self.trouble = trouble


@dataclass(slots=True)
class YamlText:
    """What a text holds, and what is odd about it but can be lived with.

    ``shared``: aliases make parts of ``data`` one object, ``repeated``: a key is there twice (the
    last one counts).
    """

    data: Any = None
    shared: bool = False
    repeated: bool = False
    oddities: list[Trouble] = field(default_factory=list)


def read_yaml(text: str) -> YamlText:
    """The one document of a text.

    Raises:
        Unreadable: it is no YAML, or none that JSON could say.
    """
    try:
        return _Builder().build(text)
    except yaml.YAMLError as error:
        raise Unreadable(_told(error, text)) from error


def plain_value(text: str) -> Any:
    """What an unquoted scalar stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 400:
        number = int(text)
        return number if -_LARGEST <= number < 2 * _LARGEST else _finite(text)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _OTHER_BASE.fullmatch(text) and len(text) < 18:
        return int(text, 0)
    return text


def _finite(text: str) -> Any:
    """A number that JSON can say; one beyond all bounds stays text."""
    number = float(text)
    return number if abs(number) != float("inf") else text


class _Builder:
    """Makes values of a text's events, without recursion."""

    def __init__(self) -> None:
        self.read = YamlText()
        self._holder: Any = []
        self._key: Any = None
        self._stack: list[tuple[Any, Any, str | None, int]] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}
        self._merges: dict[int, list[Any]] = {}
        self._nodes = 0
        self._repeated_nodes = 0
        self._first: Any = None
        self._another: Any = None

    def build(self, text: str) -> YamlText:
        top = self._holder
        take: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            handle = take.get(event.__class__)
            if handle is not None:
                handle(event)
        if any(one is not None for one in top[1:]):
            raise _unreadable(
                self._another,
                "several-documents",
                "another document begins here, and a file may hold one",
                "Take the line `---` out, or put the document into a file of its own.",
            )
        self.read.data = top[0] if top else None
        return self.read

    def _document(self, event: Any) -> None:
        if self._first is not None:
            self._another = self._another or event
        self._first = self._first or event

    def _scalar(self, event: Any) -> None:
        value = event.value
        if self._key is _UNSET:
            self._key = _MERGE if value == "<<" and not event.style else value
        elif event.tag is None:
            if not event.style and (not value or value[0] in _FIRST):
                value = self._plain(value, event)
            self._put(value)
        else:
            value = self._tagged(value, event)
            self._put(value)
        self._nodes += 1
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1 + len(event.value) // 100)

    def _plain(self, text: str, event: Any) -> Any:
        value = plain_value(text)
        if value is text and _NO_NUMBER.fullmatch(text):
            self._oddity(
                event,
                "no-json-number",
                f"{text} is a number that JSON can't say, and taken as text",
                "Write a number, or put quotes around it.",
            )
        return value

    def _tagged(self, text: str, event: Any) -> Any:
        kind = event.tag.removeprefix(_PREFIX)
        if kind in ("int", "float", "bool", "null"):
            return plain_value(text)
        if kind not in ("str", "binary", "timestamp", "!"):
            self._oddity(
                event,
                "unknown-tag",
                f"the tag {event.tag} means nothing in an API document, and is left out",
                "Take it out; to take in another file write `$ref: FILE`.",
            )
        return text

    def _oddity(self, event: Any, rule: str, what: str, remedy: str) -> None:
        mark = event.start_mark
        self.read.oddities.append(Trouble(rule, what, remedy, mark.line + 1, mark.column + 1))

    def _put(self, value: Any) -> None:
        holder = self._holder
        if holder.__class__ is list:
            holder.append(value)
            return
        key, self._key = self._key, _UNSET
        if key is _MERGE:
            self._merges.setdefault(id(holder), []).append(value)
        else:
            if key in holder:
                self.read.repeated = True
            holder[key] = value

    def _start(self, event: Any) -> None:
        if self._key is _UNSET:
            raise _no_text_key(event)
        if len(self._stack) >= DEEPEST:
            raise _unreadable(event, "nested-too-deep", TOO_DEEP, FLATTER)
        mapping = event.__class__ is yaml.MappingStartEvent
        value: Any = {} if mapping else []
        anchor = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        self._stack.append((self._holder, self._key, anchor, self._nodes))
        self._put(value)
        self._holder = value
        self._key = _UNSET if mapping else None

    def _end(self, event: Any) -> None:
        done = self._holder
        if self._merges and id(done) in self._merges:
            self._merge(done, event)
        self._holder, key, anchor, before = self._stack.pop()
        self._key = _UNSET if self._holder.__class__ is dict else key
        self._nodes += 1
        if anchor is not None:
            self._anchors[anchor] = (done, self._nodes - before)

    def _merge(self, mapping: dict[str, Any], event: Any) -> None:
        """Take in what ``<<`` names; what is there already stays, and the first one counts."""
        for value in self._merges.pop(id(mapping)):
            for one in value if isinstance(value, list) else [value]:
                if not isinstance(one, dict):
                    what = "what is merged by << is no mapping"
                    remedy = "Let << name mappings by their anchors only."
                    raise _unreadable(event, "invalid-yaml", what, remedy)
                for key, part in one.items():
                    mapping.setdefault(key, part)

    def _alias(self, event: Any) -> None:
        value, nodes = self._anchored(event)
        if self._key is _UNSET:
            if not isinstance(value, str):
                raise _no_text_key(event)
            self._key = value
            return
        self._nodes += nodes
        self._repeated_nodes += nodes
        if self._repeated_nodes > MOST_REPEATED_NODES:
            raise _unreadable(
                event,
                "yaml-bomb",
                f"the aliases stand for more than {MOST_REPEATED_NODES:,} values: a YAML bomb",
                "Write a $ref in the place of aliases of aliases.",
            )
        self.read.shared = self.read.shared or nodes > 1
        self._put(value)

    def _anchored(self, event: Any) -> tuple[Any, int]:
        if event.anchor not in self._anchors:
            what = f"no anchor before it is named {event.anchor}"
            remedy = f"Put &{event.anchor} in front of what it means, or quotes around the text."
            raise _unreadable(event, "undefined-alias", what, remedy)
        found = self._anchors[event.anchor]
        if found is None:
            what = f"the alias {event.anchor} stands inside of what it means"
            raise _unreadable(event, "circular-alias", what, "Use a $ref for what is recursive.")
        return found


def _no_text_key(event: Any) -> Unreadable:
    return _unreadable(
        event,
        "no-text-key",
        "a key must be text, and this one is a list, a mapping or an alias of one",
        "Write a text; what begins with { or [ wants quotes around it.",
    )


def _unreadable(event: Any, rule: str, what: str, remedy: str) -> Unreadable:
    mark = event.start_mark
    return Unreadable(Trouble(rule, what, remedy, mark.line + 1, mark.column + 1))


def _told(error: yaml.YAMLError, text: str) -> Trouble:
    """An error of the parser, in the words of who must mend it."""
    if isinstance(error, yaml.reader.ReaderError):
        # The position counts bytes.
        before = text.encode()[: error.position].decode(errors="ignore")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        what = f"the control character {text[len(before) :][:1]!r} can't be in a YAML text"
        return Trouble("not-text", what, "Take it out, or write it as an escape.", line, column)
    mark = getattr(error, "problem_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    what = f"it is no YAML: {getattr(error, 'problem', None) or error}"
    if "nesting depth" in what:
        return Trouble("nested-too-deep", TOO_DEEP, FLATTER, line, column)
    context = getattr(error, "context", None)
    begun = getattr(error, "context_mark", None)
    if context and begun and begun.line + 1 != line:
        what += f" {context} that begins in line {begun.line + 1}"
    return Trouble("invalid-yaml", what, _remedy(what, text, line), line, column)


def _remedy(what: str, text: str, line: int) -> str:
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "Indent with blanks; YAML allows no tabs there."
    if "mapping values are not allowed" in what:
        return "Put quotes around a text with `: ` in it, or mend the indentation."
    if "cannot start any token" in what:
        return "Put quotes around a text that begins with @, `, % or a tab."
    return "Mend the line, or the one before it."
