"""Nobody reads or changes what is not his: every operation, by everybody who may not (invariant 8).

The operations and commands are taken from the contract; what each needs to be
a sound request stands in the tables below, and a test fails when one is missing.
"""

import itertools
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from altlas_chat.contract.documents import Operation, load_operations
from altlas_chat.domain.permissions import PUBLIC
from altlas_chat.domain.times import rfc3339
from altlas_chat.ws.commands import COMMANDS
from tests.support.images import photograph
from tests.support.running import Chat, Person, on_shared_chat

Json = dict[str, Any]

BUILT = [one for one in load_operations() if not one.planned]
WITH_OBJECT = [one for one in BUILT if "{" in one.path]
NOT_THERE = "019ab3f2-0000-7000-8000-000000000000"

FOR_ALL = {
    "downloadAvatar",
    "getUser",
    "blockUser",
    "unblockUser",
    "getPresence",
    "downloadSignedFile",
}
"""Operations whose object everybody who is logged in may see."""

BODIES: dict[str, Json] = {
    "saveDraft": {"text": "yarın"},
    "updateScheduledMessage": {"text": "daha sonra"},
    "postMessage": {"clientId": "c-1", "text": "merhaba"},
    "editMessage": {"text": "selam"},
    "updateConversationSettings": {"isFavourite": True},
    "markConversationRead": {"seq": 1},
    "markConversationDelivered": {"seq": 1},
    "updateGroup": {"name": "Kahve"},
    "addMembers": {"userIds": ["{kemal}"]},
    "setMemberRole": {"role": "admin"},
    "updateTask": {"title": "Kahve"},
    "assignTask": {"assigneeId": None},
    "setUserRole": {"role": "moderator"},
    "createFileLink": {},
}

NOT_FOR_A_PLAIN_MEMBER = {
    "editMessage",
    "deleteMessage",
    "deleteGroup",
    "removeMember",
    "setMemberRole",
    "deleteTask",
    "setUserRole",
    "deactivateUser",
    "reactivateUser",
}
"""What somebody who is neither the author nor leads the group may not do there."""

FORBIDDEN = [one for one in WITH_OBJECT if one.operation_id in NOT_FOR_A_PLAIN_MEMBER]
ALLOWED = [one for one in WITH_OBJECT if one.operation_id not in NOT_FOR_A_PLAIN_MEMBER]
READING = [one for one in ALLOWED if one.method == "get"]
CHANGING = [one for one in ALLOWED if one.method != "get"]

DATA: dict[str, Json] = {
    "message.send": {"conversationId": "{group}", "clientId": "c-2", "text": "merhaba"},
    "message.edit": {"messageId": "{message}", "text": "selam"},
    "message.delete": {"messageId": "{message}"},
    "conversation.read": {"conversationId": "{group}", "seq": 1},
    "conversation.delivered": {"conversationId": "{group}", "seq": 1},
    "typing.start": {"conversationId": "{group}"},
    "typing.stop": {"conversationId": "{group}"},
}

OF_PEOPLE = {"presence.set", "presence.watch"}
"""Commands without an object; who may know what is held to in tests/ws/test_presence.py."""


@dataclass
class Town:
    """Ayşe's group with Mehmet, which Zeynep had to leave and Kemal never saw."""

    chat: Chat
    ayse: Person
    mehmet: Person
    zeynep: Person
    kemal: Person
    names: dict[str, str]

    def filled(self, value: Any) -> Any:
        """A value with the ids of the town in the place of their names."""
        if isinstance(value, str):
            for name, one in self.names.items():
                value = value.replace(f"{{{name}}}", one)
        elif isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        elif isinstance(value, list):
            return [self.filled(one) for one in value]
        return value

    def somewhere_else(self) -> "Town":
        """The same town for somebody who guesses ids: nothing that is named is there."""
        people = {name: self.names[name] for name in ("userId", "kemal", "emoji")}
        nowhere = dict.fromkeys(self.names, NOT_THERE) | people
        return Town(self.chat, self.ayse, self.mehmet, self.zeynep, self.kemal, nowhere)

    async def try_it(self, person: Person, operation: Operation) -> tuple[int, Json]:
        """Call an operation with a sound request about the group; status and JSON."""
        body = BODIES.get(operation.operation_id)
        path = self.filled(operation.path)
        status, answer = await person.call(operation.method.upper(), path, self.filled(body))
        answer.pop("requestId", None)
        return status, answer

    async def seen(self) -> Json:
        """All of the group, as its owner sees it."""
        group = self.names["group"]
        parts = [f"/groups/{group}", f"/conversations/{group}/messages"]
        parts.append(f"/conversations/{group}/members")
        return {part: await self.ayse.gets("GET", part) for part in parts}


_numbers = itertools.count(1)


