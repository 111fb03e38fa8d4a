"""Cross-origin requests (the Fetch standard's CORS protocol): anybody may, from anywhere."""

from collections.abc import Iterable, Mapping

from altlas_chat.mock.exchange import Reply

Headers = tuple[tuple[str, str], ...]
DAY = "86400"
ANYBODY: Headers = (("Access-Control-Allow-Origin", "*"), ("Vary", "Origin"))


def is_preflight(headers: Mapping[str, str]) -> bool:
    """An OPTIONS request is a browser's question what another origin may do."""
    return "Origin" in headers


def preflight(headers: Mapping[str, str], methods: Iterable[str]) -> Reply:
    """Yes to what a browser asks beforehand; without ``permission``, which every answer has."""
    allowed = ", ".join(sorted(methods)) or headers.get("Access-Control-Request-Method", "*")
    found = [("Access-Control-Allow-Methods", allowed)]
    asked = headers.get("Access-Control-Request-Headers")
    found.append(("Access-Control-Allow-Headers", asked or "*"))
    if headers.get("Access-Control-Request-Private-Network") == "true":
        found.append(("Access-Control-Allow-Private-Network", "true"))
    found.append(("Access-Control-Max-Age", DAY))
    return Reply(204, tuple(found))


def permission(headers: Mapping[str, str]) -> Headers:
    """What every answer to another origin carries; with credentials, so the origin is named."""
    origin = headers.get("Origin")
    if origin is None:
        return ANYBODY
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )


def exposed(reply: Reply) -> Headers:
    """Which headers the page's script may read: all that the answer has."""
    names = dict.fromkeys(name for name, _ in reply.headers)
    return (("Access-Control-Expose-Headers", ", ".join(names)),) if names else ()
