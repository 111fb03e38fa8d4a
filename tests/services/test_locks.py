"""Changes that want the same rows at the same time wait for each other in one order (PostgreSQL)."""

import asyncio
import logging
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from altlas_chat.domain.conversations import SettingsUpdate
from altlas_chat.domain.drafts import DraftUpdate
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import PreferencesUpdate
from altlas_chat.server.opening import opened_database
from altlas_chat.services import conversations, preferences, saved_drafts
from altlas_chat.storage.database import Database, Reader, Transaction
from altlas_chat.storage.postgresql import LANES
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
async def held(url: str, stream: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Hold a stream's row; inside, wait until so many others wait for rows."""
    done, holds = asyncio.Event(), asyncio.Event()
    async with opened_database(quick_settings(url), to_serve=False) as other:

        async def hold(tx: Transaction) -> None:
            await tx.fetch_one("SELECT seq FROM streams WHERE stream = ? FOR UPDATE", stream)
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
    rooms = [await world.group(ayse) for _ in range(20)]
    # In a lane of its own, so that both are under way at the same time.
    room = next(one for one in rooms if lane(f"conversation:{one}") != lane(own))
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


def lane(stream: str) -> int:
    return zlib.crc32(stream.encode()) % LANES
