"""The mock of our own contract: our clients log in, send, hear, lose the connection and go on."""

import asyncio
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from functools import cache

import aiohttp
import orjson
import pytest

from altlas_chat.client.api import Api
from altlas_chat.client.chat import Chat
from altlas_chat.client.errors import Refused
from altlas_chat.contract.frames import check_frame
from altlas_chat.data import client_folder
from altlas_chat.mock.app import running_mock
from altlas_chat.mock.contracts import load_contracts
from altlas_chat.mock.live.emitting import read_emission
from altlas_chat.mock.live.wishes import Wishes
from altlas_chat.mock.settings import MockSettings, Validate
from tests.mock.spoken import PATIENCE_SECONDS, Voice
from tests.support.driving import node

TALK = "019ab3f1-2b3c-7d4e-8f50-6b7c8d9eaf10"
"""A conversation of the contract's examples."""


@cache
def our_documents():
    return load_contracts(())


@asynccontextmanager
async def our_mock(*, stateful=True, emit=(), wishes=None, validate=Validate.STRICT):
    wishes = wishes or Wishes(tuple(read_emission(one) for one in emit))
    documents = our_documents()
    async with (
        running_mock(
            documents, MockSettings(stateful=stateful, validate=validate), wishes
        ) as running,
        asyncio.timeout(4 * PATIENCE_SECONDS),
    ):
        yield running


@asynccontextmanager
async def somebody(running, name):
    async with Chat(running.url) as chat:
        await chat.log_in(name, "a password that nobody checks")
        heard = asyncio.Queue()

        async def listen():
            async for event in chat.events():
                heard.put_nowait(event)

        listening = asyncio.ensure_future(listen())
        await chat.connection.connected.wait()
        try:
            yield chat, heard
        finally:
            listening.cancel()


async def hears(heard, event):
    """The next event of a kind; all that is heard is as the contract says."""
    while True:
        frame = await heard.get()
        assert not check_frame(frame)
        if frame["event"] == event:
            return frame


async def test_who_logs_in_is_somebody_and_stays_it():
    async with our_mock(stateful=False) as running:
        async with somebody(running, "deniz") as (chat, _):
            me = await chat.call("GET", "/users/me")
            assert me["username"] == "deniz"
        async with somebody(running, "deniz") as (chat, _):
            assert (await chat.call("GET", "/users/me"))["id"] == me["id"]
        async with somebody(running, "mehmet") as (chat, _):
            assert (await chat.call("GET", "/users/me"))["displayName"] == "Mehmet Demir"


async def test_what_is_sent_on_a_socket_is_heard_and_can_be_read():
    async with (
        our_mock() as running,
        somebody(running, "ayse") as (ayse, at_ayse),
        somebody(running, "mehmet") as (mehmet, at_mehmet),
    ):
        sent = await ayse.send(TALK, "Merhaba Mehmet")
        assert sent["senderId"] == (await ayse.call("GET", "/users/me"))["id"]
        heard = await hears(at_mehmet, "message.created")
        assert heard["data"]["message"] == sent
        assert heard["seq"] == sent["seq"] == 6
        assert (await hears(at_ayse, "message.created"))["data"]["message"] == sent
        answer = await mehmet.call("GET", f"/conversations/{TALK}/messages")
        assert answer["items"][-1] == sent
        again = await ayse.request(
            "message.send",
            {"conversationId": TALK, "clientId": sent["clientId"], "text": "Merhaba Mehmet"},
        )
        assert again == {"message": sent, "isRepeat": True}


