"""The file of an embedded database."""

import os
from contextlib import suppress


def make_private(path: str) -> None:
    """Make an empty file that its owner alone may read, where there is none.

    It will hold messages, hashes of passwords and the key of all tokens.
    SQLite gives its companions (``-wal``, ``-shm``) the same rights. What is in
    the way is left for SQLite to tell.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
