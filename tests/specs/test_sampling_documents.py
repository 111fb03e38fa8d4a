"""Whole documents: something valid is made up for all that they send and take."""

from collections.abc import Iterator

from altlas_chat.contract.documents import bundle_path
from altlas_chat.specs.api import Api, Operation
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Direction, Schemas


def described_by(operation: Operation) -> Iterator[tuple[str, Direction]]:
    """The schemas of an operation's answers and their headers, its body and its parameters."""
    for answer in operation.answers.values():
        for part in (*answer.content.values(), *answer.headers.values()):
            if part.schema:
                yield part.schema, Direction.ANSWER
    taken = operation.body.content.values() if operation.body else ()
    for part in (*taken, *operation.parameters):
        if part.schema:
            yield part.schema, Direction.REQUEST


def test_all_of_our_own_contract_can_be_made_up():
    document = load_document(bundle_path("openapi"))
    schemas = Schemas(document)
    wanted = {one for operation in Api(document).operations for one in described_by(operation)}
    assert len(wanted) > 200
    for language in ("en", "tr"):
        sampler = Sampler(document, schemas, language=language)
        for schema, direction in sorted(wanted):
            for examples in (True, False):
                value = sampler.sample(schema, key="k", direction=direction, examples=examples)
                assert schemas.violations(schema, value, direction) == [], schema
    assert schemas.findings == ()
