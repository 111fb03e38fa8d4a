"""What is loaded: whether it is an altlas-chat at all, and whether it is still there."""

import asyncio
from urllib.parse import urlsplit

import aiohttp
import orjson

from altlas_chat.contract.documents import Json, load_openapi

KNOCKING_SECONDS = 5.0
ASKING_SECONDS = 15.0


class TargetUnusable(Exception):
    """The server can't be tested; ``detail`` says why, ``remedy`` what to do."""

    def __init__(
        self,
        detail: str,
        remedy: str = "Check the address, and that altlas-chat answers there; then run it again.",
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


async def check_target(base: str) -> None:
    """Make sure that an altlas-chat of this contract's major version answers at ``base``.

    Raises:
        TargetUnusable: nobody listens there, or it is something else.
    """
    url = f"{base}/openapi.json"
    timeout = aiohttp.ClientTimeout(total=ASKING_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            status, raw = response.status, await response.read()
    except aiohttp.ClientConnectorError as error:
        raise TargetUnusable(
            f"Nobody listens at {base}: {error.strerror or error}.",
            "Start the server, or name the right host and port.",
        ) from error
    except TimeoutError as error:
        raise TargetUnusable(
            f"{url} gave no answer in {ASKING_SECONDS:.0f} s.",
            "See what keeps the server: it takes connections and says nothing.",
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        raise TargetUnusable(
            f"What listens at {base} does not speak HTTP: {error}.",
            "Name the port of altlas-chat, http:// or https:// as it is served.",
        ) from error
    _require_own(base, status, raw)


def _require_own(base: str, status: int, raw: bytes) -> None:
    own = load_openapi()["info"]
    with_path = f"End the address with the base path, as in {_with_v1(base)}."
    if status >= 500:
        raise TargetUnusable(
            f"{base}/openapi.json was answered with {status}.",
            "Look into the server's log; a proxy in front may not reach it.",
        )
    found = _info(raw)
    if status != 200 or found is None:
        what = "a page of HTML" if raw.lstrip()[:1] == b"<" else f"status {status}, no contract"
        raise TargetUnusable(f"{base} is no altlas-chat: it answers with {what}.", with_path)
    if found.get("title") != own["title"]:
        raise TargetUnusable(f"{base} is another API: {found.get('title')}.", with_path)
    theirs, ours = str(found.get("version")), str(own["version"])
    if theirs.partition(".")[0] != ours.partition(".")[0]:
        raise TargetUnusable(
            f"{base} speaks version {theirs} of the contract, this load test {ours}.",
            "Load it with the altlas-chat of its own version.",
        )


def _info(raw: bytes) -> Json | None:
    """``info`` of an OpenAPI document; None if it is none."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    info = document.get("info") if isinstance(document, dict) else None
    return info if isinstance(info, dict) else None


def _with_v1(base: str) -> str:
    address = urlsplit(base)
    return f"{address.scheme}://{address.netloc}/v1"


async def is_reachable(base: str) -> bool:
    """Whether somebody takes connections at an address, at this moment."""
    address = urlsplit(base)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        async with asyncio.timeout(KNOCKING_SECONDS):
            _, writer = await asyncio.open_connection(address.hostname, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
