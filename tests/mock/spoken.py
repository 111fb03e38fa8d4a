"""AsyncAPI documents for tests, and clients that talk to a mock of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from altlas_chat.mock.app import RunningMock, running_mock
from altlas_chat.mock.live.emitting import read_emission
from altlas_chat.mock.live.scenarios import read_scenario
from altlas_chat.mock.live.wishes import Wishes
from altlas_chat.mock.settings import MockSettings
from altlas_chat.specs.loading import load_document

PATIENCE_SECONDS = 30


def market() -> dict[str, Any]:
    """AsyncAPI 3: subscriptions to prices, tied to their commands by ``reqid``."""
    tie = {"correlationId": {"location": "$message.payload#/reqid"}}

    def event(name: str, more: dict[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["event", *required],
            "properties": {"event": {"const": name}, **more},
        }

    reqid = {"reqid": {"type": "integer"}}
    pair = {"pair": {"type": "string", "pattern": "^[A-Z]+/[A-Z]+$"}}
    messages = {
        "ping": {"payload": event("ping", reqid), **tie},
        "pong": {"payload": event("pong", reqid), **tie},
        "subscribe": {"payload": event("subscribe", {**reqid, **pair}, ["pair"]), **tie},
        "subscribed": {
            "payload": event("subscribed", {**reqid, **pair}, ["pair"]),
            "examples": [{"payload": {"event": "subscribed", "pair": "BTC/USD"}}],
            **tie,
        },
        "subscriptionError": {
            "payload": event("error", {**reqid, "errorMessage": {"type": "string"}}),
            "examples": [{"payload": {"event": "error", "errorMessage": "No such pair"}}],
            **tie,
        },
        "price": {
            "payload": event("price", {**pair, "price": {"type": "number"}}, ["pair", "price"]),
            "examples": [
                {"name": "euro", "payload": {"event": "price", "pair": "BTC/EUR", "price": 1.5}},
                {"name": "lira", "payload": {"event": "price", "pair": "BTC/TRY", "price": 60}},
            ],
        },
    }
    channel = {"$ref": "#/channels/market"}

    def of(name: str) -> dict[str, Any]:
        return {"$ref": f"#/channels/market/messages/{name}"}

    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Market", "version": "1"},
        "servers": {"one": {"host": "market.example", "pathname": "/v2", "protocol": "wss"}},
        "channels": {
            "market": {
                "address": "/market/{room}",
                "parameters": {"room": {"enum": ["spot", "futures"]}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {
                    "ws": {
                        "query": {
                            "type": "object",
                            "required": ["version"],
                            "properties": {"version": {"type": "integer", "minimum": 2}},
                        },
                        "headers": {
                            "type": "object",
                            "properties": {"Sec-WebSocket-Protocol": {"const": "market.v2"}},
                        },
                    }
                },
            }
        },
        "operations": {
            "receivePing": {
                "action": "receive",
                "channel": channel,
                "messages": [of("ping")],
                "reply": {"channel": channel, "messages": [of("pong")]},
            },
            "receiveSubscribe": {
                "action": "receive",
                "channel": channel,
                "messages": [of("subscribe")],
                "reply": {"messages": [of("subscriptionError"), of("subscribed")]},
            },
            "tellPrice": {"action": "send", "channel": channel, "messages": [of("price")]},
        },
        "components": {"messages": messages},
    }


def lamps() -> dict[str, Any]:
    """AsyncAPI 2: two channels; clients publish to one and are told things on the other."""
    return {
        "asyncapi": "2.6.0",
        "info": {"title": "Lamps", "version": "1"},
        "servers": {"one": {"url": "wss://lamps.example/api/{version}", "protocol": "wss",
                            "variables": {"version": {"default": "v1"}}}},
        "channels": {
            "lamps.{lampId}.measured": {
                "parameters": {"lampId": {"schema": {"type": "string"}}},
                "publish": {
                    "operationId": "receiveMeasurement",
                    "message": {"oneOf": [
                        {"$ref": "#/components/messages/lit"},
                        {"$ref": "#/components/messages/dark"},
                    ]},
                },
            },
            "lamps.{lampId}.turn": {
                "subscribe": {"message": {"$ref": "#/components/messages/turn"}},
            },
        },
        "components": {
            "messages": {
                "lit": {"payload": {"type": "object", "required": ["lumens"],
                                    "properties": {"lumens": {"type": "integer", "minimum": 0}}}},
                "dark": {"payload": {"type": "object", "required": ["since"],
                                     "properties": {"since": {"type": "string", "format": "date-time"}}}},
                "turn": {
                    "name": "turnLamp",
                    "traits": [{"contentType": "application/json"}],
                    "payload": {"type": "object", "required": ["command"], "properties": {
                        "command": {"enum": ["on", "off"]}}},
                    "examples": [{"payload": {"command": "sideways"}}, {"payload": {"command": "off"}}],
                },
            }
        },
    }  # fmt: skip


class Voice:
    """One client on a socket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def says(self, frame: Any) -> None:
        await self.socket.send_str(orjson.dumps(frame).decode())

    async def hears(self) -> Any:
        message = await self.socket.receive(timeout=PATIENCE_SECONDS)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        return orjson.loads(message.data)

    async def hears_the_end(self) -> tuple[int | None, str]:
        """The close code and the reason; None and "" where it just broke."""
        message = await self.socket.receive(timeout=PATIENCE_SECONDS)
        if message.type is aiohttp.WSMsgType.CLOSE:
            return message.data, message.extra
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR), message
        return None, ""


class Hall:
    """A mock with sockets, and who talks to it."""

    def __init__(self, running: RunningMock, http: aiohttp.ClientSession) -> None:
        self.running = running
        self.http = http

    @asynccontextmanager
    async def voice(self, path: str, **more: Any) -> AsyncIterator[Voice]:
        async with self.http.ws_connect(self.running.url + path, **more) as socket:
            yield Voice(socket)

    async def refuses(self, path: str, **more: Any) -> int:
        """The status with which an upgrade is refused."""
        try:
            async with self.http.ws_connect(self.running.url + path, **more):
                raise AssertionError(f"{path} was opened")
        except aiohttp.WSServerHandshakeError as error:
            return error.status


@asynccontextmanager
async def spoken(
    folder: Path,
    *documents: dict[str, Any],
    emit: Sequence[str] = (),
    scenario: str = "",
    wishes: Wishes | None = None,
    **changes: Any,
) -> AsyncIterator[Hall]:
    """A mock of some documents."""
    paths = []
    for number, document in enumerate(documents):
        paths.append(folder / f"{number}.json")
        paths[-1].write_bytes(orjson.dumps(document))
    scenarios = (read_scenario(scenario, "scenario.yaml"),) if scenario else ()
    wishes = wishes or Wishes(tuple(read_emission(one) for one in emit), scenarios)
    settings = replace(MockSettings(), **changes)
    async with (
        running_mock([load_document(one) for one in paths], settings, wishes) as running,
        aiohttp.ClientSession() as http,
        asyncio.timeout(4 * PATIENCE_SECONDS),
    ):
        yield Hall(running, http)
