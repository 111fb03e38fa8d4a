"""Requests that a person may try first: such as the contract takes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from altlas_chat.mock.compiled import Compiled, Endpoint
from altlas_chat.specs.api import Parameter
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction

MOST_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A GET request: its path with made-up values, and the headers that it needs."""

    path: str
    headers: tuple[str, ...]


def suggestions(compiled: Compiled, most: int) -> list[Suggestion]:
    """Some of the first operations that can be had by GET; those that need least go first."""
    gets = [one for one in compiled.endpoints if one.operation.method == "get"]
    found = [one for endpoint in gets[:MOST_LOOKED_AT] if (one := _suggestion(endpoint))]
    return sorted(found, key=lambda one: (len(one.headers), "?" in one.path))[:most]


def _suggestion(endpoint: Endpoint) -> Suggestion | None:
    path, query, headers = endpoint.operation.path, [], []
    for parameter in endpoint.parameters:
        if not parameter.required:
            continue
        value = _value(endpoint, parameter)
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return None
        if parameter.where == "path" and parameter.style == "simple":
            path = path.replace(f"{{{parameter.name}}}", quote(str(value), safe=""))
        elif parameter.where == "query":
            query.append(f"{quote(parameter.name)}={quote(str(value), safe='')}")
        elif parameter.where == "header":
            headers.append(f"{parameter.name}: {value}")
        else:
            return None
    credentials = _credentials(endpoint)
    if credentials is None or "{" in path:
        return None
    return Suggestion(f"{path}?{'&'.join(query)}" if query else path, (*headers, *credentials))


def _value(endpoint: Endpoint, parameter: Parameter) -> Any:
    if "example" in parameter.data:
        return parameter.data["example"]
    if parameter.schema is None:
        return None
    try:
        return endpoint.spec.sampler.sample(
            parameter.schema, key=endpoint.name, direction=Direction.REQUEST
        )
    except NoSample:
        return None


def _credentials(endpoint: Endpoint) -> tuple[str, ...] | None:
    """Headers that are enough for one of the alternatives; None where headers are not enough."""
    if not endpoint.security:
        return ()
    for alternative in endpoint.security:
        found = [_header(endpoint, name) for name in alternative]
        if all(found):
            return tuple(found)
    return None


def _header(endpoint: Endpoint, name: str) -> str:
    try:
        scheme = endpoint.spec.document.resolved(joined("/components/securitySchemes", name))
    except LookupError:
        return ""
    return "".join(_written(scheme)) if isinstance(scheme, dict) else ""


def _written(scheme: Mapping[str, Any]) -> Iterator[str]:
    kind, kind_of_login = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "apiKey" and scheme.get("in") == "header":
        yield f"{scheme.get('name')}: mock"
    elif kind in ("oauth2", "openIdConnect") or (kind == "http" and kind_of_login == "bearer"):
        yield "Authorization: Bearer mock"
    elif kind == "http" and kind_of_login == "basic":
        yield "Authorization: Basic bW9jazptb2Nr"
