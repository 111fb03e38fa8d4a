"""One REST request, as a handler sees it, and the answers it can give."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from altlas_chat.domain.errors import (
    FieldError,
    MalformedJson,
    PayloadTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from altlas_chat.domain.inputs import AnInput, check_input, field_errors, parse_json
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.deps import Deps
from altlas_chat.services.languages import language_for
from altlas_chat.services.system_messages import retell, system_messages_of

NOBODY = Actor(user_id="", role="nobody", permissions=frozenset())
"""Who calls a public operation without credentials."""


ACTOR = web.RequestKey("actor", Actor)
"""Who was found to call, for those who answer after the handler."""


LASTING = web.RequestKey("lasting", bool)
"""Set where an answer takes long on purpose: its time says nothing of the server's."""

OPERATION = web.RequestKey("operation", str)
"""Which operation was asked for."""


_OF_SYSTEM = b'"kind":"system"'
"""What an encoded answer has where a message of the system stands in it."""


class Query(BaseModel):
    """The base of every operation's query parameters: closed, camelCase, from text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, defer_build=True
    )


AQuery = TypeVar("AQuery", bound=Query)


class Call:
    """A request that was routed and authenticated."""

    __slots__ = ("actor", "deps", "request", "request_id")

    def __init__(self, deps: Deps, actor: Actor, request: web.Request, request_id: str) -> None:
        self.deps = deps
        self.actor = actor
        self.request = request
        self.request_id = request_id

    def path(self, parameter: str) -> str:
        """A parameter of the path.

        Raises:
            ValidationFailed: no id looks like that.
        """
        value = self.request.match_info[parameter]
        if not value or len(value) > 128 or not value.isprintable():
            raise ValidationFailed(
                say("The path parameter {parameter} is not an id.", parameter=parameter),
                errors=[FieldError("INVALID_ID", say("not an id"), parameter=parameter)],
            )
        return value

    def text(self, parameter: str) -> str:
        """A parameter of the path that is no id, as it is; who takes it checks it."""
        return self.request.match_info[parameter]

    def query(self, shape: type[AQuery]) -> AQuery:
        """The query parameters as a ``shape``.

        Raises:
            ValidationFailed: one is unknown, repeated, or not valid.
        """
        values: dict[str, str] = {}
        for name, value in self.request.query.items():
            if name in values:
                raise bad_parameters([FieldError("REPEATED", say("given twice"), parameter=name)])
            values[name] = value
        try:
            return shape.model_validate(values)
        except ValidationError as error:
            raise bad_parameters(
                [
                    FieldError(found.code, found.detail, parameter=(found.pointer or "/")[1:])
                    for found in field_errors(error)
                ]
            ) from error

    async def language(self) -> str:
        """The language of what this request is told (:mod:`altlas_chat.services.languages`)."""
        header = self.request.headers.get("Accept-Language")
        return await language_for(self.deps, self.actor, header)

    async def reader(self) -> Actor:
        """The actor, in the language of what this request is told."""
        return replace(self.actor, language=await self.language())

    async def answer(
        self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        """A JSON answer that may have messages in it: those of the system in the reader's words."""
        encoded = orjson.dumps(body)
        if _OF_SYSTEM in encoded:  # within a text its quotation marks would be escaped
            retell(system_messages_of(body), await self.language())
            encoded = orjson.dumps(body)
        return _json(encoded, status, headers)

    async def body(self, shape: type[AnInput]) -> AnInput:
        """The request's JSON body as a ``shape``.

        Raises:
            UnsupportedMediaType: the body is not declared as JSON.
            PayloadTooLarge: it is over ``max_request_bytes``.
            MalformedJson: it is not JSON, or did not come whole.
            ValidationFailed: it has another shape.
        """
        if self.request.content_type != "application/json":
            raise UnsupportedMediaType(
                say("The body is {type}, not JSON.", type=self.request.content_type)
            )
        try:
            raw = await self.request.read()
        except web.HTTPRequestEntityTooLarge as error:
            limit = self.deps.settings.max_request_bytes
            raise PayloadTooLarge(
                say("A request body may have {limit} bytes.", limit=limit)
            ) from error
        except (web.RequestPayloadError, ConnectionError) as error:
            raise MalformedJson(
                say("The body did not come whole, or is not as declared.")
            ) from error
        return check_input(shape, parse_json(raw))


def unknown_parameters(names: Iterable[str]) -> ValidationFailed:
    """The refusal of query parameters that the operation does not have."""
    detail = say("there is no such parameter")
    return bad_parameters(
        [FieldError("EXTRA_FORBIDDEN", detail, parameter=name) for name in dict.fromkeys(names)]
    )


def bad_parameters(errors: list[FieldError]) -> ValidationFailed:
    """The refusal of parameters, of the address or of the head."""
    return ValidationFailed(say("The parameters have errors, listed in `errors`."), errors=errors)


def answer(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A JSON answer."""
    return _json(orjson.dumps(body), status, headers)


def _json(encoded: bytes, status: int, headers: Mapping[str, str] | None) -> web.Response:
    return web.Response(
        body=encoded, status=status, content_type="application/json", headers=headers
    )


def done() -> web.Response:
    """The answer of an operation that has nothing to say: 204."""
    return web.Response(status=204)
