"""Rows of sessions and of their refresh tokens, which are kept as hashes only."""

from typing import NamedTuple

from altlas_chat.storage.database import Reader, Transaction


class Session(NamedTuple):
    """A device that logged in."""

    session_id: str
    user_id: str
    device_name: str
    user_agent: str
    created_at: int
    last_used_at: int
    expires_at: int
    revoked_at: int | None


class RefreshToken(NamedTuple):
    """One of the refresh tokens that a session had."""

    token_hash: str
    session_id: str
    expires_at: int
    rotated_at: int | None
    successor_hash: str | None


_SESSION = (
    "session_id, user_id, device_name, user_agent, created_at, last_used_at, expires_at, revoked_at"
)


async def insert_session(tx: Transaction, session: Session) -> None:
    await tx.execute(f"INSERT INTO sessions ({_SESSION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *session)


async def select_session(reader: Reader, session_id: str) -> Session | None:
    row = await reader.fetch_one(
        f"SELECT {_SESSION} FROM sessions WHERE session_id = ?", session_id
    )
    return None if row is None else Session(*row)


async def select_open_sessions(reader: Reader, user_id: str, at: int, limit: int) -> list[Session]:
    """A person's sessions that are not over at a moment, the last used first."""
    rows = await reader.fetch_all(
        f"SELECT {_SESSION} FROM sessions"
        " WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?"
        " ORDER BY last_used_at DESC, session_id DESC LIMIT ?",
        user_id,
        at,
        limit,
    )
    return [Session(*row) for row in rows]


async def select_surplus(reader: Reader, user_id: str, at: int, kept: int) -> list[str]:
    """A person's open sessions but the ``kept`` ones that were used last."""
    rows = await reader.fetch_all(
        "SELECT session_id FROM sessions"
        " WHERE user_id = ? AND revoked_at IS NULL AND expires_at > ?"
        " ORDER BY last_used_at DESC, session_id DESC LIMIT ? OFFSET ?",
        user_id,
        at,
        1000,
        kept,
    )
    return [row[0] for row in rows]


async def lock_session(tx: Transaction, session_id: str) -> Session | None:
    """The session; on PostgreSQL nobody else changes it until the transaction ends."""
    lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
    row = await tx.fetch_one(
        f"SELECT {_SESSION} FROM sessions WHERE session_id = ?{lock}", session_id
    )
    return None if row is None else Session(*row)


async def touch_session(tx: Transaction, session_id: str, at: int, expires_at: int) -> None:
    await tx.execute(
        "UPDATE sessions SET last_used_at = ?, expires_at = ? WHERE session_id = ?",
        at,
        expires_at,
        session_id,
    )


async def revoke_session(tx: Transaction, session_id: str, reason: str, at: int) -> bool:
    """End a session; False if it is over already."""
    changed = await tx.execute(
        "UPDATE sessions SET revoked_at = ?, revoke_reason = ?"
        " WHERE session_id = ? AND revoked_at IS NULL",
        at,
        reason,
        session_id,
    )
    return changed > 0


async def revoke_sessions(
    tx: Transaction, user_id: str, kept_id: str | None, reason: str, at: int
) -> list[str]:
    """End a person's sessions that are not over, but the one to be kept; which they were."""
    rows = await tx.fetch_all(
        "UPDATE sessions SET revoked_at = ?, revoke_reason = ?"
        " WHERE user_id = ? AND revoked_at IS NULL AND session_id <> ? RETURNING session_id",
        at,
        reason,
        user_id,
        kept_id or "",
    )
    return [row[0] for row in rows]


async def select_revoked_since(reader: Reader, since: int) -> list[tuple[str, int]]:
    """Sessions that were ended at or after a moment, with that moment."""
    rows = await reader.fetch_all(
        "SELECT session_id, revoked_at FROM sessions WHERE revoked_at >= ?", since
    )
    return [(row[0], row[1]) for row in rows]


async def insert_refresh_token(tx: Transaction, token: RefreshToken, at: int) -> None:
    await tx.execute(
        "INSERT INTO refresh_tokens (token_hash, session_id, expires_at, rotated_at,"
        " successor_hash, issued_at) VALUES (?, ?, ?, ?, ?, ?)",
        *token,
        at,
    )


async def select_refresh_token(reader: Reader, token_hash: str) -> RefreshToken | None:
    row = await reader.fetch_one(
        "SELECT token_hash, session_id, expires_at, rotated_at, successor_hash"
        " FROM refresh_tokens WHERE token_hash = ?",
        token_hash,
    )
    return None if row is None else RefreshToken(*row)


async def rotate_refresh_token(
    tx: Transaction, token_hash: str, successor_hash: str, at: int
) -> None:
    """Note that a token was used, and by which one it is followed."""
    await tx.execute(
        "UPDATE refresh_tokens SET rotated_at = coalesce(rotated_at, ?), successor_hash = ?"
        " WHERE token_hash = ?",
        at,
        successor_hash,
        token_hash,
    )


async def supersede_refresh_token(
    tx: Transaction, token: RefreshToken, successor_hash: str, at: int
) -> None:
    """Put another token in the place of one whose answer was lost."""
    await tx.execute(
        "UPDATE refresh_tokens SET successor_hash = ? WHERE session_id = ? AND successor_hash = ?",
        successor_hash,
        token.session_id,
        token.token_hash,
    )
    await rotate_refresh_token(tx, token.token_hash, successor_hash, at)


async def delete_expired_refresh_tokens(tx: Transaction, session_id: str, at: int) -> None:
    await tx.execute(
        "DELETE FROM refresh_tokens WHERE session_id = ? AND expires_at < ?", session_id, at
    )


async def delete_old_sessions(tx: Transaction, before: int, limit: int) -> int:
    """Forget sessions that were over before a moment, with their tokens; how many."""
    return await tx.execute(
        "DELETE FROM sessions WHERE session_id IN ("
        " SELECT session_id FROM sessions WHERE expires_at < ?"
        " UNION SELECT session_id FROM sessions WHERE revoked_at < ? LIMIT ?)",
        before,
        before,
        limit,
    )


async def delete_old_refresh_tokens(tx: Transaction, before: int, limit: int) -> int:
    """Forget refresh tokens that expired before a moment; how many."""
    return await tx.execute(
        "DELETE FROM refresh_tokens WHERE token_hash IN ("
        "SELECT token_hash FROM refresh_tokens WHERE expires_at < ? LIMIT ?)",
        before,
        limit,
    )
