"""Pings for all sockets, spread evenly over the heartbeat time.

One timer serves every socket: each has a slot on a wheel that turns once in
``heartbeat_seconds``. A socket that says nothing for ``pong_timeout_seconds``
after its ping is dropped.
"""

import asyncio
import random

from altlas_chat.ws.socket import Socket


class Heartbeats:
    """The wheel. A socket's slot is drawn by chance, so the first ping is jittered."""

    def __init__(self, heartbeat_seconds: int, pong_timeout_seconds: int) -> None:
        self._slots: list[set[Socket]] = [set() for _ in range(max(2, heartbeat_seconds))]
        self._grace = min(pong_timeout_seconds, len(self._slots) - 1)
        self._turn = 0
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

    def sockets(self) -> list[Socket]:
        """All sockets on the wheel."""
        return [socket for slot in self._slots for socket in slot]

    def _tick(self) -> None:
        self._timer = self._loop.call_later(1.0, self._tick)
        self.turn()

    def turn(self) -> None:
        """One second's work: drop those that did not answer, ping the next."""
        slot = self._turn
        self._turn = (slot + 1) % len(self._slots)
        self._drop_silent((slot - self._grace) % len(self._slots))
        self._pinged_at[slot] = self._loop.time()
        for socket in self._slots[slot]:
            socket.ping()

    def _drop_silent(self, slot: int) -> None:
        pinged_at = self._pinged_at[slot]
        if pinged_at:
            silent = [socket for socket in self._slots[slot] if socket.heard_at < pinged_at]
            for socket in silent:
                socket.abort()
