"""Made-up numbers."""

import math
from collections.abc import Callable
from fractions import Fraction

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.meanings import range_of
from altlas_chat.specs.sampling.plans import Made, Plan
from altlas_chat.specs.sampling.shapes import Impossible, Shape, common_multiple, exact


def number_plan(shape: Shape, name: str, *, whole: bool) -> Plan:
    """Numbers within the bounds of a shape, likely ones for a property of that name.

    Raises:
        Impossible: there is no number between the bounds.
    """
    step = common_multiple(shape.multiples)
    if whole:
        step = Fraction(1) if step is None else common_multiple([1, *shape.multiples])
    lowest, highest = _bounds(shape)
    if step is None:
        return _between(lowest, highest, _likely(name, lowest, highest), shape)
    first, last = _steps(shape, step)
    if first is not None and last is not None and first > last:
        raise Impossible("no number lies between its bounds")
    wanted_low, wanted_high = _likely(name, lowest, highest)
    low, high = math.ceil(wanted_low / step), math.floor(wanted_high / step)
    low = low if first is None else max(low, first)
    high = high if last is None else min(high, last)
    if low > high:
        low = high = first if first is not None else last if last is not None else 0
        high = min(low + 100, last) if last is not None and first is not None else high
    return Made(_multiples(step, low, high))


def _multiples(step: Fraction, low: int, high: int) -> Callable[[Draw], float]:
    if step.denominator == 1:
        by = step.numerator
        return lambda draw: draw.integer(low, high) * by
    return lambda draw: float(draw.integer(low, high) * step)


def _between(
    lowest: Fraction | None,
    highest: Fraction | None,
    wanted: tuple[Fraction, Fraction],
    shape: Shape,
) -> Plan:
    low, high = wanted
    if low > high or (low == high and _excluded(shape, low)):
        raise Impossible("no number lies between its bounds")
    # Two digits after the point where that is fine enough.
    if math.ceil(low * 100) + 1 < math.floor(high * 100):
        first, last = math.ceil(low * 100) + 1, math.floor(high * 100) - 1
        if low == math.floor(low) and lowest is None:
            first -= 1
        return Made(lambda draw: draw.integer(first, max(first, last)) / 100)
    middle = float((low + high) / 2)
    del highest
    return Made(lambda _: middle)


def _excluded(shape: Shape, value: Fraction) -> bool:
    return any(
        keyword in shape.bounds and exact(shape.bounds[keyword]) == value
        for keyword in ("exclusiveMinimum", "exclusiveMaximum")
    )


def _bounds(shape: Shape) -> tuple[Fraction | None, Fraction | None]:
    said = shape.bounds
    low = [exact(said[one]) for one in ("minimum", "exclusiveMinimum") if one in said]
    high = [exact(said[one]) for one in ("maximum", "exclusiveMaximum") if one in said]
    lowest, highest = max(low, default=None), min(high, default=None)
    if lowest is not None and highest is not None and lowest > highest:
        raise Impossible(f"no number is over {float(lowest)} and under {float(highest)}")
    return lowest, highest


def _steps(shape: Shape, step: Fraction) -> tuple[int | None, int | None]:
    """The first and the last multiple within the bounds, as counts of steps."""
    firsts: list[int] = []
    lasts: list[int] = []
    for keyword, value in shape.bounds.items():
        if keyword in _NUMERIC:
            count = exact(value) / step
            if keyword == "minimum":
                firsts.append(math.ceil(count))
            elif keyword == "exclusiveMinimum":
                firsts.append(math.floor(count) + 1)
            elif keyword == "maximum":
                lasts.append(math.floor(count))
            else:
                lasts.append(math.ceil(count) - 1)
    return max(firsts, default=None), min(lasts, default=None)


_NUMERIC = frozenset({"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"})


def _likely(
    name: str, lowest: Fraction | None, highest: Fraction | None
) -> tuple[Fraction, Fraction]:
    """The part of what is allowed that people would expect."""
    low, high = map(exact, range_of(name))
    if lowest is not None and highest is not None:
        inside = (max(low, lowest), min(high, highest))
        if inside[0] <= inside[1] and inside[0] < inside[1]:
            return inside
        return lowest, highest
    span = max(high - low, Fraction(1))
    if lowest is not None:
        return (max(low, lowest), high) if lowest < high else (lowest, lowest + span)
    if highest is not None:
        return (low, min(high, highest)) if highest > low else (highest - span, highest)
    return low, high


def boolean(draw: Draw) -> bool:
    return draw.random() < 0.5
