"""Messages, and what hangs on a message.

A message costs three index entries: its id, its place, and its sender's
``client_id``; replies have two more. ``has_reactions`` and ``has_files`` save
a reader the look into tables that have nothing of a message. Nothing orders messages by time: the
place does, and ids are made in the order of time.
"""

STATEMENTS = (
    """
    CREATE TABLE messages (
        ${message_number},
        message_id TEXT NOT NULL,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE RESTRICT,
        seq BIGINT NOT NULL CONSTRAINT messages_seq CHECK (seq > 0),
        position BIGINT NOT NULL CONSTRAINT messages_position CHECK (position >= 0),
        sender_id TEXT REFERENCES users (user_id) ON DELETE RESTRICT,
        client_id TEXT,
        fingerprint TEXT,
        kind TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        content TEXT,
        mentions TEXT,
        reply_to_id TEXT REFERENCES messages (message_id) ON DELETE SET NULL,
        forwarded_from TEXT,
        thread_root_id TEXT REFERENCES messages (message_id) ON DELETE SET NULL,
        created_at BIGINT NOT NULL,
        edited_at BIGINT,
        edit_count INTEGER NOT NULL DEFAULT 0,
        deleted_at BIGINT,
        deleted_by TEXT,
        reply_count INTEGER NOT NULL DEFAULT 0
            CONSTRAINT messages_reply_count CHECK (reply_count >= 0),
        is_pinned BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT messages_is_pinned CHECK (is_pinned IN (FALSE, TRUE)),
        has_reactions BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT messages_has_reactions CHECK (has_reactions IN (FALSE, TRUE)),
        has_files BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT messages_has_files CHECK (has_files IN (FALSE, TRUE)),
        ${search_column}
        ${message_key},
        CONSTRAINT messages_unique_conversation_id_seq UNIQUE (conversation_id, seq),
        CONSTRAINT messages_unique_sender_id_client_id UNIQUE (sender_id, client_id),
        CONSTRAINT messages_sender_unless_system CHECK (sender_id IS NOT NULL OR kind = 'system')
    )
    """,
    """
    CREATE INDEX messages_by_thread_root ON messages (thread_root_id, seq)
        WHERE thread_root_id IS NOT NULL
    """,
    """
    CREATE INDEX messages_by_reply_to ON messages (reply_to_id) WHERE reply_to_id IS NOT NULL
    """,
    """
    CREATE TABLE message_edits (
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        edit_number INTEGER NOT NULL CONSTRAINT message_edits_edit_number CHECK (edit_number > 0),
        text TEXT NOT NULL,
        content TEXT,
        edited_at BIGINT NOT NULL,
        PRIMARY KEY (message_id, edit_number)
    )
    """,
    """
    CREATE TABLE hidden_messages (
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        hidden_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, message_id)
    ) ${clustered}
    """,
    "CREATE INDEX hidden_messages_by_message ON hidden_messages (message_id)",
    """
    CREATE TABLE message_mentions (
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        seq BIGINT NOT NULL,
        PRIMARY KEY (user_id, message_id)
    ) ${clustered}
    """,
    "CREATE INDEX message_mentions_by_message ON message_mentions (message_id)",
    """
    CREATE INDEX message_mentions_by_conversation
        ON message_mentions (user_id, conversation_id, seq)
    """,
    """
    CREATE TABLE reactions (
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        emoji TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (message_id, user_id, emoji)
    ) ${clustered}
    """,
    """
    CREATE TABLE stars (
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, message_id)
    ) ${clustered}
    """,
    "CREATE INDEX stars_by_created_at ON stars (user_id, created_at, message_id)",
    "CREATE INDEX stars_by_message ON stars (message_id)",
    """
    CREATE TABLE pins (
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        pinned_by TEXT REFERENCES users (user_id) ON DELETE SET NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (conversation_id, message_id)
    ) ${clustered}
    """,
    "CREATE INDEX pins_by_message ON pins (message_id)",
    "CREATE INDEX pins_by_created_at ON pins (conversation_id, created_at, message_id)",
    """
    CREATE TABLE drafts (
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        reply_to_id TEXT REFERENCES messages (message_id) ON DELETE SET NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, conversation_id)
    )
    """,
    """
    CREATE INDEX drafts_by_reply_to ON drafts (reply_to_id) WHERE reply_to_id IS NOT NULL
    """,
    "CREATE INDEX drafts_by_updated_at ON drafts (user_id, updated_at, conversation_id)",
    """
    CREATE TABLE scheduled_messages (
        scheduled_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        client_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        draft TEXT NOT NULL,
        scheduled_at BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        sent_message_id TEXT,
        failed_code TEXT,
        CONSTRAINT scheduled_messages_unique_user_id_client_id UNIQUE (user_id, client_id)
    )
    """,
    """
    CREATE INDEX scheduled_messages_due ON scheduled_messages (scheduled_at)
        WHERE sent_message_id IS NULL AND failed_code IS NULL
    """,
    """
    CREATE INDEX scheduled_messages_done ON scheduled_messages (scheduled_at)
        WHERE sent_message_id IS NOT NULL OR failed_code IS NOT NULL
    """,
    """
    CREATE INDEX scheduled_messages_by_user
        ON scheduled_messages (user_id, scheduled_at, scheduled_id)
    """,
)

SQLITE_STATEMENTS = (
    # Contentless: holds words and marks only (storage/indexing.py), which have spaces between
    # them and nothing else that parts them; rowid is message_number.
    """
    CREATE VIRTUAL TABLE message_search USING fts5(
        text, content='', columnsize=0,
        tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    )
    """,
)

POSTGRESQL_STATEMENTS = (
    "CREATE INDEX messages_by_search_vector ON messages USING GIN (search_vector)",
)
