"""What administrators send."""

from typing import Annotated, Literal

from pydantic import StringConstraints, field_validator

from altlas_chat.domain.inputs import Input, clean_text

UserRole = Literal["admin", "moderator", "user", "service", "guest"]


class RoleChange(Input):
    role: UserRole


class AnnouncementRequest(Input):
    """Words to everybody who is connected."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    level: Literal["info", "warning"] = "info"

    _clean = field_validator("text")(clean_text)
