"""What the large world of the reading benchmark has beside its messages.

Written by plain statements, for speed: reactions, pins, stars, notifications
and tasks on messages that are there, and one person who is in every group.
No events tell of them, so nobody should go on living in that database.
"""

from altlas_chat.storage.database import Database, Transaction

_ONE_PERSON = "(SELECT user_id FROM users ORDER BY user_id LIMIT 1)"

STATEMENTS = (
    # One person is in every group.
    (
        "INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq, read_position,"
        " read_seq, delivered_seq) SELECT c.conversation_id, u.user_id, 'member', c.created_at, 1,"
        " s.message_count / 2, s.seq / 2, s.seq FROM conversations c"
        " JOIN streams s ON s.stream = 'conversation:' || c.conversation_id"
        f" JOIN users u ON u.user_id = {_ONE_PERSON}"
        " WHERE c.kind = 'group' ON CONFLICT DO NOTHING"
    ),
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
