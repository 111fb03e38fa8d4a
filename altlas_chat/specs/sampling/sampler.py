"""Values that a schema allows, made up: realistic, and the same for the same key."""

from collections.abc import Mapping
from typing import Any, Literal

from altlas_chat.specs.dialects import Direction
from altlas_chat.specs.documents import Document
from altlas_chat.specs.sampling.building import Building
from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.plans import NEVER, Plan, settle, why_never
from altlas_chat.specs.sampling.shapes import Impossible
from altlas_chat.specs.sampling.words import Language, words_of
from altlas_chat.specs.schemas import Schemas
from altlas_chat.specs.validators import REFERENCE

Extent = Literal["full", "smallest"]

DEEPEST = 5
LARGEST = 400
TRIES = 8
CAREFUL_TRIES = 5


class NoSample(Exception):
    """Nothing could be made up for a schema; says why."""

    def __init__(self, schema: str, why: str) -> None:
        super().__init__(f"nothing can be made up for {schema}: {why}")
        self.schema = schema
        self.why = why


class Sampler:
    """Makes up values for the schemas of one document.

    The same ``seed`` and key give the same value, on every machine and in
    every process.
    """

    def __init__(
        self, document: Document, schemas: Schemas, *, seed: int = 0, language: Language = "en"
    ) -> None:
        del document
        self._schemas = schemas
        self._seed = seed
        self._draw = Draw(words_of(language), DEEPEST)
        self._plans: dict[str, tuple[Plan, int]] = {}
        self._building = Building(schemas.definitions, schemas.pointer_of)

    def sample(
        self,
        schema: str,
        *,
        key: str,
        direction: Direction,
        known: Mapping[str, Any] | None = None,
        extent: Extent = "full",
        examples: bool = True,
    ) -> Any:
        """A value that the schema at a pointer allows.

        ``key`` is what the value is about (``GET /users/7``): equal keys give
        equal values. What is ``known`` of it (``{"id": 7}``) is taken where
        the schema has such a property and allows it. ``full`` values have
        what is optional, too; ``smallest`` ones have nothing that can be left out.
        The document's own ``examples`` of schemas are taken where they fit, or
        only where nothing else can be made up.

        Raises:
            NoSample: the schema allows nothing, or nothing that could be found.
            LookupError: there is no such schema.
        """
        try:
            plan, limit = self._plan(schema, direction)
            draw = self._draw
            draw.limit = 0 if extent == "smallest" else limit
            value = self._valid(schema, plan, key, direction, examples=examples)
        except Impossible as error:
            raise NoSample(schema, str(error)) from error
        return self._with_known(schema, value, known, direction) if known else value

    def _valid(
        self, schema: str, plan: Plan, key: str, direction: Direction, *, examples: bool
    ) -> Any:
        """The first of several tries that is valid; the last ones are as small as can be."""
        draw = self._draw
        why = Impossible("no value that was tried fits")
        for attempt in range(TRIES + 2 * CAREFUL_TRIES):
            if attempt == TRIES + CAREFUL_TRIES:
                draw.limit = 0
            draw.start(self._seed, key, attempt)
            draw.careful = attempt >= TRIES
            wanted = examples or attempt >= TRIES + CAREFUL_TRIES
            draw.examples = wanted and (attempt < TRIES // 2 or attempt % 2 == 0)
            try:
                value = plan.make(draw)
            except Impossible as error:
                why = error
                continue
            if self._schemas.is_valid(schema, value, direction):
                return value
        raise why

    def _with_known(
        self, schema: str, value: Any, known: Mapping[str, Any], direction: Direction
    ) -> Any:
        if not isinstance(value, dict):
            return value
        for name, wanted in known.items():
            if name in value:
                for form in (wanted, str(wanted)):
                    changed = {**value, name: form}
                    if self._schemas.is_valid(schema, changed, direction):
                        value = changed
                        break
        return value

    def _plan(self, schema: str, direction: Direction) -> tuple[Plan, int]:
        name = self._schemas.name_of(schema, direction)
        if name not in self._plans:
            plan = self._building.plan([{"$ref": f"{REFERENCE}{name}"}])
            settle(plan)
            if plan.least >= NEVER:
                raise Impossible(why_never(plan))
            limit = 1
            while limit < DEEPEST and plan.size(limit + 1) <= LARGEST:
                limit += 1
            self._plans[name] = (plan, limit)
        return self._plans[name]
