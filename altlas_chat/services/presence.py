"""Who is there, as far as each lets others know."""

from collections.abc import Sequence

from altlas_chat.domain.accounts import User
from altlas_chat.domain.errors import UserNotFound
from altlas_chat.domain.events import Json
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import Sight
from altlas_chat.domain.times import rfc3339_or_none
from altlas_chat.services.deps import Deps
from altlas_chat.services.privacy import sights
from altlas_chat.storage import accounts
from altlas_chat.storage.database import Reader


async def get_presence(deps: Deps, actor: Actor, user_id: str) -> Json:
    """Whether a person is there, and when the person was seen last.

    Raises:
        UserNotFound: there is no such person.
    """
    found = await list_presence(deps, actor, [user_id])
    if not found:
        raise UserNotFound
    return found[0]


async def list_presence(deps: Deps, actor: Actor, user_ids: Sequence[str]) -> list[Json]:
    """The presence of several people, each once, in the order asked for; who is not is left out."""
    wanted = list(dict.fromkeys(user_ids))

    async def query(reader: Reader) -> tuple[dict[str, User], dict[str, Sight]]:
        people = await accounts.select_users(reader, wanted)
        return people, await sights(reader, actor.user_id, people)

    people, seen = await deps.database.read(query)
    return [
        _presence(deps, people[user_id], seen[user_id]) for user_id in wanted if user_id in people
    ]


def _presence(deps: Deps, user: User, sight: Sight) -> Json:
    """Who hides it is offline, and was seen at no time."""
    return {
        "userId": user.user_id,
        "presence": deps.presence.state_of(user.user_id) if sight.presence else "offline",
        "lastSeenAt": rfc3339_or_none(user.last_seen_at if sight.last_seen else None),
    }


async def keep_last_seen(deps: Deps) -> None:
    """Write down when people were seen last, all at once."""
    seen = deps.presence.seen()
    if seen:
        await deps.database.write(
            lambda tx: accounts.update_last_seen(tx, seen), lane="housekeeping"
        )
        deps.presence.kept(seen)


async def look_round(deps: Deps) -> None:
    """Note that all who are there were seen now; :func:`keep_last_seen` writes it down."""
    deps.presence.look_round()
