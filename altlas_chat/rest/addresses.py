"""From where a request comes, also behind proxies that are trusted to tell it."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address, ip_network

from aiohttp import web

FORWARDED_FOR = "X-Forwarded-For"


def client_address(request: web.Request, trusted: Iterable[str]) -> str:
    """The address of the client.

    Each proxy adds at the right of ``X-Forwarded-For`` who called it, so the
    header is read from the right, and believed only as far as trusted proxies
    wrote it: what a client put there itself changes nothing.
    """
    address = request.remote or ""
    networks = tuple(trusted)
    if not networks:
        return address
    told = ",".join(request.headers.getall(FORWARDED_FOR, [])).split(",")
    while told and _is_in(address, networks):
        claimed = told.pop().strip()
        if not _is_address(claimed):
            break
        address = claimed
    return address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        place = ip_address(address)
    except ValueError:
        return False
    # A socket that speaks both families tells 10.0.0.1 as ::ffff:10.0.0.1.
    mapped = getattr(place, "ipv4_mapped", None) or place
    return any(mapped in ip_network(network, strict=False) for network in networks)
