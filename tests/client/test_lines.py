"""Messages as lines: every kind, and what is unknown."""

import re
from typing import Any

import pytest

from altlas_chat.client.lines import day_of, deleted_line, edited_lines, message_lines

NAMES = {"a": "Ayşe", "m": "Mehmet"}


def name_of(user_id: str | None) -> str:
    return NAMES.get(str(user_id), "somebody")


def message(**more: Any) -> dict[str, Any]:
    return {
        "senderId": "a",
        "kind": "text",
        "text": "merhaba",
        "content": None,
        "replyTo": None,
        "forwardedFrom": None,
        "createdAt": "2026-11-24T05:00:00.123Z",
        "editedAt": None,
        "deletedAt": None,
        **more,
    }


def said(**more: Any) -> list[str]:
    """The lines without their time, which is that of this machine."""
    first, *others = message_lines(message(**more), name_of)
    assert re.match(r"\d\d:\d\d  ", first)
    return [first[7:], *others]


QUOTED = {"senderId": "m", "kind": "text", "text": "ne\ndersin?", "isDeleted": False}


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ({}, ["Ayşe: merhaba"]),
        ({"senderId": "x"}, ["somebody: merhaba"]),
        ({"text": "bir\n\niki"}, ["Ayşe: bir", "", "       iki"]),
        ({"editedAt": "2026-11-24T05:00:09.000Z"}, ["Ayşe: merhaba (edited)"]),
        ({"text": "", "deletedAt": "2026-11-24T05:00:09.000Z"}, ["Ayşe: (deleted)"]),
        ({"kind": "emoji", "text": "👍"}, ["Ayşe: 👍"]),
        ({"kind": "voice", "text": ""}, ["Ayşe: [voice]"]),
        ({"kind": "image", "text": "bak"}, ["Ayşe: [image] bak"]),
        ({"forwardedFrom": {"messageId": "1"}}, ["Ayşe: (forwarded) merhaba"]),
        ({"replyTo": QUOTED}, ["Ayşe: (to Mehmet: ne dersin?) merhaba"]),
        ({"replyTo": {**QUOTED, "isDeleted": True}}, ["Ayşe: (to Mehmet: deleted) merhaba"]),
        ({"replyTo": {**QUOTED, "text": "x" * 99}}, [f"Ayşe: (to Mehmet: {'x' * 40}…) merhaba"]),
        (
            {"kind": "location", "text": "", "content": {"latitude": 1, "longitude": -2.5}},
            ["Ayşe: 📍 1.00000, -2.50000"],
        ),
        (
            {
                "kind": "location",
                "text": "burada",
                "content": {"latitude": 1, "longitude": 2, "name": "Moda"},
            },
            ["Ayşe: 📍 Moda (1.00000, 2.00000)", "       burada"],
        ),
    ],
)
def test_a_message(more: dict[str, Any], lines: list[str]) -> None:
    assert said(**more) == lines


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"action": "group_created", "userIds": ["a", "m"]}, "Mehmet made the group"),
        ({"action": "group_updated"}, "Mehmet changed the group"),
        ({"action": "members_added", "userIds": ["a"]}, "Mehmet brought in Ayşe"),
        ({"action": "member_removed", "userIds": ["a"]}, "Mehmet removed Ayşe"),
        ({"action": "member_left"}, "Mehmet left"),
        ({"action": "role_changed", "userIds": ["a"], "role": "admin"}, "Mehmet made Ayşe admin"),
        ({"action": "something_new"}, "What happened in words"),
    ],
)
def test_what_happened_to_a_group(content: dict[str, Any], told: str) -> None:
    content = {"actorId": "m", **content}
    text = "What happened in words"
    assert said(kind="system", senderId=None, text=text, content=content) == [f"· {told}"]


def test_edits_and_deletions() -> None:
    edited = message(text="yeni\nmetin", editedAt="2026-11-24T05:00:09.000Z")
    assert edited_lines(edited, name_of) == [
        "       · Ayşe edited: yeni",
        "       metin (edited)",
    ]
    assert deleted_line(message(), name_of) == "       · a message of Ayşe was deleted"


def test_the_day_is_that_of_this_machine() -> None:
    assert re.fullmatch(r"2026-11-2[345]", day_of(message()))


def test_names_and_places_are_made_harmless_too() -> None:
    content = {"latitude": 1, "longitude": 2, "name": "\x1b[2J"}
    lines = said(kind="location", content=content, replyTo={**QUOTED, "text": "\x9b2J\x07"})
    assert "\x1b" not in "".join(lines)
    assert "\x9b" not in "".join(lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"action": "member_left", "actorId": "a"}, "Ayşe gruptan ayrıldı"),
        (
            {"action": "role_changed", "actorId": "a", "userIds": ["m"], "role": "admin"},
            "Ayşe, yönetici rolünü verdi: Mehmet",
        ),
    ],
)
def test_what_happened_is_told_in_the_readers_language(content: dict[str, Any], told: str) -> None:
    line = message_lines(message(kind="system", content=content, text="x"), name_of, "tr")
    assert line[0].endswith(f"· {told}")
