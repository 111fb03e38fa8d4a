"""Charts as SVG without a script, so that a report works from a file and under any policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from altlas_chat.loadtest.reports.tables import number

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 26
_LINES = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart; ``None`` is a second without a value."""

    name: str
    values: Sequence[float | None]


def chart(title: str, unit: str, curves: Sequence[Curve]) -> str:
    """Curves over the seconds of a run, from zero up, with their names below."""
    seconds = max((len(curve.values) for curve in curves), default=0)
    most = max(
        (value for curve in curves for value in curve.values if value is not None), default=0
    )
    top = _round_up(most)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        *(_grid(top * step / _LINES, top, unit) for step in range(_LINES + 1)),
        *(_second(second, seconds) for second in _ticks(seconds)),
        *(
            f'<polyline class="c{place}" points="{_points(curve.values, seconds, top)}"/>'
            for place, curve in enumerate(curves)
        ),
        "</svg>",
    ]
    names = "".join(
        f'<span class="c{place}">{escape(curve.name)}</span>' for place, curve in enumerate(curves)
    )
    drawn = "".join(parts)
    return f"<figure><figcaption>{escape(title)} {names}</figcaption>{drawn}</figure>"


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten, where the scale ends."""
    if value <= 0:
        return 1.0
    size = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 1e-9
    while size * 10 <= value:
        size *= 10
    return next(size * step for step in (1, 2, 5, 10) if size * step >= value)


def _x(second: float, seconds: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * second / max(1, seconds - 1)


def _y(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _points(values: Sequence[float | None], seconds: int, top: float) -> str:
    return " ".join(
        f"{_x(second, seconds):.1f},{_y(value, top):.1f}"
        for second, value in enumerate(values)
        if value is not None
    )


def _grid(value: float, top: float, unit: str) -> str:
    y = _y(value, top)
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
        f"{number(round(value, 9))}{escape(unit)}</text>"
    )


def _ticks(seconds: int) -> Sequence[int]:
    """Some seconds to name: about eight, at even distances."""
    step = max(1, round(seconds / 8))
    return range(0, seconds, step)


def _second(second: int, seconds: int) -> str:
    x = _x(second, seconds)
    return f'<text x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{second} s</text>'
