"""Who calls: from an access token, ours or ALT_LAS's, to an actor."""

import re
import sys
from dataclasses import replace

from altlas_chat.domain.accounts import User
from altlas_chat.domain.errors import AccountDeactivated, TokenInvalid
from altlas_chat.domain.events import user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.services.accounts import create_user
from altlas_chat.services.credentials import ISSUER
from altlas_chat.services.deps import Deps
from altlas_chat.services.known_tokens import Claims
from altlas_chat.storage import accounts
from altlas_chat.storage.database import UniqueViolated

_STRONGEST_FIRST = ("admin", "moderator", "service", "user", "guest")
_NAME_TRIES = 20


async def authenticate(deps: Deps, token: str, *, comes_again: bool = False) -> Actor:
    """The person whom an access token names.

    A person whom ALT_LAS vouches for is made known here at the first visit. A
    token that ``comes_again``, as with each request of somebody, is remembered.

    Raises:
        TokenInvalid: it is no access token that is accepted here.
        TokenExpired: its time is over.
        SessionRevoked: its session was ended.
        AccountDeactivated: the account is closed.
    """
    credentials = deps.credentials
    actor = credentials.recognised(token)
    if actor is not None:
        return actor
    if credentials.issuer_of(token) == ISSUER:
        claims = credentials.claims_of(token)
        role = credentials.role_of(claims["sub"], claims["role"])
        role = sys.intern(role)  # one string for all sockets
        if role not in ROLE_PERMISSIONS:
            raise TokenInvalid
        ends_at = credentials.end_of(claims)
        permissions = ROLE_PERMISSIONS[role]
        actor = Actor(claims["sub"], role, permissions, claims["sid"], ends_at=ends_at)
        if comes_again:
            credentials.remember(token, claims, actor if role == claims["role"] else None)
        return actor
    claims = credentials.alt_las_claims_of(token)
    user = await deps.database.read(lambda reader: accounts.select_user(reader, claims["userId"]))
    if user is None:
        user = await _make_known(deps, claims)
    if user.origin != "alt_las":
        raise TokenInvalid(say("This id belongs to an account that is not ALT_LAS's."))
    if not user.is_active:
        raise AccountDeactivated
    if comes_again:
        credentials.remember(token, claims)
    role, ends_at = _role(claims), credentials.end_of(claims)
    return Actor(
        user.user_id, role, ROLE_PERMISSIONS[role], language=user.language, ends_at=ends_at
    )


async def renewed(deps: Deps, actor: Actor, token: str) -> Actor:
    """The actor of a socket with another access token: the same person and session, for longer.

    A token of ALT_LAS has no session; there the person must be the same. An
    API key is renewed by nothing. The end never moves back.

    Raises:
        TokenInvalid: it is no access token, or not one of this person and session.
        TokenExpired: its time is over.
        SessionRevoked: its session was ended.
        AccountDeactivated: the account is closed.
    """
    if actor.api_key_id is not None:
        raise TokenInvalid(say("A socket that was opened by an API key lives as long as the key."))
    other = await authenticate(deps, token)
    if (other.user_id, other.session_id) != (actor.user_id, actor.session_id):
        raise TokenInvalid(say("The token belongs to another session."))
    return replace(other, ends_at=max(other.ends_at or 0, actor.ends_at or 0))


def _role(claims: Claims) -> str:
    roles = claims.get("roles")
    held = {role for role in roles if isinstance(role, str)} if isinstance(roles, list) else set()
    return next((role for role in _STRONGEST_FIRST if role in held), "guest")


def _storable(name: str) -> str:
    """A name without what no name has and no database keeps: controls, halves of pairs."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ", name).strip()[:100].strip()


async def _make_known(deps: Deps, claims: Claims) -> User:
    """Keep a person of ALT_LAS under ALT_LAS's id; a taken user name gets a number."""
    at = deps.clock.now_ms()
    wished = claims.get("username")
    shown = (_storable(wished) if isinstance(wished, str) else "") or claims["userId"][:100]
    plain = re.sub(r"[^\w.\-]", "-", shown)[:24]
    for number in range(_NAME_TRIES):
        user = User(
            user_id=claims["userId"],
            username=plain if number == 0 else f"{plain}-{number + 1}",
            email=None,
            display_name=shown,
            role=_role(claims),
            origin="alt_las",
            language="tr",
            bio="",
            avatar_file_id=None,
            is_active=True,
            last_seen_at=None,
            created_at=at,
            updated_at=at,
        )
        try:
            await deps.database.write(
                lambda tx, user=user: create_user(tx, user, None),  # type: ignore[misc]
                lane=user_stream(user.user_id),
            )
        except UniqueViolated:
            known = await deps.database.read(
                lambda reader: accounts.select_user(reader, claims["userId"])
            )
            if known is not None:
                return known
        else:
            return user
    raise TokenInvalid(say("No user name could be found for this person."))
