"""Accounts: register, log in, keep a session going, end it."""

import hashlib
from dataclasses import dataclass
from functools import partial

from altlas_chat.domain.accounts import (
    ChangePasswordRequest,
    LoginRequest,
    RegisterRequest,
    Tokens,
    User,
)
from altlas_chat.domain.errors import (
    AccountDeactivated,
    EmailTaken,
    InvalidCredentials,
    PermissionDenied,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    TokenReused,
    UsernameTaken,
)
from altlas_chat.domain.events import user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.text import account_key
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.sessions import (
    begin,
    end_session,
    end_sessions,
    refuse,
    refuse_all,
    revoke,
)
from altlas_chat.storage import accounts, api_keys, sessions, streams
from altlas_chat.storage.database import Reader, Transaction, UniqueViolated
from altlas_chat.storage.sessions import RefreshToken, Session

ENDED_KEPT_MS = 7 * 24 * 60 * 60 * 1000
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Device:
    """Where a login comes from."""

    name: str = ""
    user_agent: str = ""
    address: str = ""


async def register(deps: Deps, request: RegisterRequest, device: Device) -> Tokens:
    """Make an account and log in to it.

    Raises:
        PermissionDenied: registration is closed.
        UsernameTaken: somebody has that name, in whatever case.
        EmailTaken: somebody has that address.
    """
    if deps.settings.registration == "closed":
        raise PermissionDenied(say("Registration is closed; ask an administrator for an account."))
    password_hash = await deps.credentials.hash_password(request.password)
    at = deps.clock.now_ms()
    user = User(
        user_id=deps.ids.new(),
        username=request.username,
        email=request.email,
        display_name=request.display_name or request.username,
        role="user",
        origin="local",
        language=request.language,
        bio="",
        avatar_file_id=None,
        is_active=True,
        last_seen_at=None,
        created_at=at,
        updated_at=at,
    )

    session, secret = _new_session(deps, user, device)

    async def change(tx: Transaction) -> None:
        # Nobody listens yet whom the first session could be told.
        await create_user(tx, user, password_hash)
        await sessions.insert_session(tx, session)
        await sessions.insert_refresh_token(tx, _first_token(session, secret), session.created_at)

    try:
        await deps.database.write(change, lane=user_stream(user.user_id))
    except UniqueViolated as error:
        raise taken(error) from error
    return _tokens(deps, user, session.session_id, secret)


async def create_user(tx: Transaction, user: User, password_hash: str | None) -> None:
    """Keep a new person, with the stream that the person's devices hear.

    Raises:
        UniqueViolated: the user name or the e-mail address is taken.
    """
    await accounts.insert_user(tx, user, password_hash)
    await streams.insert_stream(tx, user_stream(user.user_id), user.created_at)


def taken(error: UniqueViolated) -> UsernameTaken | EmailTaken:
    """Which of a person's two names somebody else has."""
    return EmailTaken() if "email" in error.key else UsernameTaken()


async def login(deps: Deps, request: LoginRequest, device: Device) -> Tokens:
    """Begin a session with a user name or an e-mail address, and the password.

    Raises:
        InvalidCredentials: no account has this name and password.
        AccountDeactivated: the account is there, but closed.
        RateLimitExceeded: too many failed tries from there for that name.
    """
    who = f"{account_key(request.name)} {device.address}"
    async with deps.credentials.one_try(who):
        user, password_hash = await _who_has(deps, request.name, request.password)
    if not user.is_active:
        raise AccountDeactivated
    session, secret = _new_session(deps, user, device)

    async def change(change: Change) -> list[str]:
        await _require_same_password(change.tx, user.user_id, password_hash)
        await _require_active(change.tx, user.user_id)
        return await begin(change, session, _first_token(session, secret))

    stream = user_stream(user.user_id)
    surplus = await commit_change(deps, stream, change, actor_id=user.user_id)
    refuse_all(deps, surplus, session.created_at)
    return _tokens(deps, user, session.session_id, secret)


