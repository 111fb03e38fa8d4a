"""People: accounts, profiles, sessions and tokens."""

import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import StringConstraints, field_validator, model_validator

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, Update, clean_text
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import ROLE_PERMISSIONS
from altlas_chat.domain.times import rfc3339, rfc3339_or_none

Language = Literal["tr", "en"]
Password = Annotated[str, StringConstraints(min_length=8, max_length=128)]
DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
DeviceName = Annotated[str, StringConstraints(max_length=100)]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254)]
LoginName = Annotated[str, StringConstraints(min_length=1, max_length=254)]
Bio = Annotated[str, StringConstraints(max_length=500)]

_USERNAME = re.compile(r"[^\W_][\w.\-]{1,30}[\w]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def _email(address: str | None) -> str | None:
    if address is not None and not _EMAIL.fullmatch(clean_text(address)):
        raise ValueError(say("this is no e-mail address"))
    return address


class RegisterRequest(Input):
    """A new account. ``display_name`` is the user name if it is left out."""

    username: Annotated[str, StringConstraints(min_length=3, max_length=32)]
    password: Password
    display_name: MayBeLeftOut[DisplayName] = None
    email: MayBeLeftOut[Email] = None
    language: Language = "en"
    device_name: DeviceName = ""

    _clean = field_validator("display_name", "device_name", "password")(
        lambda value: None if value is None else clean_text(value)
    )
    _address = field_validator("email")(_email)

    @field_validator("username")
    @classmethod
    def _name(cls, name: str) -> str:
        if not _USERNAME.fullmatch(name):
            raise ValueError(say("use letters, digits, dots, dashes and underscores"))
        return name


class LoginRequest(Input):
    """A person by ``username``, ``email``, or ``login``, which may be either."""

    login: MayBeLeftOut[LoginName] = None
    username: MayBeLeftOut[LoginName] = None
    email: MayBeLeftOut[LoginName] = None
    password: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    device_name: DeviceName = ""

    _clean = field_validator("login", "username", "email", "password", "device_name")(
        lambda value: None if value is None else clean_text(value)
    )

    @model_validator(mode="after")
    def _one_name(self) -> "LoginRequest":
        if sum(name is not None for name in (self.login, self.username, self.email)) != 1:
            raise ValueError(say("give exactly one of login, username and email"))
        return self

    @property
    def name(self) -> str:
        return self.login or self.username or self.email or ""


class RefreshRequest(Input):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class ChangePasswordRequest(Input):
    current_password: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    new_password: Password

    _clean = field_validator("current_password", "new_password")(clean_text)


class ProfileUpdate(Update):
    """What a person changes of the own profile; what is left out stays.

    An address that is null is taken away.
    """

    display_name: MayBeLeftOut[DisplayName] = None
    bio: MayBeLeftOut[Bio] = None
    email: Email | None = None
    language: MayBeLeftOut[Language] = None

    _clean = field_validator("display_name", "bio")(
        lambda value: None if value is None else clean_text(value)
    )
    _address = field_validator("email")(_email)


class User(NamedTuple):
    """A person, as storage knows the person."""

    user_id: str
    username: str
    email: str | None
    display_name: str
    role: str
    origin: str
    language: str
    bio: str
    avatar_file_id: str | None
    is_active: bool
    last_seen_at: int | None
    created_at: int
    updated_at: int

    def as_json(self, *, shows_last_seen: bool = False) -> Json:
        """What others may see: the contract's ``User``; services/privacy.py says what of it."""
        return {
            "id": self.user_id,
            "username": self.username,
            "displayName": self.display_name,
            "bio": self.bio,
            "avatarFileId": self.avatar_file_id,
            "role": self.role,
            "isActive": bool(self.is_active),
            "presence": "offline",
            "lastSeenAt": rfc3339_or_none(self.last_seen_at if shows_last_seen else None),
            "createdAt": rfc3339(self.created_at),
        }

    def as_managed_json(self) -> Json:
        """What administrators see: the contract's ``ManagedUser``."""
        return {
            "id": self.user_id,
            "username": self.username,
            "displayName": self.display_name,
            "email": self.email,
            "role": self.role,
            "origin": self.origin,
            "language": self.language,
            "isActive": bool(self.is_active),
            "lastSeenAt": rfc3339_or_none(self.last_seen_at),
            "createdAt": rfc3339(self.created_at),
            "updatedAt": rfc3339(self.updated_at),
        }

    def as_own_json(self) -> Json:
        """What the person sees of himself: the contract's ``CurrentUser``."""
        return {
            **self.as_json(shows_last_seen=True),
            "email": self.email,
            "language": self.language,
            "permissions": sorted(ROLE_PERMISSIONS[self.role]),
        }


class Tokens(NamedTuple):
    """A pair of tokens of one session."""

    access_token: str
    expires_in_seconds: int
    refresh_token: str
    refresh_expires_in_seconds: int
    session_id: str
    user: User

    def as_json(self) -> dict[str, Any]:
        return {
            "accessToken": self.access_token,
            "tokenType": "Bearer",
            "expiresInSeconds": self.expires_in_seconds,
            "refreshToken": self.refresh_token,
            "refreshExpiresInSeconds": self.refresh_expires_in_seconds,
            "sessionId": self.session_id,
            "user": self.user.as_own_json(),
        }
