"""A request held to the contract: security, parameters and body, all of it."""

from collections.abc import Sequence

from altlas_chat.mock.bodies import body_breaches
from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.parameters import parameter_breaches
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.security import Denied, denied


def check_request(exchange: Exchange) -> Refused | None:
    """Notes every breach in ``exchange.breaches``; the refusal that they deserve, if they do.

    The first of these decides: credentials (401), a body of another type
    (415) or that can't be read (400), anything else (422 or 400, as the
    operation declares).
    """
    endpoint = exchange.known_endpoint
    if exchange.body or exchange.unread or not endpoint.is_judged_by_address:
        return _judged(exchange)
    right, address = exchange.compiled.right, (endpoint, exchange.path, exchange.query)
    if right.get(address):
        return None
    refused = _judged(exchange)
    if not exchange.breaches:
        right.keep(address, True, len(exchange.path) + len(exchange.query))
    return refused


def _judged(exchange: Exchange) -> Refused | None:
    denial = denied(exchange)
    if denial:
        exchange.breaches += denial.breaches
    exchange.breaches += parameter_breaches(exchange)
    unreadable = None
    try:
        exchange.breaches += body_breaches(exchange)
    except Refused as refused:
        unreadable = refused
        exchange.breaches += refused.breaches or [
            Breach("body", "", "", "contentType", refused.detail)
        ]
    if denial:
        return _unauthorized(exchange, denial)
    if unreadable:
        return unreadable
    broken = exchange.broken
    return _invalid(broken) if broken else None


def _invalid(broken: Sequence[Breach]) -> Refused:
    return Refused(
        422,
        "INVALID_REQUEST",
        "; ".join(str(one) for one in broken[:3]) + ("; …" if len(broken) > 3 else "."),
        breaches=broken,
        declared=(422, 400),
    )


def _unauthorized(exchange: Exchange, denial: Denied) -> Refused:
    challenges = tuple(("WWW-Authenticate", one) for one in denial.challenges)
    answers = exchange.known_endpoint.answers
    forbidden = denial.presented and "401" not in answers and "403" in answers
    return Refused(
        403 if forbidden else 401,
        "FORBIDDEN" if forbidden else "UNAUTHORIZED",
        "; ".join(one.what for one in denial.breaches) + ".",
        breaches=denial.breaches,
        headers=() if forbidden else challenges,
        declared=(403,) if forbidden else (401,),
    )
