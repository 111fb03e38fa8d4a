"""Where a page of a list begins: cursors that name the last thing of the page before."""

import base64
import binascii
from typing import Any

import orjson

from altlas_chat.domain.errors import CursorInvalid


def page_cursor(*place: object) -> str:
    """A place as clients carry it: texts and whole numbers, opaque to them."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def decoded_place(cursor: str, *types: type) -> tuple[Any, ...]:
    """The place that :func:`page_cursor` was given, with a part of each of ``types``.

    Whoever sends it may have made it up: each part may go to a database as it is.

    Raises:
        CursorInvalid: it is none, or one of another list.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = orjson.loads(raw)
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid from error
    if not isinstance(place, list) or [type(part) for part in place] != list(types):
        raise CursorInvalid
    if not all(_is_sound(part) for part in place):
        raise CursorInvalid
    return tuple(place)


def _is_sound(part: object) -> bool:
    if isinstance(part, str):
        return "\x00" not in part
    return type(part) is int and 0 <= part < 2**53
