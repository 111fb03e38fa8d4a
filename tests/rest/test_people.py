"""Administrators, API keys and presence over REST and sockets, and what they refuse."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from altlas_chat.domain.times import rfc3339
from altlas_chat.services import administration
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.presence import keep_last_seen
from altlas_chat.system import SystemClock
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Person, ServeChat
from tests.support.waiting import until

Json = dict[str, Any]


async def ruler(chat: Chat, name: str = "ayse") -> Person:
    person = await chat.person(name)
    await administration.set_user_role(chat.running.parts.deps, OPERATOR, person.user_id, "admin")
    return person


async def by_key(chat: Chat, secret: str, method: str, path: str, body: Any = None) -> Any:
    async with chat.http.request(
        method, f"{chat.url}/v1{path}", json=body, headers={"X-API-Key": secret}
    ) as response:
        return response.status, await response.json()


async def test_a_new_role_opens_doors_and_sockets_come_again(chat: Chat) -> None:
    ayse = await ruler(chat)
    mehmet = await chat.person("mehmet")
    assert (await mehmet.call("GET", "/admin/users"))[0] == 403
    wire = await mehmet.connects()
    await ayse.gets("PUT", f"/admin/users/{mehmet.user_id}/role", {"role": "admin"})
    assert (await wire.next_of("user.updated"))["data"]["user"]["role"] == "admin"
    assert await wire.close_code() == 1012
    page = await mehmet.gets("GET", "/admin/users", role="admin", isActive="true", q="a")
    assert [one["username"] for one in page["items"]] == ["ayse"]
    for query in (
        {"role": "king"},
        {"isActive": "perhaps"},
        {"q": ""},
        {"q": "a\x00"},
        {"limit": 0},
    ):
        status, _ = await mehmet.call("GET", "/admin/users", **query)
        assert status == 422
    assert (await mehmet.call("GET", "/admin/users", cursor="x"))[0] == 400


async def test_a_closed_account_loses_its_socket_at_once(chat: Chat) -> None:
    ayse = await ruler(chat)
    mehmet = await chat.person("mehmet")
    wire = await mehmet.connects()
    closing = asyncio.create_task(wire.close_code())
    managed = await ayse.gets("POST", f"/admin/users/{mehmet.user_id}/deactivate")
    assert managed["isActive"] is False
    assert await closing == 4003
    assert (await mehmet.call("GET", "/users/me"))[1]["code"] == "AUTH_SESSION_REVOKED"
    login = {"username": "mehmet", "password": PASSWORD}
    status, problem = await mehmet.call("POST", "/auth/login", login)
    assert (status, problem["code"]) == (403, "ACCOUNT_DEACTIVATED")
    assert (await ayse.gets("GET", f"/users/{mehmet.user_id}"))["isActive"] is False
    status, _ = await ayse.call("POST", f"/admin/users/{ayse.user_id}/deactivate")
    assert status == 403
    await ayse.gets("POST", f"/admin/users/{mehmet.user_id}/reactivate")
    assert (await mehmet.call("POST", "/auth/login", login))[0] == 200


async def test_an_announcement_is_heard_by_all_who_are_connected(chat: Chat) -> None:
    ayse = await ruler(chat)
    mehmet = await chat.person("mehmet")
    wires = [await mehmet.connects(), await ayse.connects()]
    await ayse.gets("POST", "/admin/announcements", {"text": "Sunucu kapanıyor"})
    for wire in wires:
        data = (await wire.next_of("system.announcement"))["data"]
        assert data == {"text": "Sunucu kapanıyor", "level": "info"}
    assert (await mehmet.call("POST", "/admin/announcements", {"text": "x"}))[0] == 403


async def test_a_bot_lives_by_its_key(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    body = {"name": "derleme", "scopes": ["message:create", "sync:read"]}
    made = await ayse.gets("POST", "/api-keys", body)
    secret = made["secret"]
    draft = {"conversationId": room, "clientId": "b-1", "text": "derlendi"}
    status, message = await by_key(chat, secret, "POST", "/messages", draft)
    assert (status, message["senderId"]) == (201, ayse.user_id)
    status, problem = await by_key(chat, secret, "GET", "/tasks")
    assert (status, problem["code"]) == (403, "PERMISSION_DENIED")
    headers = {"X-API-Key": secret}
    async with chat.http.ws_connect(f"{chat.url}/v1/ws", headers=headers) as ws:
        assert (await ws.receive_json())["event"] == "ready"
        assert (await ayse.gets("GET", "/api-keys"))["items"][0]["name"] == "derleme"
        await ayse.call("DELETE", f"/api-keys/{made['apiKey']['id']}")
        while (await ws.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert ws.close_code == 4003
    status, problem = await by_key(chat, secret, "POST", "/messages", draft)
    assert (status, problem["code"]) == (401, "AUTH_SESSION_REVOKED")
    status, problem = await by_key(chat, "ack_ğ", "GET", "/users/me")
    assert (status, problem["code"]) == (401, "AUTH_TOKEN_INVALID")


async def test_a_key_that_ends_takes_its_socket_along_and_no_request(chat: Chat) -> None:
    (ayse,) = await chat.people("ayse")
    ends_at = SystemClock().now_ms() + 1500
    scopes = ["sync:read", "file:create", "account:manage"]
    body = {"name": "kısa", "scopes": scopes, "expiresAt": rfc3339(ends_at)}
    secret = (await ayse.gets("POST", "/api-keys", body))["secret"]
    status, problem = await by_key(chat, secret, "POST", "/api-keys", body)
    assert (status, problem["code"]) == (403, "PERMISSION_DENIED")
    headers = {"X-API-Key": secret}

    async def slowly() -> AsyncIterator[bytes]:
        yield b"begun in time, "
        await until(lambda: SystemClock().now_ms() > ends_at)
        yield b"ended late"

    form = aiohttp.FormData()
    form.add_field("file", slowly(), filename="a.txt", content_type="text/plain")
    async with chat.http.ws_connect(f"{chat.url}/v1/ws", headers=headers) as ws:
        assert (await ws.receive_json())["event"] == "ready"
        posting = asyncio.ensure_future(
            chat.http.post(f"{chat.url}/v1/files", data=form, headers=headers)
        )
        while (await ws.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert ws.close_code == 4003
    async with await posting as response:
        assert response.status == 201
    status, problem = await by_key(chat, secret, "GET", "/sync")
    assert (status, problem["code"]) == (401, "AUTH_TOKEN_EXPIRED")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "scopes": ["message:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["message:read", "message:read"]},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x\x00", "scopes": ["message:read"]},
        {"name": "x", "scopes": ["message:read"], "expiresAt": "0000-01-01T00:00:00Z"},
    ],
)
async def test_a_bad_key_is_not_made(chat: Chat, body: Json) -> None:
    ayse = await chat.person("ayse")
    assert (await ayse.call("POST", "/api-keys", body))[0] == 422
    assert (await ayse.gets("GET", "/api-keys"))["items"] == []


async def test_presence_comes_and_goes_with_sockets(chat: Chat) -> None:
    ayse, mehmet, zeynep = await chat.people("ayse", "mehmet", "zeynep")
    ids = f"{zeynep.user_id},nobody,{mehmet.user_id},{zeynep.user_id}"
    first, second = await mehmet.connects(), await mehmet.connects()
    found = (await ayse.gets("GET", "/presence", userIds=ids))["items"]
    assert [(one["userId"], one["presence"]) for one in found] == [
        (zeynep.user_id, "offline"),
        (mehmet.user_id, "online"),
    ]
    await first.ws.close()
    path = f"/users/{mehmet.user_id}/presence"
    assert (await ayse.gets("GET", path))["presence"] == "online"
    await second.ws.close()
    deps = chat.running.parts.deps
    await until(lambda: mehmet.user_id in deps.presence.seen())
    await keep_last_seen(deps)
    gone = await ayse.gets("GET", path)
    assert gone["presence"] == "offline"
    assert gone["lastSeenAt"] is not None
    assert not deps.presence.seen()
    await mehmet.connects()
    await ayse.gets("PUT", f"/users/me/blocks/{mehmet.user_id}")
    for asker, other in ((ayse, mehmet), (mehmet, ayse)):
        hidden = await asker.gets("GET", f"/users/{other.user_id}/presence")
        assert (hidden["presence"], hidden["lastSeenAt"]) == ("offline", None)
    assert (await ayse.call("GET", "/users/nobody/presence"))[0] == 404
    for bad in ("", ",", "a\x00", "a," + ",".join("x" * 3 for _ in range(100))):
        assert (await ayse.call("GET", "/presence", userIds=bad))[0] == 422


async def test_who_hides_presence_is_offline(chat: Chat) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await mehmet.connects()
    await mehmet.gets("PUT", "/preferences", {"privacy": {"presence": "nobody"}})
    presence = await ayse.gets("GET", f"/users/{mehmet.user_id}/presence")
    assert presence["presence"] == "offline"


async def test_failed_logins_are_counted_by_the_true_address(serve_chat: ServeChat) -> None:
    chat = await serve_chat(trusted_proxies=("127.0.0.1", "10.0.0.0/8"))
    await chat.person("ayse")
    body = {"username": "ayse", "password": "wrong-horse-9"}

    async def tries(forwarded: str) -> int:
        async with chat.http.post(
            f"{chat.url}/v1/auth/login", json=body, headers={"X-Forwarded-For": forwarded}
        ) as response:
            return response.status

    # What the client itself wrote stands at the left and changes nothing.
    answers = [await tries(f"203.0.113.{number}, 198.51.100.7") for number in range(11)]
    assert answers == [401] * 10 + [429]
    assert await tries("198.51.100.8, 10.1.2.3") == 401


async def test_without_trusted_proxies_the_header_is_nothing(chat: Chat) -> None:
    await chat.person("ayse")
    body = {"username": "ayse", "password": "wrong-horse-9"}
    statuses = []
    for number in range(11):
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        async with chat.http.post(
            f"{chat.url}/v1/auth/login", json=body, headers=headers
        ) as response:
            statuses.append(response.status)
    assert statuses[-1] == 429


async def shown_of(viewer: Person, room: str, group: str, other: Person) -> set[str]:
    """Everything that is told of the other's presence."""
    found = [(await viewer.gets("GET", f"/users/{other.user_id}"))["presence"]]
    found.append((await viewer.gets("GET", f"/conversations/{room}"))["peer"]["presence"])
    snapshot = await viewer.gets("GET", "/sync")
    listed = await viewer.gets("GET", "/conversations")
    for one in (*snapshot["conversations"], *listed["items"]):
        if one["peer"] is not None:
            found.append(one["peer"]["presence"])
    for one in (room, group):
        page = await viewer.gets("GET", f"/conversations/{one}/members")
        told = {member["userId"]: member["user"]["presence"] for member in page["items"]}
        found.append(told[other.user_id])
    again = await viewer.gets("POST", "/conversations", {"userId": other.user_id})
    found.append(again["peer"]["presence"])
    muted = await viewer.gets("PUT", f"/conversations/{room}/settings", {"notifications": "all"})
    found.append(muted["peer"]["presence"])
    assert len(found) == 8
    return set(found)


