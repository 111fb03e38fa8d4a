"""What every refusal is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from altlas_chat.domain.language import ENGLISH, Phrase, render

MAX_ERRORS = 100
"""Most places that a problem document names."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the input, and where: a JSON pointer or a parameter's name."""

    code: str
    detail: Phrase
    pointer: str | None = None
    parameter: str | None = None

    def within(self, pointer: str) -> "FieldError":
        """The same, in an input that is a part of another one."""
        return self if self.pointer is None else replace(self, pointer=pointer + self.pointer)

    def as_json(self, language: str = ENGLISH) -> dict[str, str]:
        place = {"pointer": self.pointer, "parameter": self.parameter}
        named = {key: value for key, value in place.items() if value is not None}
        return {**named, "code": self.code, "detail": render(self.detail, language)}


class ChatError(Exception):
    """A refusal that its caller can understand and act on.

    ``detail`` tells this case apart; ``remedy`` is what the caller can do.
    All three texts have a translation in the catalogue.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(
        self,
        detail: Phrase | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
        allowed_methods: Sequence[str] = (),
    ) -> None:
        super().__init__(detail or self.title)
        self.detail: str = detail or self.title
        self.errors = tuple(errors[:MAX_ERRORS])
        self.retry_after_seconds = retry_after_seconds
        self.allowed_methods = tuple(allowed_methods)

    def as_problem(
        self, request_id: str | None = None, language: str = ENGLISH
    ) -> dict[str, object]:
        """The problem document that the contract calls ``Problem``, in a language."""
        problem: dict[str, object] = {
            "type": f"urn:altlas-chat:problem:{self.code.lower().replace('_', '-')}",
            "title": render(self.title, language),
            "status": self.status,
            "detail": render(self.detail, language),
            "code": self.code,
            "remedy": render(self.remedy, language),
        }
        if request_id is not None:
            problem["requestId"] = request_id
        if self.errors:
            problem["errors"] = [error.as_json(language) for error in self.errors]
        return problem
