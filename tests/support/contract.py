"""Every answer and every frame that a test gets is held to the contract (invariant 9).

Whoever talks to a server in a test does so through :func:`checked_session`;
what breaks the contract is noted wherever it happens, a client's background
task say, and fails the test at its end. What was *taken* is checked as well:
a request that was answered with 2xx and a command that got its reply must be
what the contract lets a client send.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import orjson
import pytest

from altlas_chat.contract.answers import Answer, Request, check_answer, check_request
from altlas_chat.contract.frames import check_command, check_frame

Json = dict[str, Any]

ENDLESS = "text/event-stream"

BASE_PATHS = {"/v1"}
"""Under which servers of tests have the API; who starts one with another adds it."""

_violations: dict[str, None] = {}


def note(violations: list[str]) -> None:
    """Let the test that runs now fail at its end for these."""
    _violations.update(dict.fromkeys(violations))


def noted() -> list[str]:
    """What was noted since the last call, which forgets it."""
    found = list(_violations)
    _violations.clear()
    return found


@pytest.fixture(autouse=True)
def contract_is_kept() -> Iterator[None]:
    _violations.clear()
    yield
    found = noted()
    assert not found, "the contract was broken:\n" + "\n".join(found)


def checked_session(**options: Any) -> aiohttp.ClientSession:
    """A client session for servers of ours."""
    return aiohttp.ClientSession(
        trace_configs=[_watched()], ws_response_class=CheckedSocket, **options
    )


def _watched() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()

    async def begin(session: Any, context: SimpleNamespace, params: Any) -> None:
        context.sent = b""

    async def send(session: Any, context: SimpleNamespace, params: Any) -> None:
        context.sent += params.chunk

    async def end(session: Any, context: SimpleNamespace, params: Any) -> None:
        request = Request(
            params.method,
            below_base(params.url.raw_path),
            tuple(params.url.query.items()),
            params.response.request_info.headers.get("Content-Type"),
            context.sent,
        )
        await _check_exchange(request, params.response)

    trace.on_request_start.append(begin)
    trace.on_request_chunk_sent.append(send)
    trace.on_request_end.append(end)
    return trace


def below_base(path: str) -> str:
    """A path as the contract has it; one that is not the API's is none that it has."""
    for base_path in BASE_PATHS:
        if path.startswith(f"{base_path}/"):
            return path.removeprefix(base_path)
    return f"(outside){path}"


async def _check_exchange(request: Request, response: aiohttp.ClientResponse) -> None:
    # The caller reads the same bytes again: the response keeps them.
    is_whole = response.status != 101 and response.content_type != ENDLESS
    body = await response.read() if is_whole else b""
    headers = dict(response.headers)
    answer = Answer(response.status, response.headers.get("Content-Type"), body, headers)
    note(check_answer(request, answer))
    if response.status < 300 and request.method != "OPTIONS":
        note([f"taken: {one}" for one in check_request(request)])


class CheckedSocket(aiohttp.ClientWebSocketResponse):
    """A client's socket that remembers which command has which id."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # By id and name: a test may use an id twice, or none at all.
        self._asked: dict[Any, dict[str | None, deque[Json]]] = defaultdict(dict)

    async def send_str(self, data: str, compress: int | None = None) -> None:
        try:
            frame = orjson.loads(data)
        except orjson.JSONDecodeError:
            frame = None
        if isinstance(frame, dict) and isinstance(frame.get("id"), str | int | None):
            self._asked[frame.get("id")].setdefault(_name(frame), deque()).append(frame)
        await super().send_str(data, compress)

    async def receive(self, timeout: float | None = None) -> Any:
        message = await super().receive(timeout)
        if message.type is aiohttp.WSMsgType.TEXT:
            self._check(orjson.loads(message.data))
        elif message.type is aiohttp.WSMsgType.BINARY:
            note(["the server sent a binary frame"])
        return message

    def _check(self, frame: Json) -> None:
        asked = self._asked[frame.get("id")]
        if frame.get("event") not in ("reply", "ready", "pong", "error") or not asked:
            note(check_frame(frame))
            return
        outcomes = {name: check_frame(frame, name) for name in asked}
        name = min(outcomes, key=lambda name: len(outcomes[name]))
        command = asked[name].popleft()
        if not asked[name]:
            del asked[name]
        note(outcomes[name])
        if frame["event"] != "error":
            note([f"taken: {one}" for one in check_command(command)])


def _name(command: Json) -> str | None:
    event = command.get("event")
    return event if isinstance(event, str) else None
