"""Who is there, as far as each lets others know."""

from collections.abc import Sequence
from functools import partial

from altlas_chat.domain.accounts import User
from altlas_chat.domain.errors import FieldError, UserNotFound, ValidationFailed
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import NOTHING, Sight
from altlas_chat.domain.times import rfc3339_or_none
from altlas_chat.realtime.listener import Listener
from altlas_chat.realtime.watches import Shown
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
    return presence_form(user, sight, deps.presence.state_of(user.user_id))


def presence_form(user: User, sight: Sight, state: str) -> Json:
    """The contract's ``Presence`` of somebody who is in this state."""
    return {
        "userId": user.user_id,
        "presence": state if sight.presence else "offline",
        "lastSeenAt": rfc3339_or_none(user.last_seen_at if sight.last_seen else None),
    }


async def set_presence(deps: Deps, actor: Actor, device: Listener, *, is_away: bool) -> Json:
    """Whether the actor sits before this device; how present the actor is by all devices."""
    deps.presence.set_away(device, is_away=is_away)
    return await get_presence(deps, actor, actor.user_id)


async def watch_presence(
    deps: Deps, actor: Actor, device: Listener, user_ids: Sequence[str]
) -> list[Json]:
    """Tell a device from now on of these people, and no longer of those before.

    Gives how each is at this moment, as far as each lets the actor know; what
    changes later is told by ``presence.updated``, nothing falls between the
    two. Who does not exist is left out. When privacy or a block changes, what
    is told changes with it. Of who becomes a contact afterwards more is known
    at the next call.

    Raises:
        ValidationFailed: more than ``Settings.max_watched``.
    """
    wanted = list(dict.fromkeys(user_ids))
    limit = deps.settings.max_watched
    if len(wanted) > limit:
        detail = say("You can watch at most {limit} people.", limit=limit)
        raise ValidationFailed(detail, errors=[FieldError("TOO_LONG", detail, pointer="/userIds")])

    async def query(reader: Reader) -> tuple[dict[str, User], dict[str, Sight]]:
        people = await accounts.select_users(reader, wanted)
        return people, await sights(reader, actor.user_id, people)

    with deps.watches.reading() as doubted:
        people, seen = await deps.database.read(query)
        if doubted:
            # Once more; of who comes into doubt now nothing is known until it is settled.
            doubted.clear()
            people, seen = await deps.database.read(query)
        hidden = set(people) if actor.user_id in doubted else doubted
        seen = {one: NOTHING if one in hidden else seen[one] for one in people}
    order = [one for one in wanted if one in people]
    states = deps.watches.watch(device, {one: _shown(seen[one]) for one in order})
    deps.watches.doubt(doubted)
    return [presence_form(people[one], seen[one], states.get(one, "offline")) for one in order]


def _shown(sight: Sight) -> Shown:
    return Shown.of(presence=sight.presence, last_seen=sight.last_seen)


async def tell_presence(deps: Deps) -> None:
    """Tell those who watch what has changed, in one frame each.

    ``Watches.stirred`` is clear afterwards, unless there is more to tell.
    """
    deps.watches.stirred.clear()
    try:
        await _tell_presence(deps)
    except BaseException:
        deps.watches.stirred.set()
        raise


async def _tell_presence(deps: Deps) -> None:
    await _settle(deps)
    wanted = deps.watches.to_tell()
    if not wanted:
        return
    # What is told and what is asked for agree: both are what is written down.
    await keep_last_seen(deps)
    people = await deps.database.read(lambda reader: accounts.select_users(reader, wanted))
    last_seen = {one: people[one].last_seen_at if one in people else None for one in wanted}
    await deps.watches.tell(last_seen, deps.clock.now_ms())


async def _settle(deps: Deps) -> None:
    """Read anew what people may know of each other, where that is in doubt."""
    for user_id in deps.watches.doubted():
        partners = deps.watches.partners_of(user_id)
        with deps.watches.reading() as doubted:
            seen = await deps.database.read(partial(_sights_of, user_id, partners))
            if user_id not in doubted:
                deps.watches.settle(user_id, {one: _shown(seen[one]) for one in seen})


async def _sights_of(user_id: str, partners: set[str], reader: Reader) -> dict[str, Sight]:
    """What a person may know of others, which is what they may know of the person."""
    return await sights(reader, user_id, partners)


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
