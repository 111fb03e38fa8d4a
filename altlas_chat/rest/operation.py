"""Whether the server lives and is ready, and the contracts that it keeps."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from altlas_chat.contract.documents import asyncapi_bytes, openapi_bytes
from altlas_chat.domain.errors import ServiceUnavailable
from altlas_chat.domain.language import say
from altlas_chat.rest.call import Call, answer
from altlas_chat.storage.database import Database, Reader, StorageUnavailable


class Health:
    """Whether requests should be sent here. Turned before the server drains."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_draining = False

    async def require_ready(self) -> None:
        """Raises:
        ServiceUnavailable: the server drains, or its database does not answer.
        """
        if self.is_draining:
            raise ServiceUnavailable(say("The server is about to stop."))
        try:
            await self._database.read(_ask)
        except StorageUnavailable as error:
            raise ServiceUnavailable(say("The database does not answer.")) from error


@dataclass(frozen=True, slots=True)
class Figures:
    """Who tells the figures of this server."""

    text: Callable[[], bytes]


HEALTH = web.AppKey("health", Health)
FIGURES = web.AppKey("figures", Figures)


async def _ask(reader: Reader) -> None:
    await reader.fetch_one("SELECT 1")


async def get_health(call: Call) -> web.Response:
    del call
    return answer({"status": "ok"})


async def get_readiness(call: Call) -> web.Response:
    await call.request.app[HEALTH].require_ready()
    return answer({"status": "ready"})


async def get_metrics(call: Call) -> web.Response:
    body = call.request.app[FIGURES].text()
    content_type = "text/plain; version=0.0.4; charset=utf-8"
    return web.Response(body=body, headers={"Content-Type": content_type})


async def get_openapi_document(call: Call) -> web.Response:
    del call
    return web.Response(body=openapi_bytes(), content_type="application/json")


async def get_asyncapi_document(call: Call) -> web.Response:
    del call
    return web.Response(body=asyncapi_bytes(), content_type="application/json")