async def test_presence_is_told_wherever_people_are_as_far_as_they_let(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room, group = await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet)
    assert await shown_of(ayse, room, group, mehmet) == {"offline"}
    wire = await mehmet.connects()
    assert await shown_of(ayse, room, group, mehmet) == {"online"}
    found = await ayse.gets("GET", "/users/search", q="mehmet")
    assert [one["user"]["presence"] for one in found["items"]] == ["online"]
    members = (await mehmet.gets("GET", f"/conversations/{group}/members"))["items"]
    assert {one["userId"]: one["user"]["presence"] for one in members} == {
        ayse.user_id: "offline",
        mehmet.user_id: "online",
    }
    for person in (ayse, mehmet):
        await person.gets("PUT", "/preferences", {"privacy": {"presence": "nobody"}})
        assert await shown_of(ayse, room, group, mehmet) == {"offline"}
        await person.gets("PUT", "/preferences", {"privacy": {"presence": "everyone"}})
        assert await shown_of(ayse, room, group, mehmet) == {"online"}
    for one, other in ((ayse, mehmet), (mehmet, ayse)):
        await one.gets("PUT", f"/users/me/blocks/{other.user_id}")
        assert await shown_of(ayse, room, group, mehmet) == {"offline"}
        await one.gets("DELETE", f"/users/me/blocks/{other.user_id}")
    await wire.ws.close()
    await until(lambda: not chat.running.parts.hub.is_there(mehmet.user_id))
    assert await shown_of(ayse, room, group, mehmet) == {"offline"}
