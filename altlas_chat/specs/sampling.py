"""Values that a schema allows, made up: realistic, and the same for the same key."""

from typing import Any, Literal

from altlas_chat.specs.documents import Document
from altlas_chat.specs.schemas import Direction, Schemas

Language = Literal["en", "tr"]


class NoSample(Exception):
    """A schema allows nothing, or nothing that could be found; the message says which and where."""


class Sampler:
    """Makes up values for the schemas of one document.

    The same ``seed`` and key give the same value, on every machine and in
    every process.
    """

    def __init__(
        self, document: Document, schemas: Schemas, *, seed: int = 0, language: Language = "en"
    ) -> None:
        self._document = document
        self._schemas = schemas
        self._seed = seed
        self._language = language

    def sample(self, schema: str, *, key: str, direction: Direction) -> Any:
        """A value that the schema at a pointer allows.

        ``key`` is what the value is about (``GET /users/7``): equal keys give
        equal values.

        Raises:
            NoSample: the schema allows nothing, or nothing that could be found.
        """
        raise NotImplementedError