async def test_what_is_done_by_rest_is_heard():
    async with our_mock() as running, somebody(running, "ayse") as (ayse, at_ayse):
        async with somebody(running, "mehmet") as (mehmet, _):
            draft = {"conversationId": TALK, "clientId": "c1", "text": "Selam"}
            message = await mehmet.call("POST", "/messages", draft)
            path = f"/messages/{message['id']}"
            await mehmet.call("PUT", path, {"text": "Selamlar", "mentions": None})
            await mehmet.call("PUT", f"{path}/reactions/👍")
            await mehmet.call("PUT", f"{path}/pin")
            await mehmet.call("DELETE", path)
        created = await hears(at_ayse, "message.created")
        updated = await hears(at_ayse, "message.updated")
        reacted = await hears(at_ayse, "reaction.added")
        pinned = await hears(at_ayse, "message.pinned")
        deleted = await hears(at_ayse, "message.deleted")
        numbers = [one["seq"] for one in (created, updated, reacted, pinned, deleted)]
        assert numbers == [6, 7, 8, 9, 10]
        assert updated["data"]["message"]["text"] == "Selamlar"
        assert updated["data"]["message"]["editCount"] == 1
        assert reacted["data"]["reactions"][-1]["count"] == 1
        assert deleted["data"]["message"]["text"] == ""
        assert ayse.connection.reconnects == 0


async def test_typing_and_reading_are_told():
    async with (
        our_mock() as running,
        somebody(running, "ayse") as (ayse, at_ayse),
        somebody(running, "mehmet") as (mehmet, at_mehmet),
    ):
        await mehmet.request("typing.start", {"conversationId": TALK})
        typing = await hears(at_ayse, "typing.started")
        me = (await mehmet.call("GET", "/users/me"))["id"]
        assert typing["data"]["userId"] == me
        sent = await ayse.send(TALK, "Okudun mu?")
        progress = await mehmet.read(TALK, sent["seq"])
        assert progress["readSeq"] == sent["seq"]
        receipt = await hears(at_ayse, "receipt.updated")
        assert (receipt["data"]["userId"], receipt["data"]["readSeq"]) == (me, sent["seq"])
        presences = await ayse.request("presence.watch", {"userIds": [me, "nobody"]})
        assert [one["presence"] for one in presences["presences"]] == ["online", "offline"]
        assert (await hears(at_mehmet, "conversation.read"))["data"]["unreadCount"] == 0


async def mehmet_of(running):
    async with aiohttp.ClientSession() as http:
        api = Api(http, running.url)
        return await api.log_in("mehmet", "a password that nobody checks")


async def conversations_of(chat):
    return [one["id"] for one in (await chat.call("GET", "/conversations"))["items"]]


async def test_a_deleted_message_leaves_a_tombstone_and_a_hidden_one_nothing():
    async with our_mock() as running, somebody(running, "ayse") as (ayse, at_ayse):
        sent = await ayse.send(TALK, "Bir")
        await ayse.call("DELETE", f"/messages/{sent['id']}?scope=me")
        assert (await hears(at_ayse, "message.hidden"))["data"]["messageId"] == sent["id"]
        assert (await ayse.call("GET", f"/messages/{sent['id']}"))["text"] == "Bir"
        await ayse.request("message.delete", {"messageId": sent["id"]})
        tombstone = (await hears(at_ayse, "message.deleted"))["data"]["message"]
        assert tombstone["deletedAt"]
        assert await ayse.call("GET", f"/messages/{sent['id']}") == tombstone
        with pytest.raises(Refused, match="MESSAGE_NOT_FOUND"):
            await ayse.request("message.delete", {"messageId": "none"})