async def _who_has(deps: Deps, name: str, password: str) -> tuple[User, str | None]:
    """Who has this name and password, with the password's hash as it was then."""
    found = await deps.database.read(lambda reader: accounts.select_login(reader, name))
    user, password_hash = found or (None, None)
    if not await deps.credentials.is_password(password, password_hash) or user is None:
        raise InvalidCredentials
    return user, password_hash


async def _require_same_password(tx: Transaction, user_id: str, password_hash: str | None) -> None:
    """Refuse what rests on a password that was changed while it was checked.

    Nobody else changes it until the transaction ends.
    """
    await streams.lock_streams(tx, [user_stream(user_id)])
    if await accounts.select_password_hash(tx, user_id) != password_hash:
        raise InvalidCredentials


async def _require_active(tx: Transaction, user_id: str) -> None:
    """Refuse whose account was closed while the password was checked."""
    user = await accounts.select_user(tx, user_id)
    if user is None or not user.is_active:
        raise AccountDeactivated


def _new_session(deps: Deps, user: User, device: Device) -> tuple[Session, str]:
    """A session for a device, with the secret of its first refresh token."""
    at = deps.clock.now_ms()
    expires_at = at + deps.settings.refresh_token_seconds * 1000
    user_agent = device.user_agent[:300]
    session = Session(
        deps.ids.new(), user.user_id, device.name, user_agent, at, at, expires_at, None
    )
    return session, deps.randomness.token()


def _first_token(session: Session, secret: str) -> RefreshToken:
    return RefreshToken(_hash(secret), session.session_id, session.expires_at, None, None)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _tokens(deps: Deps, user: User, session_id: str, secret: str) -> Tokens:
    return Tokens(
        access_token=deps.credentials.access_token(user.user_id, user.role, session_id),
        expires_in_seconds=deps.settings.access_token_seconds,
        refresh_token=secret,
        refresh_expires_in_seconds=deps.settings.refresh_token_seconds,
        session_id=session_id,
        user=user,
    )


