"""Resume under fire: connections break again and again while many write (invariant 5).

Each device is a plain one that does what the contract tells clients to do, and
stops the test at the first event that it hears twice or too late.
"""

import asyncio
import contextlib
import random
import uuid
from dataclasses import dataclass, field

import aiohttp
import pytest

from altlas_chat.domain.cursor import Cursor
from altlas_chat.services import housekeeping, sync
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.sync import Changes, Resync
from tests.support.contract import checked_session
from tests.support.proxy import Proxy
from tests.support.running import Chat, Json, Person, ServeChat, Wire

BROKEN = (aiohttp.ClientError, OSError, AssertionError)


async def say(person: Person, room: str, text: str) -> Json:
    draft = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
    return await person.gets("POST", "/messages", draft)


class Hole(Exception):
    """An event came that does not follow the one before it."""


@dataclass
class Listener:
    """A device behind a proxy; ``last`` is the last event that it has of each stream."""

    person: Person
    proxy: Proxy
    cursor: str
    last: dict[str, int]
    seen: dict[str, int] = field(default_factory=dict)
    heard: list[Json] = field(default_factory=list)
    resumed: int = 0
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Connect and resume for ever."""
        while True:
            async with checked_session() as http:
                with contextlib.suppress(*BROKEN):
                    await self._listen_once(http)

    async def _listen_once(self, http: aiohttp.ClientSession) -> None:
        wire = Wire(await http.ws_connect(f"{self.proxy.url}/v1/ws", max_msg_size=0))
        resume = {"cursor": self.cursor, "seen": self.seen}
        await wire.sends("auth", {"token": self.person.token, "resume": resume})
        ready = await wire.next()
        assert ready["data"]["resumed"] is True
        self.resumed += 1
        joined: set[str] = set()
        while True:
            frame = await wire.next()
            if frame["event"] == "resync_required":
                raise Hole(frame)
            if "seq" in frame:
                self._take(frame, joined)
            self.told.set()

    def _take(self, frame: Json, joined: set[str]) -> None:
        stream, seq = frame["stream"], frame["seq"]
        last = self.last.get(stream)
        if last is None:
            raise Hole(f"{stream} is not one of this person's: {frame}")
        if seq <= last and stream in joined:
            return  # its snapshot came in this replay, and shows it already
        if seq != last + 1:
            raise Hole(f"{stream}: {seq} came after {last}")
        self.last[stream] = self.seen[stream] = seq
        self.heard.append(frame)
        if frame["event"] == "conversation.joined":
            view = frame["data"].get("conversation")
            if view is not None:
                name = f"conversation:{view['id']}"
                joined.add(name)
                self.last[name] = self.seen[name] = view["seq"]
        elif frame["event"] == "conversation.left":
            name = f"conversation:{frame['data']['conversationId']}"
            self.last.pop(name, None)
            self.seen.pop(name, None)


async def listener(person: Person, proxy: Proxy) -> Listener:
    cursor = (await person.gets("GET", "/sync"))["cursor"]
    return Listener(person, proxy, cursor, dict(Cursor.decode(cursor).positions))


async def cut_again_and_again(listeners: list[Listener], chance: random.Random) -> None:
    """Break connections at whatever moment, in the middle of a frame as well."""
    while True:
        one = chance.choice(listeners)
        one.told.clear()
        async with asyncio.timeout(20):
            await one.told.wait()
        if chance.random() < 0.5:
            one.proxy.cut()
        else:
            one.proxy.cut_after(chance.randrange(1, 3000))


async def come_and_go(owner: Person, group: str, person: Person, until: asyncio.Event) -> None:
    """End as a member."""
    place = f"/groups/{group}/members"
    while not until.is_set():
        await owner.gets("DELETE", f"{place}/{person.user_id}")
        await owner.gets("POST", place, {"userIds": [person.user_id]})


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_no_hole_and_no_double_whenever_the_connection_breaks(
    chat_on_each: Chat, seed: int
) -> None:
    chat, chance = chat_on_each, random.Random(seed)
    ayse, mehmet, zeynep, ali = await chat.people("ayse", "mehmet", "zeynep", "ali")
    rooms = [
        await chat.group(ayse, mehmet, zeynep),
        await chat.group(ayse, mehmet, zeynep, ali),
        await chat.direct(ayse, zeynep),
        await chat.direct(mehmet, ali),
    ]
    of_whom = {
        ayse.user_id: rooms[:3],
        mehmet.user_id: [rooms[0], rooms[1], rooms[3]],
        zeynep.user_id: rooms[:3],
        ali.user_id: [rooms[3]],
    }
    sent: dict[str, list[str]] = {room: [] for room in rooms}

    async def write(person: Person) -> None:
        for number in range(70):
            room = chance.choice(of_whom[person.user_id])
            message = await say(person, room, f"{person.user_id} {number}")
            sent[room].append(message["text"])
            if chance.random() < 0.2:
                text = {"text": f"{message['text']}!"}
                await person.gets("PUT", f"/messages/{message['id']}", text)
            if chance.random() < 0.2:
                await person.gets("PUT", f"/messages/{message['id']}/read")

    async with contextlib.AsyncExitStack() as stack:
        # Ali comes to the second group and goes, the others stay where they are.
        people = [mehmet, zeynep, ali]
        listeners = [
            await listener(person, await stack.enter_async_context(Proxy(chat.url)))
            for person in (*people, *people)
        ]
        until = asyncio.Event()
        listening = [asyncio.create_task(one.listen()) for one in listeners]
        cutting = asyncio.create_task(cut_again_and_again(listeners, chance))
        moving = asyncio.create_task(come_and_go(ayse, rooms[1], ali, until))
        await asyncio.gather(*(write(person) for person in (ayse, mehmet, zeynep, ali)))
        until.set()
        await moving
        for room, person in zip(rooms, (ayse, ayse, ayse, mehmet), strict=True):
            await say(person, room, "the end")
        cutting.cancel()
        await asyncio.gather(cutting, return_exceptions=True)
        for one in listeners:
            truth = Cursor.decode((await one.person.gets("GET", "/sync"))["cursor"]).positions
            async with asyncio.timeout(60):
                while one.last != truth:
                    for task in listening:
                        if task.done():
                            task.result()
                    one.told.clear()
                    await asyncio.wait({asyncio.ensure_future(one.told.wait())}, timeout=1)
        for task in listening:
            task.cancel()
        found = await asyncio.gather(*listening, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in found), found
    assert sum(one.resumed for one in listeners) > 20, "hardly anything was cut"
    for one in listeners:
        for room in of_whom[one.person.user_id]:
            texts = [
                frame["data"]["message"]["text"].rstrip("!")
                for frame in one.heard
                if frame["stream"] == f"conversation:{room}"
                and frame["event"] == "message.created"
                and frame["data"]["message"]["kind"] == "text"
            ]
            assert sorted(texts) == sorted([*sent[room], "the end"])


# -- when the log does not suffice --------------------------------------------------------


async def test_who_missed_too_much_starts_over(database_url: str, serve_chat: ServeChat) -> None:
    chat = await serve_chat(database=database_url, replay_limit_events=6)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    for number in range(5):  # and one notification
        await say(ayse, room, f"{number}")
    near = await mehmet.connects({"cursor": cursor})
    assert near.ready["data"]["resumed"] is True
    for number in range(5):
        frame = await near.next_of("message.created")
        assert frame["data"]["message"]["text"] == f"{number}"
    await say(ayse, room, "one too many")
    far = await mehmet.connects({"cursor": cursor})
    assert far.ready["data"]["resumed"] is False
    resync = await far.next_of("resync_required", "message.created")
    assert (resync["event"], resync["data"]["reason"]) == ("resync_required", "too_far_behind")
    view = resync["data"]["snapshot"]["conversations"][0]
    assert view["lastMessage"]["text"] == "one too many"
    await say(ayse, room, "live")
    frame = await far.next_of("message.created")
    assert (frame["seq"], frame["data"]["message"]["text"]) == (view["seq"] + 1, "live")
    again = await mehmet.connects({"cursor": resync["data"]["snapshot"]["cursor"]})
    assert again.ready["data"]["resumed"] is True


async def test_who_comes_after_the_log_was_trimmed_starts_over(
    database_url: str, serve_chat: ServeChat
) -> None:
    chat = await serve_chat(database=database_url, event_log_days=0)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    message = await say(ayse, room, "its event is gone")
    await trim(chat)
    wire = await mehmet.connects({"cursor": cursor})
    assert wire.ready["data"]["resumed"] is False
    resync = await wire.next_of("resync_required")
    assert resync["data"]["reason"] == "log_trimmed"
    snapshot = resync["data"]["snapshot"]
    assert snapshot["conversations"][0]["lastMessage"]["id"] == message["id"]
    await say(ayse, room, "live")
    assert (await wire.next_of("message.created"))["data"]["message"]["text"] == "live"
    # Who had heard all of it needs no fresh start.
    heard = {f"conversation:{room}": snapshot["conversations"][0]["seq"]}
    await trim(chat)
    again = await mehmet.connects({"cursor": snapshot["cursor"], "seen": heard})
    resync = await again.next_of("resync_required")  # "live" is trimmed by now, too
    assert resync["data"]["reason"] == "log_trimmed"
    last = resync["data"]["snapshot"]
    fresh = await mehmet.connects({"cursor": last["cursor"]})
    assert fresh.ready["data"]["resumed"] is True


async def trim(chat: Chat) -> None:
    """Drop every event from before this moment."""
    deps = chat.running.parts.deps
    at = deps.clock.now_ms()
    while deps.clock.now_ms() <= at:
        await asyncio.sleep(0)
    await housekeeping.trim_log(deps)


async def test_a_resume_reads_the_log_as_of_one_moment(chat_on_each: Chat) -> None:
    """What a resume gives is dense, whatever is written while it reads."""
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    start = Cursor.decode((await mehmet.gets("GET", "/sync"))["cursor"])
    deps = chat.running.parts.deps
    actor = await authenticate(deps, mehmet.token)
    writing = [asyncio.create_task(say(ayse, room, f"{number}")) for number in range(60)]
    stream = f"conversation:{room}"
    while not all(task.done() for task in writing):
        outcome: Changes | Resync = await sync.changes_after(deps, actor, start, limit=1000)
        assert isinstance(outcome, Changes)
        seqs = [one.event.seq for one in outcome.announcements if one.event.stream == stream]
        first = start.positions[stream] + 1
        assert seqs == list(range(first, first + len(seqs)))
        assert outcome.positions[stream] == first + len(seqs) - 1
    await asyncio.gather(*writing)
