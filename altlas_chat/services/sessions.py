"""Sessions: the devices on which a person is logged in, and how they are ended.

Each that begins or ends is told in the person's own stream. A session's row
is changed with that stream locked, so that nobody waits for the other.
"""

from collections.abc import Iterable

from altlas_chat.domain.errors import SessionNotFound
from altlas_chat.domain.events import Json, user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.storage import sessions, streams
from altlas_chat.storage.sessions import Session

MOST_SESSIONS = 1000
"""A person's open sessions; when another begins, the one that was used last longest ago ends."""


async def list_sessions(deps: Deps, actor: Actor) -> list[Json]:
    """The actor's open sessions, the last used first: ``Session`` of the contract."""
    at = deps.clock.now_ms()
    found = await deps.database.read(
        lambda reader: sessions.select_open_sessions(reader, actor.user_id, at, MOST_SESSIONS)
    )
    return [_view(session, actor) for session in found]


def _view(session: Session, actor: Actor) -> Json:
    return {
        "id": session.session_id,
        "deviceName": session.device_name,
        "userAgent": session.user_agent,
        "createdAt": rfc3339(session.created_at),
        "lastUsedAt": rfc3339(session.last_used_at),
        "expiresAt": rfc3339(session.expires_at),
        "isCurrent": session.session_id == actor.session_id,
    }


async def end_own_session(deps: Deps, actor: Actor, session_id: str) -> None:
    """End one of the actor's sessions: its tokens are refused and its sockets closed.

    Raises:
        SessionNotFound: the actor has no such session, or it is over already.
    """
    if not await end_session(deps, actor.user_id, session_id, "ended"):
        raise SessionNotFound


async def end_session(deps: Deps, user_id: str, session_id: str, reason: str) -> bool:
    """End a person's session; False if there is none, or it is over already."""
    at = deps.clock.now_ms()

    async def change(change: Change) -> bool:
        await streams.lock_streams(change.tx, [user_stream(user_id)])
        session = await sessions.select_session(change.tx, session_id)
        if session is None or session.user_id != user_id:
            return False
        is_done = await sessions.revoke_session(change.tx, session_id, reason, at)
        if is_done:
            await tell_ended(change, user_id, [session_id])
        return is_done

    is_done = await commit_change(deps, user_stream(user_id), change, actor_id=user_id)
    if is_done:
        refuse(deps, session_id, at)
    return is_done


async def end_sessions(deps: Deps, actor: Actor, kept_id: str | None, reason: str) -> None:
    """End all of the actor's sessions, but the one to be kept."""

    async def change(change: Change) -> tuple[list[str], int]:
        await streams.lock_streams(change.tx, [user_stream(actor.user_id)])
        return await revoke(change, actor.user_id, kept_id, reason), change.at

    stream = user_stream(actor.user_id)
    ended, at = await commit_change(deps, stream, change, actor_id=actor.user_id)
    refuse_all(deps, ended, at)


async def revoke(change: Change, user_id: str, kept_id: str | None, reason: str) -> list[str]:
    """End a person's sessions within a change, which has the person's stream locked.

    Which they were: after the commit they must be refused (:func:`refuse_all`).
    """
    ended = await sessions.revoke_sessions(change.tx, user_id, kept_id, reason, change.at)
    await tell_ended(change, user_id, ended)
    return ended


async def begin(change: Change, session: Session, token: sessions.RefreshToken) -> list[str]:
    """Keep a session with its first refresh token, and tell the person's devices.

    Which sessions it put an end to, because there were too many.
    """
    tx, user_id = change.tx, session.user_id
    surplus = await sessions.select_surplus(tx, user_id, session.created_at, MOST_SESSIONS - 1)
    for session_id in surplus:
        await sessions.revoke_session(tx, session_id, "too_many", change.at)
    await tell_ended(change, user_id, surplus)
    await sessions.insert_session(tx, session)
    await sessions.insert_refresh_token(tx, token, session.created_at)
    facts = {"sessionId": session.session_id}
    await change.announce(user_stream(user_id), "session.started", facts, facts)
    return surplus


async def tell_ended(change: Change, user_id: str, session_ids: Iterable[str]) -> None:
    """Tell a person's devices which sessions ended."""
    for session_id in session_ids:
        facts = {"sessionId": session_id}
        await change.announce(user_stream(user_id), "session.ended", facts, facts)


def refuse(deps: Deps, way_in: str, at: int) -> None:
    """Let nobody in any more by a session or an API key, and close its sockets."""
    if deps.credentials.revoke(way_in, at):
        deps.publisher.end_session(way_in)


def refuse_all(deps: Deps, ways_in: Iterable[str], at: int) -> None:
    """Like :func:`refuse`, for several."""
    for way_in in ways_in:
        refuse(deps, way_in, at)
