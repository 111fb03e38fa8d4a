"""UTC milliseconds, as the contract writes them."""

from datetime import UTC, datetime
from functools import lru_cache

_HOUR_MS = 60 * 60 * 1000


@lru_cache(maxsize=4096)
def _hour(number: int) -> str:
    return datetime.fromtimestamp(number * 3600, UTC).strftime("%Y-%m-%dT%H")


@lru_cache(maxsize=1024)
def rfc3339(at: int) -> str:
    """A moment in UTC milliseconds as ``2026-11-24T05:00:00.123Z`` (RFC 3339)."""
    hour, rest = divmod(at, _HOUR_MS)
    minutes, rest = divmod(rest, 60_000)
    seconds, milliseconds = divmod(rest, 1000)
    return f"{_hour(hour)}:{minutes:02d}:{seconds:02d}.{milliseconds:03d}Z"


def rfc3339_or_none(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
