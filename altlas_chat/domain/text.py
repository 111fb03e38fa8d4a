"""Turkish-aware folding: what makes two spellings the same word to a searcher.

Unicode's default case mapping treats ``İ`` and ``I`` by English rules. Here
both dotted and dotless i fold to ``i``, so ``istanbul``, ``İSTANBUL``,
``ıstanbul`` and ``Istanbul`` meet; other diacritics are folded likewise.
"""

import unicodedata
from collections.abc import Callable

NORMALIZER_VERSION = "2"
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


MAX_WORD_CHARACTERS = 64
"""What is longer is the same word when it begins alike."""


class _WordSigns(dict[int, str]):
    """What each sign is in words: what it folds to, or a space where words end."""

    def __missing__(self, code_point: int) -> str:
        form = "".join(sign if sign.isalnum() else " " for sign in _SIGNS[code_point])
        self[code_point] = form
        return form


class _SpelledSigns(dict[int, str]):
    """Like :class:`_WordSigns`, with the marks that tell letters apart; Turkish capital i's."""

    def __missing__(self, code_point: int) -> str:
        sign = _CAPITAL_I.get(chr(code_point), chr(code_point))
        parts = unicodedata.normalize("NFKC", sign.casefold())
        form = "".join(
            part if part.isalnum() else "" if unicodedata.combining(part) else " " for part in parts
        )
        self[code_point] = form
        return form


_CAPITAL_I = {"İ": "i", "I": "ı"}
_WORD_SIGNS = _WordSigns()
_SPELLED_SIGNS = _SpelledSigns()


def words(text: str) -> list[str]:
    """The words of a text as they are indexed and looked up, in order.

    Words are letters and digits, folded; everything else stands between them.
    Both databases get these words, and split nothing themselves.
    """
    found = text.translate(_WORD_SIGNS).split()
    if len(text) > MAX_WORD_CHARACTERS:
        return [word[:MAX_WORD_CHARACTERS] for word in found]
    return found


def sign_forms(text: str) -> list[str]:
    """For each sign of a text what it is in its words; a space where no word goes on."""
    return [_WORD_SIGNS[ord(sign)] for sign in text]


def spelled_words(text: str) -> list[str]:
    """The words of a text in order, in small letters, with their diacritics.

    ``I`` is the capital of ``ı`` here, and of ``i`` in :func:`words`.
    """
    return unicodedata.normalize("NFC", text).translate(_SPELLED_SIGNS).split()


MAX_ORDER_CHARACTERS = 80
"""Names that are alike for so long are in any order."""

_ALPHABET = "0123456789abcçdefgğhıijklmnoöpqrsştuüvwxyz"
_PLACES = {sign: chr(0x30 + place) for place, sign in enumerate(_ALPHABET)}


class _NameSigns(dict[int, str]):
    """What each sign is in the order of names."""

    def __missing__(self, code_point: int) -> str:
        sign = _CAPITAL_I.get(chr(code_point), chr(code_point))
        form = "".join(self._place(part) for part in unicodedata.normalize("NFKC", sign.casefold()))
        self[code_point] = form
        return form

    @staticmethod
    def _place(sign: str) -> str:
        """A sign's place: its own in the Turkish alphabet, or that of its letter without marks."""
        if sign in _PLACES:
            return _PLACES[sign]
        form = folded(sign)
        if not form or not form.isalnum():
            return " " if form else ""
        return "".join(_PLACES.get(part, part) for part in form)


_NAME_SIGNS = _NameSigns()


def name_order(name: str) -> str:
    """What orders names as a Turkish reader does, compared by code points.

    c ç, g ğ, ı i, o ö, s ş, u ü; digits before letters, case makes no
    difference, other diacritics only count as their letter, other scripts
    come after. Of the words of a name that begin alike in letters and Turkish
    diacritics the forms begin alike. No form has ``%`` or ``_``.
    """
    composed = unicodedata.normalize("NFC", name)
    return " ".join(composed.translate(_NAME_SIGNS).split())[:MAX_ORDER_CHARACTERS]


def account_key(name: str) -> str:
    """The form in which user names and e-mail addresses are unique.

    Diacritics count here: ``çan`` and ``can`` are two people. Idempotent.
    """
    return _stable(_key, name)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", _one_i(name).casefold()).strip()
