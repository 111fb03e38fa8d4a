"""What administrators do: accounts, their roles, words to everybody."""

from altlas_chat.domain.accounts import RegisterRequest, User
from altlas_chat.domain.errors import (
    InvalidCredentials,
    PermissionDenied,
    UserNotFound,
)
from altlas_chat.domain.events import Json, PassingEvent, user_stream
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.services.accounts import create_user, taken
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.drafts import invalid
from altlas_chat.services.ownership import pass_on_groups
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.sessions import refuse_all, revoke
from altlas_chat.services.unassigning import unassign_everywhere
from altlas_chat.storage import accounts, api_keys, streams
from altlas_chat.storage.accounts import AccountFilter
from altlas_chat.storage.database import Reader, Transaction, UniqueViolated

OPERATOR = Actor("", "admin", ROLE_PERMISSIONS["admin"])
"""Who works on the database itself, by the command line."""


async def list_users(deps: Deps, wanted: AccountFilter, cursor: str | None, limit: int) -> Json:
    """A page of the accounts, also closed ones, in the order of their user names.

    Raises:
        CursorInvalid: the page's cursor is none.
    """
    after = None if cursor is None else decoded_place(cursor, str)[0]

    async def query(reader: Reader) -> Json:
        found = await accounts.select_accounts(reader, wanted, after, limit + 1)
        page = found[:limit]
        following = page_cursor(page[-1].username) if len(found) > limit else None
        return {"items": [user.as_managed_json() for user in page], "nextCursor": following}

    return await deps.database.read(query)


async def find_user(deps: Deps, name: str) -> User:
    """An account by its user name, e-mail address or id.

    Raises:
        UserNotFound: there is none.
    """

    async def query(reader: Reader) -> User:
        found = await accounts.select_login(reader, name)
        return found[0] if found else await _require_user(reader, name)

    return await deps.database.read(query)


async def _require_user(reader: Reader, user_id: str) -> User:
    user = await accounts.select_user(reader, user_id)
    if user is None:
        raise UserNotFound
    return user


async def create_account(deps: Deps, request: RegisterRequest, role: str) -> User:
    """Make an account with any role, also where registration is closed; nobody is logged in.

    Raises:
        UsernameTaken: somebody has that name, in whatever case.
        EmailTaken: somebody has that address.
    """
    password_hash = await deps.credentials.hash_password(request.password)
    at = deps.clock.now_ms()
    user = User(
        user_id=deps.ids.new(),
        username=request.username,
        email=request.email,
        display_name=request.display_name or request.username,
        role=role,
        origin="local",
        language=request.language,
        bio="",
        avatar_file_id=None,
        is_active=True,
        last_seen_at=None,
        created_at=at,
        updated_at=at,
    )
    try:
        await deps.database.write(
            lambda tx: create_user(tx, user, password_hash), lane=user_stream(user.user_id)
        )
    except UniqueViolated as error:
        raise taken(error) from error
    return user


async def set_user_role(deps: Deps, actor: Actor, user_id: str, role: str) -> User:
    """Give an account another role, from the next request on.

    The person's devices hear of it, and come again with the new role.

    Raises:
        UserNotFound: there is no such account.
        PermissionDenied: it is the last administrator's.
        ValidationFailed: the role comes from ALT_LAS.
    """
    stream = user_stream(user_id)

    async def change(change: Change) -> tuple[User, bool]:
        await streams.lock_streams(change.tx, [stream])
        user = await _require_user(change.tx, user_id)
        if user.role == role:
            return user, False
        if user.origin == "alt_las":
            detail = say("The role of this account comes from ALT_LAS.")
            raise invalid("/role", "FOREIGN", detail)
        await _require_another_admin(change.tx, user)
        await accounts.update_role(change.tx, user_id, role, change.at)
        renewed = user._replace(role=role, updated_at=change.at)
        await _tell_devices(change, renewed)
        return renewed, True

    user, is_new = await commit_change(deps, stream, change, actor_id=actor.user_id or None)
    if is_new:
        deps.credentials.note_role(user_id, role, user.updated_at)
        deps.credentials.api_keys.forget_those_of(user_id)
        deps.publisher.reconnect_person(user_id)
    return user


