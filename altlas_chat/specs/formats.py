"""Formats of OpenAPI that JSON Schema itself does not know.

Those of JSON Schema (``date-time``, ``uuid``, ``email`` …) the validator has; the ranges of
``int32`` and its kin become bounds.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*={0,2}")
_MEDIA_RANGE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+(\s*;.*)?")


def is_base64(text: str) -> bool:
    """Base64 of RFC 4648, section 4, padded; line breaks are allowed."""
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_base64url(text: str) -> bool:
    return _BASE64URL.fullmatch(text) is not None


def _is_character(text: str) -> bool:
    return len(text) == 1


def _is_media_range(text: str) -> bool:
    return _MEDIA_RANGE.fullmatch(text) is not None


FORMATS: Mapping[str, Callable[[str], bool]] = {
    "byte": is_base64,
    "base64url": _is_base64url,
    "char": _is_character,
    "media-range": _is_media_range,
}
"""By name, what tells whether a text is of that format."""
