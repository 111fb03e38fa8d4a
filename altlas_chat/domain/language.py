"""Sentences for people, and the languages in which they are told.

A sentence is written once, in English, where it is said: ``say("There are {count}.", count=3)``.
It is a string and remembers how it was made, so that whoever knows the reader can
:func:`render` it. The translations are in :mod:`.turkish`.
"""

from typing import Any, Final

from altlas_chat.domain.turkish import TURKISH

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "tr")
"""What the server speaks; contracts call it ``Language``."""

_CATALOGUES = {"tr": TURKISH}
_MAX_RANGES = 32


class Phrase(str):
    """A sentence in English that can be told in another language."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]


def say(template: str, /, **values: object) -> Phrase:
    """The sentence that ``template`` is with its ``{names}`` filled in.

    A value may be a phrase itself. ``template`` is written out at each call:
    the catalogue's test reads the source.
    """
    phrase = Phrase(template.format_map(values) if values else template)
    phrase.template, phrase.values = template, values
    return phrase


def render(sentence: str, language: str) -> str:
    """A sentence as a reader of ``language`` should see it; what is no phrase, word for word.

    A language that is not spoken, or a sentence without a translation, is
    told in English.
    """
    catalogue = _CATALOGUES.get(language)
    if catalogue is None:
        return str(sentence)
    if not isinstance(sentence, Phrase):
        return catalogue.get(sentence, sentence)
    template = catalogue.get(sentence.template)
    if template is None:
        return str(sentence)
    if not sentence.values:
        return template
    return template.format_map(
        {
            name: render(value, language) if isinstance(value, Phrase) else value
            for name, value in sentence.values.items()
        }
    )


def wanted_language(header: str | None) -> str | None:
    """The best spoken language of an ``Accept-Language`` header (RFC 9110, 12.5.4).

    None when it names none of them: it is not there, is unreadable, or leaves
    the choice open (``*``). Equal weights go by their order; ``tr-TR`` asks for
    ``tr``; ``q=0`` asks for another.
    """
    best: str | None = None
    best_weight = 0.0
    for part in (header or "").split(",", _MAX_RANGES)[:_MAX_RANGES]:
        tag, _, parameter = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    """The quality of a range; 0 for what is none, as if the range was not there."""
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    digits = value.strip()
    if name.strip().lower() != "q" or len(digits) > len("0.000"):
        return 0.0
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        return 0.0
    weight = float(digits)
    return weight if weight <= 1 else 0.0
