"""API keys of bots and services."""

from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints, field_validator

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, clean_text
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Permission
from altlas_chat.domain.tasks import Moment
from altlas_chat.domain.times import rfc3339, rfc3339_or_none


class ApiKeyRequest(Input):
    """A new API key. ``expires_at`` is None for one that does not expire."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
    scopes: Annotated[
        list[Permission],
        Field(min_length=1, max_length=64, json_schema_extra={"uniqueItems": True}),
    ]
    expires_at: Moment | None = None

    _clean = field_validator("name")(clean_text)

    @field_validator("scopes")
    @classmethod
    def _each_once(cls, scopes: list[Permission]) -> list[Permission]:
        if len(set(scopes)) != len(scopes):
            raise ValueError(say("name each scope once"))
        return scopes


class ApiKey(NamedTuple):
    """An API key, as storage knows it; the secret is kept nowhere."""

    api_key_id: str
    user_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    last_used_at: int | None
    expires_at: int | None
    revoked_at: int | None

    def as_json(self) -> Json:
        return {
            "id": self.api_key_id,
            "name": self.name,
            "scopes": list(self.scopes),
            "createdAt": rfc3339(self.created_at),
            "lastUsedAt": rfc3339_or_none(self.last_used_at),
            "expiresAt": rfc3339_or_none(self.expires_at),
        }
