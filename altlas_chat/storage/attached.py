"""What hangs on messages, for many of them at once: reactions and files.

A message's row says whether there is anything (``has_reactions``, ``has_files``),
so messages with nothing cost no query, and any number of others one query for
each of the two. Pins and the number of replies stand in the row itself.
"""

from collections import defaultdict
from collections.abc import Sequence

from altlas_chat.domain.events import Json
from altlas_chat.domain.files import StoredFile
from altlas_chat.domain.messages import Message, Reaction
from altlas_chat.storage.database import Reader
from altlas_chat.storage.uploads import FILE_COLUMNS

_CHUNK = 500


async def attach(
    reader: Reader,
    found: Sequence[Message],
    with_reactions: Sequence[str],
    with_files: Sequence[str],
) -> list[Message]:
    """The messages with what hangs on them, in the order given.

    The two lists name those whose rows say that there is something.
    """
    reactions = await select_reactions(reader, with_reactions)
    files = await select_files(reader, with_files)
    return [
        message._replace(
            reactions=reactions.get(message.message_id, ()),
            files=files.get(message.message_id, ()),
        )
        for message in found
    ]


async def select_reactions(reader: Reader, message_ids: Sequence[str]) -> dict[str, list[Reaction]]:
    """Each message's reactions, in the order of their first use."""
    by_emoji: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for start in range(0, len(message_ids), _CHUNK):
        chunk = message_ids[start : start + _CHUNK]
        rows = await reader.fetch_all(
            "SELECT message_id, emoji, user_id FROM reactions"
            f" WHERE message_id IN ({', '.join('?' * len(chunk))})"
            " ORDER BY message_id, created_at, user_id, emoji",
            *chunk,
        )
        for message_id, emoji, user_id in rows:
            by_emoji[message_id][emoji].append(user_id)
    return {
        message_id: [Reaction(emoji, user_ids) for emoji, user_ids in found.items()]
        for message_id, found in by_emoji.items()
    }


async def select_files(reader: Reader, message_ids: Sequence[str]) -> dict[str, list[Json]]:
    """Each message's files as the contract shows them, in the order of their showing.

    A file says of itself that it is where the message is, wherever else it was sent.
    """
    found: dict[str, list[Json]] = defaultdict(list)
    for start in range(0, len(message_ids), _CHUNK):
        chunk = message_ids[start : start + _CHUNK]
        rows = await reader.fetch_all(
            f"SELECT {FILE_COLUMNS}, l.message_id, l.conversation_id FROM message_files l"
            " JOIN files f ON f.file_id = l.file_id"
            f" WHERE l.message_id IN ({', '.join('?' * len(chunk))})"
            " AND f.deleted_at IS NULL ORDER BY l.message_id, l.ordinal",
            *chunk,
        )
        for *values, message_id, where in rows:
            file = StoredFile(*values)._replace(conversation_id=where)
            found[message_id].append(file.as_json())
    return found
