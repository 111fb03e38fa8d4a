"""The REST side of the client: log in, keep the tokens fresh, call operations."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from altlas_chat.client.errors import LoggedOut, Refused, Unreachable

Json = dict[str, Any]
HTTP_ERRORS = 400
NO_CONTENT = 204


@dataclass(slots=True)
class Credentials:
    """A session's tokens."""

    access_token: str
    refresh_token: str
    session_id: str
    user: Json


class Api:
    """Calls of one person to one server.

    An expired access token is refreshed once, then the call is made again.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str, base_path: str = "/v1") -> None:
        self.http = http
        self._root = url.rstrip("/") + base_path
        self._refreshing = asyncio.Lock()
        self.credentials: Credentials | None = None

    @property
    def socket_url(self) -> str:
        return f"{self._root}/ws"

    async def log_in(self, username: str, password: str, device_name: str = "") -> Json:
        """Begin a session; the person who logged in.

        Raises:
            Refused: the server does not accept the name and the password.
            Unreachable: nobody answers.
        """
        body = {"username": username, "password": password}
        if device_name:
            body["deviceName"] = device_name
        self._keep(await self._send("POST", "/auth/login", body, token=None))
        return self.session.user

    @property
    def session(self) -> Credentials:
        if self.credentials is None:
            raise LoggedOut("log in first")
        return self.credentials

    def _keep(self, tokens: Json) -> None:
        self.credentials = Credentials(
            tokens["accessToken"], tokens["refreshToken"], tokens["sessionId"], tokens["user"]
        )

    async def refresh(self, stale_token: str) -> None:
        """Get a new pair of tokens, unless somebody else got one since ``stale_token``.

        Raises:
            LoggedOut: the session is over.
            Unreachable: the server can't do it at the moment.
        """
        async with self._refreshing:
            if self.session.access_token != stale_token:
                return
            body = {"refreshToken": self.session.refresh_token}
            try:
                self._keep(await self._send("POST", "/auth/refresh", body, token=None))
            except Refused as refusal:
                if refusal.is_of_the_moment:
                    raise Unreachable(str(refusal)) from refusal
                raise LoggedOut(str(refusal)) from refusal

    async def call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Json:
        """Make one call; the JSON of its answer, empty for an answer without content.

        Raises:
            Refused: with the problem document.
            Unreachable: the answer did not come; the call may have been done.
            LoggedOut: the session is over.
        """
        token = self.session.access_token
        try:
            return await self._send(method, path, body, token=token, query=query)
        except Refused as refusal:
            if refusal.code != "AUTH_TOKEN_EXPIRED":
                raise
        await self.refresh(token)
        return await self._send(method, path, body, token=self.session.access_token, query=query)

    async def _send(
        self,
        method: str,
        path: str,
        body: Json | None,
        *,
        token: str | None,
        query: Mapping[str, str | int] | None = None,
    ) -> Json:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else orjson.dumps(body)
        try:
            async with self.http.request(
                method, self._root + path, data=data, headers=headers, params=query
            ) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(f"{self._root} does not answer: {error}") from error
        if response.status == NO_CONTENT:
            return {}
        try:
            answer: Json = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Unreachable(f"{self._root} is no altlas-chat server") from error
        if response.status >= HTTP_ERRORS:
            raise Refused(answer)
        return answer
