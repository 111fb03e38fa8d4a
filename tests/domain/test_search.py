"""What is looked for, how well a text answers it, and the marks on the text as it was written."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.domain.search import (
    EXCERPT_CHARACTERS,
    MAX_PIECES,
    TooShortBeginning,
    highlights,
    parse_words,
    score,
)
from altlas_chat.domain.text import name_order, words


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("bir iki", [(("bir",), False), (("iki",), False)]),
        ("bir bir BİR", [(("bir",), False)]),
        ('"bir iki" üç', [(("bir", "iki"), False), (("uc",), False)]),
        ("“bir iki” „üç dört“", [(("bir", "iki"), False), (("uc", "dort"), False)]),
        ('bir "iki üç', [(("bir",), False), (("iki", "uc"), False)]),
        ("bi*", [(("bi",), True)]),
        ('"bir ik*"', [(("bir", "ik"), True)]),
        ("saat-10'da", [(("saat", "10", "da"), False)]),
        ("AND (OR) NOT", [(("and",), False), (("or",), False), (("not",), False)]),
        ("", []),
        ('?! * "" 😀 \x00', []),
    ],
)
def test_what_is_looked_for(query: str, terms: list[tuple[tuple[str, ...], bool]]) -> None:
    assert [(term.forms, term.is_beginning) for term in parse_words(query)] == terms


def test_a_beginning_needs_two_letters() -> None:
    with pytest.raises(TooShortBeginning):
        parse_words("a*")


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("şok", "bir sürü başka söz ve şok", "sok sok sok"),
        ("sok", "bir sürü başka söz ve sok", "şok şok şok"),
        ("elma", "elma elma", "elma armut"),
        ("elma", "elma", "elma ve pek çok başka meyve daha var"),
        ("elma armut", "bir elma armut", "armut elma bir"),
        ("ISTANBUL", "istanbul", "istânbul"),
    ],
)
def test_what_answers_better(query: str, better: str, worse: str) -> None:
    terms = parse_words(query)
    assert score(terms, better) > score(terms, worse)


@given(st.text(max_size=600), st.text(max_size=20))
def test_pieces_are_an_excerpt_of_the_text(text: str, query: str) -> None:
    try:
        terms = parse_words(query)
    except TooShortBeginning:
        return
    for found in (terms, parse_words(" ".join(words(text)[:3]))):
        pieces = highlights(found, text)
        whole = "".join(piece.text for piece in pieces)
        assert whole in text
        assert len(pieces) <= MAX_PIECES
        assert all(piece.text for piece in pieces)
        if len(text) <= EXCERPT_CHARACTERS:
            assert whole == text
        for before, after in itertools.pairwise(pieces):
            assert before.is_match != after.is_match


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_found_and_marked(text: str) -> None:
    for word in words(text):
        assert any(piece.is_match for piece in highlights(parse_words(word), text))


def test_a_match_far_inside_is_shown() -> None:
    text = "söz " * 500 + "İĞNE" + " söz" * 500
    pieces = highlights(parse_words("igne"), text)
    assert [piece.text for piece in pieces if piece.is_match] == ["İĞNE"]
    assert sum(len(piece.text) for piece in pieces) <= EXCERPT_CHARACTERS


def test_names_stand_in_turkish_order() -> None:
    names = ["9", "ağ", "Ah", "can", "Çan", "Iğdır", "ışık", "İzmir", "oz", "Öz", "sok", "Şok", "uf", "Üf", "Жук"]  # fmt: skip
    shuffled = names[::-1]
    assert sorted(shuffled, key=name_order) == names


@given(st.text(max_size=300))
def test_the_order_of_a_name_has_no_sign_of_a_pattern(name: str) -> None:
    assert not set("%_\\") & set(name_order(name))
