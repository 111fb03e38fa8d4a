"""Other people's text, made harmless for a terminal."""

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows, and so can disguise it."""
_SEPARATORS = frozenset("\u2028\u2029")


def plain(text: str) -> str:
    """One line of ``text`` without anything that a terminal would obey.

    Control characters are left out (so no escape sequence is whole any more),
    and signs that turn the direction of writing; tabs and line breaks are spaces.
    """
    return "".join(_harmless(sign) for sign in text)


def plain_lines(text: str) -> list[str]:
    """The lines of ``text``, each made harmless; at least one."""
    return [plain(line) for line in text.splitlines()] or [""]


def _harmless(sign: str) -> str:
    if sign in "\t\n\r\v\f" or sign in _SEPARATORS:
        return " "
    if sign in _BIDI or unicodedata.category(sign) in ("Cc", "Cs"):
        return ""
    return sign
