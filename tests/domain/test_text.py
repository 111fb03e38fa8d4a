"""Folding for search, and the form in which names are unique."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.domain.text import account_key, folded

EVERY_SIGN = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("istanbul", "istanbul"),
        ("İSTANBUL", "istanbul"),
        ("Istanbul", "istanbul"),
        ("ıstanbul", "istanbul"),
        ("i\u0307stanbul", "istanbul"),
        ("I\u0307stanbul", "istanbul"),
        ("DIŞARI", "disari"),
        ("dışarı", "disari"),
        ("ğüşöçĞÜŞÖÇ", "gusocgusoc"),
        ("Şükrü Öğüt", "sukru ogut"),
        ("âîû", "aiu"),
        ("STRASSE straße", "strasse strasse"),
        ("ﬁnal", "final"),
        ("ＡＢＣ", "abc"),
        ("Ελλάς", "ελλασ"),
        ("ёлка", "елка"),
        ("👩‍👩‍👧 çay", "👩‍👩‍👧 cay"),
        ("", ""),
        ("a\tb\nc", "a\tb\nc"),
    ],
)
def test_what_a_searcher_finds_alike(text: str, form: str) -> None:
    assert folded(text) == form


@pytest.mark.parametrize("pair", [("sık", "sik"), ("ILIK", "ılık"), ("KAĞIT", "kâğıt")])
def test_spellings_that_meet(pair: tuple[str, str]) -> None:
    assert folded(pair[0]) == folded(pair[1])


@pytest.mark.parametrize("pair", [("kar", "kor"), ("can", "cam"), ("1", "2")])
def test_words_that_stay_apart(pair: tuple[str, str]) -> None:
    assert folded(pair[0]) != folded(pair[1])


def test_folding_a_folded_sign_changes_nothing() -> None:
    unstable = [sign for sign in EVERY_SIGN if folded(folded(sign)) != folded(sign)]
    assert unstable == []


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(), st.text())
def test_folding_goes_sign_by_sign(first: str, second: str) -> None:
    assert folded(first + second) == folded(first) + folded(second)


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ "))
def test_composed_and_decomposed_turkish_meet(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ayse", "ayse"),
        ("  ayse ", "ayse"),
        ("İREM", "irem"),
        ("IREM", "irem"),
        ("ırem", "irem"),
        ("ÇAN", "çan"),
        ("c\u0327an", "çan"),
        ("AYŞE@Example.ORG", "ayşe@example.org"),
        ("ａｂｃ", "abc"),
        ("Straße", "strasse"),
    ],
)
def test_names_that_are_one_account(name: str, key: str) -> None:
    assert account_key(name) == key


def test_diacritics_tell_accounts_apart() -> None:
    assert account_key("çan") != account_key("can")


def test_the_key_of_a_key_is_itself() -> None:
    unstable = [sign for sign in EVERY_SIGN if account_key(account_key(sign)) != account_key(sign)]
    assert unstable == []


@given(st.text())
def test_a_key_is_idempotent(name: str) -> None:
    assert account_key(account_key(name)) == account_key(name)


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyz.-_0123456789"))
def test_case_makes_no_difference_to_a_key(name: str) -> None:
    assert account_key(name.upper()) == account_key(name) == account_key(name.title())


def test_plain_letters_fold_alone_as_they_do_beside_others() -> None:
    plain = "".join(map(chr, range(128)))
    assert folded("ğ") + folded(plain) == folded("ğ" + plain)
