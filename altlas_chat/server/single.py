"""One server at a time on an embedded database.

Two processes on one SQLite file would each tell only its own events. The lock
is on a file beside the database and goes with the process, however it ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class AlreadyServed(Exception):
    """Another server has this database open."""


@contextmanager
def only_server_of(path: Path) -> Iterator[None]:
    """Hold the database's lock inside the ``with`` block.

    Raises:
        AlreadyServed: another process holds it.
        OSError: the lock's file can't be made.
    """
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise AlreadyServed(str(path)) from error
        yield
    finally:
        os.close(handle)
