"""Databases to be filled, and everything that is in one afterwards."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.blobs.store import Blobs
from altlas_chat.server.opening import opened_database
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, Reader
from altlas_chat.storage.migrations.urls import sqlite_path
from tests.support.embedded import database_in
from tests.support.postgres import fresh_database
from tests.support.running import quick_settings

NOW = 1_790_000_000_000
COLUMNS = {
    "users": (
        "user_id, username, username_key, email, display_name, search_name, role, origin,"
        " language, bio, is_active, created_at, updated_at"
    ),
    "streams": "stream, seq, message_count, last_message_seq, changed_at, trimmed_seq",
    "events": "stream, seq, kind, at, actor_id, facts",
    "conversations": (
        "conversation_id, kind, direct_key, name, search_name, description, created_by, posting,"
        " inviting, editing, member_count, created_at, updated_at, deleted_at"
    ),
    "members": (
        "conversation_id, user_id, role, joined_at, joined_seq, invited_by, read_seq,"
        " read_position, read_at, delivered_seq, delivered_at, own_unread, notifications,"
        " muted_until, is_archived, is_favourite, cleared_seq, has_written"
    ),
    "messages": (
        "message_number, message_id, conversation_id, seq, position, sender_id, client_id,"
        " fingerprint, kind, text, content, mentions, reply_to_id, forwarded_from,"
        " thread_root_id, created_at, edited_at, edit_count, deleted_at, deleted_by"
    ),
    "message_edits": "message_id, edit_number, text, content, edited_at",
    "message_mentions": "user_id, message_id, conversation_id, seq",
    "files": (
        "file_id, owner_id, conversation_id, name, sha256, media_type, kind, width, height,"
        " created_at"
    ),
    "message_files": "message_id, file_id",
    "reactions": "message_id, user_id, emoji, created_at",
    "stars": "user_id, message_id, conversation_id, created_at",
    "pins": "conversation_id, message_id, pinned_by, created_at",
    "drafts": "user_id, conversation_id, text, reply_to_id, updated_at",
    "tasks": (
        "task_id, title, description, status, priority, creator_id, assignee_id, due_at,"
        " conversation_id, message_id, created_at, updated_at, completed_at"
    ),
    "notifications": (
        "notification_id, user_id, kind, actor_id, conversation_id, message_id, task_id, facts,"
        " created_at, read_at"
    ),
}
"""What is compared: all but secrets (password hashes, sessions) and the database's own facts."""

Dump = dict[str, list[tuple[Any, ...]]]


class Place:
    """A kind of database, with as many fresh ones as are wanted."""

    def __init__(self, kind: str, folder: Path) -> None:
        self._kind = kind
        self._folder = folder
        self._count = 0
        self._settings: dict[int, Settings] = {}

    @property
    def blobs(self) -> Blobs:
        """A place for the bytes of files."""
        return FolderBlobs(self._folder / "files")

    @contextlib.asynccontextmanager
    async def fresh(self) -> AsyncIterator[Database]:
        """An empty database with its schema."""
        self._count += 1
        with contextlib.ExitStack() as stack:
            if self._kind == "postgresql":
                url = stack.enter_context(fresh_database())
            else:
                url = database_in(self._folder / f"{self._count}.db")
            settings = quick_settings(url)
            async with opened_database(settings, to_serve=False) as database:
                self._settings[id(database)] = settings
                yield database

    def settings_of(self, database: Database) -> Settings:
        return self._settings[id(database)]

    async def dump(self, database: Database) -> Dump:
        """Every row of every table that tells of the world, and the full-text index."""

        async def query(reader: Reader) -> Dump:
            found: Dump = {}
            for table, columns in COLUMNS.items():
                rows = await reader.fetch_all(f"SELECT {columns} FROM {table}")
                found[table] = sorted((tuple(row) for row in rows), key=repr)
            if self._kind == "postgresql":
                rows = await reader.fetch_all(
                    "SELECT message_id, search_vector::text FROM messages ORDER BY message_id"
                )
                found["search"] = [tuple(row) for row in rows]
            return found

        found = await database.read(query)
        if self._kind == "sqlite":
            found["search"] = indexed(sqlite_path(self.settings_of(database).database))
        return found


def indexed(path: str | None) -> list[tuple[Any, ...]]:
    """Each word of the index of an embedded database, with its place."""
    with contextlib.closing(sqlite3.connect(str(path))) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, message_search, instance)"
        )
        return sorted(connection.execute("SELECT term, doc, offset FROM temp.words"))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, tmp_path)


@pytest.fixture
def sqlite_place(tmp_path: Path) -> Place:
    return Place("sqlite", tmp_path)
