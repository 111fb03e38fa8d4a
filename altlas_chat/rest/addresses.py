"""From where a request comes, also behind proxies that are trusted to tell it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from aiohttp import web

FORWARDED_FOR = "X-Forwarded-For"

_WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::[0-9]+)?|([^:]+):[0-9]+", re.ASCII)
_MAPPED_BITS = 96
"""Of a network of IPv4 addresses that are written as IPv6: ``::ffff:10.0.0.0/104``."""


def client_address(request: web.Request, trusted: Iterable[str]) -> str:
    """The address of the client, an IPv4 address always as such.

    Each proxy adds at the right of ``X-Forwarded-For`` who called it, so the
    header is read from the right, and believed only as far as trusted proxies
    wrote it: what a client put there itself changes nothing. A port that a
    proxy adds is left away.
    """
    remote = request.remote or ""
    address = _plain(remote) or remote
    networks = tuple(trusted)
    if not networks:
        return address
    told = ",".join(request.headers.getall(FORWARDED_FOR, [])).split(",")
    while told and _is_in(address, networks):
        claimed = _plain(_without_port(told.pop().strip()))
        if claimed is None:
            break
        address = claimed
    return address


def _without_port(text: str) -> str:
    found = _WITH_PORT.fullmatch(text)
    return text if found is None else found[1] or found[2]


def _plain(text: str) -> str | None:
    """An address as it is usually written; None of what is none.

    A socket that speaks both families tells 10.0.0.1 as ::ffff:10.0.0.1.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


@lru_cache(maxsize=1024)
def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        place = ip_address(address)
    except ValueError:
        return False
    return any(place in _network(network) for network in networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    network = ip_network(text, strict=False)
    if isinstance(network, IPv6Network) and network.prefixlen >= _MAPPED_BITS:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))
    return network
