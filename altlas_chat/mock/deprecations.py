"""How an answer tells that its operation will go."""

import datetime as dt
import re
from email.utils import format_datetime
from typing import Any

Headers = tuple[tuple[str, str], ...]

UNKNOWN = "@0"
"""Deprecated at some time in the past: ``Deprecation`` wants a date (RFC 9745, section 2.1)."""


def deprecation_headers(operation: dict[str, Any]) -> Headers:
    """``Deprecation`` of a deprecated operation; ``Sunset`` where ``x-sunset`` has a date.

    ``x-deprecated-at`` or ``x-deprecation`` may say since when.
    """
    since = _moment(operation.get("x-deprecated-at", operation.get("x-deprecation")))
    found = [("Deprecation", f"@{int(since.timestamp())}" if since else UNKNOWN)]
    sunset = _moment(operation.get("x-sunset"))
    if sunset:
        found.append(("Sunset", format_datetime(sunset, usegmt=True)))
    return tuple(found)


def _moment(value: Any) -> dt.datetime | None:
    """A date or a time of ISO 8601 or YAML; a date is its first moment, UTC."""
    text = str(value) if value is not None else ""
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)
