"""What people of a volume world are called and what they write, in Turkish and English."""

import random
from typing import Any, Literal, NamedTuple

from altlas_chat.domain.text import folded
from altlas_chat.seeding.story import load_yaml

POOL_SIZE = 4000
TURKISH_SHARE = 0.65
_NAMES = 400
_COMPANIES = 100
_USERNAME_CHARACTERS = 16


class Name(NamedTuple):
    """A made-up person's name."""

    first: str
    last: str
    language: Literal["tr", "en"]

    @property
    def display_name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def account_part(self) -> str:
        """The first name in plain letters, to begin a user name with."""
        plain = "".join(sign for sign in folded(self.first) if "a" <= sign <= "z")
        return plain[:_USERNAME_CHARACTERS] or "kisi"


class Words(NamedTuple):
    """Names of people and groups, and sentences, to draw from; the same for the same seed."""

    names: list[Name]
    topics: list[str]
    sentences: list[str]


def load_words(seed: int) -> Words:
    """Make the pool of a seed, once: the maker of names is slow."""
    # Loaded here: nothing else needs it, and it is slow to load.
    from faker import Faker  # noqa: PLC0415

    document = load_yaml("phrases.yaml")
    chance = random.Random(f"words/{seed}")  # noqa: S311 - must be foreseeable
    names: list[Name] = []
    sentences: list[str] = []
    languages: tuple[tuple[Literal["tr", "en"], str, float], ...] = (
        ("tr", "tr_TR", TURKISH_SHARE),
        ("en", "en_US", 1 - TURKISH_SHARE),
    )
    for language, locale, share in languages:
        maker = Faker(locale)
        maker.seed_instance(seed)
        own = [
            Name(maker.first_name(), maker.last_name(), language)
            for _ in range(round(_NAMES * share))
        ]
        companies = [maker.company() for _ in range(round(_COMPANIES * share))]
        sentences += [
            _sentence(document[language], chance, own, companies)
            for _ in range(round(POOL_SIZE * share))
        ]
        names += own
    topics = [topic for language, _, _ in languages for topic in document[language]["topics"]]
    return Words(names, topics, sentences)


def _sentence(
    phrases: dict[str, Any], chance: random.Random, names: list[Name], companies: list[str]
) -> str:
    pattern: str = chance.choice(phrases["patterns"])
    return pattern.format(
        name=chance.choice(names).first,
        company=chance.choice(companies),
        city=chance.choice(phrases["cities"]),
        day=chance.choice(phrases["days"]),
        time=f"{chance.randrange(8, 20)}:{chance.randrange(0, 60, 5):02d}",
        number=chance.randrange(10, 5000),
    )
