"""What is wrong with a request, or with the server that should answer it."""

from altlas_chat.domain.errors.base import ChatError


class ResourceNotFound(ChatError):
    code = "RESOURCE_NOT_FOUND"
    status = 404
    title = "There is nothing at this address"
    remedy = "Check the path against the API documentation."


class MethodNotAllowed(ChatError):
    code = "METHOD_NOT_ALLOWED"
    status = 405
    title = "This address has no such method"
    remedy = "Use one of the methods in the Allow header."


class NotAcceptable(ChatError):
    code = "NOT_ACCEPTABLE"
    status = 406
    title = "The answer is not to be had in that form"
    remedy = "Accept application/json."


class ResourceAlreadyExists(ChatError):
    code = "RESOURCE_ALREADY_EXISTS"
    status = 409
    title = "It exists already"
    remedy = "Use the one that exists, or another name."


class PayloadTooLarge(ChatError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413
    title = "The request is too large"
    remedy = "Send less at a time."


class UnsupportedMediaType(ChatError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    title = "The request's content type is not supported"
    remedy = "Send application/json."


class ValidationFailed(ChatError):
    code = "VALIDATION_ERROR"
    status = 422
    title = "The input is not valid"
    remedy = "Mend what `errors` names and send it again."


class MalformedJson(ChatError):
    code = "MALFORMED_JSON"
    status = 400
    title = "The text is not JSON"
    remedy = "Send one JSON object, in UTF-8."


class RateLimitExceeded(ChatError):
    code = "RATE_LIMIT_EXCEEDED"
    status = 429
    title = "Too many requests"
    remedy = "Wait for the time in Retry-After and try again."


class NotImplementedYet(ChatError):
    code = "NOT_IMPLEMENTED"
    status = 501
    title = "This operation is planned"
    remedy = "Watch the changelog; nothing was changed."


class ServiceUnavailable(ChatError):
    code = "SERVICE_UNAVAILABLE"
    status = 503
    title = "The server can't do this at the moment"
    remedy = "Try again in a few seconds."


class ServerFault(ChatError):
    code = "SERVER_ERROR"
    status = 500
    title = "The server made a mistake"
    remedy = "Report it with the requestId; trying again may help."