class _Reused(Exception):
    """A refresh token came back that must not: its session is to be ended."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.session_id)
        self.session = session


async def refresh(deps: Deps, secret: str) -> Tokens:
    """Exchange a refresh token for a new pair of tokens; it can be used once.

    A client whose answer got lost may repeat its token within
    ``Settings.refresh_grace_seconds``, as long as the pair that it did not
    get was not used. Any other repetition means that two have the token, and
    ends the session.

    Raises:
        TokenInvalid: there is no such token.
        TokenExpired: it was not used for too long.
        TokenReused: it was used before; the session is ended.
        SessionRevoked: its session was ended.
        AccountDeactivated: the account is closed.
    """
    fresh = deps.randomness.token()

    async def change(tx: Transaction) -> Tokens:
        return await _rotate(tx, deps, _hash(secret), fresh)

    try:
        return await deps.database.write(change, lane="sessions")
    except _Reused as reused:
        session = reused.session
        await end_session(deps, session.user_id, session.session_id, "reuse")
        raise TokenReused from reused


async def _rotate(tx: Transaction, deps: Deps, token_hash: str, fresh: str) -> Tokens:
    at = deps.clock.now_ms()
    token = await sessions.select_refresh_token(tx, token_hash)
    session = None if token is None else await sessions.lock_session(tx, token.session_id)
    token = await sessions.select_refresh_token(tx, token_hash)
    if token is None or session is None:
        raise TokenInvalid
    if session.revoked_at is not None:
        raise SessionRevoked
    if at > token.expires_at:
        raise TokenExpired(say("The refresh token has expired; log in again."))
    if not await _is_marked_used(tx, deps, token, _hash(fresh), at):
        raise _Reused(session)
    expires_at = at + deps.settings.refresh_token_seconds * 1000
    successor = RefreshToken(_hash(fresh), token.session_id, expires_at, None, None)
    await sessions.insert_refresh_token(tx, successor, at)
    await sessions.touch_session(tx, token.session_id, at, expires_at)
    await sessions.delete_expired_refresh_tokens(tx, token.session_id, at)
    user = await accounts.select_user(tx, session.user_id)
    if user is None or not user.is_active:
        raise AccountDeactivated
    return _tokens(deps, user, token.session_id, fresh)


async def _is_marked_used(
    tx: Transaction, deps: Deps, token: RefreshToken, successor_hash: str, at: int
) -> bool:
    """Note that a token is used; False if it was before, and must not be again."""
    if token.rotated_at is None:
        await sessions.rotate_refresh_token(tx, token.token_hash, successor_hash, at)
        return True
    grace_ms = deps.settings.refresh_grace_seconds * 1000
    unheard = (
        None
        if token.successor_hash is None
        else await sessions.select_refresh_token(tx, token.successor_hash)
    )
    is_retry = at - token.rotated_at <= grace_ms and grace_ms > 0
    if not is_retry or unheard is None or unheard.rotated_at is not None:
        return False
    await sessions.supersede_refresh_token(tx, unheard, successor_hash, at)
    return True


async def logout(deps: Deps, actor: Actor) -> None:
    """End the session that the actor calls from."""
    if actor.session_id is not None:
        await end_session(deps, actor.user_id, actor.session_id, "logout")


async def logout_everywhere(deps: Deps, actor: Actor) -> None:
    """End all sessions of the actor."""
    await end_sessions(deps, actor, None, "logout_everywhere")


async def change_password(deps: Deps, actor: Actor, request: ChangePasswordRequest) -> None:
    """Set another password; every other session of the actor ends in the same step.

    Who is let in by the old password at the same moment is put out again, or
    not let in.

    Raises:
        InvalidCredentials: the present password is another.
        RateLimitExceeded: too many failed tries.
    """
    async with deps.credentials.one_try(actor.user_id):
        present = await deps.database.read(
            lambda reader: accounts.select_password_hash(reader, actor.user_id)
        )
        if not await deps.credentials.is_password(request.current_password, present):
            raise InvalidCredentials(say("The present password is another."))
    password_hash = await deps.credentials.hash_password(request.new_password)

    async def change(change: Change) -> tuple[list[str], int]:
        await _require_same_password(change.tx, actor.user_id, present)
        await accounts.update_password_hash(change.tx, actor.user_id, password_hash, change.at)
        ended = await revoke(change, actor.user_id, actor.session_id, "password_changed")
        return ended, change.at

    stream = user_stream(actor.user_id)
    ended, at = await commit_change(deps, stream, change, actor_id=actor.user_id)
    refuse_all(deps, ended, at)


async def refresh_revocations(deps: Deps) -> None:
    """Hear of what was changed elsewhere: sessions ended, API keys revoked, roles changed.

    Their tokens are refused and their sockets closed; who has another role comes again.
    """
    since = deps.credentials.forget_old_revocations()

    async def query(reader: Reader) -> tuple[list[tuple[str, int]], list[tuple[str, str, int]]]:
        ended = await sessions.select_revoked_since(reader, since)
        ended += await api_keys.select_revoked_since(reader, since)
        return ended, await accounts.select_roles_since(reader, since)

    revoked, roles = await deps.database.read(query)
    for way_in, at in revoked:
        refuse(deps, way_in, at)
    for user_id, role, at in roles:
        if deps.credentials.note_role(user_id, role, at):
            deps.publisher.reconnect_person(user_id)


async def forget_old_sessions(deps: Deps) -> int:
    """Delete sessions that are over, and refresh tokens that have expired; how many.

    An ended session is kept for some days, in which its tokens are refused
    with the reason. Works in small steps, so that nobody waits for it.
    """
    at = deps.clock.now_ms()
    # No sooner than its access tokens are refused by their own end.
    kept_ms = max(ENDED_KEPT_MS, 2 * deps.settings.access_token_seconds * 1000)
    forgotten = 0
    for delete, before in (
        (sessions.delete_old_refresh_tokens, at),
        (sessions.delete_old_sessions, at - kept_ms),
    ):
        while True:
            step = await deps.database.write(
                partial(delete, before=before, limit=AT_ONCE), lane="housekeeping"
            )
            forgotten += step
            if step < AT_ONCE:
                break
    return forgotten
