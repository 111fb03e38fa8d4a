"""A cast with verbs, on the real services and a real database; no network.

Every verb that changes something is watched: afterwards each person's old
snapshot with the events since must say what a fresh snapshot says
(invariant 7), the events must be the same live and replayed, and every
stream must be dense (invariant 2).
"""

import contextlib
import copy
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from altlas_chat.client.state import RECEIPTS, State
from altlas_chat.contract.frames import check_frame
from altlas_chat.domain.accounts import RegisterRequest
from altlas_chat.domain.conversations import GroupDraft, OpenDirect
from altlas_chat.domain.cursor import Cursor
from altlas_chat.domain.events import Announcement, PassingEvent
from altlas_chat.domain.messages import MessageDraft
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.domain.tasks import TaskFilter
from altlas_chat.realtime.frames import envelope, passing
from altlas_chat.server.opening import opened_database
from altlas_chat.services import (
    accounts,
    conversations,
    groups,
    marks,
    messages,
    posting,
    saved_drafts,
    scheduled,
    sync,
    tasks,
)
from altlas_chat.services.accounts import Device
from altlas_chat.services.conversations import member_views
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.services.messages import Place
from altlas_chat.storage import members
from altlas_chat.storage.database import Database, Reader
from altlas_chat.system import Randomness, SystemIds
from tests.support.contract import note
from tests.support.embedded import database_in
from tests.support.postgres import fresh_database
from tests.support.running import quick_settings

Json = dict[str, Any]
PASSWORD = "correct-horse-9"


class HandClock:
    """A clock that moves when it is told to, and a millisecond at each look."""

    def __init__(self) -> None:
        self._at = 1_790_000_000_000

    def now_ms(self) -> int:
        self._at += 1
        return self._at

    def forward(self, seconds: float) -> None:
        self._at += int(seconds * 1000)


class Ear:
    """Keeps what was announced, as a listener of everything."""

    def __init__(self) -> None:
        self.told: list[Announcement] = []
        self.passing: list[tuple[str, PassingEvent]] = []
        self.among: list[tuple[set[str], set[str] | None]] = []
        self.ended: list[str] = []
        self.reconnected: list[str] = []
        self.doubted: list[str] = []
        self.in_doubt: list[str] = []

    def publish(self, announcements: Any) -> None:
        self.told.extend(announcements)
        for one in announcements:
            note(check_frame(wire(envelope(one))))

    def look_again(self, streams: Iterable[str]) -> None:
        self.doubted.extend(streams)

    def pass_on(
        self,
        stream: str,
        event: PassingEvent,
        *,
        but: Collection[str] = (),
        only: Collection[str] | None = None,
    ) -> None:
        self.passing.append((stream, event))
        self.among.append((set(but), None if only is None else set(only)))
        note(check_frame(wire(passing(event))))

    def pass_on_to_all(
        self, streams: Sequence[str], event: PassingEvent, *, but: Collection[str] = ()
    ) -> None:
        self.pass_on(" ".join(streams), event, but=but)

    def doubt(self, user_ids: Collection[str]) -> None:
        self.in_doubt.extend(user_ids)

    def tell_everybody(self, event: PassingEvent) -> None:
        self.pass_on("*", event)

    def end_session(self, session_id: str) -> None:
        self.ended.append(session_id)

    def end_person(self, user_id: str) -> None:
        self.ended.append(user_id)

    def reconnect_person(self, user_id: str) -> None:
        self.reconnected.append(user_id)


