"""Everything that can be refused, each with one stable code.

A code never changes its meaning; clients and translations hang on it. The
same error reaches a REST caller as a problem document (RFC 9457) and a
socket as an ``error`` frame. The contract's table of problems lists the same
codes, and a test compares the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

MAX_ERRORS = 100
"""Most places that a problem document names."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with the input, and where: a JSON pointer or a parameter's name."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def within(self, pointer: str) -> "FieldError":
        """The same, in an input that is a part of another one."""
        return self if self.pointer is None else replace(self, pointer=pointer + self.pointer)

    def as_json(self) -> dict[str, str]:
        place = {"pointer": self.pointer, "parameter": self.parameter}
        named = {key: value for key, value in place.items() if value is not None}
        return {**named, "code": self.code, "detail": self.detail}


class ChatError(Exception):
    """A refusal that its caller can understand and act on.

    ``detail`` tells this case apart; ``remedy`` is what the caller can do.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    remedy: ClassVar[str]

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
        allowed_methods: Sequence[str] = (),
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors[:MAX_ERRORS])
        self.retry_after_seconds = retry_after_seconds
        self.allowed_methods = tuple(allowed_methods)

    def as_problem(self, request_id: str | None = None) -> dict[str, object]:
        """The problem document that the contract calls ``Problem``."""
        problem: dict[str, object] = {
            "type": f"urn:altlas-chat:problem:{self.code.lower().replace('_', '-')}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "remedy": self.remedy,
        }
        if request_id is not None:
            problem["requestId"] = request_id
        if self.errors:
            problem["errors"] = [error.as_json() for error in self.errors]
        return problem


class InvalidCredentials(ChatError):
    code = "AUTH_INVALID_CREDENTIALS"
    status = 401
    title = "The name or the password is wrong"
    remedy = "Check both and try again."


class TokenExpired(ChatError):
    code = "AUTH_TOKEN_EXPIRED"
    status = 401
    title = "The access token has expired"
    remedy = "Refresh it, or log in again."


class TokenInvalid(ChatError):
    code = "AUTH_TOKEN_INVALID"
    status = 401
    title = "The token is not valid here"
    remedy = "Log in again to get a new one."


class TokenReused(ChatError):
    code = "AUTH_TOKEN_REUSED"
    status = 401
    title = "The refresh token was used before"
    remedy = "The session was ended to protect the account; log in again."


class SessionRevoked(ChatError):
    code = "AUTH_SESSION_REVOKED"
    status = 401
    title = "The session was ended"
    remedy = "Log in again."


class NotAuthenticated(ChatError):
    code = "AUTH_UNAUTHORIZED"
    status = 401
    title = "No credentials were sent"
    remedy = "Send `Authorization: Bearer <access token>`; on a socket, `auth` first."


class AccountDeactivated(ChatError):
    code = "ACCOUNT_DEACTIVATED"
    status = 403
    title = "The account is deactivated"
    remedy = "Ask an administrator to activate it."


class PermissionDenied(ChatError):
    code = "PERMISSION_DENIED"
    status = 403
    title = "The permission for this is missing"
    remedy = "Ask someone who has the permission."


class ResourceNotFound(ChatError):
    code = "RESOURCE_NOT_FOUND"
    status = 404
    title = "There is nothing at this address"
    remedy = "Check the path against the API documentation."


class UserNotFound(ChatError):
    code = "USER_NOT_FOUND"
    status = 404
    title = "There is no such user"
    remedy = "Check the user id."


class ConversationNotFound(ChatError):
    code = "CONVERSATION_NOT_FOUND"
    status = 404
    title = "There is no such conversation for you"
    remedy = "Check the conversation id and that you are a member."


class MessageNotFound(ChatError):
    code = "MESSAGE_NOT_FOUND"
    status = 404
    title = "There is no such message for you"
    remedy = "Check the message id."


class MemberNotFound(ChatError):
    code = "MEMBER_NOT_FOUND"
    status = 404
    title = "The user is not a member"
    remedy = "List the members to see who is."


class FileNotFound(ChatError):
    code = "FILE_NOT_FOUND"
    status = 404
    title = "There is no such file for you"
    remedy = "Check the file id."


class NotificationNotFound(ChatError):
    code = "NOTIFICATION_NOT_FOUND"
    status = 404
    title = "There is no such notification"
    remedy = "List the notifications to see which there are."


class TaskNotFound(ChatError):
    code = "TASK_NOT_FOUND"
    status = 404
    title = "There is no such task for you"
    remedy = "Check the task id."


class SessionNotFound(ChatError):
    code = "SESSION_NOT_FOUND"
    status = 404
    title = "There is no such session"
    remedy = "List the sessions to see which there are."


class ApiKeyNotFound(ChatError):
    code = "API_KEY_NOT_FOUND"
    status = 404
    title = "There is no such API key"
    remedy = "List the API keys to see which there are."


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


class UsernameTaken(ChatError):
    code = "USERNAME_TAKEN"
    status = 409
    title = "The user name is taken"
    remedy = "Choose another user name."


class EmailTaken(ChatError):
    code = "EMAIL_TAKEN"
    status = 409
    title = "The e-mail address is taken"
    remedy = "Log in, or use another address."


class ClientIdReused(ChatError):
    code = "CLIENT_ID_REUSED"
    status = 409
    title = "The clientId was used for another message"
    remedy = "Make a new clientId for each new message."


class AlreadyAMember(ChatError):
    code = "ALREADY_A_MEMBER"
    status = 409
    title = "The user is a member already"
    remedy = "Nothing needs to be done."


class LastOwner(ChatError):
    code = "LAST_OWNER"
    status = 409
    title = "A group needs an owner"
    remedy = "Make another member owner first, or delete the group."


class PayloadTooLarge(ChatError):
    code = "PAYLOAD_TOO_LARGE"
    status = 413
    title = "The request is too large"
    remedy = "Send less at a time."


class FileTooLarge(ChatError):
    code = "FILE_TOO_LARGE"
    status = 413
    title = "The file is too large"
    remedy = "Send a smaller file."


class UnsupportedMediaType(ChatError):
    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    title = "The request's content type is not supported"
    remedy = "Send application/json."


class FileTypeNotSupported(ChatError):
    code = "FILE_TYPE_NOT_SUPPORTED"
    status = 415
    title = "This type of file is not accepted"
    remedy = "Send a file of an accepted type."


class RangeNotSatisfiable(ChatError):
    code = "RANGE_NOT_SATISFIABLE"
    status = 416
    title = "The range is outside the file"
    remedy = "Ask for a range inside the file."


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


class MessageTooLong(ChatError):
    code = "MESSAGE_TOO_LONG"
    status = 422
    title = "The message is too long"
    remedy = "Shorten the text, or send it in parts."


class EditWindowClosed(ChatError):
    code = "EDIT_WINDOW_CLOSED"
    status = 409
    title = "The time for changing this message is over"
    remedy = "Send a new message."


class MessageDeleted(ChatError):
    code = "MESSAGE_DELETED"
    status = 409
    title = "The message was deleted"
    remedy = "Nothing can be changed on a deleted message."


class NotAGroup(ChatError):
    code = "NOT_A_GROUP"
    status = 409
    title = "The conversation is not a group"
    remedy = "Use a group's id."


class PostingRestricted(ChatError):
    code = "POSTING_RESTRICTED"
    status = 403
    title = "Only administrators may post here"
    remedy = "Ask an administrator of the group."


class UserBlocked(ChatError):
    code = "USER_BLOCKED"
    status = 403
    title = "Messages between these two people are blocked"
    remedy = "Unblock the person first, if it was you."


class CursorInvalid(ChatError):
    code = "CURSOR_INVALID"
    status = 400
    title = "The cursor is not valid here"
    remedy = "Start again without a cursor."


class ResyncRequired(ChatError):
    code = "RESYNC_REQUIRED"
    status = 410
    title = "The log no longer reaches back so far"
    remedy = "Load a fresh snapshot from GET /sync."


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


class AuthTimeout(ChatError):
    code = "AUTH_TIMEOUT"
    status = 401
    title = "No auth frame came in time"
    remedy = "Connect again and send `auth` first."


class AlreadyAuthenticated(ChatError):
    code = "ALREADY_AUTHENTICATED"
    status = 409
    title = "The socket is authenticated already"
    remedy = "Open another socket for another person."


class UnknownCommand(ChatError):
    code = "UNKNOWN_COMMAND"
    status = 400
    title = "There is no such command"
    remedy = "Use a command of the AsyncAPI document."


class BinaryFrame(ChatError):
    code = "BINARY_FRAME"
    status = 400
    title = "Binary frames are not understood"
    remedy = "Send JSON in text frames."


class FrameTooLarge(ChatError):
    code = "FRAME_TOO_LARGE"
    status = 413
    title = "The frame is too large"
    remedy = "Send less in a frame."


class TooManyFrames(ChatError):
    code = "TOO_MANY_FRAMES"
    status = 429
    title = "Too many frames"
    remedy = "Slow down; connect again after a pause."


class SlowConsumer(ChatError):
    code = "SLOW_CONSUMER"
    status = 408
    title = "The client reads too slowly"
    remedy = "Connect again and resume."


class ServerRestarting(ChatError):
    code = "SERVER_RESTARTING"
    status = 503
    title = "The server restarts"
    remedy = "Connect again after a short random pause and resume."


ALL_ERRORS: dict[str, type[ChatError]] = {
    error.code: error for error in ChatError.__subclasses__() if hasattr(error, "code")
}
"""Every refusal by its code."""
