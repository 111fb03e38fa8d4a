"""The parameters of a request, read and held to the contract."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.mock.breaches import Breach, Where
from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.exchange import Exchange
from altlas_chat.mock.preferences import QUERY_NAMES, SERVER
from altlas_chat.mock.queries import cookie_pairs, decoded
from altlas_chat.mock.styles import (
    ABSENT,
    BadStyle,
    Written,
    from_json,
    from_pairs,
    from_text,
)
from altlas_chat.specs.api import MediaType, Parameter
from altlas_chat.specs.schemas import Direction

NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that the specification says are described elsewhere."""


def parameter_breaches(exchange: Exchange) -> Iterator[Breach]:
    """All that is wrong with path, query, headers and cookies, in the contract's order."""
    endpoint = exchange.known_endpoint
    for parameter in endpoint.parameters:
        if parameter.where == "header" and parameter.name.lower() in NOT_PARAMETERS:
            continue
        yield from _breaches_of(exchange, endpoint, parameter)
    if exchange.query_pairs:
        yield from _unknown(exchange, endpoint)


def parameter_values(exchange: Exchange) -> dict[tuple[str, str], Any]:
    """The values that can be read, by place and name (``("query", "limit")``)."""
    found: dict[tuple[str, str], Any] = {}
    endpoint = exchange.known_endpoint
    for parameter in endpoint.parameters:
        try:
            value = _read(exchange, endpoint, parameter)
        except BadStyle:
            continue
        if value is not ABSENT:
            found[parameter.where, parameter.name] = value
    return found


def _breaches_of(exchange: Exchange, endpoint: Endpoint, parameter: Parameter) -> Iterator[Breach]:
    where: Where = parameter.where  # type: ignore[assignment]
    try:
        value = _read(exchange, endpoint, parameter)
    except BadStyle as bad:
        yield Breach(where, parameter.name, "", "style", str(bad))
        return
    if value is ABSENT:
        if parameter.required:
            yield Breach(where, parameter.name, "", "required", "it is required")
        return
    if value == "" and parameter.data.get("allowEmptyValue") is True and where == "query":
        return
    schema = parameter.content.schema if parameter.content else parameter.schema
    if schema is not None:
        for one in endpoint.spec.schemas.violations(schema, value, Direction.REQUEST):
            yield Breach(where, parameter.name, one.pointer, one.keyword, one.what)
    if parameter.data.get("deprecated") is True:
        yield Breach(where, parameter.name, "", "deprecated", "it is deprecated", is_advice=True)


def _read(exchange: Exchange, endpoint: Endpoint, parameter: Parameter) -> Any:
    if parameter.content is not None:
        return _with_content(exchange, parameter, parameter.content)
    written = Written(parameter.name, parameter.style, parameter.explode, parameter.schema)
    shapes = endpoint.spec.shapes
    if parameter.where == "query":
        return from_pairs(written, exchange.query_pairs, _names(endpoint, "query"), shapes)
    if parameter.where == "cookie":
        pairs = cookie_pairs(exchange.request.headers.getall("Cookie", []))
        return from_pairs(written, pairs, _names(endpoint, "cookie"), shapes)
    text = _text(exchange, parameter)
    return ABSENT if text is None else from_text(written, text, shapes)


def _text(exchange: Exchange, parameter: Parameter) -> str | None:
    """The text of a path's, a header's or any other value that is one text."""
    if parameter.where == "path":
        return exchange.path_values.get(parameter.name) or None
    if parameter.where == "header":
        values = exchange.request.headers.getall(parameter.name, None)
        return None if values is None else ",".join(values)
    if parameter.where == "query":
        pairs = [(name, decoded(value)) for name, value in exchange.query_pairs]
    else:
        pairs = cookie_pairs(exchange.request.headers.getall("Cookie", []))
    return next((value for name, value in pairs if name == parameter.name), None)


def _with_content(exchange: Exchange, parameter: Parameter, content: MediaType) -> Any:
    text = _text(exchange, parameter)
    if text is None:
        return ABSENT
    return from_json(text) if "json" in content.name.lower() else text


def _names(endpoint: Endpoint, where: str) -> frozenset[str]:
    key = ("parameter names", where)
    if key not in endpoint.cache:
        endpoint.cache[key] = frozenset(
            one.name for one in endpoint.parameters if one.where == where
        )
    found: frozenset[str] = endpoint.cache[key]
    return found


def _unknown(exchange: Exchange, endpoint: Endpoint) -> Iterator[Breach]:
    """Names in the query that no parameter has: advice only, since many servers ignore them."""
    known = _names(endpoint, "query") | QUERY_NAMES.keys() | {SERVER} | _key_names(endpoint)
    open_objects = [
        one
        for one in endpoint.parameters
        if one.where == "query"
        and one.content is None
        and endpoint.spec.shapes.of(one.schema).is_object
    ]
    for name in dict.fromkeys(name for name, _ in exchange.query_pairs):
        if name in known or any(_belongs(name, one, endpoint) for one in open_objects):
            continue
        yield Breach(
            "query", name, "", "unknown", "the contract has no such parameter", is_advice=True
        )


def _belongs(name: str, parameter: Parameter, endpoint: Endpoint) -> bool:
    if parameter.style == "deepObject":
        return name.startswith(f"{parameter.name}[")
    shape = endpoint.spec.shapes.of(parameter.schema)
    if not (parameter.explode and parameter.style == "form"):
        return False
    return name in shape.properties or shape.others is not None or not shape.properties


def _key_names(endpoint: Endpoint) -> frozenset[str]:
    """The names of keys that the security schemes want in the query."""
    schemes = endpoint.spec.document.data.get("components", {}).get("securitySchemes") or {}
    return frozenset(
        one["name"]
        for one in schemes.values()
        if isinstance(one, dict) and one.get("in") == "query" and isinstance(one.get("name"), str)
    )
