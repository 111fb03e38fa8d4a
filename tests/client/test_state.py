"""A client's state by itself; that it equals a fresh snapshot is seen at each service."""

from typing import Any

from altlas_chat.client.state import State

ME, OTHER = "me", "other"


def message(seq: int, sender_id: str | None = OTHER, **more: Any) -> Any:
    return {
        "id": f"m{seq}",
        "seq": seq,
        "kind": "text" if sender_id else "system",
        "senderId": sender_id,
        "text": f"text {seq}",
        "replyTo": None,
        "deletedAt": None,
        **more,
    }


def snapshot(seq: int = 1, unread: int = 0) -> Any:
    view = {
        "id": "room",
        "seq": seq,
        "unreadCount": unread,
        "memberCount": 2,
        "lastMessage": None,
        "membership": {"role": "member", "readSeq": seq, "deliveredSeq": seq},
    }
    return {
        "cursor": "c",
        "user": {"id": ME},
        "preferences": {},
        "blockedUserIds": [],
        "unreadNotifications": 0,
        "conversations": [view],
    }


def told(seq: int, event: str, /, **data: Any) -> Any:
    return {"stream": "conversation:room", "seq": seq, "event": event, "data": data}


def own(seq: int, event: str, /, **data: Any) -> Any:
    return {"stream": f"user:{ME}", "seq": seq, "event": event, "data": data}


def test_messages_of_others_are_unread_and_ones_own_are_not() -> None:
    state = State(snapshot())
    state.apply(told(2, "message.created", message=message(2, ME)))
    view = state.conversations["room"].view
    assert (view["unreadCount"], view["membership"]["readSeq"]) == (0, 2)
    state.apply(told(3, "message.created", message=message(3)))
    state.apply(told(4, "message.created", message=message(4, None)))
    state.apply(told(5, "message.created", message=message(5, ME)))
    assert (view["unreadCount"], view["membership"]["readSeq"]) == (1, 2)
    assert view["lastMessage"]["id"] == "m5"


def test_applying_twice_does_no_harm() -> None:
    state = State(snapshot())
    events = [
        told(2, "message.created", message=message(2)),
        told(3, "message.created", message=message(3)),
        own(1, "conversation.read", conversationId="room", readSeq=2, unreadCount=1, upToSeq=3),
        told(4, "message.created", message=message(4)),
    ]
    for event in [*events, *events, *reversed(events)]:
        state.apply(event)
    view = state.conversations["room"].view
    assert (view["seq"], view["unreadCount"]) == (4, 2)


def test_reading_counts_what_came_after_the_count_was_taken() -> None:
    state = State(snapshot())
    for seq in (2, 3, 4):
        state.apply(told(seq, "message.created", message=message(seq)))
    state.apply(
        own(1, "conversation.read", conversationId="room", readSeq=3, unreadCount=0, upToSeq=3)
    )
    assert state.conversations["room"].view["unreadCount"] == 1


def test_an_edit_and_a_deletion_reach_what_quotes_it() -> None:
    state = State(snapshot())
    quote = {"id": "m2", "text": "text 2", "isDeleted": False}
    state.apply(told(2, "message.created", message=message(2)))
    state.apply(told(3, "message.created", message=message(3, replyTo=quote)))
    state.apply(told(4, "message.updated", message=message(2, text="x" * 300)))
    kept = state.conversations["room"].messages
    assert kept["m3"]["replyTo"]["text"] == "x" * 200
    gone = message(2, text="", deletedAt="2026-11-24T05:00:00.000Z")
    state.apply(told(5, "message.deleted", message=gone))
    assert kept["m3"]["replyTo"] == {"id": "m2", "text": "", "isDeleted": True}


def test_what_is_hidden_or_cleared_stays_away() -> None:
    state = State(snapshot())
    for seq in (2, 3, 4):
        state.apply(told(seq, "message.created", message=message(seq)))
    state.apply(own(1, "message.hidden", conversationId="room", messageId="m4"))
    conversation = state.conversations["room"]
    assert conversation.view["lastMessage"]["id"] == "m3"
    state.apply(told(5, "message.updated", message=message(4, text="edited")))
    assert conversation.view["lastMessage"]["id"] == "m3"
    state.apply(own(2, "conversation.cleared", conversationId="room", clearedSeq=5))
    assert (conversation.messages, conversation.view["unreadCount"]) == ({}, 0)
    assert conversation.view["lastMessage"] is None
    state.apply(told(6, "message.created", message=message(6)))
    assert (list(conversation.messages), conversation.view["unreadCount"]) == (["m6"], 1)


