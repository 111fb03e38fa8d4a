"""Groups over HTTP: who may what, and what is left when somebody goes."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.support.running import Chat, Json, Person


@dataclass
class Group:
    """A group with one of each role, and one who does not belong to it."""

    chat: Chat
    group_id: str
    people: dict[str, Person]
    message_id: str

    @property
    def place(self) -> str:
        return f"/groups/{self.group_id}"


@pytest.fixture
async def group(chat_on_each: Chat) -> Group:
    chat = chat_on_each
    names = ["owner", "admin", "member", "other", "removed", "stranger", "new"]
    people = dict(zip(names, await chat.people(*names), strict=True))
    members = [people[name] for name in ("admin", "member", "other", "removed")]
    group_id = await chat.group(people["owner"], *members)
    place = f"/groups/{group_id}/members/"
    await people["owner"].gets("PUT", f"{place}{people['admin'].user_id}/role", {"role": "admin"})
    draft = {"conversationId": group_id, "clientId": str(uuid.uuid4()), "text": "hello"}
    message = await people["other"].gets("POST", "/messages", draft)
    await people["owner"].gets("DELETE", f"{place}{people['removed'].user_id}")
    return Group(chat, group_id, people, message["id"])


Act = Callable[[Group, Person], Awaitable[tuple[int, Json]]]


async def rename(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("PUT", group.place, {"name": "Yeni ad"})


async def restrict(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("PUT", group.place, {"permissions": {"posting": "admins"}})


async def invite(group: Group, person: Person) -> tuple[int, Json]:
    body = {"userIds": [group.people["new"].user_id]}
    return await person.call("POST", f"{group.place}/members", body)


async def remove(group: Group, person: Person) -> tuple[int, Json]:
    place = f"{group.place}/members/{group.people['other'].user_id}"
    return await person.call("DELETE", place)


async def remove_owner(group: Group, person: Person) -> tuple[int, Json]:
    place = f"{group.place}/members/{group.people['owner'].user_id}"
    return await person.call("DELETE", place)


async def promote(group: Group, person: Person) -> tuple[int, Json]:
    place = f"{group.place}/members/{group.people['other'].user_id}/role"
    return await person.call("PUT", place, {"role": "admin"})


async def delete(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("DELETE", group.place)


async def leave(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("POST", f"{group.place}/leave")


async def post(group: Group, person: Person) -> tuple[int, Json]:
    body = {"conversationId": group.group_id, "clientId": str(uuid.uuid4()), "text": "hello"}
    return await person.call("POST", "/messages", body)


async def delete_message(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("DELETE", f"/messages/{group.message_id}")


async def edit_message(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("PUT", f"/messages/{group.message_id}", {"text": "changed"})


async def read(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("GET", f"/conversations/{group.group_id}/messages")


async def look(group: Group, person: Person) -> tuple[int, Json]:
    return await person.call("GET", group.place)


# What is answered to owner, admin, member; who does not belong always hears 404.
MATRIX: list[tuple[Act, int, int, int]] = [
    (look, 200, 200, 200),
    (read, 200, 200, 200),
    (post, 201, 201, 201),
    (rename, 200, 200, 200),
    (restrict, 200, 200, 403),
    (invite, 201, 201, 201),
    (remove, 204, 204, 403),
    (remove_owner, 409, 403, 403),
    (promote, 200, 403, 403),
    (delete, 204, 403, 403),
    (leave, 409, 204, 204),
    (delete_message, 204, 204, 403),
    (edit_message, 403, 403, 403),
]


@pytest.mark.parametrize("act", MATRIX, ids=lambda row: row[0].__name__)
@pytest.mark.parametrize("role", ["owner", "admin", "member", "removed", "stranger"])
async def test_who_may_what(group: Group, act: tuple[Act, int, int, int], role: str) -> None:
    do, *expected = act
    wanted = dict(zip(("owner", "admin", "member"), expected, strict=True)).get(role, 404)
    status, answer = await do(group, group.people[role])
    assert status == wanted, answer
    if status == 404:
        assert answer["code"] in ("CONVERSATION_NOT_FOUND", "MESSAGE_NOT_FOUND")
        # Nothing is told of what is not one's own: the same as for what is not there.
        nothing = await do(
            Group(group.chat, "nothing", group.people, "nothing"), group.people[role]
        )
        assert nothing[1] == {**answer, "requestId": nothing[1]["requestId"]}


RESTRICTED = {"posting": "admins", "inviting": "admins", "editing": "admins"}


@pytest.mark.parametrize(
    ("act", "code"),
    [(post, "POSTING_RESTRICTED"), (invite, "PERMISSION_DENIED"), (rename, "PERMISSION_DENIED")],
)
async def test_what_is_for_administrators_only(group: Group, act: Act, code: str) -> None:
    await group.people["owner"].gets("PUT", group.place, {"permissions": RESTRICTED})
    status, problem = await act(group, group.people["member"])
    assert (status, problem["code"]) == (403, code)
    assert (await act(group, group.people["admin"]))[0] in (200, 201)


async def test_a_guest_writes_but_makes_nothing(group: Group) -> None:
    member = group.people["member"]
    credentials = group.chat.running.parts.deps.credentials
    token = credentials.access_token(member.user_id, "guest", "a session")
    guest = Person(member.http, member.url, member.user_id, token)
    assert (await post(group, guest))[0] == 201
    assert (await read(group, guest))[0] == 200
    for act in (invite, promote, remove, delete):
        status, problem = await act(group, guest)
        assert (status, problem["code"]) == (403, "PERMISSION_DENIED"), act
    body = {"name": "mine"}
    assert (await guest.call("POST", "/groups", body))[0] == 403


async def test_a_moderator_deletes_what_is_not_his(group: Group) -> None:
    stranger = group.people["stranger"]
    credentials = group.chat.running.parts.deps.credentials
    token = credentials.access_token(stranger.user_id, "moderator", "a session")
    moderator = Person(stranger.http, stranger.url, stranger.user_id, token)
    assert (await delete_message(group, moderator))[0] == 204
    message = await group.people["member"].gets("GET", f"/messages/{group.message_id}")
    assert (message["text"], message["deletedAt"] is None) == ("", False)
    assert (await moderator.call("GET", f"/messages/{group.message_id}"))[0] == 404


async def test_the_last_owner_hands_over_before_going(group: Group) -> None:
    owner, admin = group.people["owner"], group.people["admin"]
    status, problem = await leave(group, owner)
    assert (status, problem["code"]) == (409, "LAST_OWNER")
    place = f"{group.place}/members/{admin.user_id}/role"
    assert (await owner.gets("PUT", place, {"role": "owner"}))["role"] == "owner"
    assert (await leave(group, owner))[0] == 204
    assert (await look(group, owner))[0] == 404
    assert (await look(group, admin))[1]["membership"]["role"] == "owner"


async def test_who_was_put_out_sees_nothing_any_more(group: Group) -> None:
    member = group.people["member"]
    snapshot = await member.gets("GET", "/sync")
    assert (await remove_by_owner(group, member)) == 204
    await post(group, group.people["owner"])
    for method, path in (
        ("GET", group.place),
        ("GET", f"/conversations/{group.group_id}"),
        ("GET", f"/conversations/{group.group_id}/messages"),
        ("GET", f"/conversations/{group.group_id}/members"),
        ("GET", f"/messages/{group.message_id}"),
        ("GET", f"/messages/{group.message_id}/edits"),
        ("GET", f"/messages/{group.message_id}/receipts"),
        ("DELETE", f"/messages/{group.message_id}"),
        ("PUT", f"/messages/{group.message_id}/read"),
        ("PUT", f"/messages/{group.message_id}/delivered"),
        ("DELETE", f"/conversations/{group.group_id}"),
    ):
        assert (await member.call(method, path))[0] == 404, (method, path)
    assert (await member.gets("GET", "/conversations"))["items"] == []
    changes = await member.gets("GET", "/sync", cursor=snapshot["cursor"])
    told = [event["event"] for event in changes["events"]]
    assert told == ["conversation.left", "notification.all_read"]
    assert (await member.gets("GET", "/sync"))["conversations"] == []


async def remove_by_owner(group: Group, person: Person) -> int:
    place = f"{group.place}/members/{person.user_id}"
    return (await group.people["owner"].call("DELETE", place))[0]


async def test_who_comes_back_is_a_member_as_any_other(group: Group) -> None:
    admin = group.people["admin"]
    assert await remove_by_owner(group, admin) == 204
    body = {"userIds": [admin.user_id]}
    added = await group.people["owner"].gets("POST", f"{group.place}/members", body)
    assert [one["role"] for one in added["items"]] == ["member"]
    view = (await look(group, admin))[1]
    assert (view["membership"]["role"], view["unreadCount"]) == ("member", 0)


async def test_a_deleted_group_is_gone_for_all(group: Group) -> None:
    assert (await delete(group, group.people["owner"]))[0] == 204
    for name in ("owner", "admin", "member"):
        for act in (look, read, post, leave, delete, delete_message, edit_message):
            assert (await act(group, group.people[name]))[0] == 404, act


async def test_a_person_is_added_once_however_many_add_at_once(group: Group) -> None:
    people = [group.people[name] for name in ("owner", "admin", "member", "other")]
    answers = await asyncio.gather(*(invite(group, person) for person in people * 2))
    statuses = sorted(status for status, _ in answers)
    assert statuses == [201] + [409] * 7
    assert (await look(group, people[0]))[1]["memberCount"] == 5


async def test_going_and_being_put_out_at_once(group: Group) -> None:
    member, owner = group.people["member"], group.people["owner"]
    place = f"{group.place}/members/{member.user_id}"
    answers = await asyncio.gather(
        leave(group, member), owner.call("DELETE", place), owner.call("DELETE", place)
    )
    assert sorted(status for status, _ in answers) == [204, 404, 404]
    assert (await look(group, owner))[1]["memberCount"] == 3


async def test_a_group_holds_so_many(serve_chat: Callable[..., Awaitable[Chat]]) -> None:
    chat = await serve_chat(max_group_members=3)
    people = await chat.people("ayse", "mehmet", "zeynep", "ali")
    ids = [person.user_id for person in people]
    status, problem = await people[0].call("POST", "/groups", {"name": "x", "memberIds": ids})
    assert (status, problem["errors"][0]["pointer"]) == (422, "/memberIds")
    group = await chat.group(*people[:2])
    both = [
        person.call("POST", f"/groups/{group}/members", {"userIds": [i]})
        for person, i in zip(people[:2], ids[2:], strict=True)
    ]
    statuses = sorted(status for status, _ in await asyncio.gather(*both))
    assert statuses == [201, 422]
