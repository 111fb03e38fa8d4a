"""Files, notifications and tasks: what people have beside their messages."""

STATEMENTS = (
    """
    CREATE TABLE blobs (
        sha256 TEXT NOT NULL PRIMARY KEY,
        size_bytes BIGINT NOT NULL CONSTRAINT blobs_size_bytes CHECK (size_bytes >= 0),
        storage_key TEXT NOT NULL,
        preview_key TEXT,
        preview_bytes BIGINT,
        created_at BIGINT NOT NULL
    ) ${clustered}
    """,
    """
    CREATE TABLE files (
        file_id TEXT NOT NULL PRIMARY KEY,
        owner_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE RESTRICT,
        conversation_id TEXT REFERENCES conversations (conversation_id) ON DELETE RESTRICT,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        kind TEXT NOT NULL,
        size_bytes BIGINT NOT NULL CONSTRAINT files_size_bytes CHECK (size_bytes >= 0),
        sha256 TEXT NOT NULL REFERENCES blobs (sha256) ON DELETE RESTRICT,
        width INTEGER,
        height INTEGER,
        duration_ms BIGINT,
        has_preview BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT files_has_preview CHECK (has_preview IN (FALSE, TRUE)),
        created_at BIGINT NOT NULL,
        deleted_at BIGINT
    )
    """,
    """
    CREATE INDEX files_by_conversation ON files (conversation_id)
        WHERE conversation_id IS NOT NULL
    """,
    "CREATE INDEX files_by_owner ON files (owner_id, size_bytes)",
    "CREATE INDEX files_by_sha256 ON files (sha256)",
    "CREATE INDEX files_by_created_at ON files (created_at, file_id)",
    """
    CREATE TABLE message_files (
        message_id TEXT NOT NULL REFERENCES messages (message_id) ON DELETE CASCADE,
        file_id TEXT NOT NULL REFERENCES files (file_id) ON DELETE RESTRICT,
        ordinal INTEGER NOT NULL CONSTRAINT message_files_ordinal CHECK (ordinal >= 0),
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        seq BIGINT NOT NULL,
        kind TEXT NOT NULL,
        PRIMARY KEY (message_id, file_id)
    ) ${clustered}
    """,
    "CREATE INDEX message_files_by_file ON message_files (file_id)",
    """
    CREATE INDEX message_files_by_conversation
        ON message_files (conversation_id, seq, ordinal)
    """,
    """
    CREATE INDEX message_files_by_kind ON message_files (conversation_id, kind, seq, ordinal)
    """,
    """
    CREATE TABLE tasks (
        task_id TEXT NOT NULL PRIMARY KEY,
        title TEXT NOT NULL,
        description TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT 'pending'
            CONSTRAINT tasks_status
                CHECK (status IN ('pending', 'in_progress', 'completed', 'cancelled')),
        priority TEXT NOT NULL DEFAULT 'medium'
            CONSTRAINT tasks_priority CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
        creator_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE RESTRICT,
        assignee_id TEXT REFERENCES users (user_id) ON DELETE SET NULL,
        due_at BIGINT,
        conversation_id TEXT REFERENCES conversations (conversation_id) ON DELETE RESTRICT,
        message_id TEXT REFERENCES messages (message_id) ON DELETE SET NULL,
        foreign_job_id TEXT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        completed_at BIGINT,
        deleted_at BIGINT
    )
    """,
    "CREATE INDEX tasks_by_assignee ON tasks (assignee_id, created_at, task_id)",
    "CREATE INDEX tasks_by_creator ON tasks (creator_id, created_at, task_id)",
    "CREATE INDEX tasks_by_conversation ON tasks (conversation_id, created_at, task_id)",
    "CREATE INDEX tasks_by_message ON tasks (message_id) WHERE message_id IS NOT NULL",
    """
    CREATE INDEX tasks_by_foreign_job ON tasks (foreign_job_id)
        WHERE foreign_job_id IS NOT NULL
    """,
    """
    CREATE TABLE notifications (
        notification_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        actor_id TEXT REFERENCES users (user_id) ON DELETE SET NULL,
        conversation_id TEXT REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        message_id TEXT REFERENCES messages (message_id) ON DELETE CASCADE,
        task_id TEXT REFERENCES tasks (task_id) ON DELETE SET NULL,
        facts TEXT NOT NULL DEFAULT '{}',
        created_at BIGINT NOT NULL,
        read_at BIGINT
    )
    """,
    """
    CREATE INDEX notifications_by_user ON notifications (user_id, created_at, notification_id)
    """,
    """
    CREATE INDEX notifications_unread ON notifications (user_id, conversation_id, kind)
        WHERE read_at IS NULL
    """,
    """
    CREATE INDEX notifications_unread_by_user
        ON notifications (user_id, created_at, notification_id) WHERE read_at IS NULL
    """,
    """
    CREATE INDEX notifications_by_message ON notifications (message_id)
        WHERE message_id IS NOT NULL
    """,
    """
    CREATE INDEX notifications_by_task ON notifications (task_id) WHERE task_id IS NOT NULL
    """,
)

POSTGRESQL_STATEMENTS = (
    """
    ALTER TABLE users ADD CONSTRAINT users_avatar_file
        FOREIGN KEY (avatar_file_id) REFERENCES files (file_id) ON DELETE SET NULL
    """,
    """
    ALTER TABLE conversations ADD CONSTRAINT conversations_avatar_file
        FOREIGN KEY (avatar_file_id) REFERENCES files (file_id) ON DELETE SET NULL
    """,
)
