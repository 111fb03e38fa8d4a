"""Chance that is the same everywhere, and what one value being made up has to know."""

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

from altlas_chat.specs.sampling.people import Person
from altlas_chat.specs.sampling.words import Words

T = TypeVar("T")


class Draw:
    """One value being made up.

    ``level`` is how deep one is in it, ``limit`` where it gets as small as it
    may be. ``careful`` says that parts are to be checked one by one, ``desperate`` that
    odd ones will do, and ``examples`` whether those of the document are taken.
    """

    __slots__ = (
        "_source",
        "careful",
        "desperate",
        "examples",
        "level",
        "limit",
        "person",
        "random",
        "within",
        "words",
    )

    def __init__(self, words: Words, limit: int) -> None:
        # Random.random() is the one thing of it that gives the same in every version of Python.
        self._source = Random(0)  # noqa: S311
        self.random = self._source.random
        self.words = words
        self.limit = limit
        self.level = 0
        self.careful = False
        self.desperate = False
        self.examples = True
        self.person: Person | None = None
        self.within: list[str] = []

    def start(self, seed: int, key: str, attempt: int) -> None:
        """Begin anew: what follows depends on nothing but these."""
        told = f"{seed}\n{attempt}\n{key}".encode()
        self._source.seed(int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big"))
        self.level = 0
        self.person = None
        self.within.clear()
        self.examples = True

    def trial(self, number: int) -> "Draw":
        """Another one, to try something out with: it depends on the number alone."""
        found = Draw(self.words, self.limit)
        found.start(0, "trial", number)
        return found

    @property
    def small(self) -> bool:
        return self.level >= self.limit

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self.random() * len(options))]

    def integer(self, lowest: int, highest: int) -> int:
        """A whole number from ``lowest`` to ``highest``, both included."""
        return min(lowest + int(self.random() * (highest - lowest + 1)), highest)

    def digits(self, count: int) -> str:
        return "".join(str(self.integer(0, 9)) for _ in range(count))

    def letters(self, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
        return "".join(self.pick(alphabet) for _ in range(count))

    def somebody(self) -> Person:
        """Whom the object is about that is being made up."""
        if self.person is None:
            return Person(self.pick(self.words.first_names), self.pick(self.words.last_names))
        return self.person
