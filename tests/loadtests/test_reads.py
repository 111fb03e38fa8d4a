"""What the reading benchmark asks for: everything in the contract that can be had by GET."""

from collections.abc import Iterable
from typing import Any

from altlas_chat.contract.documents import load_openapi, operations_of
from loadtests.reads import ABSENT, NOT_ASKED, OWN, asked_for


def without_a_row(document: dict[str, Any], asked: Iterable[str]) -> set[str]:
    """Operations that can be had by GET, are built, and are not asked for."""
    found = {
        operation["operationId"]
        for _, method, operation in operations_of(document)
        if method == "get" and not operation.get("x-planned")
    }
    return found - set(asked)


def test_every_read_operation_has_a_row_or_a_reason_to_have_none() -> None:
    names = [name for name, _, _ in asked_for()]
    assert len(set(names)) == len(names)
    left = without_a_row(load_openapi(), names)
    assert left <= set(NOT_ASKED)
    assert all(NOT_ASKED.values())


def test_exceptions_are_operations_that_can_be_had_by_get() -> None:
    names = {
        operation["operationId"]
        for _, method, operation in operations_of(load_openapi())
        if method == "get"
    }
    assert {*NOT_ASKED, *ABSENT, *OWN} <= names
    assert len(NOT_ASKED) <= 3


def test_an_operation_without_a_row_is_noticed() -> None:
    names = {name for name, _, _ in asked_for()} - {"getTask"}
    assert "getTask" in without_a_row(load_openapi(), names)
