"""Who calls, and what accounts are refused."""

from altlas_chat.domain.errors.base import ChatError


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


class UserNotFound(ChatError):
    code = "USER_NOT_FOUND"
    status = 404
    title = "There is no such user"
    remedy = "Check the user id."


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
