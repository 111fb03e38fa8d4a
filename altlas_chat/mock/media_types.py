"""Media types as they stand in headers and contracts (RFC 9110, sections 8.3 and 12.5.1)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from altlas_chat.mock.header_lists import elements

_PARAMETER = re.compile(r';\s*([^\s=;,]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,]*)')


@dataclass(frozen=True, slots=True)
class Named:
    """A media type or a range of them, in small letters; parameters without ``q``."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...]
    quality: float = 1.0

    @property
    def full(self) -> str:
        """Without its parameters."""
        return f"{self.type}/{self.subtype}"

    @property
    def suffix(self) -> str:
        """``json`` of ``application/problem+json``; "" where there is none."""
        return self.subtype.rpartition("+")[2] if "+" in self.subtype else ""

    def parameter(self, name: str) -> str:
        return dict(self.parameters).get(name, "")

    @property
    def is_json(self) -> bool:
        return self.subtype == "json" or self.suffix == "json"

    @property
    def is_xml(self) -> bool:
        return self.subtype == "xml" or self.suffix == "xml"


@lru_cache(1024)
def named(text: str) -> Named | None:
    """A media type that was written down; None when it is none."""
    kind, _, _ = text.partition(";")
    main, slash, sub = kind.strip().lower().partition("/")
    if not slash or not main or not sub or " " in main or " " in sub:
        return None
    quality, parameters = 1.0, []
    for name, value in _PARAMETER.findall(text):
        plain = value.strip()
        if plain[:1] == '"':
            plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
        if name.lower() == "q":
            quality = _quality(plain)
        else:
            parameters.append((name.lower(), plain))
    return Named(main, sub, tuple(parameters), quality)


def _quality(text: str) -> float:
    if re.fullmatch(r"0(\.\d*)?|1(\.0*)?|\.\d+", text, re.ASCII):
        return float(text)
    return 1.0


@lru_cache(1024)
def ranges(accept: str) -> tuple[Named, ...]:
    """The ranges of an ``Accept`` header; what can't be read is left out."""
    found = (
        named("*/*" + one[1:] if one[:1] == "*" and one[:2] != "*/" else one)
        for one in elements(accept)
    )
    return tuple(one for one in found if one is not None)


Liking = tuple[float, int, int]

NOT_LIKED: Liking = (0.0, -1, 0)


def accepted_quality(offered: Named, wanted: Iterable[Named]) -> Liking:
    """How welcome an offered type is, by the range that fits it best; 0 when none does.

    Then how exactly it was named (3 with its parameters, 2 by its name, 1 by
    its first half, 0 by ``*/*``), then how early (the first is 0, later less).
    """
    best = NOT_LIKED
    for number, one in enumerate(wanted):
        exact = _exactness(offered, one)
        if exact < 0:
            continue
        if exact > best[1] or (exact == best[1] and one.quality > best[0]):
            best = (one.quality, exact, -number)
    return best


def _exactness(offered: Named, wanted: Named) -> int:
    if wanted.type == "*":
        return 0
    if offered.type not in (wanted.type, "*"):
        return -1
    if "*" in (wanted.subtype, offered.subtype):
        return 1
    if offered.subtype != wanted.subtype:
        return -1
    asked = [one for one in wanted.parameters if one[0] != "charset"]
    if not asked:
        return 2
    return 3 if set(asked) <= set(offered.parameters) else -1


def fits(declared: Named, given: Named) -> int:
    """How well a body's type fits a declared one or a range; 0 when it does not.

    Parameters that the declared type names must be given, but for ``charset``.
    """
    if declared.full == given.full:
        asked = {one for one in declared.parameters if one[0] not in ("charset", "boundary")}
        return 4 if asked <= set(given.parameters) else 0
    if declared.type == "*":
        return 1
    if declared.type == given.type and declared.subtype == "*":
        return 2
    if declared.type == given.type and declared.subtype.startswith("*+"):
        return 3 if given.suffix == declared.subtype[2:] else 0
    return 0