async def settle(chat: Chat) -> Town:
    """A new town on a server that may have others."""
    number = next(_numbers)
    names_of_people = [f"{name}{number}" for name in ("ayse", "mehmet", "zeynep", "kemal")]
    ayse, mehmet, zeynep, kemal = await chat.people(*names_of_people)
    group = await chat.group(ayse, mehmet, zeynep)
    draft = {"conversationId": group, "clientId": "c-0", "text": "merhaba"}
    message = await ayse.gets("POST", "/messages", draft)
    await ayse.gets("DELETE", f"/groups/{group}/members/{zeynep.user_id}")
    clock = chat.running.parts.deps.clock
    later = {**draft, "clientId": "c-later", "scheduledAt": rfc3339(clock.now_ms() + 3_600_000)}
    kept = await mehmet.gets("POST", "/messages", later)
    told = await mehmet.gets("GET", "/notifications")
    task = await ayse.gets("POST", "/tasks", {"title": "Çay", "conversationId": group})
    scopes = {"name": "bot", "scopes": ["message:create"]}
    key = await mehmet.gets("POST", "/api-keys", scopes)
    file = await mehmet.uploads(photograph(), "balkon.jpg")
    image = await ayse.uploads(photograph(), "ben.jpg")
    await ayse.gets("PUT", "/users/me/avatar", {"fileId": image["id"]})
    await ayse.gets("PUT", f"/groups/{group}", {"avatarFileId": image["id"]})
    link = await mehmet.gets("POST", f"/files/{file['id']}/links", {})
    (session,) = (await mehmet.gets("GET", "/sessions"))["items"]
    names = {
        "sessionId": session["id"],
        "fileId": file["id"],
        "signature": link["url"].rpartition("/")[2],
        "emoji": "👍",
        "scheduledId": kept["id"],
        "notificationId": told["items"][0]["id"],
        "taskId": task["id"],
        "apiKeyId": key["apiKey"]["id"],
        "group": group,
        "groupId": group,
        "conversationId": group,
        "message": message["id"],
        "messageId": message["id"],
        "userId": ayse.user_id,
        "kemal": kemal.user_id,
    }
    return Town(chat, ayse, mehmet, zeynep, kemal, names)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lasting_town(shared_chat: Chat) -> Town:
    return await settle(shared_chat)


@pytest.fixture
def town(chat_of_all: Chat, lasting_town: Town) -> Town:
    """A town that all have who change nothing there."""
    return replace(lasting_town, chat=chat_of_all, names=dict(lasting_town.names))


@pytest_asyncio.fixture(loop_scope="module")
async def own_town(chat_of_all: Chat) -> Town:
    """A town to be changed."""
    return await settle(chat_of_all)


def status_of_nothing(operation: Operation) -> int:
    """What somebody is told who finds nothing; who is no administrator is told no more than that."""
    return 403 if operation.permission.startswith("admin:") else 404


def test_each_operation_with_an_object_has_what_it_needs_here() -> None:
    for operation in WITH_OBJECT:
        places = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}
        assert places <= {
            "groupId",
            "conversationId",
            "messageId",
            "userId",
            "emoji",
            "scheduledId",
            "notificationId",
            "taskId",
            "apiKeyId",
            "sessionId",
            "fileId",
            "signature",
        }, operation
    assert set(DATA) | OF_PEOPLE == set(COMMANDS)


@on_shared_chat
@pytest.mark.parametrize("operation", BUILT, ids=lambda one: one.operation_id)
async def test_without_a_token_nobody_is_let_in(town: Town, operation: Operation) -> None:
    if operation.permission == PUBLIC:
        return
    for token in ("", "eyJhbGciOiJub25lIn0.e30.", town.ayse.token[:-3]):
        nobody = Person(town.chat.http, town.chat.url, "", token)
        status, problem = await town.try_it(nobody, operation)
        assert (status, problem["code"][:5]) == (401, "AUTH_")
    url = f"{town.chat.url}/v1{town.filled(operation.path)}"
    async with town.chat.http.request(operation.method, url) as response:
        problem = await response.json()
    assert (response.status, problem["code"]) == (401, "AUTH_UNAUTHORIZED")


@on_shared_chat
@pytest.mark.parametrize("operation", WITH_OBJECT, ids=lambda one: one.operation_id)
@pytest.mark.parametrize("who", ["zeynep", "kemal"])
async def test_a_stranger_finds_nothing_there(town: Town, operation: Operation, who: str) -> None:
    """A former member and a foreigner learn as much of a real id as of an invented one."""
    if operation.operation_id in FOR_ALL:
        return
    before = await town.seen()
    stranger: Person = getattr(town, who)
    not_mine = await town.try_it(stranger, operation)
    not_there = await town.somewhere_else().try_it(stranger, operation)
    assert not_mine == not_there
    assert not_mine[0] == status_of_nothing(operation)
    assert await town.seen() == before


