"""What one emoji is."""

import pytest

from altlas_chat.domain.emoji import are_emoji, known_emoji

ONE = ["👍", "👍🏿", "❤️", "1️⃣", "#️⃣", "🇹🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👨‍👩‍👧", "🏳️‍🌈", "🧑🏽‍🚀", "©️"]
NONE = ["", "a", "1", "ş", "👍👍", "👍a", "a👍", "🏽", "🇹", "‍", "️", "🇹🇷🇹🇷", "👍 ", "👍" * 300]


@pytest.mark.parametrize("text", ONE)
def test_one_emoji_is_known_whoever_writes_it(text: str) -> None:
    assert known_emoji(text) == text
    assert known_emoji(text.replace("\ufe0f", "")) == text


@pytest.mark.parametrize("text", NONE)
def test_anything_else_is_none(text: str) -> None:
    assert known_emoji(text) is None


def test_emoji_in_a_row() -> None:
    assert are_emoji("👍 🇹🇷\n👨‍👩‍👧")
    assert not are_emoji("👍 evet")
