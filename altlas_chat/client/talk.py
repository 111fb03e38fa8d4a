"""A conversation of one person, for a terminal: its history, what comes live, what one says.

Knows nothing of screens and keys. What there is to see is given to
``Listener`` line by line, already harmless for a terminal.
"""

import asyncio
import re
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

from altlas_chat.client.api import Api
from altlas_chat.client.connection import Connection
from altlas_chat.client.directory import load_members
from altlas_chat.client.errors import LoggedOut, Refused, Unreachable
from altlas_chat.client.lines import day_of, deleted_line, edited_lines, message_lines
from altlas_chat.client.plain_text import plain

Json = dict[str, Any]

HISTORY = 20
"""How many earlier messages are shown at first."""

PAGE = 200
RETRY_SECONDS = 1.0
_MENTION = re.compile(r"@([\w.\-]*\w)")


class Listener(Protocol):
    """Where lines go."""

    def show(self, line: str) -> None:
        """A line of the conversation."""

    def notice(self, text: str) -> None:
        """A word about the connection, a receipt, or a mistake."""


class Talk:
    """One conversation, over one connection.

    With ``echo`` one's own messages are shown, too, when they are kept.
    """

    def __init__(
        self, api: Api, connection: Connection, view: Json, listener: Listener, *, echo: bool
    ) -> None:
        self._api = api
        self._connection = connection
        self._listener = listener
        self._echo = echo
        self._own_id: str = api.session.user["id"]
        self._language: str = api.session.user["language"]
        self._names: dict[str, str] = {}
        self._ids_by_username: dict[str, str] = {}
        self._silent: set[str] = set()
        self._day = ""
        self._shown_seq = 0
        self._read_seq = 0
        self._to_read = asyncio.Event()
        self._sent_seq = 0
        self._receipts: dict[str, Json] = {}
        self._told: set[tuple[str, str]] = set()
        self._progress = asyncio.Event()
        self.conversation_id: str = view["id"]

    # -- showing -------------------------------------------------------------------

    async def begin(self) -> None:
        """Show the last messages; wants the connection to be there already."""
        for person in await load_members(self._api, self.conversation_id):
            self._know(person)
        query: dict[str, str | int] = {"limit": HISTORY}
        page = await self._api.call("GET", self._path("/messages"), query=query)
        await self._show_all(page["items"])

    def _path(self, rest: str) -> str:
        return f"/conversations/{self.conversation_id}{rest}"

    def _know(self, person: Json) -> None:
        self._names[person["id"]] = plain(person["displayName"])
        self._ids_by_username[person["username"].casefold()] = person["id"]

    def _name(self, user_id: str | None) -> str:
        return "somebody" if user_id is None else self._names.get(user_id, "somebody")

    async def _learn_names(self, messages: Iterable[Json]) -> None:
        """Ask who those are that are named and not known: people who left, or just came."""
        named: set[str | None] = set()
        for message in messages:
            content = message["content"] or {}
            quoted = message["replyTo"] or {}
            named |= {message["senderId"], quoted.get("senderId"), content.get("actorId")}
            named |= set(content.get("userIds", ()))
        for user_id in sorted(one for one in named if one and one not in self._names):
            with suppress(Refused, Unreachable):
                self._know(await self._api.call("GET", f"/users/{user_id}"))

    async def _show_all(self, messages: list[Json]) -> None:
        await self._learn_names(messages)
        for message in messages:
            if message["seq"] > self._shown_seq:
                self._show(message)

    def _show(self, message: Json) -> None:
        self._shown_seq = message["seq"]
        self._to_read.set()
        self._progress.set()
        if message["clientId"] in self._silent and message["senderId"] == self._own_id:
            self._silent.discard(message["clientId"])
            return
        if day_of(message) != self._day:
            self._day = day_of(message)
            self._listener.show(f"— {self._day} —")
        for line in message_lines(message, self._name, self._language):
            self._listener.show(line)

    # -- listening -----------------------------------------------------------------

    async def listen(self) -> None:
        """Show what comes, until the session is over.

        Raises:
            LoggedOut: it is.
        """
        async for frame in self._connection.events():
            if frame["event"] == "resync_required":
                await self._catch_up()
            elif frame.get("stream") == f"conversation:{self.conversation_id}":
                await self._hear(frame)
            elif frame["event"] == "receipt.updated":
                self._hear_receipt(frame["data"])
            elif frame["event"] == "conversation.left":
                self._hear_left(frame["data"])

    async def _catch_up(self) -> None:
        """Show what the log no longer tells."""
        has_more = True
        while has_more:
            query: dict[str, str | int] = {"after": self._shown_seq, "limit": PAGE}
            try:
                page = await self._api.call("GET", self._path("/messages"), query=query)
            except Unreachable:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._show_all(page["items"])
            has_more = page["hasAfter"]

    async def _hear(self, frame: Json) -> None:
        event, data = frame["event"], frame["data"]
        if event == "message.created":
            await self._show_all([data["message"]])
        elif event == "message.updated":
            for line in edited_lines(data["message"], self._name):
                self._listener.show(line)
        elif event == "message.deleted":
            self._listener.show(deleted_line(data["message"], self._name))
        elif event == "member.added" and data.get("member") is not None:
            self._know(data["member"]["user"])

    def _hear_receipt(self, data: Json) -> None:
        if data["conversationId"] == self.conversation_id and data["userId"] != self._own_id:
            self._receipts[data["userId"]] = data
            self._tell_receipt(data)

    def _tell_receipt(self, data: Json) -> None:
        """Tell once for each person that the last message sent from here arrived, or was read."""
        user_id = data["userId"]
        for word, pointer in (("read by", "readSeq"), ("delivered to", "deliveredSeq")):
            if 0 < self._sent_seq <= data[pointer]:
                if (user_id, word) not in self._told:
                    self._told |= {(user_id, word), (user_id, "delivered to")}
                    self._listener.notice(f"{word} {self._name(user_id)}")
                return

    def _hear_left(self, data: Json) -> None:
        if data["conversationId"] == self.conversation_id:
            self._listener.notice("you do not belong to this conversation any more; /quit to end")

    async def mark_read(self) -> None:
        """Say that what was shown is read, for as long as there is something to say."""
        while True:
            await self._to_read.wait()
            self._to_read.clear()
            seq = self._shown_seq
            if seq > self._read_seq:
                with suppress(Refused):
                    data = {"conversationId": self.conversation_id, "seq": seq}
                    await self._connection.request("conversation.read", data)
                self._read_seq = seq

    async def watch(self) -> None:
        """Tell when the connection is lost, and when it is back."""
        while True:
            await self._connection.disconnected.wait()
            self._listener.notice("reconnecting…")
            await self._connection.connected.wait()
            self._listener.notice("back")

    # -- saying --------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Send a message; returns when it is durable, after a reconnection if need be.

        What is echoed was shown by then; :meth:`listen` must be under way. Who
        is written with @ and belongs here is mentioned.

        Raises:
            Refused: the server does not take it.
            LoggedOut: the session is over.
        """
        client_id = str(uuid.uuid4())
        if not self._echo:
            self._silent.add(client_id)
        draft = {
            "conversationId": self.conversation_id,
            "clientId": client_id,
            "text": text,
            "mentions": self._mentioned(text),
        }
        try:
            reply = await self._connection.request("message.send", draft)
        except Refused:
            self._silent.discard(client_id)
            raise
        self._sent_seq = max(self._sent_seq, reply["message"]["seq"])
        self._told.clear()
        for receipt in self._receipts.values():  # one may have overtaken the reply
            self._tell_receipt(receipt)
        while self._echo and self._shown_seq < self._sent_seq:
            self._progress.clear()
            await self._progress.wait()

    def _mentioned(self, text: str) -> list[str]:
        names = (name.casefold() for name in _MENTION.findall(text))
        found = (self._ids_by_username.get(name) for name in names)
        return list(dict.fromkeys(user_id for user_id in found if user_id))

    async def who(self) -> list[str]:
        """Lines that say who is here.

        Raises:
            Refused: one does not belong here any more.
            Unreachable: the server does not answer.
        """
        people = await load_members(self._api, self.conversation_id)
        for person in people:
            self._know(person)
        return [
            f"{plain(person['displayName'])} (@{plain(person['username'])})" for person in people
        ]

    async def finish(self) -> None:
        """Say what is still to be said of reading, then log out; not for long, and never fails."""
        with suppress(Refused, Unreachable, LoggedOut, TimeoutError):
            async with asyncio.timeout(3):
                if self._shown_seq > self._read_seq:
                    body = {"seq": self._shown_seq}
                    await self._api.call("PUT", self._path("/read"), body)
                await self._api.call("POST", "/auth/logout")
