"""Which databases may be filled: those without people, and those whose seeding began there.

People who are made up have a password that everybody knows, so they never
come among real ones.
"""

from altlas_chat.storage.accounts import has_people
from altlas_chat.storage.database import Database, Reader, Transaction
from altlas_chat.storage.meta import insert_meta_once, select_meta

_PLAYGROUND = "playground"


class SeedingRefused(Exception):
    """The database must not be filled; ``remedy`` says what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


async def claim(database: Database) -> None:
    """Mark a database as one for play; nothing if it is marked.

    Raises:
        SeedingRefused: it holds people, and is not marked.
    """

    async def change(tx: Transaction) -> None:
        if await select_meta(tx, _PLAYGROUND) is None and await has_people(tx):
            raise SeedingRefused(
                "The database holds accounts of its own; people with a well-known password"
                " do not belong among them.",
                "Name an empty database with --database, such as sqlite:///demo.db.",
            )
        await insert_meta_once(tx, _PLAYGROUND, "seeded")

    await database.write(change, lane="meta")


async def note(database: Database, name: str, value: str) -> None:
    """Remember a fact about what was seeded; the first one stays."""

    async def change(tx: Transaction) -> None:
        await insert_meta_once(tx, name, value)

    await database.write(change, lane="meta")


async def noted(database: Database, name: str) -> str | None:
    """What was remembered under a name."""

    async def query(reader: Reader) -> str | None:
        return await select_meta(reader, name)

    return await database.read(query)
