"""Which changes count and how much: levels of one's own, and changes that were agreed to.

An ignore file has a rule a line, then the operations that it is for, all where
none is named: ``request-parameter-removed GET /users/*``. Both may have ``*``
and ``?``. What follows a ``#`` is a remark.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.toolkit.diffing.changes import Change, Comparison
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.rules import RULES

SILENCED = "none"
ALIASES: Mapping[str, str] = {"err": "breaking", "warn": "dangerous", "info": "safe"}


@dataclass(frozen=True, slots=True)
class Ignored:
    """Changes that were agreed to, by patterns of their rule and their operation."""

    rule: str
    operation: str

    def holds(self, change: Change) -> bool:
        if not fnmatchcase(change.rule, self.rule):
            return False
        return self.operation == "*" or any(
            fnmatchcase(said, self.operation) for said in (change.operation, change.path)
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """What to do with changes: ``levels`` by rule (None silences it), and what to leave out."""

    levels: Mapping[str, Level | None]
    ignored: tuple[Ignored, ...] = ()

    def of(self, comparison: Comparison) -> Comparison:
        """The changes that count, each at its level."""
        kept = []
        for change in comparison.changes:
            level = self.levels.get(change.rule, change.level)
            if level is not None and not any(one.holds(change) for one in self.ignored):
                kept.append(replace(change, level=level))
        return comparison.with_changes(kept)


def selection(overrides: Iterable[str], ignore_file: Path | None) -> Selection:
    """What ``RULE=LEVEL`` and an ignore file ask for.

    Raises:
        DocumentUnusable: a rule or level is not known, or the file can't be read.
    """
    levels = dict(_override(one, Place("--rule")) for one in overrides)
    ignored = () if ignore_file is None else tuple(_ignored(ignore_file))
    return Selection(levels, ignored)


def _override(text: str, place: Place) -> tuple[str, Level | None]:
    rule, _, told = (part.strip() for part in text.partition("="))
    level = ALIASES.get(told.lower(), told.lower())
    if level not in (SILENCED, *Level):
        what = f"{told or 'nothing'} is no level"
        remedy = f"Write {rule}= and one of {', '.join([*Level, SILENCED])}."
        raise DocumentUnusable([Finding(place, "unknown-level", what, remedy)])
    if rule not in RULES:
        raise DocumentUnusable([_unknown(rule, place)])
    return rule, None if level == SILENCED else Level(level)


def _unknown(rule: str, place: Place) -> Finding:
    remedy = "`altlas-chat contract diff --rules` lists all."
    return Finding(place, "unknown-rule", f"there is no rule {rule}", remedy)


def _ignored(path: Path) -> Iterable[Ignored]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        what = f"it can't be read: {getattr(error, 'strerror', None) or error}"
        finding = Finding(Place(str(path)), "no-file", what, "Check the path.")
        raise DocumentUnusable([finding]) from error
    for number, line in enumerate(lines, 1):
        rule, _, operation = line.partition("#")[0].strip().partition(" ")
        if not rule:
            continue
        if not any(fnmatchcase(known, rule) for known in RULES):
            raise DocumentUnusable([_unknown(rule, Place(str(path), number, 1))])
        yield Ignored(rule, operation.strip() or "*")
