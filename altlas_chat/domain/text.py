"""Turkish-aware folding: what makes two spellings the same word to a searcher.

Unicode's default case mapping treats ``İ`` and ``I`` by English rules. Here
both dotted and dotless i fold to ``i``, so ``istanbul``, ``İSTANBUL``,
``ıstanbul`` and ``Istanbul`` meet; other diacritics are folded likewise.
"""

import unicodedata
from collections.abc import Callable

NORMALIZER_VERSION = "1"
"""Kept in the database; an index built by another version must be built again."""

_TURKISH_I = {"İ": "i", "I": "i", "ı": "i"}


class _Signs(dict[int, str]):
    """What each sign folds to, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        form = _stable(_bare, chr(code_point))
        self[code_point] = form
        return form


def _stable(step: Callable[[str], str], text: str) -> str:
    """``text`` after as many steps as it takes until another one changes nothing."""
    while (form := step(text)) != text:
        text = form
    return text


def _bare(text: str) -> str:
    lowered = unicodedata.normalize("NFKD", _one_i(text).casefold())
    bare = "".join(part for part in lowered if not unicodedata.combining(part))
    return unicodedata.normalize("NFKC", bare).casefold()


def _one_i(text: str) -> str:
    return "".join(_TURKISH_I.get(sign, sign) for sign in text)


_SIGNS = _Signs()


def folded(text: str) -> str:
    """The form under which text is indexed and looked up.

    Case, dotted and dotless i, and diacritics make no difference; compatible
    forms (full width, ligatures) are one. Idempotent.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_SIGNS)


def account_key(name: str) -> str:
    """The form in which user names and e-mail addresses are unique.

    Diacritics count here: ``çan`` and ``can`` are two people. Idempotent.
    """
    return _stable(_key, name)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", _one_i(name).casefold()).strip()
