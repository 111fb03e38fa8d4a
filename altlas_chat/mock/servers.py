"""The base paths under which an operation is served, as the document's ``servers`` say."""

import re
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
    paths = (path for one in _servers(operation) for path in _paths(one))
    return list(dict.fromkeys(["", *paths]))


MOST_VARIANTS = 64


def is_server_of(operation: Operation, url: str) -> bool:
    """An operation is served at this address; variables without an ``enum`` may be anything."""
    wanted = url.rstrip("/")
    return any(_pattern(one).fullmatch(wanted) for one in _servers(operation))


def _servers(operation: Operation) -> list[Any]:
    document = operation.document
    for holder in (operation.data, document.at(operation.item), document.data):
        servers = holder.get("servers") if isinstance(holder, dict) else None
        if isinstance(servers, list) and servers:
            return servers
    return []


def _pattern(server: Any) -> re.Pattern[str]:
    if not isinstance(server, dict) or not isinstance(server.get("url"), str):
        return re.compile(r"(?!)")
    pattern = re.escape(server["url"].rstrip("/"))
    variables = server.get("variables")
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        values = variable.get("enum") if isinstance(variable, dict) else None
        one = "|".join(re.escape(str(value)) for value in values or ()) or ".+?"
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?:{one})")
    return re.compile(pattern)


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
