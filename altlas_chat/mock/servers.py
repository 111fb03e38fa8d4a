"""The base paths under which an operation is served, as the document's ``servers`` say."""

from typing import Any
from urllib.parse import urlsplit

from altlas_chat.specs.api import Operation


def base_paths(operation: Operation) -> list[str]:
    """Nothing first, then the path of each server of the operation, without its last slash.

    The operation's own servers take the place of its path's, and these of the
    document's. Variables stand for their default and for every value of their
    ``enum``; a base path whose variables have too many values counts with the
    defaults.
    """
    document = operation.document
    for holder in (operation.data, document.at(operation.item), document.data):
        servers = holder.get("servers") if isinstance(holder, dict) else None
        if isinstance(servers, list) and servers:
            return list(dict.fromkeys(["", *(path for one in servers for path in _paths(one))]))
    return [""]


MOST_VARIANTS = 64


def _paths(server: Any) -> list[str]:
    if not isinstance(server, dict) or not isinstance(server.get("url"), str):
        return []
    urls = [server["url"]]
    variables = server.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        if not isinstance(variable, dict) or f"{{{name}}}" not in server["url"]:
            continue
        values = [variable.get("default", ""), *(variable.get("enum") or ())]
        if len(urls) * len(values) > MOST_VARIANTS:
            values = values[:1]
        urls = [
            url.replace(f"{{{name}}}", str(value))
            for url in urls
            for value in dict.fromkeys(values)
        ]
    return [path for path in map(_path_of, urls) if path]


def _path_of(url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    path = path.rstrip("/")
    return path if path.startswith("/") and "{" not in path else ""
