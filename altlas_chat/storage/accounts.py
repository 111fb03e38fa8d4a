"""Rows of people."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from altlas_chat.domain.accounts import User
from altlas_chat.domain.text import account_key, folded, name_order, words
from altlas_chat.storage.database import Reader, Transaction

_COLUMNS = (
    "user_id, username, email, display_name, role, origin, language, bio, avatar_file_id,"
    " is_active, last_seen_at, created_at, updated_at"
)
_CHUNK = 500

LAST_SIGN = "\U0010ffff"
"""Behind every sign that a name can have."""


async def insert_user(tx: Transaction, user: User, password_hash: str | None) -> None:
    """Keep a new person.

    Raises:
        UniqueViolated: the user name or the e-mail address is taken.
    """
    await tx.execute(
        f"INSERT INTO users ({_COLUMNS}, username_key, email_key, search_name, order_name,"
        " password_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *user,
        account_key(user.username),
        None if user.email is None else account_key(user.email),
        folded(_both_names(user)),
        name_order(_both_names(user)),
        password_hash,
    )
    await _insert_words(tx, user)


def _both_names(user: User) -> str:
    return f"{user.display_name} {user.username}"


async def _insert_words(tx: Transaction, user: User) -> None:
    """Keep by which words a person is found."""
    found = dict.fromkeys(words(_both_names(user)))
    await tx.execute_many(
        "INSERT INTO user_words (word, user_id) VALUES (?, ?)",
        [(word, user.user_id) for word in found],
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
        " search_name = ?, order_name = ?, updated_at = ? WHERE user_id = ?",
        user.display_name,
        user.bio,
        user.email,
        None if user.email is None else account_key(user.email),
        user.language,
        folded(_both_names(user)),
        name_order(_both_names(user)),
        user.updated_at,
        user.user_id,
    )
    await tx.execute("DELETE FROM user_words WHERE user_id = ?", user.user_id)
    await _insert_words(tx, user)


async def update_avatar(tx: Transaction, user: User) -> None:
    await tx.execute(
        "UPDATE users SET avatar_file_id = ?, updated_at = ? WHERE user_id = ?",
        user.avatar_file_id,
        user.updated_at,
        user.user_id,
    )


class AccountFilter(NamedTuple):
    """Which accounts are wanted; None for any."""

    beginning: str | None = None
    role: str | None = None
    is_active: bool | None = None


async def select_accounts(
    reader: Reader, wanted: AccountFilter, after: str | None, limit: int
) -> list[User]:
    """Accounts in the order of their user names, after one of them."""
    # What is written into the text is what partial indexes are made for.
    active = {True: "is_active = TRUE", False: "is_active = FALSE", None: "TRUE"}
    conditions, params = [active[wanted.is_active]], list[object]()
    if wanted.beginning is not None:
        key = account_key(wanted.beginning)
        conditions.append("username_key >= ? AND username_key < ?")
        params += [key, key + LAST_SIGN]
    if wanted.role is not None:
        conditions.append("role = ?")
        params.append(wanted.role)
    if after is not None:
        conditions.append("username_key > ?")
        params.append(account_key(after))
    rows = await reader.fetch_all(
        f"SELECT {_COLUMNS} FROM users WHERE {' AND '.join(conditions)}"
        " ORDER BY username_key LIMIT ?",
        *params,
        limit,
    )
    return [User(*row) for row in rows]


async def lock_admins(tx: Transaction) -> list[str]:
    """Who administers; on PostgreSQL nobody else changes that until the transaction ends."""
    lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
    rows = await tx.fetch_all(
        "SELECT user_id FROM users WHERE role = 'admin' AND is_active = TRUE"
        f" ORDER BY user_id{lock}"
    )
    return [row[0] for row in rows]


async def update_role(tx: Transaction, user_id: str, role: str, at: int) -> None:
    await tx.execute(
        "UPDATE users SET role = ?, role_changed_at = ?, updated_at = ? WHERE user_id = ?",
        role,
        at,
        at,
        user_id,
    )


async def select_roles_since(reader: Reader, since: int) -> list[tuple[str, str, int]]:
    """Whose role was changed at or after a moment, with the role and that moment."""
    rows = await reader.fetch_all(
        "SELECT user_id, role, role_changed_at FROM users WHERE role_changed_at >= ?", since
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def update_active(tx: Transaction, user_id: str, at: int, *, is_active: bool) -> None:
    await tx.execute(
        "UPDATE users SET is_active = ?, updated_at = ? WHERE user_id = ?", is_active, at, user_id
    )


async def update_last_seen(tx: Transaction, seen: Mapping[str, int]) -> None:
    """Note when people were seen; an earlier time than the one that is known changes nothing."""
    rows = [(at, user_id, at) for user_id, at in sorted(seen.items())]
    await tx.execute_many(
        "UPDATE users SET last_seen_at = ? WHERE user_id = ? AND coalesce(last_seen_at, 0) < ?",
        rows,
    )


async def has_people(reader: Reader) -> bool:
    """Whether there is any account."""
    return await reader.fetch_one("SELECT 1 FROM users LIMIT 1") is not None
