"""Rules about schemas, and properties above all, whose names the grammar does not make."""

from collections.abc import Iterator

from altlas_chat.toolkit.diffing.levels import Effect
from altlas_chat.toolkit.diffing.rules_of_schemas import BOUNDS

NARROWS, WIDENS, OTHER = Effect.NARROWS, Effect.WIDENS, Effect.OTHER
UNKNOWN, NONE = Effect.UNKNOWN, Effect.NONE


def _existence() -> Iterator[tuple[str, str, Effect, str]]:
    """Properties that come, go, or are asked for: (rule, level, effect, words)."""
    sent = "request property `{name}`"
    yield "request-property-removed", "dangerous", UNKNOWN, f"the {sent} was removed"
    yield "new-required-request-property", "breaking", NARROWS, f"the required {sent} was added"
    yield (
        "new-required-request-property-with-default",
        "breaking",
        NARROWS,
        f"the required {sent}, which has a default, was added",
    )
    yield "new-optional-request-property", "safe", NONE, f"the optional {sent} was added"
    yield "request-property-became-required", "breaking", NARROWS, f"the {sent} became required"
    yield (
        "request-property-became-required-with-default",
        "breaking",
        NARROWS,
        f"the {sent}, which has a default, became required",
    )
    yield "request-property-became-optional", "safe", WIDENS, f"the {sent} became optional"
    yield (
        "request-property-undefined-became-required",
        "dangerous",
        NARROWS,
        "the request must have `{name}` now, which no schema describes",
    )
    read = "property `{name}` of the response ({status})"
    for needed, removed in (("required", "breaking"), ("optional", "safe")):
        lost, got = (WIDENS, NARROWS) if needed == "required" else (NONE, NONE)
        name = f"response-{needed}-property"
        yield f"{name}-removed", removed, lost, f"the {needed} {read} was removed"
        yield f"{name}-added", "safe", got, f"the {needed} {read} was added"
        name = f"response-{needed}-write-only-property"
        yield f"{name}-removed", "safe", NONE, f"the {needed} write-only {read} was removed"
        yield f"{name}-added", "safe", NONE, f"the {needed} write-only {read} was added"
    yield "response-property-became-optional", "breaking", WIDENS, f"the {read} became optional"
    yield "response-property-became-required", "safe", NARROWS, f"the {read} became required"
    for needed in ("optional", "required"):
        yield (
            f"response-write-only-property-became-{needed}",
            "safe",
            NONE,
            f"the write-only {read} became {needed}",
        )


def _existence_in_parameters() -> Iterator[tuple[str, str, Effect, str]]:
    for kind, subject, sends in (
        ("request-header", "request header", True),
        ("request-parameter", "request parameter", True),
        ("response-header", "response header", False),
    ):
        said = f"property `{{name}}` of the {subject}{{where}}"
        bad, good = ("breaking", "safe") if sends else ("safe", "breaking")
        yield f"new-required-{kind}-property", bad, NARROWS, f"the required {said} was added"
        yield f"new-optional-{kind}-property", "safe", NONE, f"the optional {said} was added"
        yield f"{kind}-property-became-required", bad, NARROWS, f"the {said} became required"
        yield f"{kind}-property-became-optional", good, WIDENS, f"the {said} became optional"
        yield f"{kind}-property-removed", "dangerous", UNKNOWN, f"the {said} was removed"
    yield (
        "request-header-property-became-enum",
        "breaking",
        NARROWS,
        "the property{inside} of the request header{where} may now only be one of {new}",
    )


def _flags() -> Iterator[tuple[str, str, Effect, str]]:
    """Of ``readOnly``, ``writeOnly`` and what is forbidden to a direction by them."""
    worse = {
        # What was left out must be sent now; what was given is given no more.
        "request-required-property-became-not-read-only",
        "response-required-property-became-write-only",
    }
    for kind in ("request", "response"):
        for needed in ("optional", "required"):
            for flag in ("read-only", "write-only"):
                for became in (flag, f"not-{flag}"):
                    name = f"{kind}-{needed}-property-became-{became}"
                    words = f"the {needed} {kind} property `{{name}}` became {became}"
                    level = "dangerous" if name in worse else "safe"
                    yield name, level, UNKNOWN if name in worse else NONE, words
    at = "the read-only request property{inside}{where}"
    for short, verb in (
        ("max-decreased", "lowered"),
        ("exclusive-max-decreased", "lowered"),
        ("max-items-decreased", "lowered"),
        ("max-length-decreased", "lowered"),
        ("max-properties-decreased", "lowered"),
        ("min-increased", "raised"),
        ("exclusive-min-increased", "raised"),
    ):
        keyword = BOUNDS[short.rsplit("-", 1)[0]]
        words = f"the {keyword} of {at} was {verb} from {{old}} to {{new}}"
        yield f"request-read-only-property-{short}", "safe", NONE, words
    yield (
        "request-read-only-property-enum-value-removed",
        "safe",
        NONE,
        f"the value {{old}} was removed from the enum of {at}",
    )
    yield (
        "response-write-only-property-enum-value-added",
        "safe",
        NONE,
        "the value {new} was added to the enum of the write-only response property{inside}{where}",
    )


def _lifecycle() -> Iterator[tuple[str, str, Effect, str]]:
    for kind in ("request", "response"):
        said = f"the {kind} property `{{name}}`"
        name = f"{kind}-property"
        yield f"{name}-deprecated", "safe", NONE, f"{said} was deprecated"
        yield (
            f"{name}-deprecated-with-sunset",
            "safe",
            NONE,
            f"{said} was deprecated; it ends on {{new}}",
        )
        yield (
            f"{name}-deprecated-sunset-missing",
            "breaking",
            OTHER,
            f"{said} was deprecated without a day on which it ends",
        )
        yield (
            f"{name}-deprecated-sunset-invalid",
            "breaking",
            OTHER,
            f"{said} was deprecated; the day on which it ends can't be read: {{new}}",
        )
        yield (
            f"{name}-sunset-date-too-small",
            "breaking",
            OTHER,
            f"{said} was deprecated; it ends on {{new}}, which is less than {{days}} days from now",
        )
        yield f"{name}-reactivated", "safe", NONE, f"{said} is no longer deprecated"
        steps = "from {old} to {new}"
        yield (
            f"{name}-stability-decreased",
            "breaking",
            OTHER,
            f"the stability of {said} fell {steps}",
        )
        yield f"{name}-stability-increased", "safe", NONE, f"the stability of {said} rose {steps}"


SPECIAL: tuple[tuple[str, str, Effect, str], ...] = (
    *_existence(),
    *_existence_in_parameters(),
    *_flags(),
    *_lifecycle(),
)
"""Those rules: (name, level, effect, words)."""
