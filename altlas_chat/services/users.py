"""People as others see them, and one's own profile."""

from altlas_chat.domain.accounts import ProfileUpdate, User
from altlas_chat.domain.errors import UserNotFound
from altlas_chat.domain.events import Json, user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.accounts import taken
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.passing import tell_profile
from altlas_chat.services.privacy import people_views
from altlas_chat.storage import accounts, streams
from altlas_chat.storage.database import Reader, UniqueViolated


async def current_user_view(reader: Reader, user_id: str) -> Json:
    """A person as that person sees the own account: ``CurrentUser``.

    Raises:
        UserNotFound: the account is gone.
    """
    user = await accounts.select_user(reader, user_id)
    if user is None:
        raise UserNotFound
    return user.as_own_json()


async def get_current_user(deps: Deps, actor: Actor) -> Json:
    """The actor's own account."""
    return await deps.database.read(lambda reader: current_user_view(reader, actor.user_id))


async def get_user(deps: Deps, actor: Actor, user_id: str) -> Json:
    """A person's public profile, as far as the person lets the actor know.

    Raises:
        UserNotFound: there is none.
    """

    async def query(reader: Reader) -> Json:
        user = await accounts.select_user(reader, user_id)
        if user is None:
            raise UserNotFound
        return (await people_views(reader, actor.user_id, [user], deps.presence))[user_id]

    return await deps.database.read(query)


async def update_profile(deps: Deps, actor: Actor, update: ProfileUpdate) -> Json:
    """Change the own profile; the own devices hear of it. What is left out stays.

    Name and words are told to the people with whom the actor shares a conversation, too.

    Raises:
        EmailTaken: somebody else has the address.
    """
    stream = user_stream(actor.user_id)
    changes = update.model_dump(exclude_unset=True)
    shown: list[User] = []

    async def change(change: Change) -> Json:
        shown.clear()
        await streams.lock_streams(change.tx, [stream])
        user = await accounts.select_user(change.tx, actor.user_id)
        if user is None:
            raise UserNotFound
        wanted = {name: value for name, value in changes.items() if name == "email" or value}
        if "bio" in changes:
            wanted["bio"] = changes["bio"] or ""
        renewed = user._replace(**wanted, updated_at=change.at)
        if renewed._replace(updated_at=user.updated_at) == user:
            return user.as_own_json()
        await accounts.update_profile(change.tx, renewed)
        if (renewed.display_name, renewed.bio) != (user.display_name, user.bio):
            shown.append(renewed)
        view = renewed.as_own_json()
        await change.announce(stream, "user.updated", {}, {"user": view})
        return view

    try:
        view = await commit_change(deps, stream, change, actor_id=actor.user_id)
    except UniqueViolated as error:
        raise taken(error) from error
    for user in shown:
        await tell_profile(deps, user)
    return view
