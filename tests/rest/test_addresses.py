"""From where a request comes, and whom to believe."""

import pytest
from aiohttp.test_utils import make_mocked_request

from altlas_chat.rest.addresses import client_address


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("10.0.0.9", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.9", "203.0.113.5, 198.51.100.7, 10.0.0.8", "198.51.100.7"),
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "unknown", "10.0.0.9"),
        ("10.0.0.9", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.9", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.9", "::ffff:198.51.100.7, ::ffff:10.0.0.8", "198.51.100.7"),
        ("10.0.0.9", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.9", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.9", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.9", "2001:DB8:0::7", "2001:db8::7"),
        ("10.0.0.9", "198.51.100.7:", "10.0.0.9"),
        ("10.0.0.9", "[198.51.100.7", "10.0.0.9"),
        ("10.0.0.9", "198.51.100.7, []:1, 10.0.0.8", "10.0.0.8"),
        ("10.0.0.9", "198.51.100.7, ", "10.0.0.9"),
        ("10.0.0.9", "198.51.100.700", "10.0.0.9"),
        ("10.0.0.9", "'; DROP TABLE users; --" + ":" * 5000, "10.0.0.9"),
        ("192.168.7.1", "198.51.100.7", "198.51.100.7"),
        ("2001:db8:1::5", "198.51.100.7", "198.51.100.7"),
        ("fe80::1%eth0", "198.51.100.7", "fe80::1%eth0"),
        ("", "198.51.100.7", ""),
    ],
)
def test_only_trusted_proxies_are_believed(remote: str, forwarded: str, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=remote)
    networks = ("10.0.0.0/8", "::1", "::ffff:192.168.0.0/112", "2001:db8:1::/48")
    assert client_address(request, networks) == address
    assert client_address(request, ()) == remote.removeprefix("::ffff:")
