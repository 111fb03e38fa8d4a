"""Styles of names: which one a name has, and which names stand out among others."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from altlas_chat.toolkit.linting.registry import Flaw

CONSISTENT = "consistent"

STYLES = {
    "camelCase": re.compile(r"[a-z][a-z0-9]*(?:[A-Z]+[a-z0-9]*)*"),
    "snake_case": re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
    "kebab-case": re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"),
    "PascalCase": re.compile(r"[A-Z][A-Za-z0-9]*"),
    "UPPER_CASE": re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*"),
    "Pascal_Snake": re.compile(r"[A-Z][A-Za-z0-9]*(?:_[A-Z][A-Za-z0-9]*)+"),
    "dot.case": re.compile(r"[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)+"),
    "path/case": re.compile(r"[a-z][a-z0-9-]*(?:/[a-z][a-z0-9-]*)+"),
}
"""A name of one lower-case word is of several styles."""

ALONE = {
    "Pascal_Snake": re.compile(r"[A-Z][A-Za-z0-9]*"),
    "dot.case": re.compile(r"[a-z][A-Za-z0-9]*"),
    "path/case": re.compile(r"[a-z][a-z0-9-]*"),
}
"""One piece of a name that is made of pieces will do."""

ALTERNATIVES = {name.lower().replace("_", "").replace("-", ""): name for name in STYLES}


def styles_of(name: str) -> list[str]:
    return [style for style, pattern in STYLES.items() if pattern.fullmatch(name)]


def style_named(name: str) -> str:
    """The style somebody means: ``kebab``, ``kebab-case``, ``camel`` …; else the name itself."""
    plain = name.lower().replace("_", "").replace("-", "")
    return ALTERNATIVES.get(plain) or ALTERNATIVES.get(f"{plain}case") or name


def has_style(name: str, style: str) -> bool:
    """A name has a style; ``style`` may be a regular expression for the whole name."""
    known = style_named(style)
    if known in STYLES:
        patterns = [STYLES[known], *([ALONE[known]] if known in ALONE else [])]
        return any(pattern.fullmatch(name) for pattern in patterns)
    try:
        return re.fullmatch(style, name) is not None
    except re.error:
        return True


def usual_style(names: Sequence[str]) -> str | None:
    """The style of most names; None where less than a half has any one style.

    Names of one word say nothing, unless there are no others.
    """
    telling = [name for name in names if len(styles_of(name)) == 1] or names
    counted = Counter(style for name in telling for style in styles_of(name))
    if not counted:
        return None
    style, count = counted.most_common(1)[0]
    return style if count * 2 > len(telling) else None


def misspelled(named: Sequence[tuple[str, str]], style: str) -> Iterator[Flaw]:
    """The names, each with its pointer, that do not have a style.

    With ``consistent`` it is the style of most of them.
    """
    given = [(pointer, name) for pointer, name in named if name]
    wanted = usual_style([name for _, name in given]) if style == CONSISTENT else style
    if wanted is None:
        return
    for pointer, name in given:
        if not has_style(name, wanted):
            others = ", as most others are" if style == CONSISTENT else ""
            yield Flaw(pointer, f"{name} is not written in {style_named(wanted)}{others}")
