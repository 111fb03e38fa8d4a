"""Every rule: what it says, how bad that is, and the check that finds it.

A rule is explained in the YAML file of its theme and checked by a function of
the module beside it, which names it in :func:`check`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from altlas_chat.specs.documents import Kind
from altlas_chat.specs.findings import Severity
from altlas_chat.toolkit.linting.subject import Subject

THEMES = (
    "info",
    "operations",
    "answers",
    "paths",
    "naming",
    "security",
    "servers",
    "examples",
    "schemas",
    "composition",
    "pagination",
    "components",
    "bounds",
    "messages",
)

Options = Mapping[str, Any]


class RuleSet(StrEnum):
    """Which rules are on; each of these has all of those before it."""

    NONE = "none"
    RECOMMENDED = "recommended"
    STRICT = "strict"
    ALL = "all"

    def has(self, other: "RuleSet") -> bool:
        order = list(RuleSet)
        return order.index(other) <= order.index(self)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a check found: the pointer into the whole document, and a sentence without its stop.

    ``remedy`` says more than the rule's own where there is more to say.
    """

    pointer: str
    what: str
    remedy: str = ""


Check = Callable[[Subject, Options], Iterable[Flaw]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as people know it.

    ``since`` is the smallest set that it is in; ``peers`` says what other
    linters call it; ``options`` are its defaults; ``good`` and ``bad`` are
    parts of a document, as YAML, of which the check finds fault with the second.
    """

    id: str
    theme: str
    severity: Severity
    since: RuleSet
    kinds: tuple[Kind, ...]
    meaning: str
    why: str
    remedy: str
    options: Options
    peers: Mapping[str, tuple[str, ...]]
    good: str
    bad: str
    check: Check


_CHECKS: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Make a function the check of a rule."""

    def decorate(function: Check) -> Check:
        if name in _CHECKS:
            raise ValueError(f"there are two checks of {name}")
        _CHECKS[name] = function
        return function

    return decorate


@cache
def all_rules() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the themes.

    Raises:
        KeyError: a rule is explained but not checked.
    """
    found = {}
    for theme in THEMES:
        import_module(f"altlas_chat.toolkit.linting.themes.{theme}")
        file = Path(__file__).parent / "themes" / f"{theme}.yaml"
        for name, told in yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader).items():
            found[name] = _rule(name, theme, told)
    return found


def checked_names() -> frozenset[str]:
    """The names that checks were given to."""
    all_rules()
    return frozenset(_CHECKS)


def _rule(name: str, theme: str, told: Mapping[str, Any]) -> Rule:
    peers = {peer: tuple(str(names).split()) for peer, names in told.get("peers", {}).items()}
    return Rule(
        id=name,
        theme=theme,
        severity=Severity(told["severity"]),
        since=RuleSet(told.get("since", "recommended")),
        kinds=tuple(map(Kind, told.get("kinds", "openapi").split())),
        meaning=told["meaning"].strip(),
        why=told["why"].strip(),
        remedy=told["remedy"].strip(),
        options=told.get("options", {}),
        peers=peers,
        good=told["good"],
        bad=told["bad"],
        check=_CHECKS[name],
    )


@cache
def rules_by_name() -> Mapping[str, tuple[str, ...]]:
    """Ids of rules by each name that they have, here and in other linters."""
    found: dict[str, list[str]] = {}
    for rule in all_rules().values():
        for name in (rule.id, *(one for names in rule.peers.values() for one in names)):
            ids = found.setdefault(name, [])
            if rule.id not in ids:
                ids.append(rule.id)
    return {name: tuple(ids) for name, ids in found.items()}
