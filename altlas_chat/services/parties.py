"""Finding people, and the asker's groups, by what they are called."""

from altlas_chat.domain.errors import FieldError, ValidationFailed
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.deps import Deps
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.services.privacy import people_views
from altlas_chat.storage import accounts, parties, search
from altlas_chat.storage.database import Reader
from altlas_chat.storage.parties import Party, Sought


async def search_parties(
    deps: Deps, actor: Actor, name: str, kind: str | None, cursor: str | None, limit: int
) -> Json:
    """A page of people and groups of whose names each word of ``name`` begins a word.

    The best first: the user name itself, then what is spelled so, then what
    is found without its diacritics; of each first those whose name begins so,
    in Turkish order. Only active people who did not block the actor, and the
    actor's own groups.

    Raises:
        ValidationFailed: there is no word to look for.
        CursorInvalid: the page's cursor is none.
    """
    sought = Sought.of(actor.user_id, name)
    if not sought.forms:
        detail = say("there is no word to look for")
        raise ValidationFailed(detail, errors=[FieldError("NO_WORDS", detail, parameter="q")])
    after = None if cursor is None else decoded_place(cursor, int, str, str)

    async def query(reader: Reader) -> Json:
        found = await parties.select_parties(reader, sought, kind, after, limit + 1)
        following = page_cursor(*found[limit - 1][:3]) if len(found) > limit else None
        return {
            "items": await _hits(deps, reader, actor.user_id, found[:limit]),
            "nextCursor": following,
        }

    return await deps.database.read(query)


async def _hits(deps: Deps, reader: Reader, viewer_id: str, found: list[Party]) -> list[Json]:
    users = await accounts.select_users(
        reader, [one.party_id for one in found if one.kind == "user"]
    )
    people = await people_views(reader, viewer_id, users.values(), deps.presence)
    groups = await search.select_labels(
        reader, viewer_id, [one.party_id for one in found if one.kind == "group"]
    )
    return [
        {"kind": "user", "user": people[one.party_id]}
        if one.kind == "user"
        else {"kind": "group", "group": groups[one.party_id].as_json()}
        for one in found
    ]
