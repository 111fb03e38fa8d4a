"""Messages for later whose time has come: sent by the server, dropped when long done.

One is sent in the same step that marks it as sent, so a server that dies at
any moment sends it once, and never twice: after the next start, if need be.
"""

import logging
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from altlas_chat.domain.drafts import ScheduledMessage
from altlas_chat.domain.errors import AccountDeactivated, ChatError, ClientIdReused, ServerFault
from altlas_chat.domain.events import conversation_stream, user_stream
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.notifying import Notice, notify
from altlas_chat.services.posting import post_in_change
from altlas_chat.services.scheduled import DAY_MS, draft_of, drop_scheduled, tell_scheduled
from altlas_chat.storage import accounts, messages, scheduled, streams
from altlas_chat.storage.database import Reader, StorageUnavailable, UniqueViolated

log = logging.getLogger(__name__)

KEPT_MS = 30 * DAY_MS
"""How long what is done is listed."""

AT_ONCE = 100

STUCK_MS = 10 * 60 * 1000
"""How long one is left alone that could neither be sent nor marked as failed."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of messages for later since the server began.

    ``counts`` has how many were ``sent``, ``failed``, or ``stuck``: neither
    sent nor marked as failed. Who is stuck is tried again only after a while.
    """

    counts: Counter[str] = field(default_factory=Counter)
    stuck_until: dict[str, int] = field(default_factory=dict)


async def send_due(deps: Deps, outcomes: Outcomes | None = None) -> int | None:
    """Send every message whose time has come; when the next one is to be sent.

    Each is sent once, whoever else does the same at the same moment. One that
    can't be sent is marked with the code of the refusal, and its sender is
    notified; so is one that meets a fault of the server. None holds up another.

    Raises:
        StorageUnavailable: those that are left wait for the next call.
    """
    outcomes = Outcomes() if outcomes is None else outcomes
    now = deps.clock.now_ms()
    after: tuple[int, str] | None = None
    while True:
        due = await deps.database.read(partial(_due, now, after))
        for one in due:
            if outcomes.stuck_until.get(one.scheduled_id, 0) <= now:
                await _try(deps, one, outcomes)
        if len(due) < AT_ONCE:
            return await deps.database.read(partial(_next_at, now))
        after = (due[-1].scheduled_at, due[-1].scheduled_id)


async def _due(at: int, after: tuple[int, str] | None, reader: Reader) -> list[ScheduledMessage]:
    return await scheduled.select_due(reader, at, after, AT_ONCE)


async def _next_at(after: int, reader: Reader) -> int | None:
    return await scheduled.select_next_at(reader, after)


async def _try(deps: Deps, due: ScheduledMessage, outcomes: Outcomes) -> None:
    """Send one, or mark it as failed, and count what became of it."""
    outcomes.stuck_until.pop(due.scheduled_id, None)
    try:
        outcome = await _sent_or_failed(deps, due)
    except StorageUnavailable:
        raise
    except Exception:
        log.exception("scheduled message %s can't be marked as failed", due.scheduled_id)
        outcomes.stuck_until[due.scheduled_id] = deps.clock.now_ms() + STUCK_MS
        outcome = "stuck"
    if outcome is not None:
        outcomes.counts[outcome] += 1


async def _sent_or_failed(deps: Deps, due: ScheduledMessage) -> str | None:
    try:
        return await _send(deps, due)
    except StorageUnavailable:
        raise
    except UniqueViolated:
        refusal: ChatError = ClientIdReused()
    except ChatError as error:
        refusal = error
    except Exception:
        log.exception("sending scheduled message %s failed", due.scheduled_id)
        refusal = ServerFault()
    log.info("scheduled message %s can't be sent: %s", due.scheduled_id, refusal.code)
    return await _fail(deps, due, refusal.code)


async def _send(deps: Deps, due: ScheduledMessage) -> str | None:
    """Send one, if it still waits and is still due."""
    own, stream = user_stream(due.user_id), conversation_stream(due.conversation_id)

    async def change(change: Change) -> str | None:
        await streams.lock_streams(change.tx, [own, stream])
        one = await scheduled.select_scheduled(change.tx, due.scheduled_id)
        if one is None or one.state != "waiting" or one.scheduled_at > change.at:
            return None
        actor = await _sender(change.tx, one.user_id)
        draft = draft_of(one)
        if await messages.select_sent(change.tx, one.user_id, one.client_id) is not None:
            raise ClientIdReused
        sent = await post_in_change(deps, change, actor, draft)
        done = one._replace(sent_message_id=sent.message.message_id)
        await scheduled.update_scheduled(change.tx, done)
        await tell_scheduled(change, "scheduled_message.updated", done)
        return "sent"

    return await commit_change(deps, stream, change, actor_id=due.user_id)


async def _sender(reader: Reader, user_id: str) -> Actor:
    user = await accounts.select_user(reader, user_id)
    if user is None or not user.is_active:
        raise AccountDeactivated
    permissions = ROLE_PERMISSIONS[user.role]
    return Actor(user_id, user.role, permissions, language=user.language)


async def _fail(deps: Deps, due: ScheduledMessage, code: str) -> str | None:
    own = user_stream(due.user_id)

    async def change(change: Change) -> str | None:
        await streams.lock_streams(change.tx, [own])
        one = await scheduled.select_scheduled(change.tx, due.scheduled_id)
        if one is None or one.state != "waiting":
            return None
        failed = one._replace(failed_code=code)
        await scheduled.update_scheduled(change.tx, failed)
        await tell_scheduled(change, "scheduled_message.updated", failed)
        facts = {"scheduledId": one.scheduled_id, "code": code}
        here = one.conversation_id
        notice = Notice(one.user_id, "scheduled_failed", conversation_id=here, facts=facts)
        await notify(deps.ids, change, [notice])
        return "failed"

    return await commit_change(deps, own, change, actor_id=due.user_id)


async def drop_done(deps: Deps) -> None:
    """Drop what was sent, or failed, so long ago that nobody looks for it; its sender hears."""
    before = deps.clock.now_ms() - KEPT_MS
    done = await deps.database.read(lambda reader: scheduled.select_done(reader, before, AT_ONCE))
    for one in done:
        await _drop_done(deps, one)


async def _drop_done(deps: Deps, one: ScheduledMessage) -> None:
    own = user_stream(one.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [own])
        if await scheduled.select_scheduled(change.tx, one.scheduled_id) is not None:
            await drop_scheduled(change, one)

    await commit_change(deps, own, change, actor_id=None)
