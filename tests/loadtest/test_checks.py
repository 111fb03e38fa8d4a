"""What a server may do wrong to who reads pages is found; what it does right is not."""

from typing import Any

import pytest

from altlas_chat.loadtest.checks import (
    changes_since,
    kept_as_sent,
    list_without_doubles,
    matches,
    overlapping_pages,
    page_of_history,
)
from altlas_chat.loadtest.steps import Checked, Person

PERSON = Person("ayse", "token", ("room",))


def page(*seqs: int, room: str = "room", more: bool = True) -> dict[str, Any]:
    items = [{"seq": seq, "conversationId": room} for seq in seqs]
    return {"items": items, "hasBefore": more}


def counts(found: Checked) -> tuple[int, int, int, int, str]:
    return found.received, found.lost, found.doubled, found.reordered, found.wrong


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (page(3, 4, 9), (3, 0, 0, 0, "")),
        (page(), (0, 0, 0, 0, "")),
        (page(3, 4, 4), (2, 0, 1, 0, "")),
        (page(3, 9, 4), (3, 0, 0, 1, "")),
        (page(3, room="other"), (1, 0, 0, 0, "a message of another conversation")),
    ],
)
def test_a_page(read: dict[str, Any], found: tuple[int, int, int, int, str]) -> None:
    assert counts(page_of_history("listMessages", "room", read)) == found


@pytest.mark.parametrize(
    ("newer", "older", "lost", "wrong"),
    [
        (page(10, 12, 15, 16), page(8, 9, 10, 12), 0, ""),
        (page(10, 12, 15, 16), page(10, 12), 0, ""),
        (page(10, 12, 15, 16), page(8, 9, 12), 1, ""),  # the older one left out the 10th
        (page(10, 15, 16), page(8, 10, 12), 1, ""),  # the newer one the 12th
        (page(10, 12, 15, 16), page(12, more=False), 1, ""),  # it says that nothing is before
        (page(10, 12, 15, 16), page(more=False), 2, ""),
        (page(10, 12, 15, 16, more=False), page(8, 9, 10, 12, more=False), 2, ""),
        (page(10, 12, 15, 16), page(10, 12, 15), 0, "a message that is not before the one named"),
        (page(15), page(more=False), 0, ""),
    ],
)
def test_pages_that_overlap(
    newer: dict[str, Any], older: dict[str, Any], lost: int, wrong: str
) -> None:
    assert counts(overlapping_pages("listMessages", newer, older, 15)) == (0, lost, 0, 0, wrong)


def since(*events: tuple[str, int], resync: bool = False) -> Checked:
    snapshot = {"seq": 7, "conversations": [{"id": "room", "seq": 3}]}
    heard = [{"stream": stream, "seq": seq} for stream, seq in events]
    return changes_since("getSync", snapshot, {"resyncRequired": resync, "events": heard}, PERSON)


def test_changes() -> None:
    room, own = "conversation:room", "user:ayse"
    assert counts(since((own, 8), (room, 4), (room, 5))) == (3, 0, 0, 0, "")
    assert counts(since()) == (0, 0, 0, 0, "")
    assert counts(since((room, 5))) == (1, 1, 0, 0, "")
    assert counts(since((room, 4), (room, 4))) == (1, 0, 1, 0, "")
    assert counts(since((room, 5), (room, 4))) == (2, 0, 0, 1, "")
    assert since(resync=True).wrong != ""


def test_lists() -> None:
    assert list_without_doubles("n", {"items": [{"id": "a"}, {"id": "b"}]}).wrong == ""
    assert list_without_doubles("n", {"items": [{"id": "a"}, {"id": "a"}]}).wrong != ""


def hit(message_id: str, *, room: str = "room", is_match: bool = True) -> dict[str, Any]:
    message = {"id": message_id, "conversationId": room}
    return {"message": message, "highlights": [{"text": "merhaba", "isMatch": is_match}]}


def test_what_was_found() -> None:
    def found(*hits: dict[str, Any], room: str | None = "room") -> tuple[int, int, int, int, str]:
        return counts(matches("searchMessages", {"items": list(hits)}, room))

    assert found(hit("a"), hit("b")) == (2, 0, 0, 0, "")
    assert found(hit("a"), hit("a")) == (1, 0, 1, 0, "")
    assert found(hit("a", is_match=False))[-1] == "a match without the words"
    assert found(hit("a", room="other"))[-1] == "a match in another conversation"
    assert found(hit("a", room="other"), room=None)[-1] == ""


def test_what_was_kept() -> None:
    draft = {"conversationId": "room", "clientId": "c", "text": "merhaba", "fileIds": ["f"]}
    kept = draft | {"files": [{"id": "f"}]}
    assert counts(kept_as_sent("n", draft, kept)) == (0, 0, 0, 0, "")
    assert counts(kept_as_sent("n", draft, kept, is_read=True)) == (1, 0, 0, 0, "")
    others: list[dict[str, Any]] = [{"text": "merhab"}, {"files": []}, {"clientId": "d"}]
    for other in others:
        assert kept_as_sent("n", draft, kept | other, is_read=True).wrong != ""
