"""Everything that can be refused, each with one stable code.

A code never changes its meaning; clients and translations hang on it. The
same error reaches a REST caller as a problem document (RFC 9457) and a
socket as an ``error`` frame. The contract's table of problems lists the same
codes, and a test compares the two.

They stand by area in the modules of this package, and are imported from here.
"""

from altlas_chat.domain.errors.accounts import (
    AccountDeactivated,
    ApiKeyNotFound,
    EmailTaken,
    InvalidCredentials,
    NotAuthenticated,
    PermissionDenied,
    SessionNotFound,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    TokenReused,
    UsernameTaken,
    UserNotFound,
)
from altlas_chat.domain.errors.base import (
    MAX_ERRORS,
    ChatError,
    FieldError,
)
from altlas_chat.domain.errors.conversations import (
    AlreadyAMember,
    ClientIdReused,
    ConversationNotFound,
    CursorInvalid,
    EditWindowClosed,
    LastOwner,
    MemberNotFound,
    MessageDeleted,
    MessageNotFound,
    MessageTooLong,
    NotAGroup,
    NotificationNotFound,
    PostingRestricted,
    ResyncRequired,
    TaskNotFound,
    UserBlocked,
)
from altlas_chat.domain.errors.files import (
    FileNotFound,
    FileTooLarge,
    FileTypeNotSupported,
    RangeNotSatisfiable,
    StorageFull,
)
from altlas_chat.domain.errors.requests import (
    MalformedJson,
    MethodNotAllowed,
    NotAcceptable,
    NotImplementedYet,
    PayloadTooLarge,
    RateLimitExceeded,
    ResourceAlreadyExists,
    ResourceNotFound,
    ServerFault,
    ServiceUnavailable,
    UnsupportedMediaType,
    ValidationFailed,
)
from altlas_chat.domain.errors.sockets import (
    AlreadyAuthenticated,
    AuthTimeout,
    BinaryFrame,
    FrameTooLarge,
    ServerRestarting,
    SlowConsumer,
    TooManyFrames,
    TooManySockets,
    UnknownCommand,
)

__all__ = [
    "ALL_ERRORS",
    "MAX_ERRORS",
    "AccountDeactivated",
    "AlreadyAMember",
    "AlreadyAuthenticated",
    "ApiKeyNotFound",
    "AuthTimeout",
    "BinaryFrame",
    "ChatError",
    "ClientIdReused",
    "ConversationNotFound",
    "CursorInvalid",
    "EditWindowClosed",
    "EmailTaken",
    "FieldError",
    "FileNotFound",
    "FileTooLarge",
    "FileTypeNotSupported",
    "FrameTooLarge",
    "InvalidCredentials",
    "LastOwner",
    "MalformedJson",
    "MemberNotFound",
    "MessageDeleted",
    "MessageNotFound",
    "MessageTooLong",
    "MethodNotAllowed",
    "NotAGroup",
    "NotAcceptable",
    "NotAuthenticated",
    "NotImplementedYet",
    "NotificationNotFound",
    "PayloadTooLarge",
    "PermissionDenied",
    "PostingRestricted",
    "RangeNotSatisfiable",
    "RateLimitExceeded",
    "ResourceAlreadyExists",
    "ResourceNotFound",
    "ResyncRequired",
    "ServerFault",
    "ServerRestarting",
    "ServiceUnavailable",
    "SessionNotFound",
    "SessionRevoked",
    "SlowConsumer",
    "StorageFull",
    "TaskNotFound",
    "TokenExpired",
    "TokenInvalid",
    "TokenReused",
    "TooManyFrames",
    "TooManySockets",
    "UnknownCommand",
    "UnsupportedMediaType",
    "UserBlocked",
    "UserNotFound",
    "UsernameTaken",
    "ValidationFailed",
]

ALL_ERRORS: dict[str, type[ChatError]] = {
    error.code: error for error in ChatError.__subclasses__() if hasattr(error, "code")
}
"""Every refusal by its code."""
