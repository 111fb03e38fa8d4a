"""Which operation a request is for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.kept import Kept

_TEMPLATE = re.compile(r"\{([^{}/]*)\}")

PathValues = Mapping[str, str]


@dataclass(slots=True)
class _Node:
    """A step of the paths: what may come after the segments that led here."""

    plain: dict[str, "_Node"] = field(default_factory=dict)
    patterns: dict[str, tuple[re.Pattern[str], "_Node"]] = field(default_factory=dict)
    anything: "_Node | None" = None
    here: list[tuple[tuple[str, ...], dict[str, Endpoint]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """What a path leads to: the endpoint for the method, or else the methods that there are."""

    endpoint: Endpoint | None
    values: PathValues
    methods: frozenset[str]


class Router:
    """Finds operations by method and raw path.

    Segments without a template come before those that are partly one
    (``{name}.json``), and these before whole ones (``{name}``), from left to
    right; among paths that match, the first that has the method. A slash too
    many or too few at the end is forgiven where nothing else matches, and after
    that a value may be empty (``/users//posts``), which checks refuse. Values
    are percent-decoded after the path was cut in segments, so ``%2F`` is part
    of a value.
    """

    def __init__(self, routes: Iterable[tuple[str, Endpoint]]) -> None:
        self._plain: dict[str, dict[str, Endpoint]] = {}
        self._root = _Node()
        self._known: Kept[Found] = Kept()
        for base, endpoint in routes:
            self._add(base + endpoint.operation.path, endpoint)

    def find(self, method: str, path: str) -> Found:
        """What a request is for; ``method`` in capitals, ``path`` as it came, without query.

        HEAD is for GET's operation where it has none of its own.
        """
        found = self._known.get((method, path))
        if found is None:
            found = self._sought(method, path)
            if found.endpoint is not None:
                self._known.keep((method, path), found, len(path))
        return found

    def _sought(self, method: str, path: str) -> Found:
        found = self._best(method, path)
        if found is None:
            other = path[:-1] if path.endswith("/") else f"{path}/"
            found = self._best(method, other) or self._best(method, path, also_empty=True)
        return found or Found(None, {}, frozenset())

    def _best(self, method: str, path: str, *, also_empty: bool = False) -> Found | None:
        methods: set[str] = set()
        wanted = (method, "GET") if method == "HEAD" else (method,)
        for values, endpoints in self._matches(path, also_empty=also_empty):
            for one in wanted:
                if one in endpoints:
                    return Found(endpoints[one], values, frozenset(endpoints))
            methods |= endpoints.keys()
        return Found(None, {}, frozenset(methods)) if methods else None

    def _matches(
        self, path: str, *, also_empty: bool
    ) -> Iterator[tuple[PathValues, dict[str, Endpoint]]]:
        if path in self._plain:
            yield {}, self._plain[path]
        segments = [unquote(one) for one in path.split("/")[1:]]
        for node, found in _walk(self._root, segments, (), also_empty=also_empty):
            for names, endpoints in node.here:
                yield dict(zip(names, found, strict=True)), endpoints

    def _add(self, path: str, endpoint: Endpoint) -> None:
        method = endpoint.operation.method.upper()
        if "{" not in path:
            self._plain.setdefault(path, {}).setdefault(method, endpoint)
        # Also among the others: the request may write it with percent signs.
        node, names = self._root, []
        for segment in path.split("/")[1:]:
            node = _next(node, segment)
            names += _TEMPLATE.findall(segment)
        for known, endpoints in node.here:
            if known == tuple(names):
                endpoints.setdefault(method, endpoint)
                return
        node.here.append((tuple(names), {method: endpoint}))


def _next(node: _Node, segment: str) -> _Node:
    if not _TEMPLATE.search(segment):
        return node.plain.setdefault(unquote(segment), _Node())
    if _TEMPLATE.fullmatch(segment):
        if node.anything is None:
            node.anything = _Node()
        return node.anything
    parts = _TEMPLATE.split(segment)
    # Odd ones are names.
    pattern = "".join("(.+?)" if number % 2 else re.escape(one) for number, one in enumerate(parts))
    if pattern not in node.patterns:
        node.patterns[pattern] = (re.compile(pattern, re.DOTALL), _Node())
    return node.patterns[pattern][1]


def _walk(
    node: _Node, segments: Sequence[str], found: tuple[str, ...], *, also_empty: bool
) -> Iterator[tuple[_Node, tuple[str, ...]]]:
    if not segments:
        if node.here:
            yield node, found
        return
    segment, *rest = segments
    plain = node.plain.get(segment)
    if plain is not None:
        yield from _walk(plain, rest, found, also_empty=also_empty)
    for pattern, further in node.patterns.values():
        match = pattern.fullmatch(segment)
        if match:
            yield from _walk(further, rest, (*found, *match.groups()), also_empty=also_empty)
    if node.anything is not None and (segment or also_empty):
        yield from _walk(node.anything, rest, (*found, segment), also_empty=also_empty)
