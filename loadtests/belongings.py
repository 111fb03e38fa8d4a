"""What the large world of the reading benchmark has beside its messages.

Written by plain statements, for speed: reactions, pins, stars, notifications,
files and tasks on messages that are there, one person who is in every group,
and others who are in every 5th and in every 20th.
No events tell of them, so nobody should go on living in that database.
"""

from altlas_chat.storage.database import Database, Transaction

_ONE_PERSON = "(SELECT user_id FROM users ORDER BY user_id LIMIT 1)"
_BYTES = "0" * 64


def _joining(person: int, every: int) -> str:
    """Somebody becomes a member of every so many groups, and has read half of each."""
    return (
        "INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq, read_position,"
        " read_seq, delivered_seq) SELECT g.conversation_id, u.user_id, 'member', g.created_at, 1,"
        " s.message_count / 2, s.seq / 2, s.seq FROM (SELECT conversation_id, created_at,"
        " row_number() OVER (ORDER BY conversation_id) AS place FROM conversations"
        " WHERE kind = 'group') g"
        " JOIN streams s ON s.stream = 'conversation:' || g.conversation_id"
        " CROSS JOIN (SELECT user_id, row_number() OVER (ORDER BY user_id) AS place FROM users) u"
        f" WHERE u.place = {person} AND g.place % {every} = 0 ON CONFLICT DO NOTHING"
    )


STATEMENTS = (
    _joining(1, every=1),
    _joining(2, every=5),
    _joining(3, every=20),
    (
        "UPDATE conversations SET member_count = (SELECT count(*) FROM members m"
        " WHERE m.conversation_id = conversations.conversation_id)"
    ),
    # Every 20th message has a reaction, every 1000th is pinned, every 50th starred.
    (
        "INSERT INTO reactions (message_id, user_id, emoji, created_at)"
        " SELECT message_id, sender_id, '👍', created_at FROM messages"
        " WHERE message_number % 20 = 0 AND sender_id IS NOT NULL"
    ),
    "UPDATE messages SET has_reactions = TRUE WHERE message_number % 20 = 0",
    (
        "INSERT INTO pins (conversation_id, message_id, pinned_by, created_at)"
        " SELECT conversation_id, message_id, sender_id, created_at FROM messages"
        " WHERE message_number % 1000 = 0"
    ),
    "UPDATE messages SET is_pinned = TRUE WHERE message_number % 1000 = 0",
    (
        "INSERT INTO stars (user_id, message_id, conversation_id, created_at)"
        " SELECT o.user_id, m.message_id, m.conversation_id, m.created_at FROM messages m"
        " JOIN members o ON o.conversation_id = m.conversation_id WHERE m.message_number % 50 = 0"
    ),
    # Every 100th message has a file, every other of these an image; all share their bytes.
    (
        "INSERT INTO blobs (sha256, size_bytes, storage_key, created_at)"
        f" SELECT '{_BYTES}', 3, 'none', created_at FROM users ORDER BY user_id LIMIT 1"
    ),
    (
        "INSERT INTO files (file_id, owner_id, conversation_id, name, media_type, kind, size_bytes,"
        " sha256, created_at) SELECT message_id, sender_id, conversation_id, 'report.bin',"
        " 'application/octet-stream', CASE message_number % 200 WHEN 50 THEN 'image' ELSE 'other'"
        f" END, 3, '{_BYTES}', created_at FROM messages"
        " WHERE message_number % 100 = 50 AND sender_id IS NOT NULL"
    ),
    (
        "INSERT INTO message_files (message_id, file_id, ordinal, conversation_id, seq, kind)"
        " SELECT m.message_id, f.file_id, 0, m.conversation_id, m.seq, f.kind FROM files f"
        " JOIN messages m ON m.message_id = f.file_id"
    ),
    (
        "UPDATE messages SET has_files = TRUE"
        " WHERE message_number % 100 = 50 AND sender_id IS NOT NULL"
    ),
    # Every 50th message told the other members of something, every 100th is a task.
    (
        "INSERT INTO notifications (notification_id, user_id, kind, actor_id, conversation_id,"
        " message_id, created_at) SELECT m.message_id || o.user_id, o.user_id, 'mention',"
        " m.sender_id, m.conversation_id, m.message_id, m.created_at FROM messages m"
        " JOIN members o ON o.conversation_id = m.conversation_id AND o.user_id <> m.sender_id"
        " WHERE m.message_number % 50 = 0"
    ),
    (
        "INSERT INTO tasks (task_id, title, creator_id, assignee_id, due_at, conversation_id,"
        " message_id, created_at, updated_at) SELECT message_id, 'To do', sender_id,"
        f" CASE message_number % 200 WHEN 0 THEN sender_id ELSE {_ONE_PERSON} END,"
        " created_at + 86400000, conversation_id, message_id, created_at, created_at FROM messages"
        " WHERE message_number % 100 = 0 AND sender_id IS NOT NULL"
    ),
)


async def fill_belongings(database: Database) -> bool:
    """Give the world its belongings, unless it has them; whether they are new."""

    async def change(tx: Transaction) -> bool:
        if await tx.fetch_one("SELECT 1 FROM tasks LIMIT 1") is not None:
            return False
        for statement in STATEMENTS:
            await tx.execute(statement)
        return True

    return await database.write(change, lane="belongings")
