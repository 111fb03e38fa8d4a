"""Nothing that comes from others can command a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlas_chat.client.plain_text import plain, plain_lines


@given(st.text())
def test_no_control_character_is_left(text: str) -> None:
    assert not [sign for sign in plain(text) if unicodedata.category(sign) in ("Cc", "Cs")]
    assert len(plain_lines(text)) >= 1
    assert not [line for line in plain_lines(text) if "\n" in line or "\x1b" in line]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("\x9b2J", "2J"),
        ("over\rwritten", "over written"),
        ("a\tb\nc", "a b c"),
        ("abc\u202edcba", "abcdcba"),
        ("bell\x07 back\x08", "bell back"),
    ],
)
def test_what_becomes_of_mischief(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    "text", ["İstanbul'da ılık bir gün", "👩‍👩‍👧 🇹🇷 ❤️ ☕", "日本語", "مرحبا", "שלום"]
)
def test_what_people_write_stays(text: str) -> None:
    assert plain(text) == text
    assert plain_lines(f"{text}\n\n{text}") == [text, "", text]
