"""Writes the journal down: an archive (``.har``), a list (``.json``) or lines (``.jsonl``).

A file of lines grows with each entry. The others are written as a whole,
at the end and whenever it is asked for: until the new one is complete, the
old one stays.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

from altlas_chat.mock.har import har_of
from altlas_chat.mock.journal import Entry, Journal
from altlas_chat.mock.journal_forms import json_of
from altlas_chat.mock.masking import Mask

KINDS = (".har", ".json", ".jsonl")


class NoRecording(Exception):
    """A file can't be recorded to."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


class Recording:
    """Keeps a file up to date with a journal; to be used with ``with``, its end writes it.

    Raises:
        NoRecording: at its beginning, if the file's kind is unknown or it can't be written.
    """

    def __init__(self, path: Path, journal: Journal, mask: Mask) -> None:
        self.path = path
        self._journal = journal
        self._mask = mask
        self._lines: BinaryIO | None = None
        if path.suffix not in KINDS:
            raise NoRecording(
                f"{path}: what kind of record is that?", "End its name with .har, .json or .jsonl."
            )

    def __enter__(self) -> Self:
        try:
            if self.path.suffix == ".jsonl":
                self._lines = self.path.open("ab", buffering=0)
                self._journal.listeners.append(self._append)
            else:
                self.write()
        except OSError as error:
            raise NoRecording(
                f"{self.path} can't be written: {error.strerror}.",
                "Name a file in a folder that you may write to.",
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.write()
        if self._lines is not None:
            self._journal.listeners.remove(self._append)
            self._lines.close()

    def _append(self, entry: Entry) -> None:
        if self._lines is not None:
            self._lines.write(orjson.dumps(json_of(entry, self._mask)) + b"\n")

    def write(self) -> int:
        """Bring the file up to date; how many exchanges the journal has."""
        exchanges = self._journal.select()
        if self.path.suffix == ".har":
            write_whole(self.path, orjson.dumps(har_of(exchanges, self._mask)))
        elif self.path.suffix == ".json":
            write_whole(self.path, _as_list(exchanges, self._mask))
        return len(exchanges)


def _as_list(exchanges: Iterable[Entry], mask: Mask) -> bytes:
    return orjson.dumps([json_of(one, mask) for one in exchanges])


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place in one step: who reads it finds the old one or the new one, complete.

    Raises:
        OSError: it can't be written; the old one is untouched.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
