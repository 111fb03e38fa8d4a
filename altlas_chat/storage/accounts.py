"""Rows of people."""

from collections.abc import Iterable

from altlas_chat.domain.accounts import User
from altlas_chat.domain.text import account_key, folded
from altlas_chat.storage.database import Reader, Transaction

_COLUMNS = (
    "user_id, username, email, display_name, role, origin, language, bio, avatar_file_id,"
    " is_active, last_seen_at, created_at, updated_at"
)
_CHUNK = 500


async def insert_user(tx: Transaction, user: User, password_hash: str | None) -> None:
    """Keep a new person.

    Raises:
        UniqueViolated: the user name or the e-mail address is taken.
    """
    await tx.execute(
        f"INSERT INTO users ({_COLUMNS}, username_key, email_key, search_name, password_hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *user,
        account_key(user.username),
        None if user.email is None else account_key(user.email),
        folded(f"{user.display_name} {user.username}"),
        password_hash,
    )


async def select_user(reader: Reader, user_id: str) -> User | None:
    row = await reader.fetch_one(f"SELECT {_COLUMNS} FROM users WHERE user_id = ?", user_id)
    return None if row is None else User(*row)


async def select_users(reader: Reader, user_ids: Iterable[str]) -> dict[str, User]:
    """People by id; those that are not there are left out."""
    wanted = sorted(set(user_ids))
    found: dict[str, User] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = await reader.fetch_all(
            f"SELECT {_COLUMNS} FROM users WHERE user_id IN ({marks})", *chunk
        )
        found.update((row[0], User(*row)) for row in rows)
    return found


async def select_login(reader: Reader, name: str) -> tuple[User, str | None] | None:
    """Who logs in under a user name or an e-mail address, with the password's hash."""
    key = account_key(name)
    row = await reader.fetch_one(
        f"SELECT {_COLUMNS}, password_hash FROM users WHERE username_key = ? OR email_key = ?"
        " ORDER BY CASE WHEN username_key = ? THEN 0 ELSE 1 END LIMIT 1",
        key,
        key,
        key,
    )
    return None if row is None else (User(*tuple(row)[:13]), row[13])


async def select_password_hash(reader: Reader, user_id: str) -> str | None:
    row = await reader.fetch_one("SELECT password_hash FROM users WHERE user_id = ?", user_id)
    return None if row is None else row[0]


async def update_password_hash(tx: Transaction, user_id: str, password_hash: str, at: int) -> None:
    await tx.execute(
        "UPDATE users SET password_hash = ?, updated_at = ? WHERE user_id = ?",
        password_hash,
        at,
        user_id,
    )


async def update_profile(tx: Transaction, user: User) -> None:
    """Keep what a person changed of the own profile.

    Raises:
        UniqueViolated: the e-mail address is taken.
    """
    await tx.execute(
        "UPDATE users SET display_name = ?, bio = ?, email = ?, email_key = ?, language = ?,"
        " search_name = ?, updated_at = ? WHERE user_id = ?",
        user.display_name,
        user.bio,
        user.email,
        None if user.email is None else account_key(user.email),
        user.language,
        folded(f"{user.display_name} {user.username}"),
        user.updated_at,
        user.user_id,
    )


async def has_people(reader: Reader) -> bool:
    """Whether there is any account."""
    return await reader.fetch_one("SELECT 1 FROM users LIMIT 1") is not None
