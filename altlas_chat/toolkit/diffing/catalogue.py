"""The rules, told: the tables of ``docs/diff.md``."""

from collections.abc import Iterator

from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.rules import RULES, SCOPES, Rule
from altlas_chat.toolkit.diffing.rules_of_operations import OPERATION_RULES
from altlas_chat.toolkit.diffing.rules_of_properties import SPECIAL
from altlas_chat.toolkit.diffing.rules_of_schemas import ASPECTS, Aspect

_SIGNS = {Level.BREAKING: "**breaking**", Level.DANGEROUS: "dangerous", Level.SAFE: "safe"}
_HEADINGS = {
    "paths": "Operations",
    "webhooks": "Webhooks",
    "servers": "Servers",
    "info": "The version",
    "parameters": "Parameters",
    "bodies": "Bodies, answers and headers",
    "security": "Security",
    "components": "Components",
    "asyncapi": "AsyncAPI",
}


def tables() -> str:
    """All rules in tables of Markdown, each with its level and its meaning."""
    parts = []
    by_section: dict[str, list[Rule]] = {name: [] for name in _HEADINGS}
    for name, *_ in OPERATION_RULES:
        by_section[RULES[name].section].append(RULES[name])
    for section, rules in by_section.items():
        parts.append(f"## {_HEADINGS[section]}\n\n{_table(rules)}")
    special = [RULES[name] for name, *_ in SPECIAL]
    parts.append(f"## Properties\n\n{_table(special)}")
    parts.append(f"## Schemas\n\n{_grammar()}")
    return "\n\n".join(parts)


def _table(rules: list[Rule]) -> str:
    rows = (f"| `{one.name}` | {_SIGNS[one.level]} | {one.meaning} |" for one in rules)
    return "\n".join(["| rule | level | what changed |", "|---|---|---|", *rows])


def _grammar() -> str:
    scopes = ", ".join(f"`{scope}`" for scope in SCOPES)
    head = (
        f"A name is made of the place, which is {scopes}, and of what changed there. The levels "
        "are those of what a client sends, and of what it receives; *–*: there is none. The rules "
        "of the `enum` of a response body begin with `response-mediatype`."
    )
    rows = (_row(aspect) for aspect in ASPECTS)
    table = ["| the end of the name | sent | received | what changed |", "|---|---|---|---|"]
    return "\n".join([head, "", *table, *rows])


def _row(aspect: Aspect) -> str:
    sent, received = (" / ".join(_levels(aspect, kind)) or "–" for kind in ("request", "response"))
    said = aspect.words.replace("{subject}", "the schema")
    for fact in ("old", "new", "name"):
        said = said.replace(f"{{{fact}}}", "…")
    return f"| `{aspect.name}` | {sent} | {received} | {said} |"


def _levels(aspect: Aspect, kind: str) -> Iterator[str]:
    """Its level at the places of a kind; where they differ, each with the places that have it."""
    levels: dict[Level, list[str]] = {}
    for scope in SCOPES:
        if scope.startswith(kind) and aspect.is_for(scope):
            levels.setdefault(RULES[aspect.rule(scope)].level, []).append(scope)
    for level, scopes in levels.items():
        places = ", ".join(f"`{scope}`" for scope in scopes)
        yield _SIGNS[level] if len(levels) == 1 else f"{_SIGNS[level]} ({places})"
