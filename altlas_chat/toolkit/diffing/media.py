"""Names of media types (RFC 6838, RFC 9110 section 8.3.1): which are kinds of which."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Name:
    """A media type or a range of them, in small letters."""

    kind: str
    subtype: str
    suffixes: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]

    @property
    def bare(self) -> str:
        return f"{self.kind}/{'+'.join((self.subtype, *self.suffixes))}"

    @property
    def is_range(self) -> bool:
        return "*" in self.bare

    def value(self, parameter: str) -> str | None:
        return dict(self.parameters).get(parameter)

    def changed(self, other: "Name") -> list[tuple[str, str]]:
        """Its parameters that the other one lacks, has more, or has otherwise: (way, name)."""
        mine: Mapping[str, str] = dict(self.parameters)
        others = dict(other.parameters)
        return [
            *(("removed", name) for name in mine if name not in others),
            *(("added", name) for name in others if name not in mine),
            *(("changed", name) for name in mine if others.get(name, mine[name]) != mine[name]),
        ]


@lru_cache(maxsize=4096)
def parsed(text: str) -> Name:
    """The parts of a name; what is no name at all is one without a subtype."""
    bare, *told = (part.strip() for part in text.split(";"))
    kind, _, rest = bare.lower().partition("/")
    subtype, *suffixes = rest.split("+")
    parameters = (part.partition("=") for part in told if part)
    return Name(
        kind,
        subtype,
        tuple(suffixes),
        tuple(sorted((key.strip().lower(), value.strip(' "')) for key, _, value in parameters)),
    )


def holds(wider: Name, name: Name) -> bool:
    """What comes under ``name`` may be read as ``wider``, which is the same or more general."""
    if wider.kind == "*":
        return True
    if wider.kind != name.kind:
        return False
    if wider.subtype == "*":
        return True
    if not wider.suffixes and name.suffixes and name.suffixes[-1] == wider.subtype:
        return True
    same = wider.subtype == name.subtype
    return same and name.suffixes[: len(wider.suffixes)] == wider.suffixes
