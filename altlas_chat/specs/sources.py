"""The files that documents are made of: read once, as JSON or YAML, within limits.

A file is named as its reader may type it: by a path or, with ``fetch``, an http(s) address.
"""

import errno
import os
import re
import sys
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from altlas_chat.specs.caching import Cache, Parsed
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place, Severity
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.positions import Positions, positions_of_json, positions_of_yaml
from altlas_chat.specs.yaml_reading import (
    DEEPEST,
    FLATTER,
    TOO_DEEP,
    Trouble,
    Unreadable,
    YamlText,
    read_yaml,
)

STDIN = "-"

_URL = re.compile(r"https?://", re.IGNORECASE)
_PLAIN_REFERENCE = re.compile(rb'"\$ref":"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read: bytes of one file, number of files, seconds for a file from afar."""

    largest_file: int = 50 << 20
    most_files: int = 20_000
    seconds: float = 20.0


LIMITS = Limits()


def is_url(name: str) -> bool:
    return _URL.match(name) is not None


@dataclass
class SourceFile:
    """One file that was read.

    ``findings`` are what is wrong and can be lived with; ``compact`` is what it holds as JSON
    without blanks.
    """

    name: str
    data: Any
    compact: bytes
    digest: bytes
    limits: Limits
    findings: list[Finding] = field(default_factory=list)
    kept: bytes | None = None

    @cached_property
    def positions(self) -> Positions:
        """The places of its parts; the file is read again for them.

        Of a file that was changed or taken away meanwhile, none are known.
        """
        try:
            raw = self.kept if self.kept is not None else _raw_file(self.name, self.limits)
        except DocumentUnusable:
            return Positions()
        return _positions(raw) if _digest(raw) == self.digest else Positions()

    def place(self, pointer: str) -> Place:
        """Where a part of it is."""
        line, column = self.positions.of(pointer)
        return Place(self.name, line, column, pointer)

    @cached_property
    def references(self) -> frozenset[str]:
        """All that stands behind a ``$ref`` anywhere in it, values of examples included."""
        return frozenset(
            orjson.loads(b'"' + one + b'"') for one in set(_PLAIN_REFERENCE.findall(self.compact))
        )


class Sources:
    """Reads files, each once."""

    def __init__(self, *, fetch: bool, cache: Path | None, limits: Limits) -> None:
        self.fetch = fetch
        self.limits = limits
        self._cache = None if cache is None else Cache(cache)
        self._files: dict[str, SourceFile] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The files that were read, in that order."""
        return tuple(file.name for file in self._files.values())

    @property
    def findings(self) -> list[Finding]:
        """What is wrong with them and can be lived with."""
        return [finding for file in self._files.values() for finding in file.findings]

    def read(self, name: str) -> SourceFile:
        """The file of a name.

        Raises:
            DocumentUnusable: it can't be read or holds neither JSON nor YAML.
        """
        key = name if name == STDIN or is_url(name) else os.path.abspath(name)
        if key not in self._files:
            if len(self._files) >= self.limits.most_files:
                what = f"the document has more than {self.limits.most_files} files"
                raise unusable(name, "too-many-files", what, "Put several into one.")
            self._files[key] = self._opened(name)
        return self._files[key]

    def _opened(self, name: str) -> SourceFile:
        raw = self._raw(name)
        digest = _digest(raw)
        if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
            raise unusable(name, "empty-file", "it is empty", "Name a file with a document in it.")
        parsed = None if self._cache is None else self._cache.found(raw, digest)
        if parsed is None:
            try:
                parsed = _parsed(raw, name)
            except Unreadable as error:
                raise DocumentUnusable([_finding(name, error.trouble)]) from error
            if self._cache is not None:
                self._cache.keep(raw, digest, parsed)
        keep = name == STDIN or is_url(name)
        file = SourceFile(
            name, parsed.data, parsed.compact, digest, self.limits, kept=raw if keep else None
        )
        file.findings += [
            _finding(name, one, Severity.WARNING) for one in map(_trouble, parsed.oddities)
        ]
        if parsed.repeated:
            file.findings += _repeated_keys(file)
        return file

    def _raw(self, name: str) -> bytes:
        if is_url(name):
            return self._fetched(name)
        return _raw_file(name, self.limits)

    def _fetched(self, name: str) -> bytes:
        if not self.fetch:
            what = "it is an address, and addresses are not followed"
            remedy = "Ask for it with --fetch, or put a copy beside the document."
            raise unusable(name, "reference-to-url", what, remedy)
        # Loaded here: hardly anybody fetches.
        from altlas_chat.specs.fetching import FetchFailed, fetched  # noqa: PLC0415

        try:
            raw = fetched(name, seconds=self.limits.seconds, largest=self.limits.largest_file)
        except FetchFailed as error:
            what = f"it can't be fetched: {error}"
            remedy = "Check the address and the network, or put a copy beside the document."
            raise unusable(name, "fetch-failed", what, remedy) from error
        return _bounded(name, raw, self.limits.largest_file)


def unusable(name: str, rule: str, what: str, remedy: str) -> DocumentUnusable:
    return DocumentUnusable([Finding(Place(name), rule, what, remedy)])


def _finding(name: str, trouble: Trouble, severity: Severity = Severity.ERROR) -> Finding:
    place = Place(name, trouble.line, trouble.column)
    return Finding(place, trouble.rule, trouble.what, trouble.remedy, severity)


def _trouble(oddity: list[Any]) -> Trouble:
    return Trouble(*oddity)


# -- bytes -----------------------------------------------------------------------------


def _digest(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=20).digest()


def _raw_file(name: str, limits: Limits) -> bytes:
    largest = limits.largest_file
    try:
        raw = sys.stdin.buffer.read(largest + 1) if name == STDIN else _bytes_of(name, largest)
    except OSError as error:
        raise _unread(name, error) from error
    return _bounded(name, raw, largest)


def _bounded(name: str, raw: bytes | None, largest: int) -> bytes:
    """The bytes, unless there are too many; None stands for too many."""
    if raw is None or len(raw) > largest:
        what = f"it is larger than {largest / (1 << 20):.0f} MiB"
        remedy = "Split it by $ref, or allow more by the setting document_max_mib."
        raise unusable(name, "file-too-large", what, remedy)
    return raw


def _bytes_of(name: str, largest: int) -> bytes | None:
    """What a file holds; None when its size alone says that it is too large."""
    with Path(name).open("rb") as file:
        return None if os.fstat(file.fileno()).st_size > largest else file.read(largest + 1)


def _unread(name: str, error: OSError) -> DocumentUnusable:
    if error.errno == errno.ENOENT:
        return unusable(name, "no-such-file", "there is no such file", "Check the path.")
    if error.errno == errno.EISDIR or Path(name).is_dir():
        what, remedy = "it is a folder", "Name the file of the document in it."
        return unusable(name, "is-a-folder", what, remedy)
    what = f"it can't be read: {error.strerror}"
    return unusable(name, "unreadable-file", what, "Check the path and its permissions.")


def _text(raw: bytes) -> str:
    """The text of a file, in the encodings that YAML 1.2 (5.2) and RFC 8259 know."""
    encoding = "utf-8-sig"
    for mark, name in ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")):
        encoding = name if raw.startswith(mark) else encoding
    if encoding == "utf-8-sig" and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        what = "it is no text in UTF-8" if b"\0" not in raw[:1024] else "it is no text but binary"
        remedy = "Name a JSON or YAML file, and save it in UTF-8."
        raise Unreadable(Trouble("not-text", what, remedy, line, column)) from error


def _begins_as_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _parsed(raw: bytes, name: str) -> Parsed:
    try:
        return _from_json(raw, raw)
    except orjson.JSONDecodeError:
        text = _text(raw)
    if not _begins_as_json(text):
        return _from_yaml(read_yaml(text))
    try:
        return _from_json(text, raw)
    except orjson.JSONDecodeError as error:
        trouble = _json_trouble(error)
        if name.lower().endswith(".json"):
            raise Unreadable(trouble) from error
        try:
            return _from_yaml(read_yaml(text))
        except Unreadable as other:
            as_json = text.lstrip()[1:].lstrip()[:1] == '"'
            raise (Unreadable(trouble) if as_json else other) from error


def _from_json(text: bytes | str, raw: bytes) -> Parsed:
    data = orjson.loads(text)
    compact = _compact(data, lambda: positions_of_json(_text(raw)))
    return Parsed(data, compact, repeated=_may_repeat_keys(raw, compact))


def _may_repeat_keys(raw: bytes, compact: bytes) -> bool:
    """Whether the keys of a JSON text must be looked at one by one.

    Every key ends with ``":`` where there are no blanks; texts in it may have the same, in both.
    """
    ends = (b'":', b'" :', b'"\t:', b'"\n:', b'"\r')
    return any(raw.count(end) != compact.count(end) for end in ends)


def _from_yaml(read: YamlText) -> Parsed:
    compact = _compact(read.data)
    data = orjson.loads(compact) if read.shared else read.data
    oddities = [list(astuple(one)) for one in read.oddities]
    return Parsed(data, compact, repeated=read.repeated, oddities=oddities)


def _compact(data: Any, places: Callable[[], Positions] = Positions) -> bytes:
    try:
        return orjson.dumps(data)
    except orjson.JSONEncodeError as error:
        spot = places().deeper_than(DEEPEST)
        raise Unreadable(Trouble("nested-too-deep", TOO_DEEP, FLATTER, *spot)) from error


def _json_trouble(error: orjson.JSONDecodeError) -> Trouble:
    if "depth" in error.msg or "ecursion" in error.msg:
        return Trouble("nested-too-deep", TOO_DEEP, FLATTER, error.lineno, error.colno)
    what = f"it is no JSON: {error.msg}"
    return Trouble(
        "invalid-json", what, "Mend the line, or the one before it.", error.lineno, error.colno
    )


def _positions(raw: bytes) -> Positions:
    text = _text(raw)
    if _begins_as_json(text):
        try:
            orjson.loads(text)
        except orjson.JSONDecodeError:
            return positions_of_yaml(text)
        return positions_of_json(text)
    return positions_of_yaml(text)


def _repeated_keys(file: SourceFile) -> list[Finding]:
    found = []
    for one in file.positions.repeated:
        place = Place(file.name, *one.again, joined(one.pointer, one.key))
        what = f"the key {one.key} is there already, in line {one.first[0]}; the last one counts"
        found.append(Finding(place, "duplicate-key", what, "Take one of them out."))
    return found
