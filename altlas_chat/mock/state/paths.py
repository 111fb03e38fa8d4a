"""Path templates, taken apart: which is a collection, which one of its things."""

import re
from dataclasses import dataclass

from altlas_chat.mock.state.naming import singular, words

_PARAMETER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A path of a document.

    ``shape`` is the same for paths that differ in the names of parameters
    only; a slash at the end does not count. ``parameters`` are the names in
    their order; ``owners`` says of each what it is one of (``user`` of
    ``/users/{id}``).
    """

    shape: tuple[str, ...]
    parameters: tuple[str, ...]
    owners: tuple[str, ...]

    @property
    def is_item(self) -> bool:
        """It ends with a parameter."""
        return len(self.shape) > 1 and "{}" in self.shape[-1]

    @property
    def collection(self) -> tuple[str, ...]:
        """The shape without its last part."""
        return self.shape[:-1]

    @property
    def last_word(self) -> str:
        """The last part that is no parameter: ``users`` of ``/users/{id}``."""
        return next((one for one in reversed(self.shape) if "{}" not in one), "")

    @property
    def subject(self) -> str:
        """What the things at it are called, one of them."""
        return singular(self.last_word)


def template_of(path: str) -> Template:
    """A path as it is looked at here."""
    parts = [part for part in path.split("/") if part]
    parameters: list[str] = []
    owners: list[str] = []
    before = ""
    for part in parts:
        for name in _PARAMETER.findall(part):
            parameters.append(name)
            owners.append(singular(before) if before else _subject_of(name))
        before = "" if "{" in part else part
    shape = tuple(_PARAMETER.sub("{}", part) for part in parts)
    return Template(shape, tuple(parameters), tuple(owners))


def _subject_of(parameter: str) -> str:
    """What a parameter is about that follows another: ``repo`` of ``/repos/{owner}/{repo}``."""
    found = words(parameter)
    return found[0] if found else parameter
