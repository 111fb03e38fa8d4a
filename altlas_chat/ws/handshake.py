"""The first frames of a socket: who is there, and where it wants to go on."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from altlas_chat.domain.closing import NOT_AUTHENTICATED, PROTOCOL_ERROR, REVOKED, CloseReason
from altlas_chat.domain.errors import AuthTimeout, ChatError, NotAuthenticated, ValidationFailed
from altlas_chat.domain.inputs import Input, MayBeLeftOut, check_input
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.deps import Deps
from altlas_chat.services.hearing import RequestId, Start
from altlas_chat.services.sync import decode_cursor
from altlas_chat.ws.frames import error_frame
from altlas_chat.ws.session import opened
from altlas_chat.ws.socket import READ_LIMIT_FACTOR, Socket

_REVOKED_CODES = frozenset({"AUTH_SESSION_REVOKED", "ACCOUNT_DEACTIVATED"})


class ResumeRequest(Input):
    """``seen`` are streams that the client heard further since it got the cursor."""

    cursor: Annotated[str, StringConstraints(min_length=1, max_length=4_000_000)]
    seen: Annotated[dict[str, Annotated[int, Field(ge=0, lt=2**53)]], Field(max_length=100_000)] = (
        Field(default_factory=dict)
    )


class AuthRequest(Input):
    """The data of an ``auth`` frame."""

    token: MayBeLeftOut[Annotated[str, StringConstraints(min_length=1, max_length=16_384)]] = None
    resume: MayBeLeftOut[ResumeRequest] = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A socket whose person is known."""

    actor: Actor
    start: Start


async def shake_hands(deps: Deps, socket: Socket, known: Actor | None) -> Opened | None:
    """Wait for ``auth``; None when the socket was closed instead, and told why.

    ``known`` is who the upgrade request's Authorization header named.
    """
    try:
        async with asyncio.timeout(deps.settings.auth_timeout_seconds):
            return await _first_auth(deps, socket, known)
    except TimeoutError:
        socket.close(NOT_AUTHENTICATED, error_frame(None, AuthTimeout(), socket.language))
        return None


async def _first_auth(deps: Deps, socket: Socket, known: Actor | None) -> Opened | None:
    while True:
        frame = socket.taken(await socket.receive())
        if socket.is_over or socket.is_closing:
            return None
        if frame is None:
            continue
        envelope = opened(socket, frame, deps.settings.max_frame_bytes * READ_LIMIT_FACTOR)
        if envelope is None:
            socket.close(PROTOCOL_ERROR)
            return None
        if envelope.event != "auth":
            refusal = NotAuthenticated(say("{name} came before auth.", name=envelope.event))
            socket.close(
                NOT_AUTHENTICATED, error_frame(envelope.request_id, refusal, socket.language)
            )
            return None
        try:
            return await _authenticated(deps, known, envelope.data, envelope.request_id)
        except ChatError as error:
            socket.close(_reason(error), error_frame(envelope.request_id, error, socket.language))
            return None


def _reason(error: ChatError) -> CloseReason:
    if isinstance(error, ValidationFailed):
        return PROTOCOL_ERROR  # another token would not help
    return REVOKED if error.code in _REVOKED_CODES else NOT_AUTHENTICATED


async def _authenticated(
    deps: Deps, known: Actor | None, data: Any, request_id: RequestId
) -> Opened:
    request = check_input(AuthRequest, data, "/data")
    if request.token is not None:
        actor = await authenticate(deps, request.token)
    elif known is not None:
        actor = known
    else:
        raise NotAuthenticated(say("The auth frame has no token."))
    cursor = None
    if request.resume is not None:
        cursor = decode_cursor(request.resume.cursor)
        if not hasattr(cursor, "reason"):
            cursor = cursor.with_seen(request.resume.seen)
    return Opened(actor, Start(cursor, request_id))
