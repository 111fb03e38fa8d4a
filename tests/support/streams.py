"""A client of server-sent events that knows no more than the standard: blocks of fields."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson

from altlas_chat.contract.frames import check_frame
from tests.support.contract import note
from tests.support.running import Person

Json = dict[str, Any]
QUIET_SECONDS = 10


class Hearing:
    """An open stream. ``last_id`` is what the next one goes on from, as browsers keep it."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id: str | None = None
        self.retry_ms: int | None = None
        self.comments = 0
        self._line = b""

    async def _block(self) -> tuple[dict[str, str], bool]:
        """The next block's fields; False when the stream is over before its end."""
        fields: dict[str, str] = {}
        while line := await self.response.content.readuntil(b"\n"):
            text = line.decode()
            if not text.endswith("\n"):
                return fields, False  # cut in the middle: what is not whole counts for nothing
            name, _, value = text[:-1].partition(":")
            if text == "\n":
                return fields, True
            if not name:
                self.comments += 1
            else:
                assert name in ("id", "event", "data", "retry"), text
                assert name not in fields, "each event is one line of data"
                fields[name] = value.removeprefix(" ")
        return fields, False

    async def next(self) -> Json | None:
        """The next frame; None at the end of the stream. It is held to the contract."""
        while True:
            fields, is_whole = await self._block()
            if not is_whole:
                return None
            if "retry" in fields:
                self.retry_ms = int(fields["retry"])
            if "id" in fields:
                self.last_id = fields["id"]
            if "data" in fields:
                frame: Json = orjson.loads(fields["data"])
                assert fields["event"] == frame["event"]
                note(check_frame(frame, "auth" if frame["event"] == "ready" else None))
                return frame

    async def next_of(self, *events: str) -> Json:
        """The next frame of one of these events; others are passed over."""
        while True:
            frame = await self.next()
            assert frame is not None, "the stream is over"
            if frame["event"] in events:
                return frame

    async def rest(self) -> list[Json]:
        """All frames up to the end."""
        frames = []
        while (frame := await self.next()) is not None:
            frames.append(frame)
        return frames


@asynccontextmanager
async def hearing(
    person: Person, last_id: str | None = None, *, url: str = "", **options: Any
) -> AsyncIterator[Hearing]:
    """A stream of a person's events, as long as the ``with`` block lasts."""
    headers = {"Authorization": f"Bearer {person.token}", **options.pop("headers", {})}
    if last_id is not None:
        headers["Last-Event-ID"] = last_id
    timeout = aiohttp.ClientTimeout(sock_read=QUIET_SECONDS)
    async with person.http.get(
        f"{url or person.url}/v1/events",
        headers=headers,
        params=options,
        timeout=timeout,
    ) as response:
        assert response.status == 200, await response.text()
        yield Hearing(response)
