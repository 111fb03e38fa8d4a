"""What ``altlas-chat seed`` does: opens the database and fills it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from altlas_chat.seeding.demo import DemoPeople, has_demo, seed_demo
from altlas_chat.seeding.volume import Filled, Volume, fill_volume
from altlas_chat.server.bytes_of_files import chosen_blobs
from altlas_chat.server.opening import StartFailed, opened_database
from altlas_chat.server.single import AlreadyServed
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database
from altlas_chat_cli.progress import progress_told


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    """The database; on SQLite no server has it meanwhile."""
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(opened_database(settings, to_serve=True))
        except StartFailed as error:
            if not isinstance(error.__cause__, AlreadyServed):
                raise
            detail = f"A server, or another seeding, has the database {settings.database} open."
            remedy = "Nothing was added. Stop it, then run this again."
            raise StartFailed(detail, remedy) from error
        yield database


async def make_demo(settings: Settings, seed: int) -> tuple[DemoPeople, bool]:
    """The demo world's people, and whether it is new.

    Raises:
        StartFailed: the database can't be opened, or a server has it.
        SchemaProblem: it waits for ``migrate up``, or is another program's.
        SeedingRefused: other people have accounts there.
    """
    async with _opened(settings) as database:
        is_new = not await has_demo(database)
        with closing(chosen_blobs(settings)) as blobs:
            return await seed_demo(settings, database, blobs, seed=seed), is_new


async def make_volume(settings: Settings, wanted: Volume) -> Filled:
    """Fill, with a progress bar where somebody looks; raises what :func:`make_demo` does."""
    async with _opened(settings) as database:
        with progress_told() as told:
            return await fill_volume(settings, database, wanted, told)