async def _require_another_admin(tx: Transaction, user: User) -> None:
    """Refuse to take the last administrator away; nobody else does so meanwhile."""
    is_one = user.role == "admin" and user.is_active
    if is_one and await accounts.lock_admins(tx) == [user.user_id]:
        raise PermissionDenied(say("The last administrator stays one."))


async def _tell_devices(change: Change, user: User) -> None:
    await change.announce(
        user_stream(user.user_id), "user.updated", {}, {"user": user.as_own_json()}
    )


async def deactivate_user(deps: Deps, actor: Actor, user_id: str) -> User:
    """Close an account: its sessions, API keys and sockets end at once; what it wrote stays.

    Groups that it alone owned get another owner (:mod:`.ownership`), and open
    tasks that it had are nobody's (:mod:`.unassigning`).
    Closing it again changes nothing.

    Raises:
        UserNotFound: there is no such account.
        PermissionDenied: it is the last administrator's.
    """
    stream = user_stream(user_id)

    async def change(change: Change) -> tuple[User, list[str]]:
        await streams.lock_streams(change.tx, [stream])
        user = await _require_user(change.tx, user_id)
        if not user.is_active:
            return user, []
        await _require_another_admin(change.tx, user)
        await accounts.update_active(change.tx, user_id, change.at, is_active=False)
        ended = await revoke(change, user_id, None, "deactivated")
        ended += await api_keys.revoke_api_keys(change.tx, user_id, change.at)
        renewed = user._replace(is_active=False, updated_at=change.at)
        await _tell_devices(change, renewed)
        return renewed, ended

    user, ended = await commit_change(deps, stream, change, actor_id=actor.user_id or None)
    deps.credentials.api_keys.forget_those_of(user_id)
    refuse_all(deps, ended, user.updated_at)
    deps.publisher.end_person(user_id)
    await pass_on_groups(deps, actor.user_id or None, user_id)
    await unassign_everywhere(deps, actor.user_id or None, user_id)
    return user


async def reactivate_user(deps: Deps, actor: Actor, user_id: str) -> User:
    """Open an account again; its old sessions and API keys stay ended.

    Raises:
        UserNotFound: there is no such account.
    """
    stream = user_stream(user_id)

    async def change(change: Change) -> User:
        await streams.lock_streams(change.tx, [stream])
        user = await _require_user(change.tx, user_id)
        if user.is_active:
            return user
        await accounts.update_active(change.tx, user_id, change.at, is_active=True)
        renewed = user._replace(is_active=True, updated_at=change.at)
        await _tell_devices(change, renewed)
        return renewed

    user = await commit_change(deps, stream, change, actor_id=actor.user_id or None)
    deps.credentials.api_keys.forget_those_of(user_id)
    return user


async def reset_password(deps: Deps, user_id: str, password: str) -> None:
    """Set an account's password without knowing the old one; all its sessions end.

    Raises:
        UserNotFound: there is no such account.
        InvalidCredentials: it logs in elsewhere (ALT_LAS).
    """
    password_hash = await deps.credentials.hash_password(password)
    stream = user_stream(user_id)

    async def change(change: Change) -> tuple[list[str], int]:
        await streams.lock_streams(change.tx, [stream])
        user = await _require_user(change.tx, user_id)
        if user.origin == "alt_las":
            raise InvalidCredentials(say("This account logs in at ALT_LAS."))
        await accounts.update_password_hash(change.tx, user_id, password_hash, change.at)
        return await revoke(change, user_id, None, "password_changed"), change.at

    ended, at = await commit_change(deps, stream, change, actor_id=None)
    refuse_all(deps, ended, at)


def announce_to_everybody(deps: Deps, text: str, level: str) -> None:
    """Say something to everybody who is connected at this moment; it is kept nowhere."""
    event = PassingEvent("system.announcement", deps.clock.now_ms(), {"text": text, "level": level})
    deps.publisher.tell_everybody(event)
