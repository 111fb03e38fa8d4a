"""A real PostgreSQL to throw away, and an empty database on it for each test.

Where it comes from says ``loadtests/postgres.py``. Without any of its sources
the tests that want one are skipped with the reason, or fail when
``ALTLAS_CHAT_TEST_REQUIRE_ALL`` is 1.

A process has one server, so under pytest-xdist each worker has its own. It is
reached by a socket in its folder, listens on no port, and does not wait for
the disk: what it holds need not survive. It ends with its process, even when
that one is killed.
"""

import atexit
import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from altlas_chat.storage.schema import HEAD_REVISION, REVISIONS, VERSION_TABLE
from loadtests.postgres import URL_VARIABLE, Cluster, NoPostgres, end, execute, run_as
from tests.support.used_again import BesideTests, UsedAgain

T = TypeVar("T")

REQUIRE_VARIABLE = "ALTLAS_CHAT_TEST_REQUIRE_ALL"

_ROOM_BYTES = 2 * 1024**3
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
}


class PostgresServer:
    """A server on which databases can be made and dropped at will."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._template: str | None = None
        self._free: list[UsedAgain] = []
        self._taken: dict[str, UsedAgain] = {}

    def take_database(self) -> str:
        """The URL of a database with the newest schema and nothing in it, to be given back."""
        one = self._free.pop() if self._free else _beside().run(UsedAgain.of(self._copy()))
        self._taken[one.url] = one
        return one.url

    def give_back(self, url: str) -> None:
        """Keep a database for the next who takes one, or drop it when it is not fit for that."""
        one = self._taken.pop(url)
        if _beside().run(one.is_as_new()):
            self._free.append(one)
        else:
            _beside().run(one.leave())
            self.drop_database(url)

    def make_empty_database(self) -> str:
        """The URL of a new database without a schema."""
        return self._make("template0")

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever may still be connected to it."""
        name = urlsplit(url).path.removeprefix("/")
        self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def drop_free(self) -> None:
        """Remove what is kept for the next: on a lasting server nothing is left behind."""
        while self._free:
            one = self._free.pop()
            _beside().run(one.leave())
            self.drop_database(one.url)

    def _copy(self) -> str:
        return self._make(self._template_name())

    def _make(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def _template_name(self) -> str:
        """A database to copy, made once; on a lasting server it stays for the next time."""
        if self._template is None:
            name = f"altlas_chat_test_{_fingerprint()}"
            draft = f"{name}_{uuid.uuid4().hex[:8]}"
            self._administer(f"CREATE DATABASE {draft} TEMPLATE template0 ENCODING 'UTF8'")
            _beside().run(execute(self.url_of(draft), "BEGIN", *_making_schema(), "COMMIT"))
            try:
                self._administer(f"ALTER DATABASE {draft} RENAME TO {name}")
            except asyncpg.DuplicateDatabaseError:
                self.drop_database(self.url_of(draft))
            self._template = name
        return self._template

    def _administer(self, sql: str) -> None:
        _beside().run(execute(self._url, sql))


def _making_schema() -> list[str]:
    stamp = f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD_REVISION}')"
    steps = [sql for revision in REVISIONS.values() for sql in revision.statements("postgresql")]
    return [VERSION_TABLE, *steps, stamp]


def _fingerprint() -> str:
    return hashlib.blake2b("".join(_making_schema()).encode(), digest_size=6).hexdigest()


@cache
def _beside() -> BesideTests:
    return BesideTests()


@contextlib.contextmanager
def fresh_database(*, empty: bool = False) -> Iterator[str]:
    """The URL of a database of one's own inside the ``with`` block; without a schema if ``empty``.

    Skips the test where there is no PostgreSQL, or fails it if all must be had.
    """
    server = _require(postgres_server)
    url = server.make_empty_database() if empty else server.take_database()
    try:
        yield url
    finally:
        if empty:
            server.drop_database(url)
        else:
            server.give_back(url)


def _require(part: Callable[[], T]) -> T:
    """What ``part`` gives; skips the test where that can't be had, or fails it if all must be."""
    try:
        return part()
    except NoPostgres as missing:
        if os.environ.get(REQUIRE_VARIABLE) == "1":  # noqa: TID251
            pytest.fail(f"{missing} ({REQUIRE_VARIABLE}=1)", pytrace=False)
        pytest.skip(str(missing))


@cache
def postgres_server() -> PostgresServer:
    """This process's server, started when it is first wanted.

    Raises:
        NoPostgres: there is none, and why.
    """
    given = os.environ.get(URL_VARIABLE)  # noqa: TID251
    return PostgresServer(given or _start())


def _start() -> str:
    """Start a server that ends with this process; its URL."""
    cluster = Cluster(_quick_place())
    process = cluster.guarded(_SETTINGS)
    atexit.register(end, process)
    _beside().run(cluster.wait_until_up(process))
    return cluster.url


class OwnServer:
    """A server of one test's own, which can be struck down and started again.

    Unlike the shared one it keeps, after a crash, all that it said it keeps.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None
        self.url = cluster.url

    def start(self) -> None:
        """Return when it answers."""
        cluster = self._cluster
        command = cluster.command({**_SETTINGS, "synchronous_commit": "on"})
        with (cluster.folder / "log").open("ab") as log:
            self._process = subprocess.Popen[bytes](
                command, cwd=cluster.folder, stdout=log, stderr=log, **run_as(cluster.owner)
            )
        _beside().run(cluster.wait_until_up(self._process))

    def crash(self) -> None:
        """End it at once, without a word to anybody (an immediate shutdown); return when it ended."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    """A running server with the newest schema in its database ``postgres``; gone afterwards."""
    cluster = _require(lambda: Cluster(_quick_place()))
    server = OwnServer(cluster)
    try:
        server.start()
        _beside().run(execute(server.url, "BEGIN", *_making_schema(), "COMMIT"))
        yield server
    finally:
        server.crash()
        cluster.remove()


def _quick_place() -> Path | None:
    """Memory, where there is enough of it: a new database is some 300 new files."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if roomy else None