@dataclass
class World:
    """People and their conversations on one database."""

    deps: Deps
    ear: Ear
    clock: HandClock
    actors: dict[str, Actor] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def person(self, name: str, role: str = "user") -> Actor:
        """Make an account."""
        request = RegisterRequest.model_validate({"username": name, "password": PASSWORD})
        tokens = await accounts.register(self.deps, request, Device())
        permissions = ROLE_PERMISSIONS[role]
        actor = Actor(tokens.user.user_id, role, permissions, tokens.session_id)
        self.actors[name] = actor
        return actor

    async def people(self, *names: str) -> list[Actor]:
        return [await self.person(name) for name in names]

    async def direct(self, one: Actor, other: Actor) -> str:
        view, _ = await conversations.open_direct(
            self.deps, one, OpenDirect.model_validate({"userId": other.user_id})
        )
        return str(view["id"])

    async def group(self, owner: Actor, *others: Actor, **more: Any) -> str:
        body = {"name": "Çay", "memberIds": [other.user_id for other in others], **more}
        view = await groups.create_group(self.deps, owner, GroupDraft.model_validate(body))
        return str(view["id"])

    async def says(
        self, actor: Actor, conversation_id: str, text: str = "merhaba", **more: Any
    ) -> Json:
        """Post a message; its JSON."""
        sent = await posting.post_message(
            self.deps, actor, self.draft(conversation_id, text, **more)
        )
        return sent.as_json()

    def draft(self, conversation_id: str, text: str = "merhaba", **more: Any) -> MessageDraft:
        body = {
            "conversationId": conversation_id,
            "clientId": f"client-{next(self.numbers)}",
            "text": text,
            **more,
        }
        return MessageDraft.model_validate(body)

    async def history(self, actor: Actor, conversation_id: str) -> list[Json]:
        page = await messages.list_messages(self.deps, actor, conversation_id, Place(), 200)
        return list(page["items"])

    async def view(self, actor: Actor, conversation_id: str) -> Json:
        return await conversations.get_conversation(self.deps, actor, conversation_id)

    # -- state equals events ---------------------------------------------------------

    async def known_to(self, actor: Actor) -> tuple[State, str]:
        """All that the actor's client would know now, and the cursor of it."""
        snapshot = await sync.take_snapshot(self.deps, actor)
        state = State(snapshot)
        for view in snapshot["conversations"]:
            history = await self.history(actor, view["id"])
            state.load(view, history, await self._members(view["id"]))
        loaded = await tasks.list_tasks(self.deps, actor, TaskFilter(), "created", None, 200)
        state.tasks = {task["id"]: task for task in loaded["items"]}
        state.load_own(*(await self._own(actor)))
        return state, str(snapshot["cursor"])

    async def _own(self, actor: Actor) -> tuple[list[Json], list[Json], list[Json]]:
        starred = await marks.list_starred(self.deps, actor, None, 200)
        drafts = await saved_drafts.list_drafts(self.deps, actor, None, 200)
        later = await scheduled.list_scheduled(self.deps, actor, None, None, 200)
        return starred["items"], drafts["items"], later["items"]

    async def _members(self, conversation_id: str) -> list[Json]:
        async def query(reader: Reader) -> list[Json]:
            ids = await members.select_member_ids(reader, conversation_id)
            found = await member_views(reader, [(conversation_id, one) for one in ids])
            return list(found.values())

        return await self.deps.database.read(query)

    async def replayed(self, actor: Actor, cursor: str) -> list[Json]:
        """What a client with this cursor is sent, as it goes over the wire."""
        changes = await sync.changes_after(self.deps, actor, Cursor.decode(cursor), limit=10_000)
        assert isinstance(changes, sync.Changes), changes
        frames = [wire(envelope(one)) for one in changes.announcements]
        for frame in frames:
            note(check_frame(frame))
        for receipt in changes.receipts:
            note(check_frame(wire(passing(receipt))))
        return frames

    @contextlib.asynccontextmanager
    async def state_equals_events(self) -> AsyncIterator[None]:
        """What is done inside must change every snapshot exactly as its events say."""
        before = {name: await self.known_to(actor) for name, actor in self.actors.items()}
        self.ear.told.clear()
        yield
        live = [wire(envelope(one)) for one in self.ear.told]
        assert_dense(live)
        for name, (state, cursor) in before.items():
            actor = self.actors[name]
            fresh, _ = await self.known_to(actor)
            replayed = await self.replayed(actor, cursor)
            by_replay, by_ear = state, copy.deepcopy(state)
            for frame in [*replayed, *replayed]:
                by_replay.apply(frame)
            assert_same(by_replay, fresh, f"{name}, replayed")
            for frame in live:
                if frame["stream"] == f"user:{actor.user_id}" or "conversation:" in frame["stream"]:
                    by_ear.apply(frame)
            assert_same(by_ear, fresh, f"{name}, live")


def wire(value: Json) -> Json:
    """As a client gets it: through JSON."""
    decoded: Json = orjson.loads(orjson.dumps(value))
    return decoded


def assert_dense(frames: list[Json]) -> None:
    """Each stream's numbers follow each other."""
    streams: dict[str, list[int]] = defaultdict(list)
    for frame in frames:
        streams[frame["stream"]].append(frame["seq"])
    for stream, seqs in streams.items():
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), (stream, seqs)


def assert_same(applied: State, fresh: State, who: str) -> None:
    """A conversation that came by ``conversation.joined`` is compared as far as it is known."""
    known, true = plain(applied), plain(fresh)
    for conversation_id, conversation in known["conversations"].items():
        if not applied.conversations[conversation_id].is_whole:
            expected = true["conversations"].get(conversation_id, {})
            for part in ("messages", "members"):
                expected[part] = {
                    name: one for name, one in expected[part].items() if name in conversation[part]
                }
    # The tasks of a conversation that was joined are loaded with its history.
    for task_id, task in list(true["tasks"].items()):
        conversation = applied.conversations.get(task["conversationId"])
        is_part = conversation is not None and not conversation.is_whole
        if is_part and task_id not in known["tasks"]:
            del true["tasks"][task_id]
    assert known == true, who


def plain(state: State) -> Json:
    """A state as data, without what numbered events do not tell (receipts, people's profiles)."""
    found: Json = {
        "user": state.user,
        "tasks": state.tasks,
        "starred": state.starred,
        "drafts": state.drafts,
        "scheduled": state.scheduled,
        "conversations": {},
    }
    for conversation_id, conversation in state.conversations.items():
        view = wire(conversation.view)
        view.pop("peer", None)
        for name in RECEIPTS:
            view["membership"].pop(name, None)
        if view["lastMessage"] is not None:
            view["lastMessage"].pop("state")
        kept = wire(conversation.messages)
        for message in kept.values():
            message.pop("state")
        found["conversations"][conversation_id] = {
            "view": view,
            "messages": kept,
            "members": wire(conversation.members),
        }
    found["preferences"] = state.preferences
    found["blocked"] = sorted(state.blocked)
    found["unreadNotifications"] = state.unread_notifications
    return wire(found)


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with its schema, empty: one test on each kind."""
    with contextlib.ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(fresh_database())
        else:
            url = database_in(tmp_path / "chat.db")
        async with opened_database(quick_settings(url), to_serve=False) as opened:
            yield opened


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    """A world on each kind of database."""
    clock, ear, randomness = HandClock(), Ear(), Randomness()
    settings = quick_settings("sqlite:///unused")
    credentials = await load_credentials(settings, database, clock, randomness)
    deps = Deps(
        settings=settings,
        database=database,
        publisher=ear,
        clock=clock,
        ids=SystemIds(clock),
        randomness=randomness,
        credentials=credentials,
    )
    yield World(deps, ear, clock)
    credentials.close()
