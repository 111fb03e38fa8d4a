"""What one test leaves in a database on PostgreSQL, the next one does not find."""

import asyncpg
import pytest

from tests.support.postgres import fresh_database

STREAM = "INSERT INTO streams (stream, seq, changed_at) VALUES ('conversation:one', 7, 0)"


async def done(url: str, *statements: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: list[asyncpg.Record] = []
        for statement in statements:
            found = await connection.fetch(statement)
        return found
    finally:
        await connection.close()


async def test_it_is_empty_again() -> None:
    with fresh_database() as url:
        number = "SELECT nextval(pg_get_serial_sequence('messages', 'message_number'))"
        assert (await done(url, STREAM, number))[0][0] == 1
    with fresh_database() as again:
        assert again == url
        assert (await done(again, "SELECT count(*) FROM streams"))[0][0] == 0
        assert (await done(again, number))[0][0] == 1


@pytest.mark.parametrize(
    "change",
    [
        "CREATE INDEX another ON users (bio)",
        "ALTER TABLE users ADD COLUMN another TEXT",
        "ALTER TABLE streams DROP COLUMN changed_at",
        "CREATE TABLE another (one INTEGER)",
        "CREATE SCHEMA another",
        "ANALYZE",
        "UPDATE alembic_version SET version_num = 'another'",
    ],
)
async def test_one_whose_schema_is_another_is_not_used_again(change: str) -> None:
    with fresh_database() as url:
        await done(url, change)
    with fresh_database() as other:
        assert other != url


async def test_one_to_which_somebody_is_connected_is_not_used_again() -> None:
    with fresh_database() as url:
        connection = await asyncpg.connect(url)
    with fresh_database() as other:
        assert other != url
    connection.terminate()
