"""Finding messages. Only what the asker can see at this moment is looked at, told and counted.

By time, the newest come first. By relevance, the newest ``RANKED`` matches are
put in order, the best first; then follow the next ``RANKED`` older ones, in
their own order, and so on. So a word that stands in every third of a million
messages is answered as fast as another one, and nothing is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from altlas_chat.domain.errors import CursorInvalid, FieldError, ValidationFailed
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import Phrase, say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.search import (
    LEAST_BEGINNING,
    Term,
    TooShortBeginning,
    highlights,
    parse_words,
    score,
)
from altlas_chat.domain.times import moment
from altlas_chat.services.deps import Deps
from altlas_chat.services.messages import present_forms
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.storage import search
from altlas_chat.storage.database import Reader
from altlas_chat.storage.search import Match, Stretch, Wanted

RANKED = 200
"""So many matches are put in order by relevance at a time."""


@dataclass(frozen=True, slots=True)
class MessageSearch:
    """What somebody looks for; ``since`` and ``until`` are moments in RFC 3339."""

    words: str
    conversation_id: str | None = None
    sender_id: str | None = None
    since: str | None = None
    until: str | None = None
    having: str | None = None
    kind: str | None = None
    by_time: bool = False


async def search_messages(
    deps: Deps, actor: Actor, wanted: MessageSearch, cursor: str | None, limit: int
) -> Json:
    """A page of messages that have all the words.

    Pages hold still while people write: what is new is in none of them.

    Raises:
        ValidationFailed: there is no word to look for, or a moment is none.
        CursorInvalid: the page's cursor is none.
    """
    terms = _terms(wanted.words)
    asked = Wanted(
        viewer_id=actor.user_id,
        phrases=[(term.forms, term.is_beginning) for term in terms],
        conversation_id=wanted.conversation_id,
        sender_id=wanted.sender_id,
        since=_moment(wanted.since, "since"),
        until=_moment(wanted.until, "until"),
        having=wanted.having,
        kind=wanted.kind,
    )
    pages = _by_time if wanted.by_time else _by_relevance
    now = deps.clock.now_ms()

    async def query(reader: Reader) -> Json:
        found, following = await pages(_Search(reader, asked, terms, now), cursor, limit)
        return {
            "items": await _hits(reader, actor.user_id, terms, found),
            "nextCursor": following,
        }

    return await deps.database.read(query)


def _terms(words: str) -> list[Term]:
    try:
        terms = parse_words(words)
    except TooShortBeginning as error:
        detail = say("the beginning of a word needs {count} letters", count=LEAST_BEGINNING)
        raise _invalid("TOO_SHORT", detail) from error
    if not terms:
        raise _invalid("NO_WORDS", say("there is no word to look for"))
    return terms


def _invalid(code: str, detail: Phrase) -> ValidationFailed:
    return ValidationFailed(detail, errors=[FieldError(code, detail, parameter="q")])


def _moment(text: str | None, parameter: str) -> int | None:
    if text is None:
        return None
    try:
        return moment(text, "")
    except ValidationFailed as error:
        errors = [replace(one, pointer=None, parameter=parameter) for one in error.errors]
        raise ValidationFailed(errors=errors) from error


class _Search(NamedTuple):
    """One search, inside one reading."""

    reader: Reader
    wanted: Wanted
    terms: Sequence[Term]
    now: int

    async def matches(self, stretch: Stretch, limit: int) -> list[Match]:
        return await search.select_matches(self.reader, self.wanted, stretch, self.now, limit)


_Found = tuple[list[Match], str | None]


async def _by_time(one: _Search, cursor: str | None, limit: int) -> _Found:
    before = None if cursor is None else _sound(decoded_place(cursor, str)[0], one.reader)
    found = await one.matches(Stretch(before=before), limit + 1)
    following = page_cursor(found[limit - 1].place) if len(found) > limit else None
    return found[:limit], following


def _sound(place: str, reader: Reader) -> str:
    """A place out of a cursor, which somebody may have made up."""
    if not search.is_place(reader.dialect, place):
        raise CursorInvalid
    return place


class _Window(NamedTuple):
    """Matches that are put in order together, by score and place, the best first."""

    ranked: list[tuple[int, str, Match]]
    stretch: Stretch
    has_older: bool


async def _by_relevance(one: _Search, cursor: str | None, limit: int) -> _Found:
    """A cursor names a window by its two ends, and in it a match by its score and place."""
    window = await _window(one, None) if cursor is None else None
    left = [] if window is None else window.ranked
    if window is None:
        window, left = await _window_of(one, str(cursor))
    page: list[Match] = []
    while True:
        taken = left[: limit - len(page)]
        page += [match for _, _, match in taken]
        if len(left) > len(taken):
            rank, place, _ = taken[-1]
            first, last, _ = window.stretch
            return page, page_cursor(first, last, rank, place)
        if not window.has_older:
            return page, None
        if len(page) == limit:
            return page, page_cursor(window.stretch.first)
        window = await _window(one, window.stretch.first)
        left = window.ranked


async def _window(one: _Search, before: str | None) -> _Window:
    """The newest matches before a place."""
    found = await one.matches(Stretch(before=before), RANKED + 1)
    has_older = len(found) > RANKED
    found = found[:RANKED]
    ends = Stretch(found[-1].place, found[0].place) if found else Stretch(before, before)
    return _Window(_ranked(one.terms, found), ends, has_older)


async def _window_of(one: _Search, cursor: str) -> tuple[_Window, list[tuple[int, str, Match]]]:
    """The window in which a page begins, and what of it is left."""
    try:
        (before,) = decoded_place(cursor, str)
    except CursorInvalid:
        first, last, rank, place = decoded_place(cursor, str, str, int, str)
    else:
        window = await _window(one, _sound(before, one.reader))
        return window, window.ranked
    ends = Stretch(*(_sound(end, one.reader) for end in (first, last)))
    found = await one.matches(ends, 2 * RANKED)
    older = await one.matches(Stretch(before=first), 1)
    window = _Window(_ranked(one.terms, found), ends, bool(older))
    return window, [entry for entry in window.ranked if entry[:2] < (rank, place)]


def _ranked(terms: Sequence[Term], found: Sequence[Match]) -> list[tuple[int, str, Match]]:
    """The best first; of those that are alike the newest."""
    scored = [(score(terms, match.text), match.place, match) for match in found]
    return sorted(scored, reverse=True)


async def _hits(
    reader: Reader, viewer_id: str, terms: Sequence[Term], found: Sequence[Match]
) -> list[Json]:
    """Matches as the contract shows them."""
    views = await present_forms(reader, [match.message_id for match in found], viewer_id)
    rooms = list(dict.fromkeys(view["conversationId"] for view in views))
    labels = await search.select_labels(reader, viewer_id, rooms)
    return [
        {
            "message": view,
            "conversation": labels[view["conversationId"]].as_json(),
            "highlights": [piece.as_json() for piece in highlights(terms, view["text"])],
        }
        for view in views
    ]
