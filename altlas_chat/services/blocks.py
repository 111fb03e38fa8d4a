"""Blocks: with whom a person wants nothing to do. Only the person's own devices hear of them."""

from collections.abc import Sequence

from altlas_chat.domain.errors import FieldError, UserNotFound, ValidationFailed
from altlas_chat.domain.events import Event, Json, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.passing import privacy_changed
from altlas_chat.storage import accounts, blocks, streams
from altlas_chat.storage.blocks import Block
from altlas_chat.storage.database import Reader


async def list_blocks(deps: Deps, actor: Actor, cursor: str | None, limit: int) -> Json:
    """A page of the people whom the actor blocks, the latest first.

    Raises:
        CursorInvalid: the page's cursor is none.
    """
    after = None
    if cursor is not None:
        created_at, blocked_id = decoded_place(cursor, int, str)
        after = (created_at, blocked_id)

    async def query(reader: Reader) -> Json:
        found = await blocks.select_blocks(reader, actor.user_id, after, limit + 1)
        page = found[:limit]
        following = None
        if len(found) > limit:
            following = page_cursor(page[-1].created_at, page[-1].blocked_id)
        return {
            "items": await _views(reader, page),
            "nextCursor": following,
        }

    return await deps.database.read(query)


async def _views(reader: Reader, found: Sequence[Block]) -> list[Json]:
    people = await accounts.select_users(reader, [one.blocked_id for one in found])
    # Of who is blocked nothing is seen, so nobody needs to be asked.
    return [
        {"user": people[one.blocked_id].as_json(), "createdAt": rfc3339(one.created_at)}
        for one in found
        if one.blocked_id in people
    ]


async def block_user(deps: Deps, actor: Actor, user_id: str) -> None:
    """Have nothing to do with a person any more; the person is not told.

    Blocking again changes nothing.

    Raises:
        UserNotFound: there is no such person.
        ValidationFailed: it is the actor himself.
    """
    if user_id == actor.user_id:
        detail = say("Nobody can block himself.")
        raise ValidationFailed(detail, errors=[FieldError("ONESELF", detail, parameter="userId")])
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        if await accounts.select_user(change.tx, user_id) is None:
            raise UserNotFound
        if await blocks.insert_block(change.tx, actor.user_id, user_id, change.at):
            views = await _views(change.tx, [Block(user_id, change.at)])
            facts = {"userId": user_id}
            await change.announce(stream, "user.blocked", facts, {"block": views[0]})

    try:
        await commit_change(deps, stream, change, actor_id=actor.user_id)
    finally:
        privacy_changed(deps, actor.user_id, user_id)


async def unblock_user(deps: Deps, actor: Actor, user_id: str) -> None:
    """Take a block back; where there is none, nothing changes.

    Raises:
        UserNotFound: there is no such person.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> None:
        await streams.lock_streams(change.tx, [stream])
        if await accounts.select_user(change.tx, user_id) is None:
            raise UserNotFound
        if await blocks.delete_block(change.tx, actor.user_id, user_id):
            facts = {"userId": user_id}
            await change.announce(stream, "user.unblocked", facts, facts)

    try:
        await commit_change(deps, stream, change, actor_id=actor.user_id)
    finally:
        privacy_changed(deps, actor.user_id, user_id)


async def block_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """What listeners get of ``user.blocked``."""
    del viewer_id  # of who is blocked nothing is seen
    people = await accounts.select_users(reader, [event.facts["userId"] for event in events])
    return [
        {
            "block": {
                "user": people[event.facts["userId"]].as_json(),
                "createdAt": rfc3339(event.at),
            }
        }
        for event in events
    ]
