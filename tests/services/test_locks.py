"""Changes that want the same rows at the same time wait for each other in one order (PostgreSQL)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from altlas_chat.domain.conversations import SettingsUpdate
from altlas_chat.domain.drafts import DraftUpdate
from altlas_chat.domain.errors import ConversationNotFound, ValidationFailed
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import PreferencesUpdate
from altlas_chat.server.opening import opened_database
from altlas_chat.services import conversations, preferences, receipts, removing, saved_drafts
from altlas_chat.storage.database import Database, Reader, Transaction
from tests.support.files import own_file
from tests.support.postgres import fresh_database
from tests.support.running import quick_settings
from tests.support.waiting import ASK_AGAIN_SECONDS, WAIT_SECONDS
from tests.support.world import World


@pytest.fixture
def url() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """SQLite has one writer and no such order."""
    async with opened_database(quick_settings(url), to_serve=False) as opened:
        yield opened


async def mute(world: World, actor: Actor, room: str) -> None:
    update = SettingsUpdate.model_validate({"notifications": "mentions"})
    await conversations.update_settings(world.deps, actor, room, update)


async def hide_what_was_read(world: World, actor: Actor, room: str) -> None:
    del room
    update = PreferencesUpdate.model_validate({"privacy": {"readReceipts": False}})
    await preferences.update_preferences(world.deps, actor, update)


async def count_waiting(reader: Reader) -> int:
    row = await reader.fetch_one(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    assert row is not None
    return int(row[0])


@asynccontextmanager
async def held(
    url: str, stream: str, also: str = "", *params: object
) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Hold a stream's row, and change something; inside, wait until so many others wait for rows."""
    done, holds = asyncio.Event(), asyncio.Event()
    async with opened_database(quick_settings(url), to_serve=False) as other:

        async def hold(tx: Transaction) -> None:
            await tx.fetch_one("SELECT seq FROM streams WHERE stream = ? FOR UPDATE", stream)
            if also:
                await tx.execute(also, *params)
            holds.set()
            await done.wait()

        async def wait_for(count: int) -> None:
            async with asyncio.timeout(WAIT_SECONDS):
                while await other.read(count_waiting) != count:
                    await asyncio.sleep(ASK_AGAIN_SECONDS)

        holding = asyncio.create_task(other.write(hold, lane="test"))
        await holds.wait()
        try:
            yield wait_for
        finally:
            done.set()
            await holding


async def test_who_leaves_while_an_arrival_is_reported_is_gone(world: World, url: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    said = await world.says(ayse, room)
    leaves = "DELETE FROM members WHERE conversation_id = ? AND user_id = ?"
    async with held(url, f"conversation:{room}", leaves, room, mehmet.user_id) as wait_for:
        reporting = asyncio.create_task(
            receipts.mark_delivered(world.deps, mehmet, room, said["seq"])
        )
        await wait_for(1)
    with pytest.raises(ConversationNotFound):
        await reporting


@pytest.mark.parametrize("change", [mute, hide_what_was_read])
async def test_who_posts_what_he_began_and_changes_settings_meanwhile(
    world: World,
    url: str,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[World, Actor, str], Awaitable[None]],
) -> None:
    caplog.set_level(logging.INFO, "altlas_chat.storage.postgresql")
    ayse = await world.person("ayse")
    own = f"user:{ayse.user_id}"
    room = await world.group(ayse)
    begun = DraftUpdate.model_validate({"text": "başladım"})
    await saved_drafts.save_draft(world.deps, ayse, room, begun)
    async with world.state_equals_events():
        async with held(url, own) as wait_for:
            changing = asyncio.create_task(change(world, ayse, room))  # type: ignore[arg-type]
            await wait_for(1)
            posting = asyncio.create_task(world.says(ayse, room, "başladım"))
            await wait_for(2)
        await asyncio.gather(changing, posting)
    assert "again" not in caplog.text


@pytest.mark.parametrize("is_deleted_first", [True, False])
async def test_who_sends_a_file_that_is_deleted_meanwhile(
    world: World, url: str, caplog: pytest.LogCaptureFixture, is_deleted_first: bool
) -> None:
    caplog.set_level(logging.INFO, "altlas_chat.storage.postgresql")
    ayse = await world.person("ayse")
    own = f"user:{ayse.user_id}"
    room = await world.group(ayse)
    file_id = await own_file(world, ayse)
    begun = DraftUpdate.model_validate({"text": "başladım"})
    await saved_drafts.save_draft(world.deps, ayse, room, begun)

    def delete() -> Coroutine[Any, Any, object]:
        return removing.delete_file(world.deps, ayse, file_id)

    def post() -> Coroutine[Any, Any, object]:
        return world.says(ayse, room, "", kind="image", fileIds=[file_id])

    async with world.state_equals_events():
        async with held(url, own) as wait_for:
            first = asyncio.create_task(delete() if is_deleted_first else post())
            await wait_for(1)
            second = asyncio.create_task(post() if is_deleted_first else delete())
            await wait_for(2)
        outcomes = await asyncio.gather(first, second, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [ValidationFailed] * is_deleted_first
    assert len(await world.history(ayse, room)) == 1 + (not is_deleted_first)
    assert "again" not in caplog.text


async def test_a_file_that_is_sent_to_yet_another_conversation_while_it_is_deleted(
    world: World, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "altlas_chat.storage.postgresql")
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    own = f"user:{ayse.user_id}"
    room = await world.group(ayse, mehmet, zeynep)
    file_id = await own_file(world, ayse)
    async with world.state_equals_events():
        async with held(url, f"user:{zeynep.user_id}") as wait_for:
            async with held(url, own):
                deleting = asyncio.create_task(removing.delete_file(world.deps, ayse, file_id))
                await wait_for(1)
                sent = await world.says(ayse, room, "", kind="image", fileIds=[file_id])
                forward = {"forwardFromId": sent["id"], "mentions": [zeynep.user_id]}
                # Holds the conversation, and does not hold the file yet.
                passing_on = asyncio.create_task(world.says(mehmet, room, "", **forward))
                await wait_for(2)
            # It is known now that the conversation has the file.
            await wait_for(2)
        await asyncio.gather(deleting, passing_on)
    history = await world.history(zeynep, room)
    assert [message["files"] for message in history if message["kind"] == "image"] == [[], []]
    assert "again" not in caplog.text
