"""What Faker knows and we do not: rarer things, made up in advance.

Faker is loaded for a document that names one of them, and for no other.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.formats import MakeText
from altlas_chat.specs.sampling.meanings import words_in

POOL = 64
LOCALES = {"en-GB": "en_US", "tr-TR": "tr_TR"}

_FAKES: Mapping[str, str] = {
    "creditcard": "credit_card_number",
    "cardnumber": "credit_card_number",
    "creditcardnumber": "credit_card_number",
    "cardprovider": "credit_card_provider",
    "bic": "swift11",
    "swift": "swift11",
    "vin": "vin",
    "ean": "ean13",
    "ean13": "ean13",
    "gtin": "ean13",
    "upc": "ean13",
    "mac": "mac_address",
    "macaddress": "mac_address",
    "catchphrase": "catch_phrase",
    "slogan": "catch_phrase",
    "tagline": "catch_phrase",
    "ssn": "ssn",
    "browser": "user_agent",
}


def fake_of(name: str) -> MakeText | None:
    """What makes up texts for a property that Faker knows; None for all others."""
    told = words_in(name)
    for width in (3, 2, 1):
        provider = _FAKES.get("".join(told[-width:]))
        if provider:
            return from_faker(provider)
    return None


def from_faker(provider: str) -> MakeText:
    """Texts of one of Faker's providers."""

    def make(draw: Draw) -> str:
        return draw.pick(_pool(provider, draw.words.locale))

    return make


@lru_cache(maxsize=256)
def _pool(provider: str, locale: str) -> tuple[str, ...]:
    # Loaded here: it takes a tenth of a second, and few documents need it.
    from faker import Faker  # noqa: PLC0415

    faker = Faker(LOCALES[locale])
    faker.seed_instance(len(provider))
    make: Callable[[], Any] = getattr(faker, provider)
    return tuple(str(make()) for _ in range(POOL))
