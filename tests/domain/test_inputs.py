"""What comes from outside: strict, closed, and each mistake at its place."""

import contextlib
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from altlas_chat.domain.errors import MalformedJson, ValidationFailed
from altlas_chat.domain.inputs import Input, OpaqueId, check_input, clean_text, parse_json


class Inner(Input):
    some_number: Annotated[int, Field(ge=0)]


class Outer(Input):
    user_id: OpaqueId
    inner: Inner | None = None
    many: Annotated[list[Inner], Field(max_length=3)] = Field(default_factory=list)
    named: dict[str, int] = Field(default_factory=dict)


def errors_of(value: object, within: str = "") -> list[tuple[str | None, str]]:
    with pytest.raises(ValidationFailed) as refused:
        check_input(Outer, value, within)
    assert all(error.detail for error in refused.value.errors)
    return [(error.pointer, error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, [("/userId", "MISSING")]),
        ({"user_id": "x"}, [("/userId", "MISSING"), ("/user_id", "EXTRA_FORBIDDEN")]),
        ({"userId": 5}, [("/userId", "STRING_TYPE")]),
        ({"userId": None}, [("/userId", "STRING_TYPE")]),
        ({"userId": ""}, [("/userId", "STRING_TOO_SHORT")]),
        ({"userId": "x" * 129}, [("/userId", "STRING_TOO_LONG")]),
        ({"userId": "a\x00b"}, [("/userId", "VALUE_ERROR")]),
        ({"userId": "\ud800"}, [("/userId", "STRING_UNICODE")]),
        ({"userId": "x", "inner": {"someNumber": "1"}}, [("/inner/someNumber", "INT_TYPE")]),
        ({"userId": "x", "inner": {"someNumber": True}}, [("/inner/someNumber", "INT_TYPE")]),
        ({"userId": "x", "inner": {"someNumber": 1.0}}, [("/inner/someNumber", "INT_TYPE")]),
        (
            {"userId": "x", "inner": {"someNumber": -1}},
            [("/inner/someNumber", "GREATER_THAN_EQUAL")],
        ),
        ({"userId": "x", "inner": []}, [("/inner", "MODEL_TYPE")]),
        (
            {"userId": "x", "many": [{"someNumber": 1}, {}]},
            [("/many/1/someNumber", "MISSING")],
        ),
        ({"userId": "x", "many": [{"someNumber": 1}] * 4}, [("/many", "TOO_LONG")]),
        ({"userId": "x", "a/b~c": 1}, [("/a~1b~0c", "EXTRA_FORBIDDEN")]),
        ({"userId": "x", "named": {"k/": "no"}}, [("/named/k~1", "INT_TYPE")]),
        ([], [("", "MODEL_TYPE")]),
        (None, [("", "MODEL_TYPE")]),
        ("text", [("", "MODEL_TYPE")]),
    ],
)
def test_each_mistake_is_told_at_its_place(value: object, found: list[tuple[str, str]]) -> None:
    assert errors_of(value) == found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"userId": "a\x00b"}, "NUL characters can't be stored; remove them"),
        ([], "Input should be a JSON object"),
        ({"userId": "x", "named": []}, "Input should be a JSON object"),
    ],
)
def test_mistakes_are_told_without_words_of_python(value: object, told: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_input(Outer, value)
    assert [error.detail for error in refused.value.errors] == [told]


def test_pointers_begin_where_the_input_was() -> None:
    assert errors_of({}, "/data") == [("/data/userId", "MISSING")]
    assert errors_of(5, "/data") == [("/data", "MODEL_TYPE")]


def test_more_mistakes_than_anybody_reads_are_not_all_told() -> None:
    unknown = {f"unknown{number}": 1 for number in range(500)}
    assert errors_of({"userId": "x", **unknown}) == [
        (f"/unknown{number}", "EXTRA_FORBIDDEN") for number in range(100)
    ]
    unknown = {f"unknown{number}": 1 for number in range(50_000)}
    assert errors_of({"userId": "x", **unknown}, "/data") == [("/data", "TOO_MANY_ERRORS")]


def test_what_is_right_becomes_the_shape() -> None:
    value = check_input(Outer, {"userId": "x", "many": [{"someNumber": 1}]})
    assert value.user_id == "x"
    assert value.many[0].some_number == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nul",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'"\xff"',
        b'"\\ud800"',
        b'"\\udc00\\ud800"',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b"[" * 100_000,
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"1 2",
        b'"a\nb"',
    ],
)
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedJson):
        parse_json(raw)


@given(st.binary())
def test_no_bytes_crash_the_parser(raw: bytes) -> None:
    with contextlib.suppress(MalformedJson):
        parse_json(raw)


def test_a_nul_is_refused_and_other_signs_are_not() -> None:
    with pytest.raises(ValueError, match="NUL"):
        clean_text("a\x00b")
    assert clean_text("\u202e👩‍👩‍👧\t\n\x7f") == "\u202e👩‍👩‍👧\t\n\x7f"
