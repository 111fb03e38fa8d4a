"""API keys: bots and services act as a person, within the scopes of the key."""

import hashlib

from altlas_chat.domain.api_keys import ApiKey, ApiKeyRequest
from altlas_chat.domain.errors import (
    AccountDeactivated,
    ApiKeyNotFound,
    FieldError,
    PermissionDenied,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from altlas_chat.domain.events import Json, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.domain.times import moment
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import invalid
from altlas_chat.services.known_keys import KnownKey
from altlas_chat.services.sessions import refuse
from altlas_chat.storage import accounts, api_keys, streams
from altlas_chat.storage.database import Reader, Transaction

PREFIX = "ack_"
"""How secrets begin, so that one that leaked is found by those who look for such."""

MOST_KEYS = 100


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


async def list_api_keys(deps: Deps, actor: Actor) -> list[ApiKey]:
    """The actor's keys that were not revoked, the newest first."""
    return await deps.database.read(lambda reader: api_keys.select_api_keys(reader, actor.user_id))


async def create_api_key(deps: Deps, actor: Actor, request: ApiKeyRequest) -> Json:
    """Make a key that acts as the actor; its secret is given here and never again.

    Only a person who is logged in makes keys: one that was made by another key
    would outlive it.

    Raises:
        PermissionDenied: the actor is a key itself, or a scope is more than the actor may;
            ``errors`` says which.
        ValidationFailed: it would expire in the past, or there are too many keys.
        AccountDeactivated: the account was closed.
    """
    if actor.api_key_id is not None:
        raise PermissionDenied(say("An API key can't make API keys; its owner logs in for that."))
    _require_own(actor, request)
    at = deps.clock.now_ms()
    expires_at = None if request.expires_at is None else moment(request.expires_at, "/expiresAt")
    if expires_at is not None and expires_at <= at:
        raise invalid("/expiresAt", "PAST", say("The key would have expired already."))
    secret = PREFIX + deps.randomness.token(24)
    scopes = tuple(sorted(request.scopes))
    key = ApiKey(deps.ids.new(), actor.user_id, request.name, scopes, at, None, expires_at, None)

    async def change(tx: Transaction) -> None:
        await streams.lock_streams(tx, [user_stream(actor.user_id)])
        user = await accounts.select_user(tx, actor.user_id)
        if user is None or not user.is_active:
            raise AccountDeactivated
        if len(await api_keys.select_api_keys(tx, actor.user_id)) >= MOST_KEYS:
            detail = say("A person may have {limit} API keys.", limit=MOST_KEYS)
            raise invalid("", "TOO_MANY", detail)
        await api_keys.insert_api_key(tx, key, _hash(secret))

    await deps.database.write(change, lane=user_stream(actor.user_id))
    return {"apiKey": key.as_json(), "secret": secret}


def _require_own(actor: Actor, request: ApiKeyRequest) -> None:
    errors = [
        FieldError("PERMISSION_DENIED", say("you may not do that yourself"), f"/scopes/{place}")
        for place, scope in enumerate(request.scopes)
        if not actor.may(scope)
    ]
    if errors:
        raise PermissionDenied(say("A key may do no more than its owner."), errors=errors)


async def revoke_api_key(deps: Deps, actor: Actor, api_key_id: str) -> None:
    """Refuse a key from now on, and close its sockets.

    Raises:
        ApiKeyNotFound: the actor has no such key, or it was revoked before.
    """
    at = deps.clock.now_ms()
    is_done = await deps.database.write(
        lambda tx: api_keys.revoke_api_key(tx, actor.user_id, api_key_id, at),
        lane=user_stream(actor.user_id),
    )
    if not is_done:
        raise ApiKeyNotFound
    deps.credentials.api_keys.forget_those_of(actor.user_id)
    refuse(deps, api_key_id, at)


async def authenticate_key(deps: Deps, secret: str) -> Actor:
    """Who acts by an API key. What may change is believed for a few seconds (``KNOWN_MS``).

    Raises:
        TokenInvalid: there is no such key.
        TokenExpired: its time is over.
        SessionRevoked: it was revoked.
        AccountDeactivated: the account of its owner is closed.
    """
    at, key_hash = deps.clock.now_ms(), _hash(secret)
    known = deps.credentials.api_keys
    key = known.get(key_hash, at)
    if key is None:
        key = await deps.database.read(lambda reader: _asked(reader, key_hash))
        known.keep(key_hash, key, at)
    deps.credentials.require_open(key.api_key_id)
    if not key.is_active:
        raise AccountDeactivated
    if key.expires_at is not None and at >= key.expires_at:
        raise TokenExpired(say("The API key has expired."))
    known.note_use(key.api_key_id, at)
    permissions = ROLE_PERMISSIONS[key.role] & key.scopes
    return Actor(
        key.user_id,
        key.role,
        permissions,
        language=key.language,
        api_key_id=key.api_key_id,
        ends_at=key.expires_at,
    )


async def _asked(reader: Reader, key_hash: str) -> KnownKey:
    key = await api_keys.select_api_key(reader, key_hash)
    owner = None if key is None else await accounts.select_user(reader, key.user_id)
    if key is None or owner is None:
        raise TokenInvalid(say("There is no such API key."))
    if not owner.is_active:
        raise AccountDeactivated
    if key.revoked_at is not None:
        raise SessionRevoked(say("The API key was revoked."))
    return KnownKey(
        key.api_key_id,
        key.user_id,
        frozenset(key.scopes),
        key.expires_at,
        owner.role,
        owner.language,
        bool(owner.is_active),
    )


async def keep_last_used(deps: Deps) -> None:
    """Write down when keys were used last, all at once."""
    used = deps.credentials.api_keys.used()
    if used:
        await deps.database.write(
            lambda tx: api_keys.update_last_used(tx, used), lane="housekeeping"
        )
        deps.credentials.api_keys.kept(used)
