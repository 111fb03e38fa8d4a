"""Mocks with all that they have besides answers, for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from altlas_chat.mock.app import listening
from altlas_chat.mock.compiled import Compiled, compile_documents
from altlas_chat.mock.equipment import Equipment, Options
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.reloading import Outcome
from altlas_chat.mock.settings import MockSettings
from altlas_chat.specs.loading import load_document
from altlas_chat.system import SystemClock
from tests.mock.served import Client


class Equipped(Client):
    """Talks to a mock, knows its equipment and what was told of reloading."""

    equipment: Equipment
    told: list[Outcome]

    async def admin(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask the admin path; its JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        more = {} if body is None else {"json": body}
        answer = await self(method, f"/__mock{path}", headers=named, **more)
        assert answer.status == 200, answer.text
        return answer.json

    @property
    def entries(self) -> list[Any]:
        return self.equipment.journal.select()


@asynccontextmanager
async def equipped(
    folder: Path, document: dict[str, Any], settings: MockSettings | None = None, **options: Any
) -> AsyncIterator[Equipped]:
    """A mock of a document that is written to ``openapi.json``, with its equipment."""
    path = folder / "openapi.json"
    path.write_bytes(orjson.dumps(document))

    def load() -> Compiled:
        return compile_documents([load_document(path)])

    mock = Mock(load(), settings or MockSettings())
    equipment = Equipment(mock, Options(**{"look_seconds": 0.02, **options}), load, SystemClock())
    told: list[Outcome] = []
    equipment.prepare(told.append)
    with equipment.recorded():
        async with (
            listening(mock) as running,
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            asyncio.TaskGroup() as tasks,
        ):
            watching = tasks.create_task(equipment.beside(running))
            client = Equipped(running, session)
            client.equipment, client.told = equipment, told
            try:
                yield client
            finally:
                watching.cancel()
