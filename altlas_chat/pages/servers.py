"""Where the operations of a document are tried: its servers, or the one that shows the page."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

_ORIGIN = re.compile(r"^([^/]*:)?//[^/]*")
_BEGINS_WITH_A_VARIABLE = re.compile(r"^\{([^}]+)\}")
_VARIABLE = re.compile(r"\{([^}]+)\}")


def served_here(openapi: Json) -> Json:
    """The document with every server at the same path of the origin that shows it.

    What was given is left as it was.
    """
    document = _moved(openapi)
    document.setdefault("servers", [{"url": "/"}])
    paths = {}
    for path, item in (openapi.get("paths") or {}).items():
        if isinstance(item, dict):
            item = _moved(item)  # noqa: PLW2901
            item = {key: _moved(one) if isinstance(one, dict) else one for key, one in item.items()}  # noqa: PLW2901
        paths[path] = item
    return {**document, "paths": paths}


def origins_of(openapi: Json) -> list[str]:
    """The origins of the document's servers, sorted, as a Content-Security-Policy names them."""
    found = set()
    for server in _servers(openapi):
        address = urlsplit(_filled(server))
        if address.scheme in ("http", "https") and re.fullmatch(r"[\w.:\[\]-]+", address.netloc):
            found.add(f"{address.scheme}://{address.netloc}")
    return sorted(found)


def _servers(openapi: Json) -> Iterator[Json]:
    items = [one for one in (openapi.get("paths") or {}).values() if isinstance(one, dict)]
    operations = [one for item in items for one in item.values() if isinstance(one, dict)]
    for holder in (openapi, *items, *operations):
        for server in holder.get("servers") or ():
            if isinstance(server, dict):
                yield server


def _moved(holder: Json) -> Json:
    if not isinstance(holder.get("servers"), list):
        return dict(holder)
    kept: dict[str, Json] = {}
    for server in holder["servers"]:
        if isinstance(server, dict):
            one = _here(server)
            kept.setdefault(one["url"], one)
    return {**holder, "servers": list(kept.values()) or [{"url": "/"}]}


def _here(server: Json) -> Json:
    url = str(server.get("url", "/"))
    if _BEGINS_WITH_A_VARIABLE.match(url) and not _ORIGIN.match(url):
        url = _BEGINS_WITH_A_VARIABLE.sub(lambda found: _default(server, found[1]), url)
    url = _ORIGIN.sub("", url)
    url = url if url.startswith("/") else f"/{url}"
    left = set(_VARIABLE.findall(url))
    variables = {name: one for name, one in (server.get("variables") or {}).items() if name in left}
    rest = {key: one for key, one in server.items() if key not in ("url", "variables")}
    return {"url": url, **rest, **({"variables": variables} if variables else {})}


def _filled(server: Json) -> str:
    return _VARIABLE.sub(lambda found: _default(server, found[1]), str(server.get("url", "")))


def _default(server: Json, name: str) -> str:
    variable = (server.get("variables") or {}).get(name)
    return str(variable.get("default", "")) if isinstance(variable, dict) else ""
