"""What the services would write for many messages, worked out in memory and kept in one step.

It follows :mod:`altlas_chat.services.keeping` and
:mod:`altlas_chat.services.receipts` (the pointers) rule by rule, as where nobody
wants to be notified; a test lets the services do the same and compares every row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from altlas_chat.domain.events import Event, conversation_stream, user_stream
from altlas_chat.domain.messages import Message, MessageDraft, Quoted
from altlas_chat.seeding.playground import SeedingRefused
from altlas_chat.storage import bulk, marks
from altlas_chat.storage.bulk import Place, Side
from altlas_chat.storage.database import Database, Transaction


@dataclass(slots=True)
class Seat:
    """A member's side of a conversation."""

    user_id: str
    read_seq: int
    read_position: int
    read_at: int | None
    delivered_seq: int
    delivered_at: int | None
    own_unread: int
    has_written: bool

    def as_side(self, conversation_id: str) -> Side:
        return Side(
            conversation_id,
            self.user_id,
            self.read_seq,
            self.read_position,
            self.read_at,
            self.delivered_seq,
            self.delivered_at,
            self.own_unread,
            self.has_written,
        )


@dataclass(slots=True)
class Room:
    """A conversation, and where its stream stands."""

    conversation_id: str
    seats: list[Seat]
    stream: str
    seq: int
    message_count: int
    last_message_seq: int
    changed_at: int
    last: Message | None = None
    """The last message of this page."""

    def as_place(self) -> Place:
        return Place(
            self.stream, self.seq, self.message_count, self.last_message_seq, self.changed_at
        )


class Post(NamedTuple):
    """Somebody sends a message; a reply answers the last one of the same page."""

    at: int
    room: Room
    seat: Seat
    draft: MessageDraft
    message_id: str


class Read(NamedTuple):
    """Somebody reads everything so far."""

    at: int
    room: Room
    seat: Seat


class Receive(NamedTuple):
    """Everything so far reaches somebody's device."""

    at: int
    room: Room
    seat: Seat


Action = Post | Read | Receive


