"""The words that made-up values consist of, in English and Turkish.

Short lists of our own: they cost nothing to load, and a new version of a package does not
change what a key stands for.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "tr"]


@dataclass(frozen=True, slots=True)
class Words:
    """What one language has."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    cities: tuple[tuple[str, str, float, float], ...]
    """With region, latitude and longitude."""
    country: tuple[str, str]
    """Its name and its code (ISO 3166-1)."""
    countries: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    companies: tuple[str, ...]
    jobs: tuple[str, ...]
    things: tuple[str, ...]
    adjectives: tuple[str, ...]
    topics: tuple[str, ...]
    sentences: tuple[str, ...]
    pets: tuple[str, ...]
    breeds: tuple[str, ...]
    colors: tuple[str, ...]
    categories: tuple[str, ...]
    books: tuple[str, ...]
    genders: tuple[str, ...]
    phone: str
    """How a number looks; # is any digit."""
    plate: str
    postcode: str
    locale: str
    timezone: str
    currency: str
    iban: str


def listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def words_of(language: Language) -> Words:
    """The words of a language; each is loaded when it is first asked for."""
    # Loaded here, so that nobody pays for a language that he does not speak.
    if language == "tr":
        from altlas_chat.specs.sampling.turkish import TURKISH  # noqa: PLC0415

        return TURKISH
    from altlas_chat.specs.sampling.english import ENGLISH  # noqa: PLC0415

    return ENGLISH
