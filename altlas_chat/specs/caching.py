"""What large YAML files hold, kept as JSON in the user's cache folder, so that it is read quickly.

An entry is found by what the file holds and this program's version. An entry that is broken, or
is none of ours, counts as not there; a folder that can't be written to keeps nothing. Entries take
the place of others all at once, and those unused the longest are taken away when there are too
many.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from altlas_chat import __version__

SMALLEST = 16 << 10
"""Bytes of a file that is worth it."""

LARGEST_FOLDER = 128 << 20
MOST_ENTRIES = 200

_FORM = f"altlas-chat {__version__} parsed 1"
_SUFFIX = ".parsed"


@dataclass(slots=True)
class Parsed:
    """What a file holds, also as JSON without blanks; ``repeated``: it may have a key twice."""

    data: Any
    compact: bytes
    repeated: bool = False
    oddities: list[list[Any]] = field(default_factory=list)


class Cache:
    """The entries in a folder; the folder need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def found(self, raw: bytes, digest: bytes) -> Parsed | None:
        """What was kept of a file, None where nothing was."""
        if not _worth_it(raw):
            return None
        file = self._file(digest)
        try:
            head, _, compact = file.read_bytes().partition(b"\n")
            told = orjson.loads(head)
            if told["form"] != _FORM or told["sum"] != _sum(compact):
                return None
            parsed = Parsed(orjson.loads(compact), compact, told["repeated"], told["oddities"])
        except (OSError, ValueError, LookupError, TypeError):
            return None
        with suppress(OSError):
            os.utime(file)
        return parsed

    def keep(self, raw: bytes, digest: bytes, parsed: Parsed) -> None:
        """Keep what a file holds, if it is worth it."""
        if not _worth_it(raw):
            return
        head = {
            "form": _FORM,
            "sum": _sum(parsed.compact),
            "repeated": parsed.repeated,
            "oddities": parsed.oddities,
        }
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
            try:
                with os.fdopen(number, "wb") as new:
                    new.write(orjson.dumps(head) + b"\n" + parsed.compact)
                Path(name).replace(self._file(digest))
            except OSError:
                Path(name).unlink(missing_ok=True)
            self._tidy()

    def _file(self, digest: bytes) -> Path:
        named = blake2b(digest, key=_FORM.encode()[:64], digest_size=20).hexdigest()
        return self._folder / f"{named}{_SUFFIX}"

    def _tidy(self) -> None:
        entries = []
        for file in self._folder.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                told = file.stat()
                entries.append((told.st_mtime, told.st_size, file))
        size = 0
        for number, (_, bytes_, file) in enumerate(sorted(entries, reverse=True)):
            size += bytes_
            if number and (size > LARGEST_FOLDER or number >= MOST_ENTRIES):
                with suppress(OSError):
                    file.unlink()


def _worth_it(raw: bytes) -> bool:
    return len(raw) >= SMALLEST and raw.lstrip()[:1] not in (b"{", b"[")


def _sum(compact: bytes) -> str:
    return blake2b(compact, digest_size=16).hexdigest()
