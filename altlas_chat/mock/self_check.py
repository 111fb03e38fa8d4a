"""Proves that what a mock would answer is what its contract says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.answer_headers import header_values
from altlas_chat.mock.answering import example_faults
from altlas_chat.mock.compiled import Compiled, Endpoint
from altlas_chat.specs.api import Answer, MediaType
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that is not valid, and why."""

    operation: str
    status: str
    part: str
    what: str

    def __str__(self) -> str:
        return f"{self.operation} {self.status} {self.part}: {self.what}"

    def as_json(self) -> dict[str, str]:
        return {
            "operation": self.operation,
            "status": self.status,
            "part": self.part,
            "message": self.what,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """How many answers of how many operations were made, and which of them are not valid.

    ``examples`` are those of the contract that its own schemas refuse: they are
    given to who asks for them by name alone.
    """

    operations: int
    answers: int
    wrong: tuple[Wrong, ...]
    examples: tuple[Wrong, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "operations": self.operations,
            "answers": self.answers,
            "wrong": [one.as_json() for one in self.wrong],
            "invalidExamples": [one.as_json() for one in self.examples],
        }


def check_all(compiled: Compiled) -> Report:
    """Every answer that the contract declares, in every media type, with every example
    and made up, each held to its schema; and its headers.
    """
    answers = 0
    wrong: list[Wrong] = []
    examples: list[Wrong] = []
    for endpoint in compiled.endpoints:
        for status, answer in endpoint.answers.items():
            for media in answer.content.values():
                for name, value in media.examples(endpoint.spec.document).items():
                    faults = example_faults(endpoint, media, value)
                    answers += not faults
                    part = f"{media.name} example {name}".rstrip()
                    examples += [Wrong(endpoint.name, status, part, one) for one in faults]
            for part, reasons in _made(endpoint, answer):
                answers += 1
                wrong += [Wrong(endpoint.name, status, part, one) for one in reasons]
    return Report(len(compiled.endpoints), answers, tuple(wrong), tuple(examples))


def _made(endpoint: Endpoint, answer: Answer) -> Iterator[tuple[str, list[str]]]:
    for media in answer.content.values():
        if media.schema is not None:
            yield media.name, _made_up(endpoint, media, media.schema)
    for header, value in header_values(endpoint, answer, endpoint.name):
        schema = header.content.schema if header.content else header.schema
        if schema is not None:
            found = endpoint.spec.schemas.violations(schema, value, Direction.ANSWER)
            yield f"header {header.name}", [f"{one.pointer} {one.what}".strip() for one in found]


def _made_up(endpoint: Endpoint, media: MediaType, schema: str) -> list[str]:
    try:
        value = endpoint.spec.sampler.sample(schema, key=endpoint.name, direction=Direction.ANSWER)
    except NoSample as error:
        return [str(error)]
    return example_faults(endpoint, media, value)
