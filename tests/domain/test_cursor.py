"""Cursors go round unchanged, and nothing else passes for one."""

import base64
import contextlib
import zlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.errors import CursorInvalid

SEQS = st.integers(0, 2**53 - 1)
WORDS = st.text(min_size=1, max_size=40)
CURSORS = st.builds(Cursor, WORDS, WORDS, SEQS, st.dictionaries(WORDS, SEQS, max_size=20))


def packed(body: object) -> str:
    """A word made as cursors are made, of anything."""
    return base64.urlsafe_b64encode(zlib.compress(orjson.dumps(body))).decode().rstrip("=")


@given(CURSORS)
def test_a_cursor_goes_round(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode()) == cursor


@given(CURSORS)
def test_its_word_is_fit_for_a_query_string(cursor: Cursor) -> None:
    assert set(cursor.encode()) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@given(st.text())
def test_garbage_is_refused(word: str) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.decode(word)


@given(st.binary())
def test_packed_garbage_is_refused(raw: bytes) -> None:
    word = base64.urlsafe_b64encode(zlib.compress(raw)).decode().rstrip("=")
    with pytest.raises(CursorInvalid):
        Cursor.decode(word)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=12,
)


@given(JSON)
def test_other_json_is_refused(body: Any) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.decode(packed(body))


@pytest.mark.parametrize(
    "body",
    [
        [2, "db", "user", 1, {}],
        [1, 5, "user", 1, {}],
        [1, "db", None, 1, {}],
        [1, "db", "user", 1.5, {}],
        [1, "db", "user", True, {}],
        [1, "db", "user", -1, {}],
        [1, "db", "user", 2**53, {}],
        [1, "db", "user", 2**64 - 1, {}],
        [1, "db", "user", 1, []],
        [1, "db", "user", 1, {"a": -1}],
        [1, "db", "user", 1, {"a": 2**53}],
        [1, "db", "user", 1, {"a": "1"}],
        [1, "db", "user", 1, {"a": True}],
        [1, "db", "user", 1],
        [1, "db", "user", 1, {}, 0],
    ],
)
def test_a_body_that_no_server_made_is_refused(body: list[object]) -> None:
    with pytest.raises(CursorInvalid):
        Cursor.decode(packed(body))


@given(CURSORS, st.data())
def test_a_cut_or_changed_word_is_refused_or_another_cursor(
    cursor: Cursor, data: st.DataObject
) -> None:
    word = cursor.encode()
    place = data.draw(st.integers(0, len(word) - 1))
    sign = data.draw(st.sampled_from("AZaz09-_"))
    for spoilt in (word[:place], word[:place] + sign + word[place + 1 :]):
        with contextlib.suppress(CursorInvalid):
            assert isinstance(Cursor.decode(spoilt), Cursor)


def test_a_small_word_that_unpacks_to_a_huge_body_is_refused() -> None:
    bomb = zlib.compress(b'[1,"db","user",1,{"' + b"a" * 200_000_000 + b'":1}]', 9)
    with pytest.raises(CursorInvalid):
        Cursor.decode(base64.urlsafe_b64encode(bomb).decode().rstrip("="))


def test_what_was_seen_moves_forward_only() -> None:
    cursor = Cursor("db", "user", 5, {"a": 3, "b": 7})
    moved = cursor.with_seen({"a": 4, "b": 6, "c": 1})
    assert moved.positions == {"a": 4, "b": 7, "c": 1}
    assert (moved.database_id, moved.user_id, moved.at) == ("db", "user", 5)
    assert cursor.positions == {"a": 3, "b": 7}