async def test_a_new_group_is_a_conversation_of_its_members():
    async with our_mock() as running, somebody(running, "ayse") as (ayse, at_ayse):
        mehmet = await mehmet_of(running)
        async with (
            somebody(running, "mehmet") as (mehmet_chat, at_mehmet),
            somebody(running, "eda") as (_, at_eda),
        ):
            group = await ayse.call(
                "POST", "/groups", {"name": "Ekip", "memberIds": [mehmet["id"]]}
            )
            for heard in (at_ayse, at_mehmet):
                joined = await hears(heard, "conversation.joined")
                assert joined["data"]["conversation"]["name"] == "Ekip"
            await ayse.call("PUT", f"/groups/{group['id']}", {"name": "Takım"})
            assert (await hears(at_mehmet, "conversation.updated"))["data"]["conversation"][
                "name"
            ] == "Takım"
            sent = await ayse.send(group["id"], "Hoş geldiniz")
            assert (await hears(at_mehmet, "message.created"))["data"]["message"] == sent
            later = {
                "conversationId": group["id"],
                "clientId": "l",
                "text": "Yarın",
                "scheduledAt": "2030-01-01T00:00:00.000Z",
            }
            scheduled = await ayse.call("POST", "/messages", later)
            assert scheduled["draft"]["text"] == "Yarın"
            assert (await hears(at_ayse, "scheduled_message.created"))["data"][
                "scheduledMessage"
            ] == scheduled
            path = f"/groups/{group['id']}/members"
            listed = await ayse.call("GET", f"/conversations/{group['id']}/members")
            assert {one["user"]["username"]: one["role"] for one in listed["items"]} == {
                "ayse": "owner",
                "mehmet": "member",
            }
            await ayse.call("DELETE", f"{path}/{mehmet['id']}")
            assert (await hears(at_mehmet, "conversation.left"))["data"]["reason"] == "removed"
            assert group["id"] not in await conversations_of(mehmet_chat)
            await ayse.call("POST", path, {"userIds": [mehmet["id"]]})
            await hears(at_mehmet, "conversation.joined")
            assert group["id"] in await conversations_of(mehmet_chat)
            await ayse.call("DELETE", f"/groups/{group['id']}")
            await hears(at_mehmet, "conversation.deleted")
            with pytest.raises(Refused, match="CONVERSATION_NOT_FOUND"):
                await ayse.call("GET", f"/conversations/{group['id']}")
        heard_by_eda = [at_eda.get_nowait()["event"] for _ in range(at_eda.qsize())]
        assert heard_by_eda == ["ready"]


async def test_who_comes_back_hears_what_was_missed():
    async with our_mock() as running, somebody(running, "ayse") as (ayse, at_ayse):
        peers = running.furniture.live.room.peers
        peer = next(iter(peers.values()))
        async with somebody(running, "mehmet") as (mehmet, _):
            ayse.connection.connected.clear()
            peer.cut()
            sent = [await mehmet.send(TALK, f"Kaçıncı: {number}") for number in range(3)]
        heard = [await hears(at_ayse, "message.created") for _ in sent]
        assert [one["data"]["message"] for one in heard] == sent


async def test_commands_about_nothing_are_refused_in_our_words():
    async with (
        our_mock() as running,
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{running.url}/v1/ws") as socket,
    ):
        voice = Voice(socket)
        await voice.says({"event": "auth", "id": 1, "data": {"token": "any.token.does"}})
        ready = await voice.hears()
        assert not check_frame(ready, "auth")
        assert (ready["id"], ready["data"]["resumed"]) == (1, False)
        for frame, code in (
            (
                {"event": "message.edit", "data": {"messageId": "no", "text": "x"}},
                "MESSAGE_NOT_FOUND",
            ),
            ({"event": "typing.start", "data": {}}, "VALIDATION_ERROR"),
            ({"event": "dance"}, "UNKNOWN_COMMAND"),
            ({"event": "auth", "data": {"token": "t"}}, "ALREADY_AUTHENTICATED"),
        ):
            await voice.says({**frame, "id": "f"})
            refusal = await voice.hears()
            assert not check_frame(refusal)
            assert (refusal["data"]["code"], refusal["id"]) == (code, "f")
        await voice.says({"event": "ping", "id": 5})
        assert await voice.hears() == {"event": "pong", "data": {}, "id": 5}


@pytest.mark.parametrize("stateful", [True, False])
async def test_streams_are_numbered_on_from_the_snapshot(stateful):
    async with our_mock(stateful=stateful) as running, somebody(running, "ayse") as (ayse, heard):
        live, person = running.furniture.live, ayse.state.user["id"]
        snapshot = await ayse.call("GET", "/sync")
        for one in snapshot["conversations"]:
            live.tell("message.created", {"stream": f"conversation:{one['id']}"})
            assert (await hears(heard, "message.created"))["seq"] == one["seq"] + 1
        live.tell("session.started", {"stream": f"user:{person}"})
        assert (await hears(heard, "session.started"))["seq"] == snapshot["seq"] + 1
        await running.furniture.reset()
        live.tell("session.started", {"stream": f"user:{person}"})
        assert (await hears(heard, "session.started"))["seq"] == snapshot["seq"] + 2
        assert ayse.connection.reconnects == 0


