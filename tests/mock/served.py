"""Mocks for tests: of documents that are written in the test itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from yarl import URL

from altlas_chat.mock.app import RunningMock, running_mock
from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.specs.loading import load_document


def openapi(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A small document of OpenAPI 3.1 with these paths."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Test", "version": "1"},
        "paths": paths,
        **more,
    }


def answering(content: Any, status: str = "200", **operation: Any) -> dict[str, Any]:
    """An operation with one answer."""
    answer: dict[str, Any] = {"description": "It is so"}
    if content is not None:
        answer["content"] = content
    return {"responses": {status: answer}, **operation}


def json_example(value: Any, **more: Any) -> dict[str, Any]:
    return {"application/json": {"example": value, **more}}


class Client:
    """Talks to a mock."""

    def __init__(self, running: RunningMock, session: aiohttp.ClientSession) -> None:
        self.running = running
        self.mock = running.mock
        self._session = session

    async def __call__(self, method: str, path: str, **more: Any) -> "Answered":
        url = URL(self.running.url + path, encoded=True)
        more.setdefault("skip_auto_headers", ("Accept",))
        async with self._session.request(method, url, allow_redirects=False, **more) as response:
            return Answered(response.status, response.headers, await response.read())

    async def get(self, path: str, **headers: str) -> "Answered":
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self("GET", path, headers=named)


class Answered:
    def __init__(self, status: int, headers: Any, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def places(self) -> list[tuple[str, str, str]]:
        """Where the violations of a problem are: in, name, pointer."""
        return [(one["in"], one["name"], one["pointer"]) for one in self.json["violations"]]


@asynccontextmanager
async def mocked(
    folder: Path, document: dict[str, Any], settings: MockSettings | None = None, **changes: Any
) -> AsyncIterator[Client]:
    """A mock of a document, and a client of it."""
    path = folder / "openapi.json"
    path.write_bytes(orjson.dumps(document))
    if "validate" in changes:
        changes["validate"] = Validate(changes["validate"])
    settings = replace(settings or MockSettings(), **changes)
    async with (
        running_mock([load_document(path)], settings) as running,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Client(running, session)
