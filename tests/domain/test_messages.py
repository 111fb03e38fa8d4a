"""Drafts and their fingerprints, and how far a message got."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from altlas_chat.domain.messages import (
    EXCERPT_CHARACTERS,
    LowestPointers,
    Message,
    MessageDraft,
    Quoted,
)

PLAIN = {"conversationId": "room", "clientId": "c", "text": "merhaba"}


def draft(**changes: Any) -> MessageDraft:
    return MessageDraft.model_validate({**PLAIN, **changes})


def test_the_same_draft_has_the_same_fingerprint_whatever_its_client_id() -> None:
    assert draft().fingerprint() == draft(clientId="another").fingerprint()
    assert draft().fingerprint() == draft(kind="text", mentions=[], content=None).fingerprint()


@pytest.mark.parametrize(
    "changes",
    [
        {"conversationId": "elsewhere"},
        {"text": "merhaba "},
        {"text": "Merhaba"},
        {"kind": "emoji"},
        {"kind": "location", "content": {"latitude": 1.0, "longitude": 2.0}},
        {"content": {"latitude": 1.0, "longitude": 2.0}},
        {"content": {"latitude": 2.0, "longitude": 1.0}},
        {"content": {"latitude": 1.0, "longitude": 2.0, "name": "Ev"}},
        {"replyToId": "m"},
        {"forwardFromId": "m"},
        {"mentions": ["a"]},
        {"mentions": ["a", "b"]},
        {"fileIds": ["a"]},
        {"kind": "file", "fileIds": ["b", "a"]},
    ],
)
def test_any_difference_is_another_fingerprint(changes: dict[str, Any]) -> None:
    assert draft(**changes).fingerprint() != draft().fingerprint()


def test_all_of_these_differ_from_each_other() -> None:
    moved = [
        draft(text="ab").fingerprint(),
        draft(text="a", replyToId="b").fingerprint(),
        draft(text="a", forwardFromId="b").fingerprint(),
        draft(text="a", mentions=["b"]).fingerprint(),
    ]
    assert len(set(moved)) == len(moved)


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=("Cs",))))
def test_every_text_has_a_fingerprint(text: str) -> None:
    assert draft(text=text).fingerprint() == draft(text=text).fingerprint()


def test_somebody_named_twice_is_mentioned_once() -> None:
    assert draft(mentions=["a", "b", "a"]).mentions == ["a", "b"]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "a\x00b"},
        {"text": None},
        {"text": 5},
        {"clientId": ""},
        {"clientId": "x" * 65},
        {"clientId": "a\x00"},
        {"conversationId": "a\x00"},
        {"replyToId": "a\x00"},
        {"forwardFromId": ""},
        {"mentions": ["a\x00"]},
        {"mentions": ["a"] * 51},
        {"kind": "system"},
        {"kind": "video"},
        {"fileIds": ["a", "a"]},
        {"fileIds": ["a\x00"]},
        {"fileIds": [str(number) for number in range(11)]},
        {"content": {"latitude": 90.1, "longitude": 0}},
        {"content": {"latitude": 0, "longitude": -180.5}},
        {"content": {"latitude": float("nan"), "longitude": 0}},
        {"content": {"latitude": float("inf"), "longitude": 0}},
        {"content": {"latitude": "1", "longitude": 0}},
        {"content": {"latitude": 0, "longitude": 0, "name": "x" * 201}},
        {"content": {"latitude": 0, "longitude": 0, "name": "a\x00"}},
        {"content": {"latitude": 0, "longitude": 0, "altitude": 0}},
        {"client_id": "x"},
    ],
)
def test_what_is_no_draft(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        draft(**changes)


def message(seq: int = 5, sender_id: str | None = "ayse") -> Message:
    return Message(
        message_id="m",
        conversation_id="room",
        seq=seq,
        position=1,
        sender_id=sender_id,
        client_id="c",
        kind="text",
        text="merhaba",
        content=None,
        mentions=(),
        quoted=None,
        forwarded_from=None,
        thread_root_id=None,
        created_at=0,
        edited_at=None,
        edit_count=0,
        deleted_at=None,
    )


@pytest.mark.parametrize(
    ("delivered", "read", "state"),
    [
        ([("ayse", 5), ("mehmet", 4)], [("mehmet", 0), ("ayse", 5)], "sent"),
        ([("ayse", 0), ("mehmet", 5)], [("mehmet", 0), ("ayse", 5)], "delivered"),
        ([("ayse", 0), ("mehmet", 6)], [("mehmet", 6), ("ayse", 7)], "read"),
        ([("mehmet", 4), ("zeynep", 9)], [("mehmet", 0), ("zeynep", 9)], "sent"),
        ([("ayse", 5)], [("ayse", 5)], "sent"),
        ([], [], "sent"),
    ],
)
def test_a_message_is_as_far_as_the_slowest_of_the_others(
    delivered: list[tuple[str, int]], read: list[tuple[str, int]], state: str
) -> None:
    assert LowestPointers(delivered, read).state_of(message()) == state


def test_a_quote_is_an_excerpt_and_shows_nothing_of_what_was_deleted() -> None:
    long = Quoted("m", "ayse", "text", "x" * 1000, None).as_json()
    assert long["text"] == "x" * EXCERPT_CHARACTERS
    gone = Quoted("m", "ayse", "text", "a secret", 5).as_json()
    assert (gone["text"], gone["isDeleted"]) == ("", True)
