"""Two languages: what is said, what is asked for, and that nothing is said in one of them only."""

from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.domain.errors import ALL_ERRORS
from altlas_chat.domain.language import LANGUAGES, Phrase, render, say, wanted_language
from altlas_chat.domain.turkish import TURKISH
from altlas_chat.domain.turkish.details import DETAILS
from altlas_chat.domain.turkish.notices import NOTICES
from altlas_chat.domain.turkish.refusals import REFUSALS
from tests.support.sentences import all_said, all_templates, said_in


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_sentence_is_said_so_that_it_can_be_translated() -> None:
    assert [f"{one.place}: {one.fault}" for one in all_said() if one.fault] == []


def test_every_sentence_has_its_turkish_and_no_turkish_is_left_over() -> None:
    assert {"missing": sorted(all_templates() - TURKISH.keys())} == {"missing": []}
    assert {"unused": sorted(TURKISH.keys() - all_templates())} == {"unused": []}
    assert len(TURKISH) == len(REFUSALS) + len(DETAILS) + len(NOTICES), "translated twice"


def test_translations_have_the_same_placeholders() -> None:
    different = {
        english: turkish
        for english, turkish in TURKISH.items()
        if names_in(english) != names_in(turkish)
    }
    assert different == {}


def test_what_is_said_has_a_value_for_each_placeholder() -> None:
    assert [
        one.place
        for one in all_said()
        if one.template is not None and names_in(one.template) != one.names
    ] == []


@pytest.mark.parametrize(
    "source",
    [
        'raise UserNotFound("nobody")',
        'raise UserNotFound(f"nobody {x}")',
        'raise UserNotFound(detail="nobody")',
        'FieldError("X", "is wrong", "/a")',
        'FieldError("X", detail=f"{x}", pointer="/a")',
        'invalid("/a", "X", "is wrong")',
        'raise UserNotFound("{}".format(x))',
        'def f():\n    detail = "no"\n    raise UserNotFound(detail)',
        "raise UserNotFound(say(template))",
        'raise UserNotFound(say(f"{x}"))',
    ],
)
def test_the_search_for_untranslatable_sentences_finds_them(source: str) -> None:
    assert [one for one in said_in(source, "some.py") if one.fault]


def test_a_sentence_is_told_in_both_languages() -> None:
    sentence = say("A frame may have {limit} bytes.", limit=5)
    assert isinstance(sentence, Phrase)
    assert sentence == render(sentence, "en") == "A frame may have 5 bytes."
    assert render(sentence, "tr") == "Bir çerçeve en fazla 5 bayt olabilir."


def test_a_sentence_in_a_sentence_is_told_in_the_same_language() -> None:
    outer = say("{name} came before auth.", name=say("A file"))
    assert render(outer, "tr") == "Dosya, auth çerçevesinden önce geldi."


def test_what_has_no_translation_or_is_nobodys_sentence_stays_as_it_is() -> None:
    assert render(say("never {said}", said="{so}"), "tr") == "never {so}"
    assert render("{braces} by a person", "tr") == "{braces} by a person"
    assert render(say("A file"), "fr") == "A file"


@pytest.mark.parametrize("code", sorted(ALL_ERRORS))
def test_a_refusal_says_everything_in_turkish_and_keeps_its_code(code: str) -> None:
    english, turkish = (ALL_ERRORS[code]().as_problem("r", language) for language in LANGUAGES)
    worded = ("title", "detail", "remedy")
    assert all(english[part] != turkish[part] for part in worded)
    assert {key: value for key, value in english.items() if key not in worded} == {
        key: value for key, value in turkish.items() if key not in worded
    }


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, None),
        ("", None),
        ("tr", "tr"),
        ("TR-tr", "tr"),
        ("tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "tr"),
        ("en-GB, tr;q=0.9", "en"),
        ("en;q=0.3, tr;q=0.8", "tr"),
        ("de, fr;q=0.9, tr;q=0.1", "tr"),
        ("tr;q=0, en;q=0.1", "en"),
        ("tr;q=0", None),
        ("*", None),
        ("*;q=0.9, tr;q=0.1", "tr"),
        ("en, tr", "en"),
        ("tr, en", "tr"),
        ("tr ; q=1.000 , en", "tr"),
        ("tr;q=2, en;q=0.1", "en"),
        ("tr;q=abc, en;q=0.1", "en"),
        ("tr;q=-1", None),
        ("tr;q=nan, tr;q=1e3", None),
        ("tr;level=1", None),
        ("english, turkish, trx-TR", None),
        (";;,,;q=1,--", None),
        ("x," * 100_000 + "tr", None),
    ],
)
def test_the_wanted_language(header: str | None, language: str | None) -> None:
    assert wanted_language(header) == language


@given(st.text())
def test_no_header_is_too_strange(header: str) -> None:
    assert wanted_language(header) in (*LANGUAGES, None)
