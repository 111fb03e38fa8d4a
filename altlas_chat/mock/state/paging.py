"""The part of a list that is asked for: filters, order, pages, and what envelopes say of them."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.state.naming import plain, same_name
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.api import Operation, Parameter
from altlas_chat.specs.documents import Json

LIMITS = {
    "limit", "perpage", "pagesize", "size", "count", "first", "take", "max", "maxresults",
    "maxitems", "top", "pagelimit", "itemsperpage", "rows", "num", "resultsperpage",
}  # fmt: skip
OFFSETS = {"offset", "skip", "start", "from", "startindex", "startat", "pageoffset"}
PAGES = {"page", "pagenumber", "pageno", "pageindex", "currentpage", "p", "pagenum"}
CURSORS = {
    "cursor", "after", "startingafter", "pagetoken", "nexttoken", "continuationtoken", "token",
    "continuation", "nextcursor", "pagecursor", "marker", "nextpagetoken", "aftercursor", "since",
}  # fmt: skip
BEFORES = {"before", "endingbefore", "beforecursor"}
SORTS = {"sort", "sortby", "orderby", "ordering", "sorting"}
SEARCHES = {"q", "query", "search", "searchterm", "keyword", "keywords"}
DIRECTIONS = {"order", "direction", "sortorder", "sortdirection", "orderdirection", "dir"}

TOTALS = {
    "total", "totalcount", "totalitems", "totalresults", "totalelements", "totalrecords",
    "totalhits", "recordcount", "itemcount",
}  # fmt: skip
HERE = {"count", "resultcount", "returned", "numberofelements", "pagecount", "length"}
TOTAL_PAGES = {"totalpages", "pages", "lastpage", "pagestotal", "numpages"}
MORE = {"hasmore", "hasnext", "hasnextpage", "more", "hasafter", "istruncated", "nextpageexists"}
LESS = {"hasprevious", "hasprev", "hasbefore", "haspreviouspage", "hasprevpage"}
NEXT = {
    "nextcursor", "nextpagetoken", "nexttoken", "endcursor", "cursor", "continuationtoken",
    "continuation", "nextmarker", "nextpagecursor",
}  # fmt: skip
PREVIOUS = {"previouscursor", "prevcursor", "startcursor", "previouspagetoken"}
DEEPEST = 3
MARK = b"from:"


@dataclass(frozen=True, slots=True)
class Page:
    """What of a list is given: ``things`` from ``start`` on, of ``total``."""

    things: Sequence[Any]
    start: int
    total: int
    limit: int

    @property
    def end(self) -> int:
        return self.start + len(self.things)

    @property
    def has_more(self) -> bool:
        return self.end < self.total

    @property
    def number(self) -> int:
        return self.start // self.limit + 1 if self.limit else 1


def cursor_at(place: int) -> str:
    """What stands for a place in a list, in signs that a URL may have."""
    return base64.urlsafe_b64encode(MARK + str(place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> int | None:
    """The place that a cursor of ours stands for; None for any other text."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        return None
    rest = raw.removeprefix(MARK)
    return int(rest) if raw.startswith(MARK) and rest.isdigit() else None


class Asked:
    """What the query of one call asks of a list; parameters are known by their names."""

    def __init__(
        self, operation: Operation, shapes: Shapes, query: Mapping[str, Any], names: Sequence[str]
    ) -> None:
        self._shapes = shapes
        self._query = dict(query)
        self._declared = {one.name: one for one in operation.parameters if one.where == "query"}
        self._names = list(names)
        searched = self._first(SEARCHES)
        self._words = searched.casefold() if isinstance(searched, str) else None
        self._filters = [
            (name, value)
            for asked, value in self._query.items()
            if (name := self._filter(asked)) is not None
        ]

    def of(self, things: Sequence[Json], id_of: Callable[[Json], str]) -> Page:
        """The page of the things that it asks for."""
        found = self._sorted([one for one in things if self.wants(one)])
        limit = self._limit()
        start = self._start(found, limit, id_of)
        part = found[start:] if limit is None else found[start : start + limit]
        return Page(part, start, len(found), limit if limit is not None else len(found))

    # -- which ----------------------------------------------------------------------

    def wants(self, thing: Json) -> bool:
        """Whether a thing fits the filters."""
        if self._words is not None and not _mentions(thing, self._words):
            return False
        return all(_matches(thing.get(name), value) for name, value in self._filters)

    def _filter(self, asked: str) -> str | None:
        """The property that a parameter filters by: one of the same name."""
        inner = asked[7:-1] if asked.startswith("filter[") and asked.endswith("]") else asked
        form = plain(inner)
        pages = LIMITS | OFFSETS | PAGES | CURSORS | BEFORES | SORTS | DIRECTIONS
        if form in pages and inner not in self._names:
            return None
        found = same_name(inner, self._names)
        if found is None and form.endswith("s"):
            found = same_name(inner[:-1], self._names)
        return found

    def _sorted(self, things: list[Json]) -> list[Json]:
        text = self._first(SORTS)
        if not isinstance(text, str):
            return things
        backwards = str(self._first(DIRECTIONS) or "").lower().startswith("desc")
        for one in reversed(text.split(",")):
            name, _, way = one.strip().replace(" ", ":").partition(":")
            down = name.startswith("-") or way.lower().startswith("desc") or backwards
            found = same_name(name.lstrip("+-"), self._names)
            if found is not None:
                things = _by(things, found, down=down)
        return things

    # -- how many, from where ---------------------------------------------------------

    def _given(self, kinds: set[str]) -> tuple[str, Any] | None:
        for name, value in self._query.items():
            if plain(name) in kinds and name not in self._names and value is not None:
                return name, value
        return None

    def _first(self, kinds: set[str]) -> Any:
        found = self._given(kinds)
        return found[1] if found else None

    def _default(self, kinds: set[str]) -> Any:
        for name, one in self._declared.items():
            if plain(name) in kinds and one.schema is not None:
                return self._shapes.value(one.schema, "default")
        return None

    def _limit(self) -> int | None:
        found = self._first(LIMITS)
        number = _number(self._default(LIMITS) if found is None else found)
        return None if number is None or number < 0 else number

    def _start(
        self, things: Sequence[Json], limit: int | None, id_of: Callable[[Json], str]
    ) -> int:
        offset = _number(self._first(OFFSETS))
        if offset is not None:
            return max(offset, 0)
        cursor = self._first(CURSORS)
        if cursor is not None:
            return _after(things, str(cursor), id_of)
        page = self._given(PAGES)
        if page is not None and limit:
            number = _number(page[1])
            first = 0 if self._counts_from_zero(page[0]) else 1
            return max((number or 0) - first, 0) * limit
        return 0

    def _counts_from_zero(self, name: str) -> bool:
        one: Parameter | None = self._declared.get(name)
        if one is None or one.schema is None:
            return False
        bounds = [self._shapes.value(one.schema, word) for word in ("default", "minimum")]
        return bounds[0] == 0 or (bounds[0] is None and bounds[1] == 0)


