"""Names for components: those that they have already, made fit, and never twice."""

import re
from pathlib import PurePosixPath
from typing import Any

_UNFIT = re.compile(r"[^a-zA-Z0-9._-]+")
_TELLS_NOTHING = ("", "index", "_index", "schema", "schemas")


class Names:
    """The names taken in each section of the components."""

    def __init__(self, components: Any) -> None:
        self._taken: dict[str, set[str]] = {}
        if isinstance(components, dict):
            for section, entries in components.items():
                if isinstance(entries, dict):
                    self._taken[section] = set(entries)

    def take(self, section: str, file: str, last_step: str) -> str:
        """A free name for what is in a file below a key ("" for the whole file); it is taken then.

        Where the key's name is taken already, the file's name goes before it, then a number
        behind it.
        """
        of_file = _stem(file)
        plain = _fit(last_step) or of_file
        taken = self._taken.setdefault(section, set())
        name = plain
        if name in taken and of_file != plain:
            name = f"{of_file}_{plain}"
        number = 1
        while name in taken:
            number += 1
            name = f"{plain}_{number}"
        taken.add(name)
        return name


def _fit(text: str) -> str:
    return _UNFIT.sub("_", text).strip("_")


def _stem(file: str) -> str:
    path = PurePosixPath(file.replace("\\", "/"))
    for part in (path.stem, path.parent.name):
        if part not in _TELLS_NOTHING:
            return _fit(part) or "part"
    return _fit(path.stem) or "part"
