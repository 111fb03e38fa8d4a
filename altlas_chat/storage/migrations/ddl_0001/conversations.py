"""Streams and their log, conversations and who belongs to them.

``events`` does not point to ``streams``: both are written by the one door for
changes, and the check would cost every message a look-up for nothing. Its
rows lie in the order of writing: in the order of their key, each would touch
a page of its own.
"""

STATEMENTS = (
    """
    CREATE TABLE streams (
        stream TEXT NOT NULL PRIMARY KEY,
        seq BIGINT NOT NULL DEFAULT 0,
        message_count BIGINT NOT NULL DEFAULT 0,
        last_message_seq BIGINT NOT NULL DEFAULT 0,
        changed_at BIGINT NOT NULL,
        trimmed_seq BIGINT NOT NULL DEFAULT 0,
        CONSTRAINT streams_in_order CHECK (
            message_count >= 0 AND last_message_seq >= 0 AND trimmed_seq >= 0
            AND last_message_seq <= seq AND trimmed_seq <= seq AND message_count <= seq
        )
    ) ${clustered} ${rewritten}
    """,
    """
    CREATE TABLE events (
        stream TEXT NOT NULL,
        seq BIGINT NOT NULL CONSTRAINT events_seq CHECK (seq > 0),
        kind TEXT NOT NULL,
        at BIGINT NOT NULL,
        actor_id TEXT,
        facts TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (stream, seq)
    )
    """,
    "CREATE INDEX events_by_at ON events (at)",
    """
    CREATE TABLE conversations (
        conversation_id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL CONSTRAINT conversations_kind CHECK (kind IN ('direct', 'group')),
        direct_key TEXT,
        name TEXT,
        search_name TEXT,
        order_name TEXT NOT NULL DEFAULT '',
        description TEXT,
        avatar_file_id TEXT ${avatar_file},
        created_by TEXT NOT NULL REFERENCES users (user_id) ON DELETE RESTRICT,
        posting TEXT NOT NULL DEFAULT 'members'
            CONSTRAINT conversations_posting CHECK (posting IN ('members', 'admins')),
        inviting TEXT NOT NULL DEFAULT 'members'
            CONSTRAINT conversations_inviting CHECK (inviting IN ('members', 'admins')),
        editing TEXT NOT NULL DEFAULT 'members'
            CONSTRAINT conversations_editing CHECK (editing IN ('members', 'admins')),
        member_count BIGINT NOT NULL DEFAULT 0
            CONSTRAINT conversations_member_count CHECK (member_count >= 0),
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        deleted_at BIGINT,
        CONSTRAINT conversations_unique_direct_key UNIQUE (direct_key),
        CONSTRAINT conversations_direct_has_key
            CHECK ((kind = 'direct') = (direct_key IS NOT NULL))
    )
    """,
    """
    CREATE INDEX conversations_by_avatar_file ON conversations (avatar_file_id)
        WHERE avatar_file_id IS NOT NULL
    """,
    """
    CREATE TABLE members (
        conversation_id TEXT NOT NULL
            REFERENCES conversations (conversation_id) ON DELETE CASCADE,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE RESTRICT,
        role TEXT NOT NULL DEFAULT 'member'
            CONSTRAINT members_role CHECK (role IN ('owner', 'admin', 'member')),
        joined_at BIGINT NOT NULL,
        joined_seq BIGINT NOT NULL DEFAULT 0,
        invited_by TEXT REFERENCES users (user_id) ON DELETE SET NULL,
        read_seq BIGINT NOT NULL DEFAULT 0,
        read_position BIGINT NOT NULL DEFAULT 0,
        read_at BIGINT,
        delivered_seq BIGINT NOT NULL DEFAULT 0,
        delivered_at BIGINT,
        own_unread BIGINT NOT NULL DEFAULT 0,
        notifications TEXT NOT NULL DEFAULT 'all'
            CONSTRAINT members_notifications CHECK (notifications IN ('all', 'mentions', 'none')),
        muted_until BIGINT,
        is_archived BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT members_is_archived CHECK (is_archived IN (FALSE, TRUE)),
        is_favourite BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT members_is_favourite CHECK (is_favourite IN (FALSE, TRUE)),
        cleared_seq BIGINT NOT NULL DEFAULT 0,
        has_draft BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT members_has_draft CHECK (has_draft IN (FALSE, TRUE)),
        has_written BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT members_has_written CHECK (has_written IN (FALSE, TRUE)),
        hides_read BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT members_hides_read CHECK (hides_read IN (FALSE, TRUE)),
        PRIMARY KEY (conversation_id, user_id),
        CONSTRAINT members_not_negative CHECK (
            joined_seq >= 0 AND read_seq >= 0 AND read_position >= 0
            AND delivered_seq >= 0 AND own_unread >= 0 AND cleared_seq >= 0
        )
    ) ${clustered} ${rewritten}
    """,
    "CREATE INDEX members_by_user ON members (user_id, conversation_id)",
    "CREATE INDEX members_hiding ON members (conversation_id, user_id) WHERE hides_read",
)
