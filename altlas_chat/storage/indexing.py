"""What the full-text index knows of a message: its words, and marks that say where it belongs.

Both databases get the words that :func:`altlas_chat.domain.text.words` finds,
and split nothing themselves. A mark is a word that no text can have, since it
begins with ``@``. By the marks of conversation, sender, time and kind the index
itself leaves out what somebody can't see or does not want: a word that stands
in every third message is found as fast by somebody who sees few of them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from altlas_chat.domain.messages import Message
from altlas_chat.domain.text import words

SPAN_MS = 8 * 24 * 60 * 60 * 1000
"""Messages of so long a time have one mark."""


def _plain(one: str) -> str:
    """An id as a part of a mark."""
    bare = one.replace("-", "")
    if bare.isascii() and bare.isalnum():
        return bare.lower()
    return hashlib.blake2b(one.encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=4096)
def conversation_mark(conversation_id: str) -> str:
    return "@c" + _plain(conversation_id)


@lru_cache(maxsize=4096)
def sender_mark(sender_id: str) -> str:
    return "@s" + _plain(sender_id)


def kind_mark(kind: str) -> str:
    return "@k" + _plain(kind)


def time_marks(since: int, until: int, most: int) -> list[str] | None:
    """The marks of all spans that have moments from ``since`` on and before ``until``.

    None if they are more than ``most``.
    """
    first, last = since // SPAN_MS, max(since, until - 1) // SPAN_MS
    if last - first >= most:
        return None
    return [f"@t{span}" for span in range(first, last + 1)]


def _marks(message: Message) -> list[str]:
    found = [conversation_mark(message.conversation_id), f"@t{message.created_at // SPAN_MS}"]
    if message.sender_id is not None:
        found.append(sender_mark(message.sender_id))
    if message.kind != "text":
        found.append(kind_mark(message.kind))
    return found


def as_text(message: Message, text: str) -> str:
    """What SQLite's index is told of a message that says ``text``, and told again to forget it."""
    return " ".join((*words(text), *_marks(message)))


def as_vector(message: Message, text: str) -> str:
    """The same for PostgreSQL: a ``tsvector`` as it is written."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words(text), 1):
        places.setdefault(word, []).append(str(place))
    found = [f"'{word}':{','.join(at)}" for word, at in places.items()]
    return " ".join((*found, *(f"'{mark}'" for mark in _marks(message))))


Phrase = tuple[Sequence[str], bool]
"""Words that follow each other, and whether the last one is only a beginning."""


def match_of(
    phrases: Iterable[Phrase], any_of: Iterable[Sequence[str]], none_of: Sequence[str]
) -> str:
    """The question to SQLite: all phrases, a mark of each group, none of the others."""
    parts = [f'"{" ".join(found)}"{" *" if begins else ""}' for found, begins in phrases]
    parts += ["(" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in any_of]
    asked = " AND ".join(parts)
    if none_of:
        excluded = " OR ".join(f'"{mark}"' for mark in none_of)
        asked = f"({asked}) NOT ({excluded})"
    return asked


def query_of(
    phrases: Iterable[Phrase], any_of: Iterable[Sequence[str]], none_of: Sequence[str]
) -> str:
    """The same question to PostgreSQL: a ``tsquery`` as it is written."""
    parts = [
        "(" + " <-> ".join(f"'{word}'" for word in found) + (":*" if begins else "") + ")"
        for found, begins in phrases
    ]
    parts += ["(" + " | ".join(f"'{mark}'" for mark in group) + ")" for group in any_of]
    parts += [f"!'{mark}'" for mark in none_of]
    return " & ".join(parts)