def test_coming_and_going() -> None:
    state = State(snapshot())
    state.apply(own(1, "conversation.left", conversationId="room", reason="removed"))
    assert state.conversations == {}
    state.apply(told(9, "message.created", message=message(9)))
    state.apply(own(2, "conversation.settings_updated", conversationId="room", membership={}))
    assert state.conversations == {}
    state.apply(own(3, "conversation.joined", conversation=snapshot(9)["conversations"][0]))
    state.apply(told(9, "message.created", message=message(9)))
    state.apply(told(10, "message.created", message=message(10)))
    assert state.conversations["room"].view["unreadCount"] == 1
    state.apply(own(4, "conversation.joined", conversationId="gone", seq=3))
    assert list(state.conversations) == ["room"]


def test_what_later_versions_tell_is_taken_as_nothing() -> None:
    state = State(snapshot())
    state.apply(told(2, "reaction.added", messageId="m1", emoji="☕"))
    state.apply(own(1, "preferences.updated", preferences={}))
    state.apply({"stream": "planet:earth", "seq": 1, "event": "news", "data": {}})
    assert state.conversations["room"].view["seq"] == 2


def test_the_snapshot_that_it_began_with_is_not_changed() -> None:
    given = snapshot()
    state = State(given)
    state.apply(told(2, "message.created", message=message(2)))
    assert given == snapshot()


def passing(event: str, **data: Any) -> Any:
    return {"event": event, "at": "2026-11-24T05:05:00.000Z", "data": data}


def test_who_writes_is_known_until_it_is_over() -> None:
    state = State(snapshot())
    about = {"conversationId": "room", "userId": OTHER}
    moment = state.moment
    state.apply(passing("typing.started", **about, expiresInSeconds=6), now=100.0)
    assert moment.typing_in("room", 105.9) == [OTHER]
    assert moment.typing_in("room", 106.0) == moment.typing_in("elsewhere", 100.0) == []
    state.apply(passing("typing.stopped", **about))
    assert moment.typing_in("room", 101.0) == []
    state.apply(passing("typing.started", **about, expiresInSeconds=6), now=100.0)
    state.apply(told(2, "message.created", message=message(2)))
    assert moment.typing_in("room", 101.0) == []
    state.apply(passing("typing.started", **about, expiresInSeconds=6), now=100.0)
    moment.lost()
    assert moment.typing_in("room", 101.0) == []


def test_who_is_there_is_known_as_it_was_told_last() -> None:
    state = State(snapshot())
    state.moment.met([{"userId": OTHER, "presence": "online", "lastSeenAt": None}])
    gone = {"userId": OTHER, "presence": "offline", "lastSeenAt": "2026-11-24T05:05:00.000Z"}
    state.apply(passing("presence.updated", presences=[gone]))
    assert state.moment.presences == {OTHER: gone}


def test_pointers_of_others_only_move_forward() -> None:
    state = State(snapshot())
    about = {"conversationId": "room", "userId": OTHER, "at": "2026-11-24T05:05:00.000Z"}
    state.apply(passing("receipt.updated", **about, deliveredSeq=5, readSeq=4))
    state.apply(passing("receipt.updated", **about, deliveredSeq=6, readSeq=0))
    state.apply(passing("receipt.updated", **about, deliveredSeq=3, readSeq=3))
    assert state.moment.pointers == {("room", OTHER): (6, 4)}


def test_a_new_profile_is_that_of_the_peer() -> None:
    start = snapshot()
    peer = {"id": OTHER, "displayName": "old", "bio": "", "avatarFileId": None, "role": "user"}
    start["conversations"][0]["peer"] = peer
    state = State(start)
    state.apply(
        passing("user.profile_updated", userId=OTHER, displayName="new", bio="b", avatarFileId="f")
    )
    view = state.conversations["room"].view["peer"]
    assert view == {**peer, "displayName": "new", "bio": "b", "avatarFileId": "f"}
