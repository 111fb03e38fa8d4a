"""What is looked for in messages, how well a text answers it, and where it does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from altlas_chat.domain.events import Json
from altlas_chat.domain.text import MAX_WORD_CHARACTERS, sign_forms, spelled_words, words

EXCERPT_CHARACTERS = 300
BEFORE_CHARACTERS = 80
"""So much of a long text is shown before the first match."""

MAX_PIECES = 100
LEAST_BEGINNING = 2
"""A beginning of one letter is in nearly every message."""

_QUOTES = '"“”„«»\u201f'
_WORD = re.compile("[^ ]+")
_EXACT = 1_000_000
_TOGETHER = 2_000


class Term(NamedTuple):
    """Words that follow each other; of the last one perhaps only the beginning.

    ``forms`` are folded, ``spellings`` are the words as they may have been
    meant: a capital ``I`` stands for either letter.
    """

    forms: tuple[str, ...]
    spellings: frozenset[tuple[str, ...]]
    is_beginning: bool = False


class TooShortBeginning(Exception):
    """A beginning (``a*``) has too few letters."""


def parse_words(query: str) -> list[Term]:
    """What to look for: words, phrases in quotes, and beginnings that end in ``*``.

    All else that is not a letter or a digit only parts words: nothing in a
    query is an operator. A word with such signs inside (``saat-10``) is a
    phrase. A quote that is not closed goes to the end. Empty when there is
    no word at all; each term is there once.

    Raises:
        TooShortBeginning: a beginning has fewer than ``LEAST_BEGINNING`` letters.
    """
    found: dict[tuple[tuple[str, ...], bool], Term] = {}
    for part in _parts(query):
        forms = tuple(words(part))
        if not forms:
            continue
        begins = part.rstrip().endswith("*")
        if begins and len(forms[-1]) < LEAST_BEGINNING:
            raise TooShortBeginning
        found.setdefault((forms, begins), Term(forms, _spellings(part), begins))
    return list(found.values())


def _spellings(text: str) -> frozenset[tuple[str, ...]]:
    either = (text, text.replace("I", "i")) if "I" in text else (text,)
    return frozenset(tuple(spelled_words(one)) for one in either)


def _parts(query: str) -> Iterator[str]:
    """Phrases without their quotes, and the words between them."""
    for sign in _QUOTES[1:]:
        query = query.replace(sign, '"')
    for number, part in enumerate(query.split('"')):
        if number % 2:
            yield part
        else:
            yield from part.split()


class _Sought(NamedTuple):
    """How a term is compared with the words of texts."""

    forms: tuple[str, ...]
    is_beginning: bool

    def stands_at(self, found: Sequence[str], place: int) -> bool:
        """Whether the term stands in ``found`` from ``place`` on."""
        end = place + len(self.forms)
        if end > len(found) or tuple(found[place : end - 1]) != self.forms[:-1]:
            return False
        last = found[end - 1]
        return last.startswith(self.forms[-1]) if self.is_beginning else last == self.forms[-1]

    def places(self, found: Sequence[str]) -> list[int]:
        """From where on the term stands in ``found``."""
        first = self.forms[0]
        if len(self.forms) > 1:
            possible = [at for at, word in enumerate(found) if word == first]
            return [at for at in possible if self.stands_at(found, at)]
        if self.is_beginning:
            return [at for at, word in enumerate(found) if word.startswith(first)]
        return [at for at, word in enumerate(found) if word == first]

    def count(self, found: Sequence[str]) -> int:
        if len(self.forms) == 1 and not self.is_beginning:
            return found.count(self.forms[0])
        return len(self.places(found))


def score(terms: Sequence[Term], text: str) -> int:
    """How well a text that has all terms answers them; more is better.

    A text that has every term with the same diacritics comes before one that
    has it only without them. Then count how often the terms stand there, how
    short the text is, and whether they stand together in the order asked.
    """
    found = words(text)
    length = 0.4 + len(found) / 20
    value = 0.0
    for term in terms:
        count = _Sought(term.forms, term.is_beginning).count(found)
        value += count / (count + length) if count else 0.0
    total = int(1000 * value / max(1, len(terms)))
    if len(terms) > 1 and _stand_together(terms, found):
        total += _TOGETHER
    spellings = _spellings(text)
    if all(_is_spelled(term, spellings) for term in terms):
        total += _EXACT
    return total


def _stand_together(terms: Sequence[Term], found: Sequence[str]) -> bool:
    whole = tuple(form for term in terms for form in term.forms)
    return _Sought(whole, terms[-1].is_beginning).count(found) > 0


def _is_spelled(term: Term, spellings: Iterable[tuple[str, ...]]) -> bool:
    """Whether a text that is spelled so has the term with its very diacritics."""
    return any(
        _Sought(one, term.is_beginning).count(found)
        for found in spellings
        for one in term.spellings
    )


class Piece(NamedTuple):
    """A part of a text; ``is_match`` tells whether it is what was looked for."""

    text: str
    is_match: bool

    def as_json(self) -> Json:
        return {"text": self.text, "isMatch": self.is_match}


def highlights(terms: Sequence[Term], text: str) -> list[Piece]:
    """An excerpt of the text, as it was written, in pieces; those that match are marked.

    The whole text if it is short, else the part around the first match.
    Words are marked whole, phrases with what is between their words, of a
    beginning the letters that were looked for.
    """
    spans = _merged(_spans(terms, text))
    start, end = _excerpt(text, spans)
    pieces: list[Piece] = []
    at = start
    for first, behind in spans:
        if first >= end or len(pieces) >= MAX_PIECES - 2:
            break
        last = min(behind, end)
        if first > at:
            pieces.append(Piece(text[at:first], is_match=False))
        pieces.append(Piece(text[first:last], is_match=True))
        at = last
    if at < end:
        pieces.append(Piece(text[at:end], is_match=False))
    return pieces


class _Place(NamedTuple):
    """A word of a text, and for each letter of its form the sign that it comes from."""

    form: str
    signs: Sequence[int]


def _placed_words(text: str) -> list[_Place]:
    forms = sign_forms(text)
    line = "".join(forms)
    if len(line) == len(forms) and "" not in forms:
        signs: Sequence[int] = range(len(line))
    else:  # signs that are no letter, or several
        signs = [place for place, form in enumerate(forms) for _ in form]
    return [
        _Place(found[0][:MAX_WORD_CHARACTERS], signs[found.start() : found.end()])
        for found in _WORD.finditer(line)
    ]


def _spans(terms: Sequence[Term], text: str) -> list[tuple[int, int]]:
    placed = _placed_words(text)
    forms = [place.form for place in placed]
    spans = []
    for term in terms:
        sought = _Sought(term.forms, term.is_beginning)
        for first in sought.places(forms):
            last = placed[first + len(term.forms) - 1]
            cut = len(term.forms[-1]) if term.is_beginning else len(last.signs)
            spans.append((placed[first].signs[0], _end(text, last.signs[cut - 1])))
    return sorted(spans)


def _end(text: str, sign: int) -> int:
    """Behind a sign and the marks that are set on it."""
    end = sign + 1
    while end < len(text) and sign_forms(text[end]) == [""]:
        end += 1
    return end


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _excerpt(text: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= EXCERPT_CHARACTERS:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - BEFORE_CHARACTERS, len(text) - EXCERPT_CHARACTERS))
    if start > 0:
        gap = text.find(" ", start, first)
        start = gap + 1 if gap >= 0 else start
    return start, min(len(text), start + EXCERPT_CHARACTERS)
