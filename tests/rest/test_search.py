"""Searches over HTTP: each answer is one of the contract's, whatever is looked for."""

from typing import Any

import pytest

from tests.support.running import Chat, Person

HARD = [
    "a" * 201,
    "a" * 7_000,
    '"' * 200,
    "(((((",
    "a\x00b",
    "\x00",
    "?!…",
    "NEAR(a b, 2) AND NOT c OR d*",
    "' OR 1=1; --",
    "a:* & !b | <-> c",
    "\\",
    "%",
    "😀",
]


async def asks(person: Person, path: str, **query: Any) -> tuple[int, Any]:
    return await person.call("GET", path, **query)


@pytest.mark.parametrize("words", HARD)
@pytest.mark.parametrize("path", ["/messages/search", "/users/search"])
async def test_hard_words_are_answered_or_refused(
    chat_on_each: Chat, path: str, words: str
) -> None:
    (ayse,) = await chat_on_each.people("ayse")
    status, answer = await asks(ayse, path, q=words)
    assert status in (200, 422)
    if status == 422:
        assert answer["errors"][0]["parameter"] == "q"


async def test_what_was_said_is_found_with_filters(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    draft = {"conversationId": room, "clientId": "1", "text": "İSTANBUL'da mıyız?"}
    sent = await ayse.gets("POST", "/messages", draft)
    page = await mehmet.gets(
        "GET",
        "/messages/search",
        q="istanbul",
        conversationId=room,
        senderId=ayse.user_id,
        since="2020-01-01T00:00:00+03:00",
        until="9999-01-01T00:00:00Z",
        kind="text",
        sort="time",
        limit=1,
    )
    (hit,) = page["items"]
    assert hit["message"]["id"] == sent["id"]
    assert hit["conversation"]["name"] == "Ayse"
    assert [piece["text"] for piece in hit["highlights"] if piece["isMatch"]] == ["İSTANBUL"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "yesterday-at-noon-o-clock"},
        {"kind": "poem"},
        {"has": "x"},
        {"sort": "x"},
        {"limit": 101},
        {"limit": 0},
        {"cursor": "?"},
        {"x": "y"},
    ],
)
async def test_a_wrong_parameter_is_named(chat: Chat, wrong: dict[str, Any]) -> None:
    (ayse,) = await chat.people("ayse")
    status, problem = await asks(ayse, "/messages/search", q="a", **wrong)
    assert (status, problem["code"]) in ((422, "VALIDATION_ERROR"), (400, "CURSOR_INVALID"))
