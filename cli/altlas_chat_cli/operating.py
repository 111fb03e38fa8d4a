"""What ``altlas-chat user`` does: the services of administrators on the database itself.

A server that has the database open hears of it within seconds, as it hears of
what another server did.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from altlas_chat.domain.accounts import RegisterRequest, User
from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import check_input
from altlas_chat.seeding.quiet import Nobody
from altlas_chat.server.opening import opened_database
from altlas_chat.services import administration
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.credentials import load_credentials
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.storage.accounts import AccountFilter
from altlas_chat.system import Randomness, SystemClock, SystemIds

AT_ONCE = 200
_PASSWORD_BYTES = 12


@asynccontextmanager
async def _operating(settings: Settings) -> AsyncIterator[Deps]:
    clock, randomness = SystemClock(), Randomness()
    async with opened_database(settings, to_serve=False) as database:
        credentials = await load_credentials(settings, database, clock, randomness)
        try:
            yield Deps(
                settings=settings,
                database=database,
                publisher=Nobody(),
                clock=clock,
                ids=SystemIds(clock),
                randomness=randomness,
                credentials=credentials,
            )
        finally:
            credentials.close()


def fresh_password() -> str:
    """A password that nobody can guess."""
    return Randomness().token(_PASSWORD_BYTES)


async def listed(settings: Settings, wanted: AccountFilter) -> list[Json]:
    """The accounts that are wanted, in the order of their user names."""
    async with _operating(settings) as deps:
        found: list[Json] = []
        cursor: str | None = None
        while True:
            page = await administration.list_users(deps, wanted, cursor, AT_ONCE)
            found += page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return found


async def created(settings: Settings, body: Json, role: str) -> User:
    """A new account.

    Raises:
        ChatError: the name or address is taken, or something is none.
    """
    request = check_input(RegisterRequest, body)
    async with _operating(settings) as deps:
        return await administration.create_account(deps, request, role)


async def with_role(settings: Settings, name: str, role: str) -> User:
    """Give an account another role; raises what :func:`.set_user_role` does."""
    async with _operating(settings) as deps:
        user = await administration.find_user(deps, name)
        return await administration.set_user_role(deps, OPERATOR, user.user_id, role)


async def deactivated(settings: Settings, name: str) -> User:
    """Close an account; raises what :func:`.deactivate_user` does."""
    async with _operating(settings) as deps:
        user = await administration.find_user(deps, name)
        return await administration.deactivate_user(deps, OPERATOR, user.user_id)


async def reactivated(settings: Settings, name: str) -> User:
    """Open an account again; raises what :func:`.reactivate_user` does."""
    async with _operating(settings) as deps:
        user = await administration.find_user(deps, name)
        return await administration.reactivate_user(deps, OPERATOR, user.user_id)


async def with_password(settings: Settings, name: str, password: str) -> User:
    """Set an account's password; raises what :func:`.reset_password` does."""
    async with _operating(settings) as deps:
        user = await administration.find_user(deps, name)
        await administration.reset_password(deps, user.user_id, password)
        return user
