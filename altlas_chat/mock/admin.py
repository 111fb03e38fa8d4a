"""The mock's own API, below one path: weather, journal, state, reloading, health.

It can do harm, so nobody but who runs the mock may use it: without a token
only from this machine; a page of another origin never, whatever it sends.
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson
from aiohttp import web

from altlas_chat.mock.journal import Journal, Wish
from altlas_chat.mock.journal_forms import json_of, table_of
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.plans import PRESETS, Json, PlanUnreadable, read_plan
from altlas_chat.mock.reloading import Outcome
from altlas_chat.mock.weather import Weather
from altlas_chat.specs.findings import Finding

PREFIX = "/__mock"
HEADER = "X-Mock-Admin"
LARGEST_BYTES = 1_000_000
_SAFE = ("GET", "HEAD")

Handler = Callable[[web.BaseRequest], Awaitable[web.Response]]


class Refused(Exception):
    """The request is not served; answered as a problem (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "status": status, "detail": detail, **more}


class Record(Protocol):
    """A file that the journal is written to."""

    path: Path

    def write(self) -> int:
        """Bring it up to date; how many exchanges there are."""


@dataclass(slots=True)
class Controls:
    """What of the mock the admin path shows and switches; None where there is nothing to switch.

    ``health`` tells how the contract is; with findings it is stale. ``reset``
    makes the state as it was at the start.
    """

    weather: Weather
    journal: Journal
    mask: Mask
    health: Callable[[], Json] = field(default=dict)
    reload: Callable[[], Awaitable[Outcome]] | None = None
    reset: Callable[[], Awaitable[None]] | None = None
    recording: Record | None = None


