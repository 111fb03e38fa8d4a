"""Keys, password hashes, and what is remembered to refuse quickly.

Access tokens are JSON Web Tokens (RFC 7519), HS256 and nothing else. A
session that was ended is remembered for as long as its access tokens could
live, so they are refused at once here, and on other nodes when those next
ask the database.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import cast, get_args
from weakref import WeakValueDictionary

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from altlas_chat.domain.errors import (
    InvalidCredentials,
    RateLimitExceeded,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from altlas_chat.domain.files import Variant
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.known_keys import KnownKeys
from altlas_chat.services.known_tokens import Claims, KnownToken, KnownTokens
from altlas_chat.settings import Settings
from altlas_chat.storage.database import Database, Transaction
from altlas_chat.storage.meta import insert_meta_once
from altlas_chat.system import Clock, Randomness

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "altlas-chat"
LINK_AUDIENCE = "altlas-chat-files"
LEEWAY_SECONDS = 5
HASHING_THREADS = 2

FAILURES_ALLOWED = 10
FAILURES_WINDOW_MS = 5 * 60 * 1000
FAILURES_REMEMBERED = 10_000


class Credentials:
    """What tells who somebody is."""

    def __init__(self, settings: Settings, clock: Clock, token_key: str) -> None:
        self._settings = settings
        self._clock = clock
        self._key = token_key
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._threads = ThreadPoolExecutor(HASHING_THREADS, "altlas-chat-password")
        self._nobodys_hash: str | None = None
        self._revoked: dict[str, int] = {}
        self._roles: dict[str, tuple[str, int]] = {}
        self.api_keys = KnownKeys()
        self._known = KnownTokens()
        self._failures: dict[str, list[int]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    # -- access tokens -----------------------------------------------------------

    def access_token(self, user_id: str, role: str, session_id: str) -> str:
        """A token for ``Settings.access_token_seconds`` from now."""
        now = self._clock.now_ms() // 1000
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "role": role,
            "typ": "access",
            "iat": now,
            "exp": now + self._settings.access_token_seconds,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def issuer_of(self, token: str) -> object:
        """Who says to have issued a token; nothing is believed yet.

        Raises:
            TokenInvalid: it is none.
        """
        known = self._known.get(token)
        if known is not None:
            return known.claims["iss"]
        try:
            return jwt.decode(token, options={"verify_signature": False}).get("iss")
        except (jwt.PyJWTError, UnicodeError, ValueError, RecursionError) as error:
            raise TokenInvalid from error

    def remember(self, token: str, claims: Claims, actor: Actor | None = None) -> None:
        """Check no more whether a token that was accepted here is signed, since it comes again.

        Its bearer is ``actor``, where nothing but the token says so.
        """
        self._known.keep(token, KnownToken(claims, actor))

    def recognised(self, token: str) -> Actor | None:
        """The bearer of a remembered token, if nothing has happened since that might matter."""
        known = self._known.get(token)
        if known is None or known.actor is None:
            return None
        actor = known.actor
        is_over = self._clock.now_ms() > self.end_of(known.claims)
        if is_over or actor.session_id in self._revoked or actor.user_id in self._roles:
            return None
        return actor

    def claims_of(self, token: str) -> Claims:
        """What an access token of ours says.

        Raises:
            TokenExpired: its time is over.
            TokenInvalid: it is not one of ours.
            SessionRevoked: its session was ended.
        """
        claims = self._checked(token, self._key, ISSUER, AUDIENCE)
        well_formed = all(isinstance(claims.get(name), str) for name in ("sub", "sid", "role"))
        if claims.get("typ") != "access" or not well_formed:
            raise TokenInvalid
        self.require_open(claims["sid"])
        return claims

    @staticmethod
    def end_of(claims: Claims) -> int:
        """Until when a token is accepted, in UTC milliseconds."""
        return int((claims["exp"] + LEEWAY_SECONDS) * 1000)

    def link_token(self, user_id: str, file_id: str, variant: Variant, until: int) -> str:
        """What a link to a file, or to its preview, carries; ``until`` is in seconds."""
        claims = {
            "iss": ISSUER,
            "aud": LINK_AUDIENCE,
            "sub": user_id,
            "file": file_id,
            "variant": variant,
            "exp": until,
        }
        return jwt.encode(claims, self._key, ALGORITHM)

    def opened_link(self, token: str) -> tuple[str, str, Variant] | None:
        """Who made a link, to which file, to what of it; None if it is none, or is over."""
        try:
            claims = self._decoded(token, self._key, ISSUER, LINK_AUDIENCE, leeway_seconds=0)
        except (TokenInvalid, TokenExpired):
            return None
        user_id, file_id, variant = (claims.get(name) for name in ("sub", "file", "variant"))
        if not isinstance(user_id, str) or not isinstance(file_id, str):
            return None
        if variant not in get_args(Variant):
            return None
        return user_id, file_id, cast("Variant", variant)

    def alt_las_claims_of(self, token: str) -> Claims:
        """What an access token of ALT_LAS says.

        ALT_LAS signs its refresh tokens with the same key, issuer and
        audience; they differ by ``type: "refresh"`` alone and are refused.

        Raises:
            TokenExpired: its time is over.
            TokenInvalid: it is none, or no key for such tokens is configured.
        """
        settings = self._settings
        if not settings.alt_las_token_secret:
            raise TokenInvalid(say("Tokens of ALT_LAS are not accepted here."))
        claims = self._checked(
            token,
            settings.alt_las_token_secret,
            settings.alt_las_issuer,
            settings.alt_las_audience,
        )
        if "type" in claims and claims["type"] != "access":
            raise TokenInvalid(say("A refresh token is no access token."))
        user_id = claims.get("userId")
        if not isinstance(user_id, str) or not 0 < len(user_id) <= 128 or not user_id.isprintable():
            raise TokenInvalid
        return claims

    def _checked(self, token: str, key: str, issuer: str, audience: str) -> Claims:
        """The claims of a token that is signed with a key, now or when it was remembered.

        Raises:
            TokenExpired: its time is over.
            TokenInvalid: it is not one of this issuer and for this audience.
        """
        known = self._known.get(token)
        if known is None or known.claims["iss"] != issuer:
            return self._decoded(token, key, issuer, audience)
        self._require_time_left(known.claims, LEEWAY_SECONDS)
        return known.claims

    def _require_time_left(self, claims: Claims, leeway_seconds: int) -> None:
        if self._clock.now_ms() / 1000 > claims["exp"] + leeway_seconds:
            raise TokenExpired

    def _decoded(
        self,
        token: str,
        key: str,
        issuer: str,
        audience: str,
        *,
        leeway_seconds: int = LEEWAY_SECONDS,
    ) -> Claims:
        try:
            claims: Claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=issuer,
                audience=audience,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.PyJWTError, UnicodeError) as error:
            raise TokenInvalid from error
        expires = claims["exp"]
        if not isinstance(expires, int | float) or not 0 <= expires < 2**53:
            raise TokenInvalid
        self._require_time_left(claims, leeway_seconds)
        return claims

    # -- ended sessions ----------------------------------------------------------

    def revoke(self, session_id: str, at: int) -> bool:
        """Refuse the access tokens of a session from now on; False if they were before."""
        is_new = session_id not in self._revoked
        self._revoked[session_id] = at
        return is_new

    def require_open(self, session_id: str | None) -> None:
        """Refuse what was authenticated by a session that was ended since.

        Raises:
            SessionRevoked: it was. Who has no session here is not refused.
        """
        if session_id in self._revoked:
            raise SessionRevoked

    def forget_old_revocations(self) -> int:
        """Forget sessions whose access tokens are expired anyway; the moment before which."""
        lifetime_ms = (self._settings.access_token_seconds + LEEWAY_SECONDS) * 1000
        before = self._clock.now_ms() - lifetime_ms
        self._revoked = {name: at for name, at in self._revoked.items() if at >= before}
        self._roles = {name: one for name, one in self._roles.items() if one[1] >= before}
        return before

    # -- changed roles -----------------------------------------------------------

    def note_role(self, user_id: str, role: str, at: int) -> bool:
        """Whatever older access tokens say, a person has this role; False if that was known."""
        is_new = self._roles.get(user_id) != (role, at)
        self._roles[user_id] = (role, at)
        return is_new

    def role_of(self, user_id: str, claimed: str) -> str:
        """A person's role at present, where an access token claims one."""
        role, _ = self._roles.get(user_id, (claimed, 0))
        return role

    # -- passwords ---------------------------------------------------------------

    async def hash_password(self, password: str) -> str:
        """The argon2id hash of a password; made beside the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, password)

    async def is_password(self, password: str, password_hash: str | None) -> bool:
        """Whether a password has this hash.

        Takes as long when there is no hash, so that the time does not tell
        which accounts exist.
        """
        if password_hash is None:
            if self._nobodys_hash is None:
                self._nobodys_hash = await self.hash_password("nobody has this password")
            await self._verified(self._nobodys_hash, password)
            return False
        return await self._verified(password_hash, password)

    async def _verified(self, password_hash: str, password: str) -> bool:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._verify, password_hash, password)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    # -- failed logins -----------------------------------------------------------

    @asynccontextmanager
    async def one_try(self, who: str) -> AsyncIterator[None]:
        """Check a password inside the ``with`` block; InvalidCredentials counts as failed.

        Tries for the same ``who`` go one after another, so that many at once
        are no more than may be.

        Raises:
            RateLimitExceeded: too many failed, with the seconds to wait.
        """
        turn = self._turns.get(who)
        if turn is None:
            turn = self._turns[who] = asyncio.Lock()
        async with turn:
            self._require_patience(who)
            try:
                yield
            except InvalidCredentials:
                self._note_failure(who)
                raise
            self._failures.pop(who, None)

    def _require_patience(self, who: str) -> None:
        now = self._clock.now_ms()
        recent = [at for at in self._failures.get(who, ()) if at > now - FAILURES_WINDOW_MS]
        if len(recent) >= FAILURES_ALLOWED:
            seconds = (recent[0] + FAILURES_WINDOW_MS - now) // 1000 + 1
            raise RateLimitExceeded(say("Too many failed logins."), retry_after_seconds=seconds)

    def _note_failure(self, who: str) -> None:
        """Count a failed try; the oldest counts are forgotten when there are too many."""
        now = self._clock.now_ms()
        recent = [at for at in self._failures.pop(who, ()) if at > now - FAILURES_WINDOW_MS]
        self._failures[who] = [*recent, now]
        while len(self._failures) > FAILURES_REMEMBERED:
            del self._failures[next(iter(self._failures))]

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


async def load_credentials(
    settings: Settings, database: Database, clock: Clock, randomness: Randomness
) -> Credentials:
    """Credentials with the key of the settings, or else the database's own, made once."""
    fresh_key, fresh_id = randomness.token(), randomness.token(12)

    async def change(tx: Transaction) -> str:
        await insert_meta_once(tx, "database_id", fresh_id)
        return await insert_meta_once(tx, "token_secret", fresh_key)

    kept = await database.write(change, lane="meta")
    return Credentials(settings, clock, settings.token_secret or kept)
