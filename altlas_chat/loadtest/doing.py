"""Does the steps of scripts over the network: REST by aiohttp, commands by the person's line."""

import asyncio
import errno
from typing import Any

import aiohttp
import orjson

from altlas_chat.loadtest.lines import PATIENCE_SECONDS, Line, Refused
from altlas_chat.loadtest.steps import Call, Command, Download, Json, Person, Step, Upload

_LACKS = {
    errno.EMFILE: "no open files left for a connection",
    errno.ENFILE: "no open files left on this machine",
    errno.EADDRNOTAVAIL: "no local ports left for a connection",
}


class Silent(Refused):
    """The server took the request, and gave no answer."""


class Unreachable(Refused):
    """Nobody took the connection, or it broke."""


class Lacking(Refused):
    """The load test's own process or machine had no room for a connection."""


class Doer:
    """Does steps for people; ``base`` is the address with the base path."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self.lines: dict[str, Line] = {}

    async def do(self, person: Person, step: Step) -> Json:
        """The answer.

        Raises:
            Refused: the server said no, was away, or gave something else back.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._do(person, step)
        except TimeoutError as error:
            raise Silent("no answer in time") from error
        except aiohttp.ClientConnectorError as error:
            number = error.os_error.errno
            if number in _LACKS:
                raise Lacking(_LACKS[number]) from error
            raise Unreachable(type(error).__name__) from error
        except (aiohttp.ClientConnectionError, OSError) as error:
            raise Unreachable(type(error).__name__) from error
        except aiohttp.ClientError as error:
            raise Refused(type(error).__name__) from error

    async def _do(self, person: Person, step: Step) -> Json:
        if isinstance(step, Command):
            line = self.lines.get(person.user_id)
            if line is None:
                raise Refused("no socket")
            return await line.ask(step.event, step.data)
        if isinstance(step, Download):
            return await self._download(person, step)
        return await self._request(person, step)

    async def _request(self, person: Person, step: Call | Upload) -> Json:
        method, how = (
            ("POST", _form(step)) if isinstance(step, Upload) else (step.method, _body(step))
        )
        headers = {**_let_in(person), **how.pop("headers", {})}
        async with self._session.request(
            method, self._base + step.path, headers=headers, **how
        ) as response:
            raw = await response.read()
            if response.status >= 400:
                raise Refused(_code(response.status, raw))
        try:
            found = orjson.loads(raw) if raw else {}
        except orjson.JSONDecodeError as error:
            raise Refused(f"{response.status}, and no JSON") from error
        return found if isinstance(found, dict) else {"items": found}

    async def _download(self, person: Person, step: Download) -> Json:
        url = self._base + step.path
        async with self._session.get(url, headers=_let_in(person)) as response:
            if response.status >= 400:
                raise Refused(_code(response.status, await response.read()))
            raw = await response.read()
        if raw != step.content:
            raise Refused("other bytes than were sent")
        return {}


def _let_in(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"} if person.token else {}


def _body(step: Call) -> dict[str, Any]:
    how: dict[str, Any] = {"params": step.query}
    if step.body is not None:
        how |= {
            "data": orjson.dumps(step.body),
            "headers": {"Content-Type": "application/json"},
        }
    return how


def _form(step: Upload) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("file", step.content, filename=step.file_name)
    return {"data": form}


def _code(status: int, raw: bytes) -> str:
    """The status, with the server's own code where it gave one."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return str(status)
    code = found.get("code") if isinstance(found, dict) else None
    return f"{status} {code}" if code else str(status)
