"""Messages on their way: written down first, then sent, for as long as it takes.

Each conversation's drafts go one after the other, so they keep their order
also when the server refuses one for the moment. A draft that is sent again
under its ``clientId`` is one message.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from altlas_chat.client.backoff import Backoff
from altlas_chat.client.errors import LoggedOut, Refused
from altlas_chat.client.stores import Entry, Store

Json = dict[str, Any]
Request = Callable[[str, Json], Awaitable[Json]]


class Outbox:
    """The drafts of one person that are not messages yet.

    ``request`` sends a command across reconnections; ``on_refused`` hears of a
    draft that will never be a message, with the problem.
    """

    def __init__(
        self,
        request: Request,
        store: Store,
        owner_id: str,
        backoff: Callable[[], Backoff],
        on_refused: Callable[[Json, Json], None],
    ) -> None:
        self._request = request
        self._store = store
        self._owner_id = owner_id
        self._backoff = backoff
        self._on_refused = on_refused
        self._entries: dict[str, Entry] = {}
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._number = 0

    @property
    def drafts(self) -> list[Json]:
        """In their order."""
        return [entry.draft for entry in self._entries.values()]

    async def open(self) -> None:
        """Send what this person wrote earlier; other people's drafts are left alone."""
        kept = [one for one in await self._store.all() if one.owner_id == self._owner_id]
        for entry in sorted(kept, key=lambda one: one.number):
            self._entries[entry.client_id] = entry
            self._number = max(self._number, entry.number)
        for entry in list(self._entries.values()):
            self._send(entry.draft["conversationId"])

    async def send(self, draft: Json) -> Json:
        """Keep a draft and send it; the message when it is durable.

        Raises:
            Refused: it will never be a message.
            LoggedOut: the session is over; the draft goes out after the next login.
        """
        client_id = draft["clientId"]
        self._number += 1
        entry = Entry(client_id, self._owner_id, self._number, draft)
        self._entries[client_id] = entry
        reply: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[client_id] = reply
        try:
            await self._store.put(entry)
        except BaseException:
            self._entries.pop(client_id, None)
            self._waiting.pop(client_id, None)
            raise
        self._send(draft["conversationId"])
        return await reply

    async def close(self) -> None:
        """Stop sending; drafts stay in the store, and who waits for one hears ``LoggedOut``."""
        senders = list(self._senders.values())
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        self._give_up(LoggedOut("the client was closed"))

    async def clear(self) -> None:
        """Throw all drafts away."""
        for client_id in list(self._entries):
            await self._forget(client_id)

    def _send(self, conversation_id: str) -> None:
        if conversation_id not in self._senders:
            sender = asyncio.get_running_loop().create_task(self._send_all(conversation_id))
            self._senders[conversation_id] = sender

    async def _send_all(self, conversation_id: str) -> None:
        try:
            while (entry := self._next(conversation_id)) is not None:
                await self._send_one(entry)
        except LoggedOut as error:
            self._give_up(error)
        finally:
            del self._senders[conversation_id]

    def _next(self, conversation_id: str) -> Entry | None:
        entries = self._entries.values()
        return next(
            (one for one in entries if one.draft["conversationId"] == conversation_id), None
        )

    async def _send_one(self, entry: Entry) -> None:
        backoff = self._backoff()
        while True:
            try:
                reply = await self._request("message.send", entry.draft)
            except Refused as refusal:
                if refusal.is_of_the_moment:
                    await asyncio.sleep(backoff.next_pause())
                    continue
                self._on_refused(entry.draft, refusal.problem)
                await self._settle(entry.client_id, refusal)
            else:
                message = reply.get("message") or reply["scheduledMessage"]
                await self._settle(entry.client_id, message)
            return

    async def _settle(self, client_id: str, outcome: Json | Exception) -> None:
        try:
            await self._forget(client_id)
        finally:
            self._tell(client_id, outcome)

    async def _forget(self, client_id: str) -> None:
        self._entries.pop(client_id, None)
        await self._store.remove(client_id)

    def _tell(self, client_id: str, outcome: Json | Exception) -> None:
        waiting = self._waiting.pop(client_id, None)
        with suppress(asyncio.InvalidStateError):  # who waited went away
            if waiting is None:
                return
            if isinstance(outcome, Exception):
                waiting.set_exception(outcome)
            else:
                waiting.set_result(outcome)

    def _give_up(self, error: LoggedOut) -> None:
        for client_id in list(self._waiting):
            self._tell(client_id, error)
