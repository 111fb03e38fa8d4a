"""Proves that values can be made up for all that a document describes, and that they are valid."""

from collections.abc import Iterator

from altlas_chat.specs.api import Api, MediaType, Operation
from altlas_chat.specs.dialects import Direction
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.sampling.sampler import NoSample, Sampler
from altlas_chat.specs.schemas import Schemas

KEYS = ("1", "2", "3")


def check_all(document: Document, *, seed: int = 0) -> list[Finding]:
    """What is wrong with values made up for the document's answers, bodies and parameters.

    Each schema is tried once, with several keys; empty when every value of every
    one is valid. What is wrong with the schemas themselves is told, too.
    """
    schemas = Schemas(document)
    sampler = Sampler(document, schemas, seed=seed)
    found: list[Finding] = []
    for schema, direction in dict.fromkeys(_schemas(document)):
        found += _checked(document, schemas, sampler, schema, direction)
    return [*found, *schemas.findings]


def _schemas(document: Document) -> Iterator[tuple[str, Direction]]:
    """The schemas of values that are sent, by pointer, at the end of their references."""
    for operation in Api(document).operations:
        yield from _of_operation(operation)


def _of_operation(operation: Operation) -> Iterator[tuple[str, Direction]]:
    for answer in operation.answers.values():
        for media_type in answer.content.values():
            yield from _of_content(media_type, Direction.ANSWER)
        for header in answer.headers.values():
            if header.schema:
                yield header.schema, Direction.ANSWER
    if operation.body:
        for media_type in operation.body.content.values():
            yield from _of_content(media_type, Direction.REQUEST)
    for parameter in operation.parameters:
        if parameter.schema:
            yield parameter.schema, Direction.REQUEST


def _of_content(media_type: MediaType, direction: Direction) -> Iterator[tuple[str, Direction]]:
    if media_type.schema:
        yield media_type.schema, direction


def _checked(
    document: Document, schemas: Schemas, sampler: Sampler, schema: str, direction: Direction
) -> Iterator[Finding]:
    for key in KEYS:
        try:
            value = sampler.sample(schema, key=key, direction=direction)
        except NoSample as error:
            what = f"no value can be made up for this schema: {error.why}"
            remedy = "Change what the schema says, or give an example."
            yield Finding(document.place(schema), "no-sample", what, remedy)
            return
        for one in schemas.violations(schema, value, direction):
            what = f"a value made up for this schema is not valid: {one.pointer or '/'} {one.what}"
            remedy = "This is a mistake in altlas-chat; report it with the schema."
            yield Finding(document.place(schema), "invalid-sample", what, remedy)
