"""A person's preferences: one document, the same on all devices."""

from collections.abc import Sequence

from altlas_chat.domain.events import Event, Json, user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.preferences import PreferencesUpdate, choice, filled
from altlas_chat.domain.times import rfc3339_or_none
from altlas_chat.services.changes import Change, commit_change
from altlas_chat.services.deps import Deps
from altlas_chat.services.passing import privacy_changed
from altlas_chat.storage import preferences, streams
from altlas_chat.storage.database import Reader
from altlas_chat.storage.preferences import Kept

_NOTHING_CHOSEN = Kept({}, 0)


async def preferences_view(reader: Reader, user_id: str) -> Json:
    """A person's whole document, defaults filled in."""
    kept = await preferences.select_preferences(reader, [user_id])
    return _view(kept.get(user_id, _NOTHING_CHOSEN))


def _view(kept: Kept) -> Json:
    return {**filled(kept.document), "updatedAt": rfc3339_or_none(kept.updated_at or None)}


async def get_preferences(deps: Deps, actor: Actor) -> Json:
    """The actor's preferences, all of them."""
    return await deps.database.read(lambda reader: preferences_view(reader, actor.user_id))


async def update_preferences(deps: Deps, actor: Actor, update: PreferencesUpdate) -> Json:
    """Change some of the actor's preferences; the actor's devices hear of it.

    What is left out stays. The same again changes nothing. Privacy holds from
    the commit on, in every answer and event.
    """
    stream = user_stream(actor.user_id)

    async def change(change: Change) -> Json:
        tx = change.tx
        if update.privacy is not None and update.privacy.read_receipts is not None:
            await streams.lock_all_streams_of(tx, actor.user_id)  # members' rows keep it, too
        else:
            await streams.lock_streams(tx, [stream])
        found = await preferences.select_preferences(tx, [actor.user_id])
        before = found.get(actor.user_id, _NOTHING_CHOSEN)
        document = update.merged_into(before.document)
        if filled(document) == filled(before.document):
            return _view(before)
        hides = not choice(document, "privacy", "readReceipts")
        await preferences.upsert_preferences(
            tx, actor.user_id, document, hides_read=hides, at=change.at
        )
        if hides is choice(before.document, "privacy", "readReceipts"):
            await preferences.update_hides_read(tx, actor.user_id, hides)
        view = _view(Kept(document, change.at))
        await change.announce(stream, "preferences.updated", {}, {"preferences": view})
        return view

    try:
        return await commit_change(deps, stream, change, actor_id=actor.user_id)
    finally:
        if update.privacy is not None:
            privacy_changed(deps, actor.user_id)


async def preferences_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    """What listeners get of ``preferences.updated``: all preferences as they are now."""
    view = await preferences_view(reader, viewer_id)
    return [{"preferences": view} for _ in events]
