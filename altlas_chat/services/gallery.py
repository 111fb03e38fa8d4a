"""What was shared in a conversation."""

from altlas_chat.domain.events import Json
from altlas_chat.domain.files import FileKind
from altlas_chat.domain.permissions import Actor
from altlas_chat.services.access import require_member
from altlas_chat.services.deps import Deps
from altlas_chat.services.messages import NO_END
from altlas_chat.services.paging import decoded_place, page_cursor
from altlas_chat.storage import gallery
from altlas_chat.storage.database import Reader
from altlas_chat.storage.messages import Span


async def list_shared(
    deps: Deps,
    actor: Actor,
    conversation_id: str,
    kind: FileKind | None,
    cursor: str | None,
    limit: int,
) -> Json:
    """A page of the files of messages that the actor can see, the newest first.

    A file that several messages carry comes with each of them; those of one
    message come with the last first, so the whole list is the reverse of what
    was shared.

    Raises:
        ConversationNotFound: the actor does not belong to it.
        CursorInvalid: the page's cursor is none.
    """
    seq, ordinal = (NO_END, 0) if cursor is None else decoded_place(cursor, int, int)

    async def query(reader: Reader) -> Json:
        access = await require_member(reader, actor, conversation_id)
        span = Span(conversation_id, actor.user_id, access.cleared_seq, NO_END)
        found = await gallery.select_shared(reader, span, kind, (seq, ordinal), limit + 1)
        page = found[:limit]
        following = page_cursor(page[-1].seq, page[-1].ordinal) if len(found) > limit else None
        return {"items": [one.as_json() for one in page], "nextCursor": following}

    return await deps.database.read(query)
