"""Who may do what in general: roles and the permissions that they carry.

The contract names one permission for each operation (``x-permission``). What
depends on the object (being a member, being its author) is decided by the
services.
"""

from dataclasses import dataclass
from typing import Literal

PUBLIC = "public"

Permission = Literal[
    "account:manage",
    "admin:system",
    "admin:users",
    "content:moderate",
    "conversation:create",
    "conversation:delete",
    "conversation:read",
    "conversation:update",
    "file:create",
    "file:delete",
    "file:read",
    "member:manage",
    "message:create",
    "message:delete",
    "message:read",
    "message:update",
    "notification:read",
    "notification:update",
    "preferences:read",
    "preferences:update",
    "search:read",
    "sync:read",
    "task:create",
    "task:delete",
    "task:read",
    "task:update",
    "user:read",
    "user:update",
]
"""One thing that may be done."""

_READING = frozenset(
    {
        "message:read",
        "conversation:read",
        "user:read",
        "file:read",
        "search:read",
        "notification:read",
        "notification:update",
        "preferences:read",
        "preferences:update",
        "task:read",
        "sync:read",
        "account:manage",
    }
)
_WRITING = frozenset(
    {
        "message:create",
        "message:update",
        "message:delete",
        "conversation:create",
        "conversation:update",
        "conversation:delete",
        "member:manage",
        "user:update",
        "file:create",
        "file:delete",
        "task:create",
        "task:update",
        "task:delete",
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "guest": _READING
    | {"message:create", "message:update", "message:delete", "conversation:update"},
    "user": _READING | _WRITING,
    "service": _READING | _WRITING,
    "moderator": _READING | _WRITING | {"content:moderate"},
    "admin": _READING | _WRITING | {"content:moderate", "admin:users", "admin:system"},
}

ALL_PERMISSIONS = frozenset().union(*ROLE_PERMISSIONS.values())


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or service) on whose behalf something is done."""

    user_id: str
    role: str
    permissions: frozenset[str]
    session_id: str | None = None
    language: str = "en"
    api_key_id: str | None = None
    ends_at: int | None = None
    """When the token or API key ends (UTC milliseconds), if it does."""

    @property
    def way_in(self) -> str | None:
        """What let the actor in and can be taken back: a session, or an API key."""
        return self.session_id or self.api_key_id

    def may(self, permission: str) -> bool:
        return permission == PUBLIC or permission in self.permissions
