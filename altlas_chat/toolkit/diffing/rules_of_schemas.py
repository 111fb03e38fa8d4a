"""What can change in a schema, wherever it is, with its effect and its words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from altlas_chat.toolkit.diffing.levels import Effect, Level

NARROWS, WIDENS, OTHER = Effect.NARROWS, Effect.WIDENS, Effect.OTHER
UNKNOWN, NONE = Effect.UNKNOWN, Effect.NONE

BOUNDS: Mapping[str, str] = MappingProxyType(
    {
        "max": "maximum",
        "min": "minimum",
        "exclusive-max": "exclusiveMaximum",
        "exclusive-min": "exclusiveMinimum",
        "max-length": "maxLength",
        "min-length": "minLength",
        "max-items": "maxItems",
        "min-items": "minItems",
        "max-properties": "maxProperties",
        "min-properties": "minProperties",
        "max-contains": "maxContains",
        "min-contains": "minContains",
    }
)
"""The keywords that bound something, by their part of a rule's name."""

REQUEST, RESPONSE = ("request-",), ("response-",)


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that can change in a schema; ``only`` says how the places begin that have it."""

    name: str
    effect: Effect
    words: str
    only: tuple[str, ...] = ("",)

    def is_for(self, scope: str) -> bool:
        """A schema at such a place has this aspect."""
        return scope.startswith(self.only)

    def level(self, scope: str) -> Level | None:
        """How bad it is where that does not follow from its effect; else None."""
        return _LEVELS.get(self.rule(scope))

    def rule(self, scope: str) -> str:
        """The name of the rule at such a place."""
        return named(f"{scope}-{self.name}")


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        f"response-body-{end}": f"response-mediatype-{end}"
        for end in ("became-enum", "became-not-enum", "enum-value-added", "enum-value-removed")
    }
)


def named(rule: str) -> str:
    """The rule's name, where it is another one than its place and its aspect make."""
    return _NAMES.get(rule, rule)


_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        # How an object is written as a parameter is open, so that it may or may not matter.
        "request-parameter-property-type-changed": Level.DANGEROUS,
        # An answer without any body is another answer.
        "response-body-schema-became-false": Level.BREAKING,
        "response-body-schema-became-not-false": Level.SAFE,
        # Clients are used to properties that they don't know.
        "response-body-additional-properties-allowed": Level.DANGEROUS,
        "response-property-additional-properties-allowed": Level.DANGEROUS,
        "response-header-additional-properties-allowed": Level.DANGEROUS,
        "response-header-property-additional-properties-allowed": Level.DANGEROUS,
    }
)


def _bounds() -> Iterator[Aspect]:
    for short, keyword in BOUNDS.items():
        raised, lowered = (
            (WIDENS, NARROWS)
            if keyword.lower().find("max") >= 0
            else (
                NARROWS,
                WIDENS,
            )
        )
        said = f"the {keyword} of {{subject}}"
        yield Aspect(f"{short}-increased", raised, f"{said} was raised from {{old}} to {{new}}")
        yield Aspect(f"{short}-decreased", lowered, f"{said} was lowered from {{old}} to {{new}}")
        yield Aspect(f"{short}-set", NARROWS, f"{said} was set to {{new}}")
        yield Aspect(f"{short}-unset", WIDENS, f"{said} was taken away; it was {{old}}")


def _coming_and_going(short: str, words: str) -> Iterator[Aspect]:
    """A keyword that asks for more when it comes."""
    yield Aspect(f"{short}-added", NARROWS, f"{words} was added to {{subject}}")
    yield Aspect(f"{short}-removed", WIDENS, f"{words} was removed from {{subject}}")


