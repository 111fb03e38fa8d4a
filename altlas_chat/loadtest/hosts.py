"""Which hosts are this machine: others are loaded only when somebody says so twice."""

from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_of_this_machine(url: str) -> bool:
    """Whether an address is one of the loopback."""
    return urlsplit(url).hostname in LOOPBACK
