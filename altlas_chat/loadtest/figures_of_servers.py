"""What a server says of itself while it is loaded, a second at a time."""

from collections.abc import Mapping
from typing import NamedTuple

import aiohttp

_PREFIX = "altlas_chat_"


class Source(NamedTuple):
    """Where the figures are had: ``GET /metrics`` below ``base``, by an administrator's token."""

    base: str
    token: str


class FiguresRefused(Exception):
    """A server gives no figures; the message says why."""


async def require_figures(source: Source) -> None:
    """Have a look whether the figures can be had.

    Raises:
        FiguresRefused: they can't.
    """
    headers = {"Authorization": f"Bearer {source.token}"}
    url = f"{source.base}/metrics"
    try:
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as found:
            status, text = found.status, await found.text()
    except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
        raise FiguresRefused(f"{url} does not answer: {error}") from error
    if status in (401, 403):
        raise FiguresRefused(f"who was named may not read {url}: it answers {status}")
    if status != 200 or not read_figures(text):
        raise FiguresRefused(f"{url} has no figures: it answers {status}")


class ServerFigures:
    """Asks a server for its figures and makes those of the time since the last asking.

    ``cpu`` is a share of a core, ``memory_mb`` what it holds, ``loop_lag_ms``
    how late the event loop was in the mean, ``loop_lag_max_ms`` at the worst,
    ``gc_pause_max_ms`` the longest collection of garbage, ``changes_waiting`` what no commit
    had taken at that moment, ``changes_a_commit`` and ``commits_a_second`` how
    it committed, ``commit_ms`` how long that took in the mean and
    ``committing`` what share of the time (more than 1 where there are lanes),
    ``database_wait_ms`` how long readings waited for a connection,
    ``outbox_frames`` and ``outbox_kb_max`` what waited to be taken by clients,
    ``sockets`` how many were open.
    """

    def __init__(self, session: aiohttp.ClientSession, source: Source) -> None:
        self._session = session
        self._source = source
        self._before: Mapping[str, float] = {}
        self._asked_at = 0.0

    async def ask(self, at: float) -> dict[str, float]:
        """The figures at a moment (seconds, of any clock); empty when they can't be had."""
        headers = {"Authorization": f"Bearer {self._source.token}"}
        try:
            async with self._session.get(
                f"{self._source.base}/metrics", headers=headers
            ) as response:
                text = await response.text() if response.status == 200 else ""
        except (aiohttp.ClientError, TimeoutError):
            return {}
        now = read_figures(text)
        if not now:
            return {}
        before, seconds = self._before, at - self._asked_at
        self._before, self._asked_at = now, at
        return _between(before, now, seconds) if before and seconds > 0 else {}


def read_figures(text: str) -> dict[str, float]:
    """The figures without labels of a page in Prometheus' text format, by name."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name and name[0] != "#" and "{" not in name:
            try:
                found[name] = float(value)
            except ValueError:
                continue
    return found


def _between(
    before: Mapping[str, float], now: Mapping[str, float], seconds: float
) -> dict[str, float]:
    def grown(name: str) -> float:
        return now.get(name, 0.0) - before.get(name, 0.0)

    def mean(name: str) -> float:
        count = grown(f"{_PREFIX}{name}_count")
        return grown(f"{_PREFIX}{name}_sum") / count if count else 0.0

    def present(name: str) -> float:
        return now.get(f"{_PREFIX}{name}", 0.0)

    return {
        "cpu": grown("process_cpu_seconds_total") / seconds,
        "memory_mb": now.get("process_resident_memory_bytes", 0.0) / 2**20,
        "loop_lag_ms": mean("event_loop_lag_seconds") * 1000,
        "loop_lag_max_ms": present("event_loop_lag_longest_seconds") * 1000,
        "gc_pause_max_ms": present("gc_pause_longest_seconds") * 1000,
        "changes_waiting": present("changes_waiting"),
        "changes_a_commit": mean("commit_changes"),
        "commits_a_second": grown(f"{_PREFIX}commit_changes_count") / seconds,
        "committing": grown(f"{_PREFIX}commit_seconds_sum") / seconds,
        "commit_ms": mean("commit_seconds") * 1000,
        "database_wait_ms": mean("database_wait_seconds") * 1000,
        "outbox_frames": present("outbox_frames"),
        "outbox_kb_max": present("outbox_bytes_max") / 1024,
        "sockets": present("sockets"),
    }
