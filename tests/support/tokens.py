"""Access tokens as a test needs them: soon over, of another session, of ALT_LAS."""

from typing import Any

import jwt

from altlas_chat.services.credentials import LEEWAY_SECONDS
from tests.support.running import Chat, Person

ALT_LAS_SECRET = "a secret that two platforms share"


def token_that_ends(chat: Chat, person: Person, left_seconds: float, **changes: Any) -> str:
    """A person's token that is accepted for so many seconds more (whole ones, rounded up)."""
    claims = jwt.decode(person.token, options={"verify_signature": False})
    deps = chat.running.parts.deps
    ends = deps.clock.now_ms() / 1000 + left_seconds - LEEWAY_SECONDS
    claims = {**claims, "exp": int(ends) + 1, **changes}
    return jwt.encode(claims, deps.credentials._key, "HS256")


def alt_las_token(chat: Chat, user_id: str, left_seconds: float, **changes: Any) -> str:
    """A token of a platform that shares ``ALT_LAS_SECRET`` with the server."""
    deps = chat.running.parts.deps
    ends = deps.clock.now_ms() / 1000 + left_seconds - LEEWAY_SECONDS
    claims = {
        "iss": deps.settings.alt_las_issuer,
        "aud": deps.settings.alt_las_audience,
        "userId": user_id,
        "username": user_id,
        "roles": ["user"],
        "exp": int(ends) + 1,
        **changes,
    }
    return jwt.encode(claims, ALT_LAS_SECRET, "HS256")
