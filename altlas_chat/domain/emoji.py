"""What one emoji is: flags, keycaps, families, skin tones; and no letter."""

from emoji import EMOJI_DATA, STATUS, purely_emoji

MAX_EMOJI_CHARACTERS = 32
_TEXT_OR_PICTURE = "\ufe0f"
"""Asks for a picture where a sign is also text; some keyboards leave it out."""

_FORMS = {
    form.replace(_TEXT_OR_PICTURE, ""): form
    for form, known in EMOJI_DATA.items()
    if known["status"] == STATUS["fully_qualified"]
}
"""Every emoji of Unicode in the form in which it is kept, by its form without asking."""


def known_emoji(text: str) -> str | None:
    """The one emoji that ``text`` is, in the form in which it is kept; None for anything else.

    Two keyboards that write the same emoji differently mean the same one.
    """
    if len(text) > MAX_EMOJI_CHARACTERS:
        return None
    return _FORMS.get(text.replace(_TEXT_OR_PICTURE, ""))


def are_emoji(text: str) -> bool:
    """Whether ``text`` is emoji and nothing else but space between them."""
    return purely_emoji("".join(text.split()))
