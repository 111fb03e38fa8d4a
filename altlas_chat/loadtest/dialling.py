"""Sockets by the thousand: room for them in this process, and where they come from."""

import asyncio
import errno
import itertools
import socket
import sys
from collections.abc import Sequence
from urllib.parse import SplitResult

from altlas_chat.loadtest.scenarios import small_buffers
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat.loadtest.wires import Wire

OTHER_FILES = 200
"""What a process has open beside its sockets: the interpreter's own, a database, requests."""

DIALLING_AT_ONCE = 100
"""Of thousands that come at once, so many connect at a time: the process has more to do."""

NO_PORTS = (errno.EADDRNOTAVAIL, errno.EADDRINUSE)
"""When connecting, and when a source was named for it."""

MOST_REQUESTS = 1000
"""Under way at a time, for which there is to be room; beyond that a run says what it had not."""

LOOPBACK = ("127.0.0.1", "localhost")
SOURCES: Sequence[str | None] = (None, *(f"127.0.0.{number}" for number in range(2, 100)))
"""Where connections to the loopback come from: each address has some 28,000 ports of its own."""


def require_descriptors(sockets: int, rate: float) -> None:
    """Make room for so many sockets, and for requests of so many a second, in this process.

    The soft limit of open files is raised as far as that needs; a server that
    is started afterwards inherits it.

    Raises:
        TargetUnusable: the hard limit is lower; with the number that it takes.
    """
    try:
        import resource  # noqa: PLC0415 - not on Windows, which has no such limit
    except ImportError:
        return
    needed = sockets + min(round(rate), MOST_REQUESTS) + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY not in (soft, hard) and needed > hard:
        raise TargetUnusable(
            f"This takes about {needed:,} open files, and a process may have {hard:,} here.",
            f"Raise the limit (`ulimit -Hn {needed}` by an administrator), or take fewer --users.",
        )
    if soft != resource.RLIM_INFINITY and needed > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


class Dialler:
    """Connects to one address; to this machine's own from as many sources as the ports need."""

    def __init__(self, address: SplitResult, sources: Sequence[str | None] | None = None) -> None:
        self.address = address
        if sources is None:
            is_near = address.hostname in LOOPBACK and sys.platform == "linux"
            sources = SOURCES if is_near else (None,)
        self._sources = iter(sources)
        self._source = next(self._sources)
        self._is_secure = address.scheme == "https"
        self._room = asyncio.Semaphore(DIALLING_AT_ONCE)
        self._places: list[tuple[int, tuple[str, int]]] = []

    async def connect(self, wire: Wire, *, is_slow: bool = False) -> None:
        """Connect a wire, if it is slow, with small buffers in both systems.

        Raises:
            OSError: nobody takes the connection.
            TargetUnusable: there is no free port left, on any source.
        """
        async with self._room:
            connected = await self._connected(is_slow)
        host = self.address.hostname if self._is_secure else None
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: wire, sock=connected, ssl=self._is_secure or None, server_hostname=host
            )
        except BaseException:
            connected.close()
            raise

    async def _connected(self, is_slow: bool) -> socket.socket:
        places = self._places or await self._found()
        while True:
            source = self._source
            try:
                return await self._first_of(places, source, is_slow)
            except OSError as error:
                if error.errno not in NO_PORTS:
                    raise
                self._use_another(source)

    def _use_another(self, spent: str | None) -> None:
        """Go on from the next source, unless somebody did so already."""
        if self._source != spent:
            return
        try:
            self._source = next(self._sources)
        except StopIteration:
            raise TargetUnusable(
                "This machine has no free local ports left for more sockets.",
                "Take fewer --users, or widen the range net.ipv4.ip_local_port_range.",
            ) from None

    async def _found(self) -> list[tuple[int, tuple[str, int]]]:
        port = self.address.port or (443 if self._is_secure else 80)
        infos = await asyncio.get_running_loop().getaddrinfo(
            self.address.hostname, port, type=socket.SOCK_STREAM
        )
        return [(family, (str(at[0]), int(at[1]))) for family, _, _, _, at in infos]

    async def _first_of(
        self,
        places: list[tuple[int, tuple[str, int]]],
        source: str | None,
        is_slow: bool,
    ) -> socket.socket:
        """A socket to the first place that takes one; the others are not tried again."""
        for number, (family, place) in enumerate(places):
            made = socket.socket(family, socket.SOCK_STREAM)
            try:
                made.setblocking(False)
                for option in small_buffers() if is_slow else ():
                    made.setsockopt(*option)
                if source is not None and family == socket.AF_INET:
                    made.bind((source, 0))
                await asyncio.get_running_loop().sock_connect(made, place)
            except BaseException as error:
                made.close()
                is_last = number == len(places) - 1
                if isinstance(error, ConnectionError) and not is_last:
                    continue
                raise
            self._places = list(itertools.islice(places, number, number + 1))
            return made
        raise OSError(errno.EADDRNOTAVAIL, f"{self.address.hostname} has no address")
