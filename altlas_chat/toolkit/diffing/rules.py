"""Every rule of the comparison: its stable name, how bad it is, and what it means.

The names are those of the field's best-known tool wherever it has one, so that
ignore files and habits carry over. Those of schemas follow a grammar:
the place (``request-body``, ``response-property``, …), then what changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from altlas_chat.toolkit.diffing.levels import Effect, Level, level_of
from altlas_chat.toolkit.diffing.rules_of_operations import OPERATION_RULES
from altlas_chat.toolkit.diffing.rules_of_properties import SPECIAL
from altlas_chat.toolkit.diffing.rules_of_schemas import ASPECTS, Aspect


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change.

    ``words`` is the sentence about one such change with its places for facts;
    ``section`` is the part of the document that it is about. The effect of a
    rule that is not about values is None.
    """

    name: str
    level: Level
    section: str
    words: str
    effect: Effect | None = None

    @property
    def meaning(self) -> str:
        """The sentence about any such change."""
        plain = self.words
        for fact, instead in _INSTEAD.items():
            plain = plain.replace(f"{{{fact}}}", instead)
        return plain


_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "name": "…",
        "old": "…",
        "new": "…",
        "status": "…",
        "where": "",
        "inside": " `…`",
        "days": "…",
    }
)

SCOPES: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "request-body": ("the request body{where}", True),
        "request-property": ("the request property{inside}{where}", True),
        "request-parameter": ("the request parameter{where}", True),
        "request-parameter-property": (
            "the property{inside} of the request parameter{where}",
            True,
        ),
        "response-body": ("the response body{where}", False),
        "response-property": ("the response property{inside}{where}", False),
        "response-header": ("the response header{where}", False),
        "response-header-property": ("the property{inside} of the response header{where}", False),
    }
)
"""Where schemas are: what each place is called, and whether the client sends what is there."""


def _of_schemas() -> Iterator[Rule]:
    for scope, (subject, sends) in SCOPES.items():
        for aspect in ASPECTS:
            if not aspect.is_for(scope):
                continue
            level = aspect.level(scope) or level_of(aspect.effect, sends=sends)
            yield Rule(
                aspect.rule(scope),
                level,
                "schema",
                aspect.words.replace("{subject}", subject),
                aspect.effect,
            )


def _registry() -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for name, level, section, words in OPERATION_RULES:
        rules[name] = Rule(name, Level(level), section, words)
    for name, level, effect, words in SPECIAL:
        rules[name] = Rule(name, Level(level), "schema", words, effect)
    for rule in _of_schemas():
        rules.setdefault(rule.name, rule)
    return rules


RULES: Mapping[str, Rule] = MappingProxyType(_registry())
"""Every rule by its name."""

ASPECT_OF: Mapping[str, Aspect] = MappingProxyType({one.name: one for one in ASPECTS})
"""What can change in any schema, by its name."""
