"""Files from http(s) addresses, only where somebody asked for that."""

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

ACCEPTED = "application/yaml, application/json, */*;q=0.5"


class FetchFailed(Exception):
    """An address gave nothing; the message says why."""


def fetched(address: str, *, seconds: float, largest: int) -> bytes:
    """What lies at an http(s) address; up to one byte more than ``largest``.

    Raises:
        FetchFailed: it can't be had, or not in time.
    """
    opener = build_opener(ProxyHandler(), HTTPRedirectHandler())
    request = Request(address, headers={"Accept": ACCEPTED, "User-Agent": "altlas-chat"})  # noqa: S310
    try:
        with opener.open(request, timeout=seconds) as answer:
            found: bytes = answer.read(largest + 1)
    except HTTPError as error:
        error.close()
        raise FetchFailed(f"{error.code} {error.reason}") from error
    except URLError as error:
        raise FetchFailed(str(getattr(error, "reason", "") or error)) from error
    except (OSError, HTTPException, ValueError) as error:
        raise FetchFailed(str(error) or type(error).__name__) from error
    return found
