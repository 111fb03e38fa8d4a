"""A whole server inside the test's own process, on a real port and a real database."""

import atexit
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import aiohttp.web
import orjson
import pytest
import pytest_asyncio
from aiohttp.http_exceptions import HttpProcessingError

from altlas_chat.server.run import Running, running_server
from altlas_chat.settings import Settings
from tests.support.contract import BASE_PATHS, checked_session
from tests.support.devices import PASSWORD
from tests.support.embedded import database_in
from tests.support.postgres import fresh_database

Json = dict[str, Any]


_FILES = tempfile.TemporaryDirectory(prefix="altlas-chat-tests-")
atexit.register(_FILES.cleanup)


def quick_settings(database: str, **more: Any) -> Settings:
    """Settings of a test's server: any free port, cheap password hashes, no slow draining.

    Presence is told soon. Files go to a temporary folder where no database file has one beside it.
    """
    if not database.startswith("sqlite:"):
        more.setdefault("files", _FILES.name)
    return Settings(
        **{
            "port": 0,
            "database": database,
            "argon2_time_cost": 1,
            "argon2_memory_kib": 1024,
            "drain_seconds": 0,
            "presence_grace_seconds": 0,
            "presence_tick_ms": 20,
            **more,
        }
    )


@dataclass
class Person:
    """Somebody with an account, and the means to call and to connect."""

    http: aiohttp.ClientSession
    url: str
    user_id: str
    token: str

    async def call(
        self, method: str, path: str, body: Any = None, **query: Any
    ) -> tuple[int, Json]:
        """One REST call; its status and its JSON, of an image none."""
        async with self.http.request(
            method,
            f"{self.url}/v1{path}",
            json=body,
            params={name: str(value) for name, value in query.items()},
            headers={"Authorization": f"Bearer {self.token}"},
        ) as response:
            raw = await response.read()
            is_json = bool(raw) and not response.content_type.startswith("image/")
            return response.status, orjson.loads(raw) if is_json else {}

    async def gets(self, method: str, path: str, body: Any = None, **query: Any) -> Json:
        """One REST call that must succeed; its JSON."""
        status, answer = await self.call(method, path, body, **query)
        assert status < 300, answer
        return answer

    async def uploads(self, data: bytes, name: str = "file.txt") -> Json:
        """Upload a file; what is known of it."""
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name)
        url, headers = f"{self.url}/v1/files", {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(url, data=form, headers=headers) as response:
            assert response.status == 201, await response.text()
            return dict(await response.json())

    async def connects(self, resume: Json | None = None) -> "Wire":
        """A socket after its ``ready``."""
        wire = await open_wire(self.http, self.url)
        data: Json = {"token": self.token}
        if resume is not None:
            data["resume"] = resume
        await wire.sends("auth", data, "hello")
        wire.ready = await wire.next()
        assert wire.ready["event"] == "ready", wire.ready
        return wire


class Wire:
    """A bare socket: frames out, frames in."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.ready: Json = {}

    async def sends(self, event: str, data: Any, request_id: Any = None) -> None:
        frame = {"event": event, "data": data}
        if request_id is not None:
            frame["id"] = request_id
        await self.ws.send_str(orjson.dumps(frame).decode())

    async def next(self) -> Json:
        """The next frame."""
        message = await self.ws.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        frame: Json = orjson.loads(message.data)
        return frame

    async def next_of(self, *events: str) -> Json:
        """The next frame of one of these events; others are passed over."""
        while True:
            frame = await self.next()
            if frame["event"] in events:
                return frame

    async def asks(self, event: str, data: Any, request_id: Any = 1) -> Json:
        """Send a command and wait for its reply or error."""
        await self.sends(event, data, request_id)
        while True:
            frame = await self.next_of("reply", "error")
            if frame.get("id") == request_id:
                return frame

    async def close_code(self) -> int:
        """Wait until the server closes; its code."""
        while True:
            message = await self.ws.receive(timeout=10)
            if message.type in (
                aiohttp.WSMsgType.CLOSE,
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.CLOSING,
                aiohttp.WSMsgType.ERROR,
            ):
                assert self.ws.close_code is not None
                return self.ws.close_code


async def open_wire(http: aiohttp.ClientSession, url: str) -> Wire:
    """A socket that has said nothing yet."""
    wire = Wire(await http.ws_connect(f"{url}/v1/ws", max_msg_size=0))
    _OPEN.setdefault(http, []).append(wire)
    return wire


_OPEN: dict[aiohttp.ClientSession, list[Wire]] = {}


class Chat:
    """A running server and the people on it.

    ``complaints`` is what it logged as an error; a test during which there
    was one fails, unless it takes it out.
    """

    def __init__(
        self, running: Running, http: aiohttp.ClientSession, complaints: list[logging.LogRecord]
    ) -> None:
        self.running = running
        self.url = running.url
        self.http = http
        self.complaints = complaints

    async def person(self, name: str) -> Person:
        """Make an account."""
        body = {"username": name, "password": PASSWORD, "displayName": name.title()}
        root = f"{self.url}{self.running.parts.deps.settings.base_path}"
        async with self.http.post(f"{root}/auth/register", json=body) as response:
            answer = await response.json()
            assert response.status == 201, answer
        return Person(self.http, self.url, answer["user"]["id"], answer["accessToken"])

    async def people(self, *names: str) -> list[Person]:
        return [await self.person(name) for name in names]

    async def direct(self, one: Person, other: Person) -> str:
        """The conversation of two people."""
        answer = await one.gets("POST", "/conversations", {"userId": other.user_id})
        return str(answer["id"])

    async def group(self, owner: Person, *members: Person, name: str = "group") -> str:
        body = {"name": name, "memberIds": [member.user_id for member in members]}
        return str((await owner.gets("POST", "/groups", body))["id"])


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with checked_session() as session:
        yield session
        await _close_wires(session)


async def _close_wires(session: aiohttp.ClientSession) -> None:
    for wire in _OPEN.pop(session, []):
        await wire.ws.close()


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def _is_no_http(record: logging.LogRecord) -> bool:
    """aiohttp answers what is no HTTP as such, and logs it as an error."""
    error = record.exc_info[1] if record.exc_info else None
    is_of_http = isinstance(error, HttpProcessingError | aiohttp.web.RequestPayloadError)
    return record.name == "aiohttp.server" and is_of_http


@contextmanager
def no_complaints() -> Iterator[list[logging.LogRecord]]:
    """Fail if anything is logged as an error inside the ``with`` block and left in the list."""
    handler = _Complaints()
    logging.getLogger().addHandler(handler)
    try:
        yield handler.records
    finally:
        logging.getLogger().removeHandler(handler)
    texts = [logging.Formatter().format(one) for one in handler.records if not _is_no_http(one)]
    assert not texts, "\n".join(texts)


ServeChat = Callable[..., Awaitable[Chat]]


@pytest.fixture
async def serve_chat(tmp_path: Path, http: aiohttp.ClientSession) -> AsyncIterator[ServeChat]:
    """Starts a server with settings of the test's choice, on a fresh SQLite database or its own."""
    async with AsyncExitStack() as stack:
        complaints = stack.enter_context(no_complaints())

        async def start(**settings: Any) -> Chat:
            database = settings.pop("database", None) or database_in(tmp_path / "chat.db")
            chosen = quick_settings(database, **settings)
            BASE_PATHS.add(chosen.base_path)
            running = await stack.enter_async_context(running_server(chosen))
            return Chat(running, http, complaints)

        yield start


@pytest.fixture
async def chat(serve_chat: ServeChat) -> Chat:
    """A server on a fresh SQLite database."""
    return await serve_chat()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_chat(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chat]:
    """One server on SQLite for the tests of a module, which must be marked ``on_shared_chat``.

    They get along by people and conversations of their own, or by changing nothing.
    """
    settings = quick_settings(database_in(tmp_path_factory.mktemp("shared") / "chat.db"))
    async with checked_session() as session, running_server(settings) as running:
        yield Chat(running, session, [])


@pytest_asyncio.fixture(loop_scope="module")
async def chat_of_all(shared_chat: Chat) -> AsyncIterator[Chat]:
    """The shared server, for one test: it must not complain meanwhile, and no socket stays open."""
    with no_complaints() as complaints:
        shared_chat.complaints = complaints
        yield shared_chat
        await _close_wires(shared_chat.http)


on_shared_chat = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind; the one on PostgreSQL has its schema already."""
    if request.param == "sqlite":
        yield database_in(tmp_path / "chat.db")
    else:
        with fresh_database() as url:
            yield url


@pytest.fixture
async def chat_on_each(database_url: str, serve_chat: ServeChat) -> Chat:
    """A server on each kind of database."""
    return await serve_chat(database=database_url)
