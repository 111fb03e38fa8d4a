"""Watches files and loads them anew; what can't be loaded changes nothing but what is told.

Files are looked at a few times a second, by name: that sees editors which
put a new file in the old one's place, files that go and come back, and works
on shares and volumes that tell of no changes.
"""

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.system import Clock

EVERY_SECONDS = 0.3
LONGEST_BURST = 10
"""So many looks a burst of changes may last before it is loaded nevertheless."""

_CHANGED_MEANWHILE = (-1, -1, -1)

Thing = TypeVar("Thing")
Stamp = tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one loading went; with findings the old thing stays."""

    seconds: float
    files: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Load(Generic[Thing]):
    """How a thing is loaded from files, in a thread; ``take`` takes a new one, on the loop."""

    load: Callable[[], Thing]
    files: Callable[[Thing], Iterable[str]]
    take: Callable[[Thing], None]


class Reloading(Generic[Thing]):
    """Keeps a thing as its files say.

    ``findings`` are what is wrong with the files as they are now, empty when
    the thing is what they say; ``generation`` counts the things, beginning
    with 1; ``loaded_at_ms`` is when the present one was loaded.
    """

    def __init__(
        self,
        how: Load[Thing],
        first: Thing,
        clock: Clock,
        began_ms: int,
        tell: Callable[[Outcome], None],
    ) -> None:
        """``first`` is what was loaded already, beginning at ``began_ms``."""
        self._how = how
        self._clock = clock
        self._tell = tell
        self._lock = asyncio.Lock()
        self._files = _known(how.files(first))
        self._seen = _stamps_after(self._files, {}, began_ms)
        self.findings: tuple[Finding, ...] = ()
        self.generation = 1
        self.loaded_at_ms = began_ms

    @property
    def files(self) -> tuple[str, ...]:
        return self._files

    async def run(self, every_seconds: float = EVERY_SECONDS) -> None:
        """Load whenever something has changed, until it is cancelled.

        Several changes at about the same time are loaded once, when they are over.
        """
        while True:
            await asyncio.sleep(every_seconds)
            now = await self._look()
            if now == self._seen:
                continue
            for _ in range(LONGEST_BURST):
                await asyncio.sleep(every_seconds / 3)
                before, now = now, await self._look()
                if now == before:
                    break
            await self.reload()

    async def reload(self) -> Outcome:
        """Load now, whether something has changed or not; waits for a loading that goes on."""
        async with self._lock:
            began_ms = self._clock.now_ms()
            before = await self._look()
            outcome = await self._load(began_ms)
            seen = await asyncio.to_thread(_stamps_after, self._watched(), before, began_ms)
            self._seen = seen
        self._tell(outcome)
        return outcome

    async def _load(self, began_ms: int) -> Outcome:
        try:
            thing = await asyncio.to_thread(self._how.load)
        except DocumentUnusable as error:
            self.findings = error.findings
        except Exception as error:  # noqa: BLE001 - whatever an edit does, the old one lives on
            what = f"it can't be loaded: {type(error).__name__}: {error}"
            place = Place(self._files[0] if self._files else "")
            self.findings = (Finding(place, "not-loaded", what, "Undo the last edit."),)
        else:
            self._files = _known(self._how.files(thing))
            self._how.take(thing)
            self.findings = ()
            self.generation += 1
            self.loaded_at_ms = began_ms
        seconds = (self._clock.now_ms() - began_ms) / 1000
        return Outcome(seconds, len(self._files), self.findings)

    def _watched(self) -> tuple[str, ...]:
        """While something is wrong also the folders: a file that is missing may come."""
        if not self.findings:
            return self._files
        files = _known([*self._files, *(one.place.file for one in self.findings)])
        return _known([*files, *(str(Path(file).parent) for file in files)])

    async def _look(self) -> dict[str, Stamp]:
        return await asyncio.to_thread(_stamps, self._watched())


def _known(files: Iterable[str]) -> tuple[str, ...]:
    """Each once; addresses of the web are no files."""
    return tuple(dict.fromkeys(one for one in files if one and "://" not in one))


def _stamps(files: Iterable[str]) -> dict[str, Stamp]:
    """What tells whether a file is another than before; None where there is none."""
    found: dict[str, Stamp] = {}
    for file in files:
        try:
            status = os.stat(file)
        except OSError:
            found[file] = None
        else:
            found[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def _stamps_after(
    files: Iterable[str], before: dict[str, Stamp], began_ms: int
) -> dict[str, Stamp]:
    """Stamps of what was loaded since ``began_ms``.

    A file that nobody looked at before it was loaded, and that changed since
    then, counts as changed: it may have been read before.
    """
    found = _stamps(files)
    for file, stamp in found.items():
        if file in before:
            found[file] = before[file]
        elif stamp is not None and stamp[0] // 1_000_000 >= began_ms:
            found[file] = _CHANGED_MEANWHILE
    return found
