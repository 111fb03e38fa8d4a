"""Whether a request carries the credentials that the contract asks for.

Only that they are there and have the right form: a mock knows nobody.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.queries import cookie_pairs, decoded
from altlas_chat.specs.pointers import joined

DIGEST = ("username", "realm", "nonce", "uri", "response")
"""What credentials of Digest must have (RFC 7616, section 3.4)."""

_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True)
class Denied:
    """What is missing, for each alternative; the challenges of ``WWW-Authenticate``.

    ``presented`` says that there were credentials, only not such ones.
    """

    breaches: tuple[Breach, ...]
    challenges: tuple[str, ...]
    presented: bool


def denied(exchange: Exchange) -> Denied | None:
    """None when one of the alternatives is met, or nothing is asked for."""
    endpoint = exchange.known_endpoint
    alternatives = endpoint.security
    if not alternatives:
        return None
    breaches: dict[str, Breach] = {}
    challenges: dict[str, None] = {}
    presented = False
    for alternative in alternatives:
        missing = [one for name in alternative if (one := _missing(exchange, endpoint, name))]
        if not missing:
            return None
        for one in missing:
            breaches[one.breach.name] = one.breach
            presented |= one.presented
            if one.challenge:
                challenges[one.challenge] = None
    return Denied(tuple(breaches.values()), tuple(challenges), presented)


@dataclass(frozen=True, slots=True)
class _Missing:
    breach: Breach
    challenge: str
    presented: bool


def _missing(exchange: Exchange, endpoint: Endpoint, name: str) -> _Missing | None:
    scheme = _scheme(endpoint, name)
    kind = scheme.get("type")
    if kind == "apiKey":
        return _missing_key(exchange, name, scheme)
    if kind == "http":
        return _missing_login(exchange, name, str(scheme.get("scheme", "")))
    if kind in ("oauth2", "openIdConnect"):
        return _missing_login(exchange, name, "Bearer")
    return None  # mutualTLS is seen to below HTTP; what is unknown can't be asked for


def _scheme(endpoint: Endpoint, name: str) -> Mapping[str, Any]:
    try:
        found = endpoint.spec.document.resolved(joined("/components/securitySchemes", name))
    except LookupError:
        return {}
    return found if isinstance(found, dict) else {}


def _missing_key(exchange: Exchange, name: str, scheme: Mapping[str, Any]) -> _Missing | None:
    where, key = str(scheme.get("in")), str(scheme.get("name"))
    value = next(_keys(exchange, where, key), "")
    if value:
        return None
    what = f"{name} wants a key in the {where} {key}"
    return _Missing(Breach("security", name, "", "apiKey", what), "", presented=False)


def _keys(exchange: Exchange, where: str, key: str) -> Iterator[str]:
    if where == "header":
        yield from exchange.request.headers.getall(key, ())
    elif where == "query":
        yield from (decoded(value) for name, value in exchange.query_pairs if name == key)
    elif where == "cookie":
        pairs = cookie_pairs(exchange.request.headers.getall("Cookie", []))
        yield from (value for name, value in pairs if name == key)


def _missing_login(exchange: Exchange, name: str, scheme: str) -> _Missing | None:
    scheme_name = {"basic": "Basic", "bearer": "Bearer", "digest": "Digest"}.get(
        scheme.lower(), scheme
    )
    header = exchange.request.headers.get("Authorization", "")
    given, _, rest = header.partition(" ")
    if given.lower() == scheme.lower() and _is_well_formed(scheme.lower(), rest.strip()):
        return None
    challenge = f'{scheme_name} realm="mock"'
    if scheme_name == "Digest":
        challenge += ', nonce="mock", qop="auth"'  # without a nonce clients can't answer
    what = f"{name} wants the header Authorization: {scheme_name} …"
    if given.lower() == scheme.lower():
        what = f"{name}: what follows {scheme_name} in the header Authorization is malformed"
    breach = Breach("security", name, "", "scheme", what)
    return _Missing(breach, challenge, presented=bool(header))


def _is_well_formed(scheme: str, rest: str) -> bool:
    if scheme == "bearer":
        return _TOKEN68.fullmatch(rest) is not None
    if scheme == "digest":
        return all(re.search(rf"\b{name}\s*=", rest) for name in DIGEST)
    if scheme != "basic":
        return bool(rest)
    try:
        return b":" in base64.b64decode(rest, validate=True)
    except (binascii.Error, ValueError):
        return False
