"""UTC milliseconds, as the contract writes them."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from altlas_chat.domain.errors import FieldError, ValidationFailed
from altlas_chat.domain.language import say

_HOUR_MS = 60 * 60 * 1000
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
LATEST_MS = 253_402_300_799_000
"""The end of the year 9999."""


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


def moment(text: str, pointer: str) -> int:
    """A moment as a client writes it (RFC 3339, with its offset), in UTC milliseconds.

    Raises:
        ValidationFailed: it is none, or not between 1970 and 9999; ``pointer`` says where.
    """
    try:
        found = datetime.fromisoformat(text if _RFC_3339.fullmatch(text) else "")
        at = int(found.timestamp() * 1000)
    except (ValueError, OverflowError):
        at = -1
    if not 0 <= at <= LATEST_MS:
        detail = say("write a moment with its time zone, such as 2026-11-24T05:00:00Z")
        raise ValidationFailed(detail, errors=[FieldError("INVALID_TIME", detail, pointer)])
    return at