def _conditions() -> Iterator[Aspect]:
    for keyword, short in {
        "items": "items",
        "contains": "contains",
        "if": "if",
        "then": "then",
        "else": "else",
        "not": "not",
        "propertyNames": "property-names",
        "unevaluatedItems": "unevaluated-items",
        "unevaluatedProperties": "unevaluated-properties",
        "contentSchema": "content-schema",
    }.items():
        yield from _coming_and_going(short, f"`{keyword}`")
    for keyword, short in {
        "dependentSchemas": "dependent-schema",
        "patternProperties": "pattern-property",
    }.items():
        yield from _coming_and_going(short, f"`{{name}}` of `{keyword}`")


def _values() -> Iterator[Aspect]:
    at = "{subject}"
    yield Aspect("pattern-added", NARROWS, f"the pattern {{new}} was added to {at}")
    yield Aspect("pattern-removed", WIDENS, f"the pattern {{old}} was removed from {at}")
    yield Aspect("pattern-changed", UNKNOWN, f"the pattern of {at} changed from {{old}} to {{new}}")
    yield Aspect(
        "pattern-generalized",
        WIDENS,
        f"the pattern of {at} changed from {{old}} to {{new}}, which allows all",
        REQUEST,
    )
    yield Aspect("became-enum", NARROWS, f"{at} may now only be one of {{new}}")
    yield Aspect("became-not-enum", WIDENS, f"{at} is no longer one of a list; it was {{old}}")
    yield Aspect("enum-value-added", WIDENS, f"the value {{new}} was added to the enum of {at}")
    yield Aspect(
        "enum-value-removed", NARROWS, f"the value {{old}} was removed from the enum of {at}"
    )
    yield Aspect(
        "x-extensible-enum-value-removed",
        NARROWS,
        f"the value {{old}} was removed from the extensible enum of {at}",
        REQUEST,
    )
    yield Aspect("const-added", NARROWS, f"{at} must now be {{new}}")
    yield Aspect("const-removed", WIDENS, f"{at} need no longer be {{old}}")
    yield Aspect("const-changed", OTHER, f"{at} must be {{new}}, no longer {{old}}")
    yield Aspect("default-value-added", NONE, f"{at} got the default {{new}}")
    yield Aspect("default-value-removed", NONE, f"{at} lost its default {{old}}")
    yield Aspect(
        "default-value-changed", NONE, f"the default of {at} changed from {{old}} to {{new}}"
    )
    yield Aspect("unique-items-set", NARROWS, f"the items of {at} must now be different")
    yield Aspect("unique-items-unset", WIDENS, f"the items of {at} need no longer be different")
    yield Aspect("multiple-of-set", NARROWS, f"{at} must now be a multiple of {{new}}")
    yield Aspect("multiple-of-unset", WIDENS, f"{at} need no longer be a multiple of {{old}}")
    yield Aspect(
        "multiple-of-changed", OTHER, f"{at} must be a multiple of {{new}}, no longer of {{old}}"
    )
    yield Aspect(
        "multiple-of-generalized",
        WIDENS,
        f"{at} must be a multiple of {{new}}, which every multiple of {{old}} is",
        REQUEST,
    )
    yield Aspect(
        "multiple-of-specialized",
        NARROWS,
        f"{at} must be a multiple of {{new}}, which is one of {{old}}",
        RESPONSE,
    )


def _types() -> Iterator[Aspect]:
    at = "{subject}"
    changed = f"the type of {at} changed from {{old}} to {{new}}"
    yield Aspect("type-changed", OTHER, changed)
    yield Aspect("type-generalized", WIDENS, f"{changed}, which allows more")
    yield Aspect(
        "type-specialized",
        NARROWS,
        f"{changed}, which allows less",
        ("response-", "request-parameter-property"),
    )
    yield Aspect(
        "type-compatible",
        NONE,
        f"{changed}, which is written as text all the same",
        ("response-", "request-body", "request-property"),
    )
    yield Aspect("list-of-types-widened", WIDENS, f"{at} may now also be {{new}}")
    yield Aspect("list-of-types-narrowed", NARROWS, f"{at} may no longer be {{old}}")
    yield Aspect("became-nullable", WIDENS, f"{at} may now be null")
    yield Aspect("became-not-nullable", NARROWS, f"{at} may no longer be null")
    yield Aspect("schema-became-false", NARROWS, f"nothing is allowed any more at {at}")
    yield Aspect("schema-became-not-false", WIDENS, f"something is allowed now at {at}")
    yield Aspect(
        "content-media-type-changed",
        OTHER,
        f"the contentMediaType of {at} changed from {{old}} to {{new}}",
    )
    yield Aspect(
        "content-encoding-changed",
        OTHER,
        f"the contentEncoding of {at} changed from {{old}} to {{new}}",
    )


