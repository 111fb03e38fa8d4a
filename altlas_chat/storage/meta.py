"""Facts about the database itself: its id, its keys, its versions."""

from altlas_chat.storage.database import Reader, Transaction


async def select_meta(reader: Reader, name: str) -> str | None:
    row = await reader.fetch_one("SELECT value FROM meta WHERE name = ?", name)
    return None if row is None else str(row[0])


async def insert_meta_once(tx: Transaction, name: str, value: str) -> str:
    """Keep a fact unless there is one of that name; the one that is kept."""
    await tx.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value
    )
    kept = await select_meta(tx, name)
    return value if kept is None else kept
