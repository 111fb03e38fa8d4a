"""Pings for all sockets, spread evenly over the heartbeat time, and their end when it has come.

One timer serves every socket: each has a slot on a wheel that turns once in
``heartbeat_seconds``. A socket that says nothing for ``pong_timeout_seconds``
after its ping is dropped. One that ends before the wheel comes round again is
looked at every second from then on.
"""

import asyncio
import random
from collections.abc import Callable

from altlas_chat.ws.socket import Socket


class Heartbeats:
    """The wheel. A socket's slot is drawn by chance, so the first ping is jittered."""

    def __init__(
        self, heartbeat_seconds: int, pong_timeout_seconds: int, now_ms: Callable[[], int]
    ) -> None:
        self._slots: list[set[Socket]] = [set() for _ in range(max(2, heartbeat_seconds))]
        self._grace = min(pong_timeout_seconds, len(self._slots) - 1)
        self._turn = 0
        self._now_ms = now_ms
        self._ending: set[Socket] = set()
        self._pinged_at = [0.0] * len(self._slots)
        self._random = random.Random()  # noqa: S311
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        self._timer = self._loop.call_later(1.0, self._tick)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def add(self, socket: Socket) -> int:
        """Begin to ping a socket; its slot, for :meth:`remove`."""
        slot = self._random.randrange(len(self._slots))
        self._slots[slot].add(socket)
        return slot

    def remove(self, socket: Socket, slot: int) -> None:
        self._slots[slot].discard(socket)
        self._ending.discard(socket)

    def watch_end(self, socket: Socket) -> None:
        """Close a socket when its ``ends_at`` has come, which may move further on meanwhile."""
        if self._ends_soon(socket, self._now_ms()):
            self._ending.add(socket)

    def _ends_soon(self, socket: Socket, now_ms: int) -> bool:
        """Before its slot has its turn again."""
        return socket.ends_at is not None and socket.ends_at - now_ms <= 1000 * len(self._slots)

    def sockets(self) -> list[Socket]:
        """All sockets on the wheel."""
        return [socket for slot in self._slots for socket in slot]

    def _tick(self) -> None:
        self._timer = self._loop.call_later(1.0, self._tick)
        self.turn()

    def turn(self) -> None:
        """One second's work: end whose time has come, drop who did not answer, ping the next."""
        slot, now_ms = self._turn, self._now_ms()
        self._turn = (slot + 1) % len(self._slots)
        self._drop_silent((slot - self._grace) % len(self._slots))
        self._pinged_at[slot] = self._loop.time()
        for socket in self._slots[slot]:
            socket.ping()
            if self._ends_soon(socket, now_ms):
                self._ending.add(socket)
        self._end(now_ms)

    def _end(self, now_ms: int) -> None:
        for socket in list(self._ending):
            if socket.ends_at is not None and socket.ends_at < now_ms:
                socket.expire()
            elif not self._ends_soon(socket, now_ms):
                self._ending.discard(socket)

    def _drop_silent(self, slot: int) -> None:
        pinged_at = self._pinged_at[slot]
        if pinged_at:
            silent = [socket for socket in self._slots[slot] if socket.heard_at < pinged_at]
            for socket in silent:
                socket.abort()