async def test_what_is_let_through_unchecked_does_no_harm():
    frames = (
        '{"event": "auth", "data": 5}',
        '{"event": "auth", "data": {"token": "t", "resume": 3}}',
        "7",
        "[",
        '{"event": "auth", "data": {"token": "t"}}',
        '{"event": "message.send", "data": {"text": 1}}',
        '{"event": "presence.watch", "data": {"userIds": 3}}',
        '{"event": 9}',
    )
    async with (
        our_mock(validate=Validate.OFF) as running,
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{running.url}/v1/ws") as socket,
    ):
        for frame in frames[4:] + frames[:4]:
            await socket.send_str(frame)
        voice = Voice(socket)
        await voice.says({"event": "ping", "id": "end"})
        while (await voice.hears()).get("id") != "end":
            pass


async def test_who_does_not_say_who_it_is_is_shown_out():
    async with (
        our_mock() as running,
        aiohttp.ClientSession() as http,
        http.ws_connect(f"{running.url}/v1/ws") as socket,
    ):
        voice = Voice(socket)
        await voice.says({"event": "ping"})
        assert (await voice.hears())["data"]["code"] == "AUTH_UNAUTHORIZED"
        assert (await voice.hears())["event"] == "session.closing"
        assert (await voice.hears_the_end())[0] == 4001


@pytest.mark.parametrize("stateful", [True, False])
async def test_example_events_are_what_a_client_can_take(stateful):
    emit = ["message.created every 10ms", "typing.started every 15ms"]
    async with (
        our_mock(stateful=stateful, emit=emit) as running,
        somebody(running, "ayse") as (ayse, at_ayse),
    ):
        numbers = [(await hears(at_ayse, "message.created"))["seq"] for _ in range(3)]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        await hears(at_ayse, "typing.started")
        assert ayse.connection.reconnects == 0


async def test_the_same_events_as_a_stream_that_goes_on_where_it_ended():
    async with our_mock() as running, somebody(running, "ayse") as (ayse, _):
        headers = {"Authorization": f"Bearer {ayse.api.session.access_token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            async with http.get(f"{running.url}/v1/events") as answer:
                assert answer.headers["Content-Type"] == "text/event-stream"
                last, ready = await next_event(answer)
                assert ready["event"] == "ready"
                sent = await ayse.send(TALK, "Akışta da")
                last, frame = await next_event(answer)
                assert frame["data"]["message"] == sent
            missed = await ayse.send(TALK, "Yokken")
            resume = {"Last-Event-ID": last}
            async with http.get(f"{running.url}/v1/events", headers=resume) as answer:
                assert (await next_event(answer))[1]["data"]["resumed"] is True
                assert (await next_event(answer))[1]["data"]["message"] == missed


async def next_event(answer):
    """The id of the next server-sent event, if it has one, and its frame."""
    found = {}
    while True:
        line = (await answer.content.readline()).decode().rstrip("\n")
        name, _, value = line.partition(": ")
        if line:
            found[name] = value
        elif "data" in found:
            return found.get("id"), orjson.loads(found["data"])


async def test_the_javascript_client_speaks_with_the_python_one():
    script = """
      const { Chat } = await import(process.argv[1]);
      const chat = new Chat(process.argv[2]);
      await chat.logIn("mehmet", "a password that nobody checks");
      await chat.start();
      const heard = new Promise((resolve) => chat.on("message.created", resolve));
      await chat.send(process.argv[3], "From JavaScript");
      const { message } = await heard;
      console.log(JSON.stringify(message));
      chat.close();
    """
    async with our_mock() as running, somebody(running, "ayse") as (_, at_ayse):
        client = (client_folder() / "client.js").as_uri()
        command = [*node(), "--input-type=module", "-e", script, client, running.url, TALK]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        told, complaints = await process.communicate()
        assert process.returncode == 0, complaints.decode()
        heard = await hears(at_ayse, "message.created")
        assert heard["data"]["message"] == orjson.loads(told)
        assert heard["data"]["message"]["text"] == "From JavaScript"
