"""Rows of API keys, whose secrets are kept as hashes only."""

from collections.abc import Mapping

import orjson

from altlas_chat.domain.api_keys import ApiKey
from altlas_chat.storage.database import Reader, Row, Transaction

_NAMES = "api_key_id, user_id, name, scopes, created_at, last_used_at, expires_at, revoked_at"


def _api_key(row: Row) -> ApiKey:
    key = ApiKey(*row)
    return key._replace(scopes=tuple(orjson.loads(row[3])))


async def insert_api_key(tx: Transaction, key: ApiKey, key_hash: str) -> None:
    row = key._replace(scopes=orjson.dumps(key.scopes).decode())  # type: ignore[arg-type]
    await tx.execute(
        f"INSERT INTO api_keys ({_NAMES}, key_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *row,
        key_hash,
    )


async def select_api_key(reader: Reader, key_hash: str) -> ApiKey | None:
    """A key by the hash of its secret, a revoked one too."""
    row = await reader.fetch_one(f"SELECT {_NAMES} FROM api_keys WHERE key_hash = ?", key_hash)
    return None if row is None else _api_key(row)


async def select_api_keys(reader: Reader, user_id: str) -> list[ApiKey]:
    """A person's keys that were not revoked, the newest first."""
    rows = await reader.fetch_all(
        f"SELECT {_NAMES} FROM api_keys WHERE user_id = ? AND revoked_at IS NULL"
        " ORDER BY created_at DESC, api_key_id DESC",
        user_id,
    )
    return [_api_key(row) for row in rows]


async def revoke_api_key(tx: Transaction, user_id: str, api_key_id: str, at: int) -> bool:
    """Revoke a person's key; False if there is none that was not revoked."""
    changed = await tx.execute(
        "UPDATE api_keys SET revoked_at = ?"
        " WHERE api_key_id = ? AND user_id = ? AND revoked_at IS NULL",
        at,
        api_key_id,
        user_id,
    )
    return changed > 0


async def revoke_api_keys(tx: Transaction, user_id: str, at: int) -> list[str]:
    """Revoke all keys of a person; which they were."""
    rows = await tx.fetch_all(
        "UPDATE api_keys SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL"
        " RETURNING api_key_id",
        at,
        user_id,
    )
    return [row[0] for row in rows]


async def select_revoked_since(reader: Reader, since: int) -> list[tuple[str, int]]:
    """Keys that were revoked at or after a moment, with that moment."""
    rows = await reader.fetch_all(
        "SELECT api_key_id, revoked_at FROM api_keys WHERE revoked_at >= ?", since
    )
    return [(row[0], row[1]) for row in rows]


async def update_last_used(tx: Transaction, used: Mapping[str, int]) -> None:
    rows = [(at, api_key_id, at) for api_key_id, at in sorted(used.items())]
    await tx.execute_many(
        "UPDATE api_keys SET last_used_at = ?"
        " WHERE api_key_id = ? AND coalesce(last_used_at, 0) < ?",
        rows,
    )
