"""Charts as SVG without a script, so that a report works from a file and under any policy."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from altlas_chat.loadtest.histograms import Histogram

LEFT, RIGHT, TOP, BOTTOM = 70, 14, 12, 28
_LINES = 4
LEAST_MS = 0.1
"""Of a histogram: what took less is with it."""
_BARS_A_TENFOLD = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """How large a chart is drawn; its letters are the same in all sizes."""

    width: int
    height: int

    @property
    def inner(self) -> int:
        return self.width - LEFT - RIGHT

    def x(self, place: float, places: int) -> float:
        """Where the one of so many places is that are evenly apart."""
        return LEFT + self.inner * place / max(1, places - 1)

    def y(self, value: float, top: float) -> float:
        return TOP + (self.height - TOP - BOTTOM) * (1 - value / top)


WIDE = Frame(720, 220)
HALF = Frame(400, 190)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart; ``None`` is a second without a value."""

    name: str
    values: Sequence[float | None]


def chart(
    title: str,
    unit: str,
    curves: Sequence[Curve],
    *,
    below: Sequence[str] = (),
    frame: Frame = WIDE,
) -> str:
    """Curves over the seconds of a run, or over what is named ``below``, from zero up."""
    seconds = max((len(curve.values) for curve in curves), default=0)
    top = _round_up(_most(curves))
    parts = [
        *_grid(frame, top, unit),
        *(
            _below(frame, frame.x(second, seconds), below[second] if below else f"{second} s")
            for second in _ticks(seconds, frame.inner // 75)
        ),
        *(
            _line(
                frame,
                place,
                [(frame.x(at, seconds), value) for at, value in enumerate(curve.values)],
                top,
            )
            for place, curve in enumerate(curves)
        ),
    ]
    return _figure(frame, title, [curve.name for curve in curves], parts)


_PERCENTILES = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999)


def percentiles(title: str, spreads: Sequence[tuple[str, Histogram]]) -> str:
    """How long the best, the half, 90 %, 99 % … took, in milliseconds: the tail is what matters."""
    rarest = max((spread.count for _, spread in spreads), default=0)
    shown = [one for one in _PERCENTILES if one == 0 or rarest * (1 - one) >= 1]
    decades = max(0.31, -math.log10(1 - shown[-1])) if len(shown) > 1 else 1.0
    steps = [decades * step / 120 for step in range(121)]
    curves = [
        Curve(name, [spread.percentile(1 - 10**-step) * 1000 for step in steps])
        for name, spread in spreads
        if spread.count
    ]
    top = _round_up(_most(curves))
    parts = [
        *_grid(WIDE, top, " ms"),
        *(
            _below(WIDE, LEFT + WIDE.inner * -math.log10(1 - share) / decades, f"p{share * 100:g}")
            for share in shown
        ),
        *(
            _line(
                WIDE,
                place,
                [
                    (LEFT + WIDE.inner * step / decades, value)
                    for step, value in zip(steps, curve.values, strict=True)
                ],
                top,
            )
            for place, curve in enumerate(curves)
        ),
    ]
    return _figure(WIDE, title, [curve.name for curve in curves], parts)


def histogram(title: str, spread: Histogram) -> str:
    """How many took how long, in bars of the same width on a scale of tenfolds."""
    bars = _bars(spread)
    first, last = min(bars, default=0), max(bars, default=0)
    top = _round_up(max(bars.values(), default=0))
    width = HALF.inner / (last - first + 1)
    parts = [*_grid(HALF, top, "")]
    for bar, count in sorted(bars.items()):
        x, y = LEFT + width * (bar - first), HALF.y(count, top)
        told = f"{_start(bar):g} to {_start(bar + 1):g} ms: {count:,}"
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.5, width - 1):.1f}"'
            f' height="{HALF.y(0, top) - y:.1f}"><title>{told}</title></rect>'
        )
    tenfolds = [bar for bar in range(first, last + 1) if bar % _BARS_A_TENFOLD == 0]
    parts += [
        _below(HALF, LEFT + width * (bar - first), f"{_start(bar):g} ms")
        for bar in (tenfolds if len(tenfolds) > 1 else (first, last))
    ]
    return _figure(HALF, title, [], parts)


def _bars(spread: Histogram) -> dict[int, int]:
    found: dict[int, int] = {}
    for seconds, count in spread.steps():
        bar = math.floor(math.log10(max(seconds * 1000, LEAST_MS)) * _BARS_A_TENFOLD)
        found[bar] = found.get(bar, 0) + count
    return found


def _start(bar: int) -> float:
    """In milliseconds, with two places that matter."""
    value: float = 10 ** (bar / _BARS_A_TENFOLD)
    return float(f"{value:.2g}")


# -- parts -----------------------------------------------------------------------------


def _figure(frame: Frame, title: str, names: Sequence[str], parts: Sequence[str]) -> str:
    told = "".join(
        f'<span class="c{place}">{escape(name)}</span>' for place, name in enumerate(names) if name
    )
    drawn = "".join(parts)
    return (
        f"<figure><figcaption>{escape(title)} {told}</figcaption>"
        f'<svg viewBox="0 0 {frame.width} {frame.height}" role="img" aria-label="{escape(title)}">'
        f"{drawn}</svg></figure>"
    )


def _most(curves: Sequence[Curve]) -> float:
    values = (value for curve in curves for value in curve.values if value is not None)
    return max(values, default=0)


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 5 and 8 times a power of ten, where the scale ends."""
    if value <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(value))
    return next(size * step for step in (1, 2, 4, 5, 8, 10, 20) if size * step >= value)


def _line(
    frame: Frame, place: int, points: Sequence[tuple[float, float | None]], top: float
) -> str:
    """A line with a gap where there is no value; a value between gaps is a short dash."""
    runs: list[list[str]] = [[]]
    for x, value in points:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{x:.1f},{frame.y(value, top):.1f}")
    return "".join(_polyline(place, run) for run in runs if run)


def _polyline(place: int, run: Sequence[str]) -> str:
    if len(run) == 1:
        x, y = run[0].split(",")
        run = [f"{float(x) - 2:.1f},{y}", f"{float(x) + 2:.1f},{y}"]
    return f'<polyline class="c{place}" points="{" ".join(run)}"/>'


def _grid(frame: Frame, top: float, unit: str) -> Iterator[str]:
    for step in range(_LINES + 1):
        value = top * step / _LINES
        y = frame.y(value, top)
        yield (
            f'<line x1="{LEFT}" x2="{frame.width - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{_plain(value)}{escape(unit)}</text>"
        )


def _ticks(seconds: int, most: int) -> Sequence[int]:
    """Some seconds to name, at even distances."""
    return range(0, seconds, max(1, math.ceil(seconds / most)))


def _below(frame: Frame, x: float, text: str) -> str:
    anchor = "end" if x > frame.width - RIGHT - 8 else "middle"
    return f'<text x="{x:.1f}" y="{frame.height - 8}" text-anchor="{anchor}">{escape(text)}</text>'


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.4g}"