def _after(things: Sequence[Json], cursor: str, id_of: Callable[[Json], str]) -> int:
    place = place_of(cursor)
    if place is not None:
        return place
    for number, thing in enumerate(things):
        if id_of(thing) == cursor:
            return number + 1
    return 0


def _matches(has: Any, asked: Any) -> bool:
    if isinstance(asked, list):
        return not asked or any(_matches(has, one) for one in asked)
    if isinstance(has, list):
        return any(_matches(one, asked) for one in has)
    if isinstance(has, dict):
        return any(_matches(has.get(name), asked) for name in ("id", "name", "slug", "username"))
    if isinstance(has, bool):
        return str(has).lower() == str(asked).lower()
    return has is not None and str(has) == str(asked)


def _mentions(value: Any, words: str) -> bool:
    """Whether the words stand in any text of a value."""
    if isinstance(value, dict):
        return any(_mentions(one, words) for one in value.values())
    if isinstance(value, list):
        return any(_mentions(one, words) for one in value)
    return isinstance(value, str) and words in value.casefold()


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _by(things: list[Json], name: str, *, down: bool) -> list[Json]:
    return sorted(things, key=lambda thing: _order(thing.get(name)), reverse=down)


def _order(value: Any) -> tuple[int, Any]:
    if value is None:
        return (2, "")
    return (0, value) if isinstance(value, int | float) else (1, str(value))


def counted(names: Iterable[str], page: Page) -> dict[str, str]:
    """Headers that tell of the page (``X-Total-Count``), of those that an answer declares."""
    found = {}
    for name in names:
        known, value = _figure(plain(name.lower().removeprefix("x-")), page)
        if known and value is not None:
            found[name] = str(value)
    return found


def described(shapes: Shapes, schema: str, envelope: Json, page: Page, depth: int = 0) -> Json:
    """The envelope with what it says of the page set right: totals, numbers, cursors."""
    found = dict(envelope)
    for name, one in shapes.properties(schema).items():
        if isinstance(found.get(name), dict) and depth < DEEPEST:
            found[name] = described(shapes, one, found[name], page, depth + 1)
            continue
        known, value = _says(plain(name), shapes.types(one), page)
        if known and (name in found or value is not None):
            found[name] = value
            if value is None and "null" not in shapes.types(one):
                del found[name]
    return found


def _says(form: str, types: frozenset[str], page: Page) -> tuple[bool, Any]:
    """Whether a property of this name tells of the page, and what."""
    if types & {"integer", "number"}:
        return _figure(form, page)
    if "boolean" in types and form in MORE | LESS:
        return True, page.has_more if form in MORE else page.start > 0
    if "string" in types and form in NEXT:
        return True, cursor_at(page.end) if page.has_more else None
    if "string" in types and form in PREVIOUS:
        return True, cursor_at(max(page.start - page.limit, 0)) if page.start else None
    return False, None


def _figure(form: str, page: Page) -> tuple[bool, int | None]:
    pages = -(-page.total // page.limit) if page.limit else 1
    if form in TOTALS or (form.endswith("count") and form not in HERE):
        return True, page.total
    figures: list[tuple[set[str], int | None]] = [
        (TOTAL_PAGES, pages),
        (HERE, len(page.things)),
        (PAGES, page.number),
        (OFFSETS, page.start),
        (LIMITS, page.limit),
        ({"nextpage", "next"}, page.number + 1 if page.has_more else None),
        ({"previouspage", "prevpage", "prev"}, page.number - 1 if page.start else None),
    ]
    return next(((True, value) for names, value in figures if form in names), (False, None))
