"""The one place where a refusal becomes an answer."""

import logging

import orjson
from aiohttp import web

from altlas_chat.domain.errors import (
    ChatError,
    MalformedJson,
    MethodNotAllowed,
    PayloadTooLarge,
    RateLimitExceeded,
    ResourceNotFound,
    ServerFault,
    ServerRestarting,
    ServiceUnavailable,
)
from altlas_chat.domain.language import say
from altlas_chat.storage.database import StorageUnavailable

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


def problem(error: ChatError, request_id: str, language: str) -> web.Response:
    """A problem document (RFC 9457) in a language, with the headers that belong to it."""
    headers = {
        "X-Request-Id": request_id,
        "Content-Language": language,
        "Vary": "Accept-Language",
    }
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, RateLimitExceeded | ServerRestarting | ServiceUnavailable):
        headers["Retry-After"] = "1"
    if error.allowed_methods:
        headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    if error.status == web.HTTPUnauthorized.status_code:
        headers["WWW-Authenticate"] = f'Bearer realm="altlas-chat", error="{error.code.lower()}"'
    return web.Response(
        body=orjson.dumps(error.as_problem(request_id, language)),
        status=error.status,
        content_type=MEDIA_TYPE,
        headers=headers,
    )


def refusal_of(error: Exception, where: str) -> ChatError:
    """The refusal to give for anything that was raised; a surprise is logged."""
    if isinstance(error, ChatError):
        return error
    if isinstance(error, StorageUnavailable):
        log.warning("%s: storage unavailable: %s", where, error)
        return ServiceUnavailable(say("The database does not answer."))
    if isinstance(error, web.HTTPException):
        return _of_http(error)
    if isinstance(error, UnicodeError):
        return MalformedJson(say("The request is not UTF-8."))
    log.error("%s failed", where, exc_info=error)
    return ServerFault()


def _of_http(error: web.HTTPException) -> ChatError:
    if isinstance(error, web.HTTPMethodNotAllowed):
        return MethodNotAllowed(allowed_methods=sorted(error.allowed_methods))
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return PayloadTooLarge()
    if error.status == web.HTTPNotFound.status_code:
        return ResourceNotFound()
    if error.status < web.HTTPInternalServerError.status_code:
        log.info("aiohttp refused a request: %s", error.reason)
        return MalformedJson(say("This is no request of HTTP that the server understands."))
    log.error("aiohttp answered %s", error.status, exc_info=error)
    return ServerFault()
