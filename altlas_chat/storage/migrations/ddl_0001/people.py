"""Facts about the database, people, their sessions and keys."""

STATEMENTS = (
    """
    CREATE TABLE meta (
        name TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) ${clustered}
    """,
    """
    CREATE TABLE users (
        user_id TEXT NOT NULL PRIMARY KEY,
        username TEXT NOT NULL,
        username_key TEXT NOT NULL,
        email TEXT,
        email_key TEXT,
        display_name TEXT NOT NULL,
        search_name TEXT NOT NULL,
        order_name TEXT NOT NULL DEFAULT '',
        password_hash TEXT,
        role TEXT NOT NULL DEFAULT 'user'
            CONSTRAINT users_role
                CHECK (role IN ('admin', 'moderator', 'user', 'service', 'guest')),
        origin TEXT NOT NULL DEFAULT 'local'
            CONSTRAINT users_origin CHECK (origin IN ('local', 'alt_las', 'import')),
        language TEXT NOT NULL DEFAULT 'en'
            CONSTRAINT users_language CHECK (language IN ('tr', 'en')),
        bio TEXT NOT NULL DEFAULT '',
        avatar_file_id TEXT ${avatar_file},
        is_active BOOLEAN NOT NULL DEFAULT TRUE
            CONSTRAINT users_is_active CHECK (is_active IN (FALSE, TRUE)),
        last_seen_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        role_changed_at BIGINT,
        CONSTRAINT users_unique_username_key UNIQUE (username_key),
        CONSTRAINT users_unique_email_key UNIQUE (email_key),
        CONSTRAINT users_email_has_key CHECK ((email IS NULL) = (email_key IS NULL))
    )
    """,
    "CREATE INDEX users_by_search_name ON users (search_name, user_id)",
    """
    CREATE TABLE user_words (
        word TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        PRIMARY KEY (word, user_id)
    ) ${clustered}
    """,
    "CREATE INDEX user_words_by_user ON user_words (user_id, word)",
    """
    CREATE INDEX users_by_role ON users (role, username_key)
    """,
    """
    CREATE INDEX users_inactive ON users (username_key) WHERE is_active = FALSE
    """,
    """
    CREATE INDEX users_by_role_changed_at ON users (role_changed_at)
        WHERE role_changed_at IS NOT NULL
    """,
    """
    CREATE INDEX users_by_avatar_file ON users (avatar_file_id) WHERE avatar_file_id IS NOT NULL
    """,
    """
    CREATE TABLE sessions (
        session_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        device_name TEXT NOT NULL DEFAULT '',
        user_agent TEXT NOT NULL DEFAULT '',
        created_at BIGINT NOT NULL,
        last_used_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        revoked_at BIGINT,
        revoke_reason TEXT,
        CONSTRAINT sessions_reason_of_revoked
            CHECK (revoke_reason IS NULL OR revoked_at IS NOT NULL)
    )
    """,
    "CREATE INDEX sessions_by_user ON sessions (user_id, last_used_at)",
    "CREATE INDEX sessions_by_expires_at ON sessions (expires_at)",
    "CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL",
    """
    CREATE TABLE refresh_tokens (
        token_hash TEXT NOT NULL PRIMARY KEY,
        session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
        issued_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        rotated_at BIGINT,
        successor_hash TEXT,
        CONSTRAINT refresh_tokens_successor_of_rotated
            CHECK (successor_hash IS NULL OR rotated_at IS NOT NULL)
    ) ${clustered}
    """,
    "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)",
    "CREATE INDEX refresh_tokens_by_expires_at ON refresh_tokens (expires_at)",
    """
    CREATE TABLE api_keys (
        api_key_id TEXT NOT NULL PRIMARY KEY,
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        key_hash TEXT NOT NULL,
        scopes TEXT NOT NULL DEFAULT '[]',
        created_at BIGINT NOT NULL,
        last_used_at BIGINT,
        expires_at BIGINT,
        revoked_at BIGINT,
        CONSTRAINT api_keys_unique_key_hash UNIQUE (key_hash)
    )
    """,
    "CREATE INDEX api_keys_by_user ON api_keys (user_id, created_at)",
    "CREATE INDEX api_keys_revoked ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL",
    """
    CREATE TABLE blocks (
        user_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        blocked_id TEXT NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (user_id, blocked_id),
        CONSTRAINT blocks_another CHECK (user_id <> blocked_id)
    ) ${clustered}
    """,
    "CREATE INDEX blocks_by_blocked ON blocks (blocked_id, user_id)",
    "CREATE INDEX blocks_by_created_at ON blocks (user_id, created_at, blocked_id)",
    """
    CREATE TABLE preferences (
        user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
        document TEXT NOT NULL,
        hides_read BOOLEAN NOT NULL DEFAULT FALSE
            CONSTRAINT preferences_hides_read CHECK (hides_read IN (FALSE, TRUE)),
        updated_at BIGINT NOT NULL
    )
    """,
)
