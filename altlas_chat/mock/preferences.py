"""What a request wishes of its answer: ``Prefer`` (RFC 7240), or the same in the query."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from altlas_chat.mock.header_lists import elements

PREFER = "Prefer"
APPLIED = "Preference-Applied"
QUERY_NAMES: Mapping[str, str] = {
    "__code": "code",
    "__example": "example",
    "__dynamic": "dynamic",
}

SERVER = "__server"
"""In the query: the server that a request is meant for; one that there is not is 404."""

_ONE = re.compile(r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;]*))?(?:;|\Z)""")


@dataclass(frozen=True, slots=True)
class Preferences:
    """The wishes: a status (or None), an example's name, made-up or not (or None).

    ``unreadable`` holds what could not be understood, one sentence each.
    """

    code: int | None = None
    example: str | None = None
    dynamic: bool | None = None
    unreadable: tuple[str, ...] = ()

    def applied(self) -> str:
        """The value of ``Preference-Applied``, "" when nothing was wished."""
        wishes = []
        if self.code is not None:
            wishes.append(f"code={self.code}")
        if self.example is not None:
            wishes.append(f"example={_quoted(self.example)}")
        if self.dynamic is not None:
            wishes.append(f"dynamic={str(self.dynamic).lower()}")
        return ", ".join(wishes)


NO_PREFERENCES = Preferences()


def read_preferences(headers: Iterable[str], query: Iterable[tuple[str, str]]) -> Preferences:
    """The wishes in the ``Prefer`` headers and the query; a header's goes first, as does the first.

    Other preferences (``return=minimal``) are not ours and are let be.
    """
    wishes: dict[str, str] = {}
    for header in headers:
        for one in elements(header):
            if found := _ONE.match(one):
                wishes.setdefault(found[1].lower(), _unquoted((found[2] or "").strip()))
    for name, value in query:
        if name in QUERY_NAMES:
            wishes.setdefault(QUERY_NAMES[name], value)
    unreadable: list[str] = []
    return Preferences(
        code=_code(wishes.get("code"), unreadable),
        example=wishes.get("example"),
        dynamic=_flag(wishes.get("dynamic"), unreadable),
        unreadable=tuple(unreadable),
    )


def _code(text: str | None, unreadable: list[str]) -> int | None:
    if text is None:
        return None
    if re.fullmatch(r"[2-5][0-9]{2}", text, re.ASCII):
        return int(text)
    unreadable.append(f"{text!r} is no status code (200 to 599)")
    return None


def _flag(text: str | None, unreadable: list[str]) -> bool | None:
    if text is None:
        return None
    if text.lower() in ("true", "1", ""):
        return True
    if text.lower() in ("false", "0"):
        return False
    unreadable.append(f"dynamic is true or false, not {text!r}")
    return None


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _quoted(text: str) -> str:
    if re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", text):
        return text
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