class Admin:
    """Answers what comes to the admin path."""

    def __init__(
        self, controls: Controls, *, prefix: str = PREFIX, host: str = "", token: str | None = None
    ) -> None:
        """``host`` is the name that the mock is asked by, besides localhost and addresses."""
        self.prefix = prefix
        self._controls = controls
        self._host = host.lower()
        self._token = token
        self._routes: Mapping[str, Mapping[str, Handler]] = {
            "": {"GET": self._index},
            "/health": {"GET": self._health},
            "/weather": {
                "GET": self._weather,
                "PUT": self._put_weather,
                "PATCH": self._patch_weather,
                "DELETE": self._delete_weather,
            },
            "/journal": {"GET": self._journal, "DELETE": self._delete_journal},
            "/journal/write": {"POST": self._write_journal},
            "/state/reset": {"POST": self._reset},
            "/reload": {"POST": self._reload},
        }

    async def __call__(self, request: web.BaseRequest) -> web.Response | None:
        """The answer to any request below the prefix, never with CORS headers; else None."""
        if request.path != self.prefix and not request.path.startswith(f"{self.prefix}/"):
            return None
        try:
            self._check(request)
            ways = self._routes.get(request.path.removeprefix(self.prefix).rstrip("/"))
            if ways is None:
                raise Refused(404, "Not found", f"GET {self.prefix} says what there is.")
            handler = ways.get("GET" if request.method == "HEAD" else request.method)
            if handler is None:
                raise Refused(405, "Method not allowed", f"There is {', '.join(ways)}.")
            return await handler(request)
        except Refused as refused:
            media_type = "application/problem+json"
            return _json(refused.body, refused.status, media_type)

    def _check(self, request: web.BaseRequest) -> None:
        if self._token is not None:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), self._token.encode()):
                raise Refused(401, "Unauthorized", "Send Authorization: Bearer and the token.")
        elif not _is_local(request.remote) or not self._is_ours(request.host):
            remedy = "Ask from the machine of the mock, by localhost, or start it with a token."
            raise Refused(403, "Forbidden", remedy)
        origin = request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] != request.host:
            raise Refused(403, "Forbidden", "Pages of other origins may not use this.")
        if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Refused(403, "Forbidden", "Pages of other origins may not use this.")
        is_plain = request.content_type != "application/json" and HEADER not in request.headers
        if request.method == "POST" and is_plain:
            raise Refused(403, "Forbidden", f"Send {HEADER}: 1, or JSON as application/json.")

    def _is_ours(self, host: str) -> bool:
        """A name that somebody else could lead here (DNS rebinding) is not; an address is."""
        name = host.lower().rpartition(":")[0] if not host.endswith("]") else host
        name = (name if ":" in host and not host.endswith("]") else host.lower()).strip("[]")
        if name == "localhost" or name.endswith(".localhost") or name == self._host:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    async def _index(self, _: web.BaseRequest) -> web.Response:
        ways = {
            f"{self.prefix}{path}": list(methods) for path, methods in self._routes.items() if path
        }
        return _json({"paths": ways, "weathers": list(PRESETS)})

    async def _health(self, _: web.BaseRequest) -> web.Response:
        return _json(self._controls.health())

    async def _weather(self, _: web.BaseRequest) -> web.Response:
        return _json(self._controls.weather.as_json())

    async def _put_weather(self, request: web.BaseRequest) -> web.Response:
        wanted = await _object(request)
        return self._change({"seed": self._controls.weather.plan.seed, **wanted})

    async def _patch_weather(self, request: web.BaseRequest) -> web.Response:
        """As a JSON Merge Patch (RFC 7396)."""
        return self._change({**self._controls.weather.plan.as_json(), **await _object(request)})

    async def _delete_weather(self, _: web.BaseRequest) -> web.Response:
        return self._change({"seed": self._controls.weather.plan.seed})

    def _change(self, wanted: Json) -> web.Response:
        try:
            plan = read_plan(wanted)
        except PlanUnreadable as error:
            found = [
                {"pointer": one.pointer, "detail": one.what, "remedy": one.remedy}
                for one in error.problems
            ]
            raise Refused(422, "No such weather", str(error), errors=found) from error
        self._controls.weather.change(plan)
        return _json(self._controls.weather.as_json())

    async def _journal(self, request: web.BaseRequest) -> web.Response:
        journal, mask = self._controls.journal, self._controls.mask
        exchanges = journal.select(_wish(request.query))
        form = request.query.get("format") or _form(request.headers.get("Accept", ""))
        if form == "har":
            from altlas_chat.mock.har import har_of  # noqa: PLC0415 - only then

            return _json(har_of(exchanges, mask))
        if form == "table":
            return web.Response(text=table_of(exchanges, mask))
        if form != "json":
            raise Refused(400, "Bad request", "format is json, table or har.")
        return _json(
            {
                "exchanges": [json_of(one, mask) for one in exchanges],
                "count": journal.count,
                "dropped": journal.dropped,
                "violations": journal.breach_count,
            }
        )

    async def _delete_journal(self, _: web.BaseRequest) -> web.Response:
        return _json({"forgotten": self._controls.journal.clear()})

    async def _write_journal(self, _: web.BaseRequest) -> web.Response:
        recording = self._controls.recording
        if recording is None:
            raise Refused(409, "Conflict", "The mock was started without --record.")
        try:
            count = recording.write()
        except OSError as error:
            detail = f"{recording.path} can't be written: {error.strerror}."
            raise Refused(500, "Not written", detail) from error
        return _json({"file": str(recording.path), "exchanges": count})

    async def _reset(self, _: web.BaseRequest) -> web.Response:
        if self._controls.reset is None:
            raise Refused(409, "Conflict", "The mock was started without --stateful.")
        await self._controls.reset()
        return _json({"reset": True})

    async def _reload(self, _: web.BaseRequest) -> web.Response:
        if self._controls.reload is None:
            raise Refused(409, "Conflict", "The contract of this mock comes from no file.")
        outcome = await self._controls.reload()
        found = [finding_as_json(one) for one in outcome.findings]
        if found:
            raise Refused(422, "Not loaded", str(outcome.findings[0]), findings=found)
        return _json({"seconds": outcome.seconds, "files": outcome.files})


def finding_as_json(finding: Finding) -> Json:
    place = finding.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.what,
        "remedy": finding.remedy,
    }


def _wish(query: Mapping[str, str]) -> Wish:
    try:
        return Wish(
            method=query.get("method"),
            path=query.get("path"),
            status=query.get("status"),
            operation=query.get("operation"),
            after=int(query.get("after", 0)),
            last=max(0, int(query["last"])) if "last" in query else None,
            only_breaches=query.get("violations") in ("true", "1", ""),
        )
    except ValueError as error:
        raise Refused(400, "Bad request", "after and last are whole numbers.") from error


def _form(accept: str) -> str:
    return "table" if accept.startswith("text/plain") else "json"


async def _object(request: web.BaseRequest) -> Json:
    if (request.content_length or 0) > LARGEST_BYTES:
        raise Refused(413, "Too large", "Weather takes less than 1 MB.")
    try:
        found = orjson.loads(await request.read())
    except orjson.JSONDecodeError as error:
        raise Refused(400, "Bad request", f"The body is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise Refused(400, "Bad request", "The body is no object.")
    return found


def _is_local(address: str | None) -> bool:
    """A client of this machine; one without an address came by a socket in a file."""
    if not address:
        return True
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _json(value: Any, status: int = 200, media_type: str = "application/json") -> web.Response:
    body = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=body, status=status, content_type=media_type, headers=headers)
