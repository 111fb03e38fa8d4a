"""Turkish-aware folding: what makes two spellings the same word to a searcher.

Unicode's default case mapping treats ``İ`` and ``I`` by English rules. Here
both dotted and dotless i fold to ``i``, so ``istanbul``, ``İSTANBUL``,
``ıstanbul`` and ``Istanbul`` meet; other diacritics are folded likewise.
"""

import unicodedata

NORMALIZER_VERSION = "1"
"""Kept in the database; an index built by another version must be built again."""

_TURKISH_I = {"İ": "i", "I": "i", "ı": "i"}


class _Signs(dict[int, str]):
    """What each sign folds to, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        sign = chr(code_point)
        lowered = unicodedata.normalize("NFKD", _TURKISH_I.get(sign, sign).casefold())
        bare = "".join(part for part in lowered if not unicodedata.combining(part))
        form = unicodedata.normalize("NFKC", bare).casefold()
        self[code_point] = form
        return form


_SIGNS = _Signs()


def folded(text: str) -> str:
    """The form under which text is indexed and looked up.

    Case, dotted and dotless i, and diacritics make no difference; compatible
    forms (full width, ligatures) are one. Idempotent.
    """
    return text.translate(_SIGNS)


def account_key(name: str) -> str:
    """The form in which user names and e-mail addresses are unique.

    Diacritics count here: ``çan`` and ``can`` are two people.
    """
    dotless = "".join(_TURKISH_I.get(sign, sign) for sign in name.strip())
    return unicodedata.normalize("NFKC", dotless.casefold())
