"""What differs between two schemas in the keywords that hold no schemas."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.toolkit.diffing.deltas import Delta
from altlas_chat.toolkit.diffing.levels import Effect
from altlas_chat.toolkit.diffing.reading import table, words
from altlas_chat.toolkit.diffing.rules_of_schemas import BOUNDS
from altlas_chat.toolkit.diffing.views import View, written

ALLOWS_ALL = frozenset({".*", "^.*$", "^.*", ".*$", "", "^", "$"})
"""Patterns that every text fits that has no line feed."""

MISSING = object()


def of_keywords(old: View, new: View) -> Iterator[Delta]:
    """The differences, in no order that counts."""
    yield from _of_null(old, new)
    yield from _of_bounds(old, new)
    yield from _of_pattern(old, new)
    yield from _of_enum(old, new)
    yield from _of_value(old, new, "const", "const")
    yield from _of_value(old, new, "default", "default-value")
    yield from _of_unique_items(old, new)
    yield from _of_multiple(old, new)
    yield from _of_content(old, new)
    yield from _of_dependents(old, new)
    yield from _of_discriminator(old, new)
    yield from _of_flags(old, new)


def of_type(old: View, new: View) -> Iterator[Delta]:
    """The difference of ``type`` and ``format``: told as (types, format) of each side."""
    one, other = (old.types, _text(old, "format")), (new.types, _text(new, "format"))
    if one != other:
        yield Delta("type", one, other, step="type" if one[0] != other[0] else "format")


def _text(view: View, keyword: str) -> str:
    found = view.data.get(keyword)
    return found if isinstance(found, str) else ""


def _of_null(old: View, new: View) -> Iterator[Delta]:
    if new.null and not old.null and not old.open:
        yield Delta("became-nullable", step="type")
    elif old.null and not new.null and not new.open:
        yield Delta("became-not-nullable", step="type")


def _number(view: View, keyword: str) -> float | None:
    found = view.data.get(keyword)
    return None if isinstance(found, bool) or not isinstance(found, int | float) else found


def _of_bounds(old: View, new: View) -> Iterator[Delta]:
    done = set()
    for side, sign in (("min", 1), ("max", -1)):
        inclusive, exclusive = BOUNDS[side], BOUNDS[f"exclusive-{side}"]
        if all(_number(old, k) != _number(new, k) for k in (inclusive, exclusive)):
            done |= {side, f"exclusive-{side}"}
            yield from _of_moved_bound(old, new, side, sign)
    for short, keyword in BOUNDS.items():
        if short not in done:
            yield from _of_bound(short, keyword, _number(old, keyword), _number(new, keyword))


def _of_bound(short: str, keyword: str, one: float | None, other: float | None) -> Iterator[Delta]:
    if one == other:
        return
    if one is None:
        yield Delta(f"{short}-set", None, other, step=keyword)
    elif other is None:
        yield Delta(f"{short}-unset", one, None, step=keyword)
    else:
        way = "increased" if other > one else "decreased"
        yield Delta(f"{short}-{way}", one, other, step=keyword)


def _of_moved_bound(old: View, new: View, side: str, sign: int) -> Iterator[Delta]:
    """Both the inclusive and the exclusive bound changed: which way the bound itself went.

    The same number, excluded from now on or no longer, is told once.
    """
    one, other = _bound(old, side, sign), _bound(new, side, sign)
    if one == other:
        return
    both = (side, f"exclusive-{side}")
    before, after = ([_number(view, BOUNDS[short]) for short in both] for view in (old, new))
    same = before == after[::-1] and None in before
    for short in both[1:] if same else both:
        keyword = BOUNDS[short]
        found = list(_of_bound(short, keyword, _number(old, keyword), _number(new, keyword)))
        effect = Effect.NARROWS if other > one else Effect.WIDENS
        for delta in found:
            yield Delta(delta.aspect, delta.old, delta.new, step=keyword, effect=effect)


def _bound(view: View, side: str, sign: int) -> tuple[float, bool]:
    """The bound that counts; the greater the tighter."""
    found = [(float("-inf"), False)]
    inclusive, exclusive = _number(view, BOUNDS[side]), _number(view, BOUNDS[f"exclusive-{side}"])
    whole = view.types == ("integer",)
    if inclusive is not None:
        found.append((sign * inclusive, False))
    if exclusive is not None:
        found.append((sign * exclusive + 1, False) if whole else (sign * exclusive, True))
    return max(found)


def _of_pattern(old: View, new: View) -> Iterator[Delta]:
    one, other = (_text(view, "pattern") or None for view in (old, new))
    if one == other:
        return
    if one is None or one in ALLOWS_ALL:
        if other is not None and other not in ALLOWS_ALL:
            yield Delta("pattern-added", None, other, step="pattern")
    elif other is None:
        yield Delta("pattern-removed", one, None, step="pattern")
    else:
        generalized = other in ALLOWS_ALL
        aspect = "pattern-generalized" if generalized else "pattern-changed"
        yield Delta(aspect, one, other, step="pattern")


def _list(view: View, keyword: str) -> list[Any] | None:
    found = view.data.get(keyword)
    return found if isinstance(found, list) else None


def _of_enum(old: View, new: View) -> Iterator[Delta]:
    one, other = _list(old, "enum"), _list(new, "enum")
    if one is None or other is None:
        yield from _of_enum_as_such(one, other, old, new)
    else:
        yield from _of_members(one, other, "enum-value", "enum")
    yield from (
        delta
        for delta in _of_members(
            _list(old, "x-extensible-enum") or [],
            _list(new, "x-extensible-enum") or [],
            "x-extensible-enum-value",
            "x-extensible-enum",
        )
        if delta.aspect.endswith("removed")
    )


def _of_enum_as_such(
    one: list[Any] | None, other: list[Any] | None, old: View, new: View
) -> Iterator[Delta]:
    if other is not None and not ("const" in old.data and old.data["const"] in other):
        yield Delta("became-enum", None, other, step="enum")
    elif one is not None and not ("const" in new.data and new.data["const"] in one):
        yield Delta("became-not-enum", one, None, step="enum")


def _of_members(one: list[Any], other: list[Any], aspect: str, step: str) -> Iterator[Delta]:
    before, after = {written(v): v for v in one}, {written(v): v for v in other}
    for key in before.keys() - after.keys():
        yield Delta(f"{aspect}-removed", before[key], None, step=step)
    for key in after.keys() - before.keys():
        yield Delta(f"{aspect}-added", None, after[key], step=step)


def _of_value(old: View, new: View, keyword: str, aspect: str) -> Iterator[Delta]:
    one, other = old.data.get(keyword, MISSING), new.data.get(keyword, MISSING)
    if one is MISSING and other is MISSING:
        return
    if one is MISSING:
        yield Delta(f"{aspect}-added", None, other, step=keyword)
    elif other is MISSING:
        yield Delta(f"{aspect}-removed", one, None, step=keyword)
    elif written(one) != written(other):
        yield Delta(f"{aspect}-changed", one, other, step=keyword)


def _of_unique_items(old: View, new: View) -> Iterator[Delta]:
    if old.says("uniqueItems") != new.says("uniqueItems"):
        way = "set" if new.says("uniqueItems") else "unset"
        yield Delta(f"unique-items-{way}", step="uniqueItems")


def _of_multiple(old: View, new: View) -> Iterator[Delta]:
    one, other = _number(old, "multipleOf"), _number(new, "multipleOf")
    if one == other:
        return
    if one is None:
        yield Delta("multiple-of-set", None, other, step="multipleOf")
    elif other is None:
        yield Delta("multiple-of-unset", one, None, step="multipleOf")
    elif _divides(other, one):
        yield Delta("multiple-of-generalized", one, other, step="multipleOf")
    elif _divides(one, other):
        yield Delta("multiple-of-specialized", one, other, step="multipleOf")
    else:
        yield Delta("multiple-of-changed", one, other, step="multipleOf")


def _divides(one: float, other: float) -> bool:
    return one != 0 and abs(other / one - round(other / one)) < 1e-9


def _of_content(old: View, new: View) -> Iterator[Delta]:
    for keyword, short in (
        ("contentMediaType", "content-media-type"),
        ("contentEncoding", "content-encoding"),
    ):
        one, other = old.data.get(keyword), new.data.get(keyword)
        if one != other:
            yield Delta(f"{short}-changed", one, other, step=keyword)


def _of_dependents(old: View, new: View) -> Iterator[Delta]:
    before, after = old.schemas("dependentRequired"), new.schemas("dependentRequired")
    for name in before.keys() | after.keys():
        one, other = words(before, name), words(after, name)
        aspect = "changed" if name in before and name in after else "added"
        if name not in after:
            aspect = "removed"
        if one != other:
            yield Delta(
                f"dependent-required-{aspect}",
                sorted(one),
                sorted(other),
                name,
                "dependentRequired",
                effect=_effect_of_asking(one, other) if aspect == "changed" else None,
            )


def _effect_of_asking(one: set[str], other: set[str]) -> Effect:
    if one < other:
        return Effect.NARROWS
    return Effect.WIDENS if other < one else Effect.OTHER


def _of_discriminator(old: View, new: View) -> Iterator[Delta]:
    one, other = old.schemas("discriminator"), new.schemas("discriminator")
    before, after = one.get("propertyName"), other.get("propertyName")
    if not one or not other:
        if one or other:
            way = "removed" if one else "added"
            yield Delta(f"discriminator-{way}", before, after, step="discriminator")
        return
    if before != after:
        yield Delta("discriminator-property-name-changed", before, after, step="discriminator")
    maps, mapped = (table(x, "mapping") for x in (one, other))
    for name in maps.keys() | mapped.keys():
        if name not in maps or name not in mapped:
            way = "deleted" if name in maps else "added"
            yield Delta(f"discriminator-mapping-{way}", None, None, name, "discriminator")
        elif maps[name] != mapped[name]:
            yield Delta(
                "discriminator-mapping-changed", maps[name], mapped[name], name, "discriminator"
            )


def _of_flags(old: View, new: View) -> Iterator[Delta]:
    for keyword, flag in (("readOnly", "read-only"), ("writeOnly", "write-only")):
        if old.says(keyword) != new.says(keyword):
            yield Delta(flag if new.says(keyword) else f"not-{flag}", step=keyword)
    if old.says("deprecated") != new.says("deprecated"):
        yield Delta("deprecated" if new.says("deprecated") else "reactivated", step="deprecated")
    one, other = (view.data.get("x-stability-level") for view in (old, new))
    if one != other:
        yield Delta("stability", one, other, step="x-stability-level")
