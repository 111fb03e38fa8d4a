"""Every refusal has one stable code, a title and a remedy."""

import re

import pytest

from altlas_chat.domain.errors import ALL_ERRORS, ChatError, FieldError, ValidationFailed


def test_no_two_refusals_share_a_code() -> None:
    assert len(ALL_ERRORS) == len(ChatError.__subclasses__())


@pytest.mark.parametrize("error", ALL_ERRORS.values(), ids=ALL_ERRORS)
def test_a_refusal_says_what_and_what_to_do(error: type[ChatError]) -> None:
    problem = error().as_problem("request-1")
    assert re.fullmatch(r"urn:altlas-chat:problem:[a-z0-9-]+", str(problem["type"]))
    assert re.fullmatch(r"[A-Z][A-Z_]*[A-Z]", error.code)
    assert 400 <= error.status < 600
    assert all(problem[part] for part in ("title", "detail", "remedy"))
    assert problem["requestId"] == "request-1"
    assert "errors" not in problem


def test_a_problem_names_the_places() -> None:
    places = [FieldError("MISSING", "is missing", "/a"), FieldError("X", "no", parameter="limit")]
    problem = ValidationFailed("two things", errors=places).as_problem()
    assert problem["errors"] == [
        {"pointer": "/a", "code": "MISSING", "detail": "is missing"},
        {"parameter": "limit", "code": "X", "detail": "no"},
    ]
    assert "requestId" not in problem