def _branches() -> Iterator[Aspect]:
    at = "{subject}"
    for keyword, coming, going in (
        ("allOf", NARROWS, WIDENS),
        ("anyOf", WIDENS, NARROWS),
        ("oneOf", WIDENS, NARROWS),
        ("prefixItems", UNKNOWN, UNKNOWN),
    ):
        short = {"prefixItems": "prefix-items"}.get(keyword, f"{keyword[:3]}-of")
        yield Aspect(f"{short}-added", coming, f"{{name}} was added to the {keyword} of {at}")
        yield Aspect(f"{short}-removed", going, f"{{name}} was removed from the {keyword} of {at}")
    for action in ("added to", "removed from"):
        yield Aspect(
            f"all-of-{action.split()[0]}-annotation-only",
            NONE,
            f"{{name}}, which only describes, was {action} the allOf of {at}",
        )
    yield Aspect(
        "wrapped-in-one-of",
        OTHER,
        f"{at} became one of several forms, of which none is the one that it had",
    )
    yield Aspect(
        "wrapped-in-one-of-original-preserved",
        UNKNOWN,
        f"{at} became one of several forms, of which one is the one that it had",
    )
    yield Aspect("discriminator-added", NONE, f"{at} got the discriminator {{new}}")
    yield Aspect("discriminator-removed", NONE, f"{at} lost the discriminator {{old}}")
    yield Aspect(
        "discriminator-property-name-changed",
        NONE,
        f"the discriminator of {at} changed from {{old}} to {{new}}",
    )
    yield Aspect(
        "discriminator-mapping-added", NONE, f"the discriminator of {at} now maps `{{name}}`"
    )
    yield Aspect(
        "discriminator-mapping-deleted",
        NONE,
        f"the discriminator of {at} no longer maps `{{name}}`",
    )
    yield Aspect(
        "discriminator-mapping-changed",
        NONE,
        f"the discriminator of {at} maps `{{name}}` to {{new}}, no longer to {{old}}",
    )


def _objects() -> Iterator[Aspect]:
    at = "{subject}"
    yield Aspect(
        "dependent-required-added", NARROWS, f"{at} with `{{name}}` must now also have {{new}}"
    )
    yield Aspect(
        "dependent-required-removed",
        WIDENS,
        f"{at} with `{{name}}` need no longer have {{old}}",
    )
    yield Aspect(
        "dependent-required-changed",
        OTHER,
        f"{at} with `{{name}}` must have {{new}}, no longer {{old}}",
    )
    yield Aspect(
        "additional-properties-forbidden", NARROWS, f"{at} may have no further properties any more"
    )
    yield Aspect("additional-properties-allowed", WIDENS, f"{at} may now have further properties")
    yield Aspect(
        "additional-properties-restricted",
        NARROWS,
        f"the further properties of {at} must now fit a schema",
    )
    yield Aspect(
        "additional-properties-unrestricted",
        WIDENS,
        f"the further properties of {at} may now be anything",
    )


ASPECTS: tuple[Aspect, ...] = (
    *_bounds(),
    *_values(),
    *_types(),
    *_branches(),
    *_conditions(),
    *_objects(),
)
"""All that can change in any schema."""
