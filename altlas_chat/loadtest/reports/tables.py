"""A run as tables: Markdown for people, CSV for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Sequence

from altlas_chat.loadtest.comparing import Comparison
from altlas_chat.loadtest.objectives import Verdict
from altlas_chat.loadtest.results import Json, Result, summary

COLUMNS = (
    ("name", "name"),
    ("count", "count"),
    ("failed", "failed"),
    ("perSecond", "a second"),
    ("p50Ms", "p50 ms"),
    ("p95Ms", "p95 ms"),
    ("p99Ms", "p99 ms"),
    ("maxMs", "max ms"),
)
"""Of a summary, and how each is called above a table."""


def as_csv(result: Result) -> str:
    """One line for each thing measured, with every figure of its summary; RFC 4180."""
    lines: list[Json] = [summary(one, result.seconds) for one in result.rows()]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(lines[0]) if lines else ["name"])
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def as_markdown(
    result: Result, verdicts: Sequence[Verdict] = (), comparisons: Sequence[Comparison] = ()
) -> str:
    """The run, its objectives and what became of each figure since the baseline."""
    parts = [f"# {result.scenario}", " · ".join(facts(result))]
    parts += [f"**{warning}**" for warning in warnings(result)]
    parts.append(_table([[title for _, title in COLUMNS], *cells(result)]))
    if verdicts:
        rows = [[str(one.objective), number(one.found), _met(one)] for one in verdicts]
        parts += ["## Objectives", _table([["objective", "found", "met"], *rows])]
    if comparisons:
        changes = [
            [one.figure, spread(one.before), spread(one.now), percent(one.effect), one.change.value]
            for one in comparisons
        ]
        head = ["figure", "before", "now", "change", "verdict"]
        parts += ["## Against the baseline", _table([head, *changes])]
    return "\n\n".join(parts) + "\n"


def facts(result: Result) -> list[str]:
    """What was run, how long and against what."""
    pace = f"{number(result.rate)} planned a second" if result.rate else "as fast as users go"
    return [
        f"{result.users:,} users, {pace}",
        f"{number(result.seconds)} s",
        f"engine {result.engine}",
        result.target,
        *(f"{name} {value}" for name, value in sorted(result.about.items())),
    ]


def warnings(result: Result) -> Iterator[str]:
    """Why the figures are to be taken with care, or not at all."""
    for ailment in result.generator.ailments:
        yield f"Void: {ailment}. The figures are the generator's and not the server's."
    if result.is_partial:
        yield "Broken off: the figures are those until then."
    if result.broken_off:
        yield f"Broken off, for {result.broken_off}: the figures are those until then."
    bad = result.messages
    if bad.lost or bad.doubled or bad.reordered:
        yield (
            f"Of {bad.expected:,} deliveries {bad.lost:,} were lost, {bad.doubled:,} doubled and"
            f" {bad.reordered:,} out of order."
        )


def cells(result: Result) -> list[list[str]]:
    """The lines of the table of figures, as text."""
    lines = (summary(one, result.seconds) for one in result.rows())
    return [
        [line[key] if key == "name" else number(line[key]) for key, _ in COLUMNS] for line in lines
    ]


def number(value: float) -> str:
    """A figure with as many places as matter."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.4f}"


def percent(share: float) -> str:
    """A change, with its sign."""
    return f"{share:+.1%}" if abs(share) < 1000 else "from nothing"


def spread(runs: Sequence[float]) -> str:
    """Several runs: the median, and both ends where there are more than one."""
    ordered = sorted(runs)
    middle = len(ordered) // 2
    median = (ordered[middle] + ordered[-middle - 1]) / 2
    if len(ordered) == 1:
        return number(median)
    return f"{number(median)} ({number(ordered[0])}–{number(ordered[-1])})"


def _met(verdict: Verdict) -> str:
    return "yes" if verdict.is_met else "**no**"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    return "\n".join(_line(row) for row in lines)


def _line(row: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in row)
    return f"| {' | '.join(escaped)} |"
