"""Threads: how many replies a message has, which its listeners are told with each of them."""

from collections.abc import Mapping, Sequence

from altlas_chat.domain.events import Json
from altlas_chat.domain.messages import Message
from altlas_chat.storage import marks
from altlas_chat.storage.database import Reader


def thread_of(message: Message, counts: Mapping[str, int]) -> Json:
    """What listeners are told of the thread that a message was added to, or taken away from."""
    root_id = message.thread_root_id
    if root_id is None or root_id not in counts:
        return {}
    return {"thread": {"rootId": root_id, "replyCount": counts[root_id]}}


async def reply_counts(reader: Reader, found: Sequence[Message]) -> dict[str, int]:
    """How many replies the threads have now that messages belong to, by their roots."""
    roots = sorted({one.thread_root_id for one in found if one.thread_root_id is not None})
    return await marks.select_reply_counts(reader, roots)
