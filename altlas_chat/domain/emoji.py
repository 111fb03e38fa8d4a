"""What one emoji is: flags, keycaps, families, skin tones; and no letter."""

from functools import cache

MAX_EMOJI_CHARACTERS = 32
_TEXT_OR_PICTURE = "\ufe0f"
"""Asks for a picture where a sign is also text; some keyboards leave it out."""


@cache
def _forms() -> dict[str, str]:
    """Every emoji of Unicode in the form in which it is kept, by its form without asking."""
    from emoji import EMOJI_DATA, STATUS  # noqa: PLC0415 - large, and not wanted at the start

    return {
        form.replace(_TEXT_OR_PICTURE, ""): form
        for form, known in EMOJI_DATA.items()
        if known["status"] == STATUS["fully_qualified"]
    }


def known_emoji(text: str) -> str | None:
    """The one emoji that ``text`` is, in the form in which it is kept; None for anything else.

    Two keyboards that write the same emoji differently mean the same one.
    """
    if len(text) > MAX_EMOJI_CHARACTERS:
        return None
    return _forms().get(text.replace(_TEXT_OR_PICTURE, ""))


def are_emoji(text: str) -> bool:
    """Whether ``text`` is emoji and nothing else but space between them."""
    from emoji import purely_emoji  # noqa: PLC0415 - see above

    return purely_emoji("".join(text.split()))
