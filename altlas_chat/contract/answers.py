"""REST, held to the contract: what was answered, and what was asked to get it.

For tests and tools; the server itself checks its input with its own models.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson

from altlas_chat.contract.compiled import Schemas, from_text
from altlas_chat.contract.documents import load_openapi, operations_of
from altlas_chat.contract.frames import check_frame

Json = dict[str, Any]

JSON_TYPES = ("application/json", "application/problem+json")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. ``path`` is below the base path and decoded, as ``query`` is."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    content_type: str | None = None
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in any case."""

    status: int
    content_type: str | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def check_answer(request: Request, answer: Answer) -> list[str]:
    """Everything in an answer that the contract does not allow; nothing when it is kept.

    An address without operation must be answered with 404, a method that it
    does not have with 405, a planned operation with 501 (or an answer that
    every operation has, such as 401). What stands in the events of
    ``GET /sync`` is checked as frames are.
    """
    return _rest().check_answer(request, answer)


def check_request(request: Request) -> list[str]:
    """Everything in a request that the contract does not allow.

    What a server took (2xx) must be in here without a finding: else it
    accepts what nobody promised.
    """
    return _rest().check_request(request)


@dataclass(frozen=True, slots=True)
class _Route:
    path: str
    pattern: re.Pattern[str]
    operations: dict[str, Json]


class _Rest:
    def __init__(self, document: Json) -> None:
        self._schemas = Schemas(document, "2020-12")
        by_path: dict[str, dict[str, Json]] = {}
        for path, method, operation in operations_of(document):
            by_path.setdefault(path, {})[method] = operation
        self._routes = [
            _Route(path, re.compile(_pattern(path)), operations)
            for path, operations in sorted(by_path.items(), key=lambda item: item[0].count("{"))
        ]
        self._shared = document["components"]["responses"]

    # -- answers -----------------------------------------------------------------

    def check_answer(self, request: Request, answer: Answer) -> list[str]:
        if request.method == "OPTIONS" and answer.status == 204 and not answer.body:
            return []  # what browsers ask before they call (CORS) is no operation
        operation = self._operation(request.method, request.path)
        if isinstance(operation, str):
            responses = {"404" if operation == "ResourceNotFound" else "405": operation}
            declared = {code: self._shared[name] for code, name in responses.items()}
        else:
            declared = dict(operation["responses"])
            if operation.get("x-planned"):
                declared = {code: one for code, one in declared.items() if code >= "400"}
                declared["501"] = self._shared["NotImplemented"]
        place = f"{request.method} {request.path} → {answer.status}"
        response = declared.get(str(answer.status))
        if response is None:
            return [f"{place}: the contract has only {', '.join(sorted(declared))} here"]
        response = self._schemas.resolved(response)
        found = list(self._wrong_headers(response, answer))
        if request.method != "HEAD":
            found += self._wrong_body(response, answer)
        if not isinstance(operation, str) and operation["operationId"] == "getSync":
            found += _wrong_events(answer)
        return [f"{place}: {one}" for one in found]

    def _operation(self, method: str, path: str) -> Json | str:
        """The operation; or the name of the answer that is given where there is none."""
        # The plainest paths come first: /messages/search is no {messageId}.
        route = next((one for one in self._routes if one.pattern.fullmatch(path)), None)
        if route is None:
            return "ResourceNotFound"
        method = "get" if method == "HEAD" else method.lower()
        return route.operations.get(method, "MethodNotAllowed")

    def _wrong_headers(self, response: Json, answer: Answer) -> Iterator[str]:
        given = {name.lower(): value for name, value in answer.headers.items()}
        for name, header in response.get("headers", {}).items():
            schema = self._schemas.resolved(header)["schema"]
            text = given.get(name.lower())
            if text is None:
                yield f"the header {name} is missing"
            else:
                value = from_text(self._schemas, schema, text)
                yield from self._schemas.violations(schema, value, f"header {name}")

    def _wrong_body(self, response: Json, answer: Answer) -> Iterator[str]:
        content = response.get("content")
        if content is None:
            if answer.body:
                yield f"it has a body of {len(answer.body)} bytes, and should have none"
            return
        media_type = (answer.content_type or "").partition(";")[0].strip()
        wildcard = f"{media_type.partition('/')[0]}/*"
        media = content.get(media_type) or content.get(wildcard)
        if media is None and media_type and "*/*" in content:
            return
        if media is None:
            yield f"its type is {media_type or 'not said'}, and should be {', '.join(content)}"
        elif media_type in JSON_TYPES:
            value = _json(answer.body)
            if value is _NO_JSON:
                yield "its body is no JSON"
            else:
                yield from self._schemas.violations(media["schema"], value)

    # -- requests ----------------------------------------------------------------

    def check_request(self, request: Request) -> list[str]:
        place = f"{request.method} {request.path}"
        operation = self._operation(request.method, request.path)
        if isinstance(operation, str):
            return [f"{place}: there is no such operation"]
        found = [*self._wrong_query(operation, request), *self._wrong_content(operation, request)]
        return [f"{place}: {one}" for one in found]

    def _wrong_query(self, operation: Json, request: Request) -> Iterator[str]:
        known = {
            one["name"]: one
            for one in map(self._schemas.resolved, operation.get("parameters", ()))
            if one["in"] == "query"
        }
        given = dict(request.query)
        if len(given) != len(request.query):
            yield "a query parameter is given twice"
        for name, text in given.items():
            if name not in known:
                yield f"there is no query parameter {name}"
                continue
            schema = known[name]["schema"]
            value = from_text(self._schemas, schema, text)
            yield from self._schemas.violations(schema, value, f"query {name}")
        for name, parameter in known.items():
            if parameter.get("required") and name not in given:
                yield f"the query parameter {name} is missing"

    def _wrong_content(self, operation: Json, request: Request) -> Iterator[str]:
        body = operation.get("requestBody")
        if body is None:
            return
        media_type = (request.content_type or "").partition(";")[0].strip()
        media = self._schemas.resolved(body)["content"].get(media_type)
        if media is None:
            yield f"a body of type {media_type or 'unknown'} is not what it takes"
        elif media_type in JSON_TYPES:
            value = _json(request.body)
            if value is _NO_JSON:
                yield "its body is no JSON"
            else:
                yield from self._schemas.violations(media["schema"], value, "body")


_NO_JSON = object()


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _NO_JSON


def _wrong_events(answer: Answer) -> Iterator[str]:
    value = _json(answer.body)
    if isinstance(value, dict) and isinstance(value.get("events"), list):
        for event in value["events"]:
            yield from check_frame(event)


def _pattern(path: str) -> str:
    parts = re.split(r"(\{[^}]+\})", path)
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)


@cache
def _rest() -> _Rest:
    return _Rest(load_openapi())
