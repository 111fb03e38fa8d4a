"""What every refusal is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

MAX_ERRORS = 100
"""Most places that a problem document names."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the input, and where: a JSON pointer or a parameter's name."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def within(self, pointer: str) -> "FieldError":
        """The same, in an input that is a part of another one."""
        return self if self.pointer is None else replace(self, pointer=pointer + self.pointer)

    def as_json(self) -> dict[str, str]:
        place = {"pointer": self.pointer, "parameter": self.parameter}
        named = {key: value for key, value in place.items() if value is not None}
        return {**named, "code": self.code, "detail": self.detail}


class ChatError(Exception):
    """A refusal that its caller can understand and act on.

    ``detail`` tells this case apart; ``remedy`` is what the caller can do.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
        allowed_methods: Sequence[str] = (),
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors[:MAX_ERRORS])
        self.retry_after_seconds = retry_after_seconds
        self.allowed_methods = tuple(allowed_methods)

    def as_problem(self, request_id: str | None = None) -> dict[str, object]:
        """The problem document that the contract calls ``Problem``."""
        problem: dict[str, object] = {
            "type": f"urn:altlas-chat:problem:{self.code.lower().replace('_', '-')}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "remedy": self.remedy,
        }
        if request_id is not None:
            problem["requestId"] = request_id
        if self.errors:
            problem["errors"] = [error.as_json() for error in self.errors]
        return problem