@on_shared_chat
@pytest.mark.parametrize("operation", FORBIDDEN, ids=lambda one: one.operation_id)
async def test_a_plain_member_may_not_do_what_others_may(town: Town, operation: Operation) -> None:
    before = await town.seen()
    status, _ = await town.try_it(town.mehmet, operation)
    assert status == 403
    assert await town.seen() == before


@on_shared_chat
@pytest.mark.parametrize("operation", READING, ids=lambda one: one.operation_id)
async def test_a_member_may_read_what_a_member_may(town: Town, operation: Operation) -> None:
    status, _ = await town.try_it(town.mehmet, operation)
    assert status < 300


@on_shared_chat
@pytest.mark.parametrize("operation", CHANGING, ids=lambda one: one.operation_id)
async def test_a_member_may_do_what_a_member_may(own_town: Town, operation: Operation) -> None:
    status, _ = await own_town.try_it(own_town.mehmet, operation)
    assert status < 300


@on_shared_chat
@pytest.mark.parametrize("operation", WITH_OBJECT, ids=lambda one: one.operation_id)
async def test_a_member_finds_nothing_at_an_invented_id(town: Town, operation: Operation) -> None:
    town.names["userId"] = NOT_THERE
    status, _ = await town.somewhere_else().try_it(town.ayse, operation)
    assert status == status_of_nothing(operation)


@on_shared_chat
@pytest.mark.parametrize("command", sorted(DATA))
@pytest.mark.parametrize("who", ["zeynep", "kemal"])
async def test_a_stranger_commands_nothing_there(town: Town, command: str, who: str) -> None:
    before = await town.seen()
    wire = await getattr(town, who).connects()
    not_mine = await wire.asks(command, town.filled(DATA[command]))
    not_there = await wire.asks(command, town.somewhere_else().filled(DATA[command]))
    assert not_mine == not_there
    assert not_mine["data"]["status"] == 404
    assert await town.seen() == before


@on_shared_chat
async def test_a_stranger_sends_nothing_there_by_rest(town: Town) -> None:
    """The conversation stands in the body here, not in the path."""
    drafts = [
        {"conversationId": one, "clientId": "c-3", "text": "merhaba"}
        for one in (town.names["group"], NOT_THERE)
    ]
    for stranger in (town.zeynep, town.kemal):
        answers = [await stranger.call("POST", "/messages", draft) for draft in drafts]
        assert [status for status, _ in answers] == [404, 404]
        assert answers[0][1]["code"] == answers[1][1]["code"] == "CONVERSATION_NOT_FOUND"


@on_shared_chat
async def test_a_stranger_can_not_forward_or_answer_what_he_does_not_see(own_town: Town) -> None:
    own = await own_town.chat.direct(own_town.kemal, own_town.zeynep)
    for way in ("forwardFromId", "replyToId"):
        answers = []
        for message in (own_town.names["message"], NOT_THERE):
            draft: Json = {"conversationId": own, "clientId": f"{way} {message}", way: message}
            if way == "replyToId":
                draft["text"] = "?"
            status, problem = await own_town.kemal.call("POST", "/messages", draft)
            answers.append((status, problem["code"], problem["detail"]))
        assert answers[0] == answers[1] == (404, "MESSAGE_NOT_FOUND", answers[0][2])


@on_shared_chat
async def test_a_former_member_hears_nothing_of_what_was_said_meanwhile(own_town: Town) -> None:
    """Neither with a cursor from when he belonged to it, nor by naming the stream."""
    group = await own_town.chat.group(own_town.ayse, own_town.zeynep)
    cursor = (await own_town.zeynep.gets("GET", "/sync"))["cursor"]
    for number, text in enumerate(("gizli", "daha gizli")):
        draft = {"conversationId": group, "clientId": f"secret {number}", "text": text}
        await own_town.ayse.gets("POST", "/messages", draft)
        if number == 0:
            await own_town.ayse.gets("DELETE", f"/groups/{group}/members/{own_town.zeynep.user_id}")
    seen = {f"conversation:{group}": 0, f"conversation:{own_town.names['group']}": 0}
    for person, resume in (
        (own_town.zeynep, {"cursor": cursor, "seen": seen}),
        (
            own_town.kemal,
            {"cursor": (await own_town.kemal.gets("GET", "/sync"))["cursor"], "seen": seen},
        ),
    ):
        wire = await person.connects(resume)
        await wire.sends("ping", {}, "end")
        heard = []
        while (frame := await wire.next())["event"] != "pong":
            heard.append(frame)
        assert "gizli" not in str(heard)
        assert not [frame for frame in heard if "conversation:" in frame.get("stream", "")]