@dataclass(slots=True)
class Page:
    """What is to be kept in one step."""

    sent: list[tuple[Message, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    mentioning: list[Message] = field(default_factory=list)
    found_at: dict[str, int] = field(default_factory=dict)
    """Where each stream must stand before."""
    rooms: dict[str, Room] = field(default_factory=dict)
    own: dict[str, Place] = field(default_factory=dict)
    sides: dict[tuple[str, str], Seat] = field(default_factory=dict)


class Ledger:
    """Takes actions in the order of time; :meth:`keep` makes durable what was taken since."""

    def __init__(self, rooms: Iterable[Room], own_places: dict[str, Place]) -> None:
        self.rooms = list(rooms)
        self._own = own_places
        self._page = Page()

    def take(self, action: Action) -> None:
        """Let something happen."""
        if isinstance(action, Post):
            self._post(action)
        elif isinstance(action, Read):
            self._read(action)
        else:
            self._receive(action)

    def _touch(self, room: Room, seat: Seat) -> None:
        page = self._page
        if room.stream not in page.rooms:
            page.rooms[room.stream] = room
            page.found_at[room.stream] = room.seq
            room.last = None
        page.sides[room.conversation_id, seat.user_id] = seat

    def _post(self, post: Post) -> None:
        at, room, seat, draft, message_id = post
        self._touch(room, seat)
        page, seq, position = self._page, room.seq + 1, room.message_count + 1
        room.seq = room.last_message_seq = seq
        room.message_count = position
        room.changed_at = at
        quoted = _quoted(room, draft)
        message = Message(
            message_id=message_id,
            conversation_id=room.conversation_id,
            seq=seq,
            position=position,
            sender_id=seat.user_id,
            client_id=draft.client_id,
            kind=draft.kind,
            text=draft.text,
            content=None,
            mentions=draft.mentions,
            quoted=None if quoted is None else _quote(quoted),
            forwarded_from=None,
            thread_root_id=None if quoted is None else quoted.thread_root_id or quoted.message_id,
            created_at=at,
            edited_at=None,
            edit_count=0,
            deleted_at=None,
        )
        room.last = message
        seat.has_written = True
        page.sent.append((message, draft.fingerprint()))
        if draft.mentions:
            page.mentioning.append(message)
        facts = {"messageId": message_id}
        page.events.append(Event(room.stream, seq, "message.created", at, seat.user_id, facts))
        if seat.read_position + seat.own_unread == position - 1:
            seat.read_seq, seat.read_position, seat.own_unread = seq, position, 0
        else:
            seat.own_unread += 1

    def _read(self, read: Read) -> None:
        at, room, seat = read
        if room.seq <= seat.read_seq:
            return
        self._touch(room, seat)
        seat.read_seq, seat.read_position, seat.own_unread = room.seq, room.message_count, 0
        seat.read_at = at
        self._reach(seat, room.seq, at)
        facts = {
            "conversationId": room.conversation_id,
            "readSeq": seat.read_seq,
            "deliveredSeq": seat.delivered_seq,
            "unreadCount": 0,
            "upToSeq": room.seq,
        }
        stream = user_stream(seat.user_id)
        before = self._own[stream]
        self._page.found_at.setdefault(stream, before.seq)
        place = before._replace(seq=before.seq + 1, changed_at=at)
        self._own[stream] = self._page.own[stream] = place
        event = Event(stream, place.seq, "conversation.read", at, seat.user_id, facts)
        self._page.events.append(event)

    def _receive(self, receive: Receive) -> None:
        at, room, seat = receive
        self._touch(room, seat)
        self._reach(seat, room.seq, at)

    @staticmethod
    def _reach(seat: Seat, seq: int, at: int) -> None:
        if seat.delivered_seq < seq:
            seat.delivered_seq, seat.delivered_at = seq, at

    async def keep(self, database: Database) -> None:
        """Make what was taken durable: all of it or nothing.

        Raises:
            SeedingRefused: somebody else wrote in these streams meanwhile.
        """
        page, self._page = self._page, Page()

        async def change(tx: Transaction) -> None:
            await _require_untouched(tx, page)
            await bulk.insert_messages(tx, page.sent)
            await marks.count_replies(tx, [message for message, _ in page.sent], 1)
            await bulk.insert_mentions(tx, page.mentioning)
            await bulk.insert_events(tx, page.events)
            await bulk.update_places(tx, [room.as_place() for room in page.rooms.values()])
            await bulk.update_places(tx, page.own.values())
            sides = [seat.as_side(room) for (room, _), seat in page.sides.items()]
            await bulk.update_sides(tx, sides)

        await database.write(change, lane="volume")


def _quoted(room: Room, draft: MessageDraft) -> Message | None:
    if draft.reply_to_id is None:
        return None
    if room.last is None or room.last.message_id != draft.reply_to_id:
        raise ValueError("a reply answers the last message of its page")
    return room.last


def _quote(message: Message) -> Quoted:
    return Quoted(
        message.message_id, message.sender_id, message.kind, message.text, message.deleted_at
    )


async def _require_untouched(tx: Transaction, page: Page) -> None:
    found = await bulk.select_places(tx, page.found_at, hold=True)
    if any(found[stream].seq != seq for stream, seq in page.found_at.items()):
        raise SeedingRefused(
            "Somebody else writes in these conversations.",
            "Stop the servers of this database, then run it again: it goes on.",
        )


def open_ledger(places: dict[str, Place], sides: Iterable[Side]) -> Ledger:
    """A ledger of conversations and their members as they stand now.

    ``places`` are those of the conversations and of all members' own streams.
    """
    rooms: dict[str, Room] = {}
    own: dict[str, Place] = {}
    for side in sides:
        room = rooms.get(side.conversation_id)
        if room is None:
            place = places[conversation_stream(side.conversation_id)]
            room = rooms[side.conversation_id] = Room(side.conversation_id, [], *place)
        room.seats.append(Seat(*side[1:]))
        stream = user_stream(side.user_id)
        own[stream] = places[stream]
    return Ledger(rooms.values(), own)
