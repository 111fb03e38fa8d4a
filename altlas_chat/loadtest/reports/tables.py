"""A run as tables: Markdown for people, CSV for spreadsheets."""

import csv
import io
from collections.abc import Iterator, Sequence

from altlas_chat.domain.times import rfc3339
from altlas_chat.loadtest.advising import Advice
from altlas_chat.loadtest.comparing import LEAST_EFFECT, LIKELY_CHANCE, Comparison, fewest_runs
from altlas_chat.loadtest.objectives import Verdict
from altlas_chat.loadtest.outcomes import Outcome
from altlas_chat.loadtest.results import Json, Result, summary
from altlas_chat.loadtest.running import Step

COLUMNS = (
    ("name", "name"),
    ("count", "count"),
    ("failed", "failed"),
    ("perSecond", "a second"),
    ("p50Ms", "p50 ms"),
    ("p90Ms", "p90 ms"),
    ("p95Ms", "p95 ms"),
    ("p99Ms", "p99 ms"),
    ("p99.9Ms", "p99.9 ms"),
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


def as_markdown(outcome: Outcome) -> str:
    """The verdict, the figures, objectives and what became of each figure since the baseline."""
    result = outcome.last
    parts = [f"# {result.scenario}", " · ".join(facts(result))]
    parts.append(f"**{outcome.word.upper()}** {outcome.sentence}")
    parts += [f"**{warning}**" for warning in warnings(result)]
    if outcome.last_verdicts:
        rows = objective_rows(outcome.last_verdicts)
        parts += ["## Objectives", _table([["objective", "found", "met"], *rows])]
    if len(outcome.results) > 1:
        parts += ["## Runs", _table([RUN_COLUMNS, *run_rows(outcome)])]
    parts.append("## Figures")
    parts.append(_table([[title for _, title in COLUMNS], *cells(result)]))
    if failures := failure_rows(result):
        parts += ["## Failures", _table([["what", "failure", "count"], *failures])]
    if outcome.advice:
        parts += ["## What limits it", _list(outcome.advice)]
    if outcome.comparisons:
        changes = change_rows(outcome.comparisons)
        parts += ["## Against the baseline", _table([CHANGE_COLUMNS, *changes]), ABOUT_CHANCE]
    return "\n\n".join(parts) + "\n"


def as_capacity_markdown(
    steps: Sequence[Step], word: str, sentence: str, advice: Sequence[Advice]
) -> str:
    """What a server holds, the steps of the search, and what limits."""
    last = steps[-1].result
    parts = [f"# Capacity: {last.scenario}", " · ".join(facts(last, with_rate=False))]
    parts += [f"**{word.upper()}** {sentence}", _table([STEP_COLUMNS, *step_rows(steps)])]
    if advice:
        parts += ["## What limits it", _list(advice)]
    return "\n\n".join(parts) + "\n"


def _list(advice: Sequence[Advice]) -> str:
    return "\n".join(f"- **{one.limit}**: {one.seen}. {one.remedy}" for one in advice)


ABOUT_CHANCE = (
    "Chance is how often runs that differ by luck alone would set any of these figures so far"
    " apart (exact permutation test, step-down max-T: all figures are one family). Worse or better"
    f" is under {LIKELY_CHANCE:g} with a change of {LEAST_EFFECT:.0%} or more; undecided has moved,"
    f" but the runs are too few or too scattered. {fewest_runs()} runs a side are the fewest."
)
CHANGE_COLUMNS = ("figure", "before", "now", "change", "chance", "verdict")
RUN_COLUMNS = (
    "run", "done a second", "failed", "p50 ms", "p95 ms", "p99 ms", "heard p99 ms", "met",
)  # fmt: skip
STEP_COLUMNS = (
    "planned a second", "held", "done a second", "failed", "p95 ms", "p99 ms", "heard p99 ms",
    "server's CPU", "why not",
)  # fmt: skip


def objective_rows(verdicts: Sequence[Verdict]) -> list[list[str]]:
    return [[str(one.objective), number(one.found), _met(one.is_met)] for one in verdicts]


def change_rows(comparisons: Sequence[Comparison]) -> list[list[str]]:
    return [
        [
            one.figure,
            spread(one.before),
            spread(one.now),
            percent(one.effect),
            f"{one.chance:.3f}",
            one.change.value,
        ]
        for one in comparisons
    ]


def run_rows(outcome: Outcome) -> list[list[str]]:
    """A line for each run."""
    rows = []
    for place, one in enumerate(outcome.results):
        verdicts = outcome.verdicts[place] if outcome.verdicts else ()
        is_good = all(each.is_met for each in verdicts) and not one.messages.lost
        rows.append([str(place + 1), *_brief(one), _met(is_good)])
    return rows


def _brief(result: Result) -> list[str]:
    asked, heard = result.requests, result.deliveries.spread
    rate = asked.spread.count / result.seconds if result.seconds else 0.0
    late = [number(asked.spread.percentile(share) * 1000) for share in (0.5, 0.95, 0.99)]
    told = number(heard.percentile(0.99) * 1000) if heard.count else "–"
    return [number(rate), f"{asked.failed:,}", *late, told]


def step_rows(steps: Sequence[Step]) -> list[list[str]]:
    """A line for each rate that was tried."""
    rows = []
    for one in steps:
        rate, failed, _, p95, p99, heard = _brief(one.result)
        cpu = [each.server["cpu"] for each in one.result.seconds_of if "cpu" in each.server]
        busy = f"{sum(cpu) / len(cpu):.0%}" if cpu else "–"
        rows.append(
            [number(one.rate), _met(one.is_held), rate, failed, p95, p99, heard, busy, why(one)]
        )
    return rows


def why(step: Step) -> str:
    """Why a rate was not held; "" when it was."""
    found = [
        f"{one.objective} (found {number(one.found)})" for one in step.verdicts if not one.is_met
    ]
    bad = step.result.messages
    if bad.lost or bad.doubled or bad.reordered:
        found.append(f"{bad.lost:,} lost, {bad.doubled:,} doubled, {bad.reordered:,} out of order")
    return "; ".join(found)


def failure_rows(result: Result) -> list[list[str]]:
    """What failed, how and how often: the most frequent first."""
    found = [
        (name, failure, count)
        for name, one in result.measured.items()
        for failure, count in one.failures.items()
    ]
    found.sort(key=lambda one: (-one[2], one[0], one[1]))
    return [[name, failure, f"{count:,}"] for name, failure, count in found]


def headlines(result: Result) -> list[tuple[str, str]]:
    """What is read first: a name and a figure with its unit."""
    asked, heard, found = result.requests, result.deliveries.spread, result.messages
    rate = asked.spread.count / result.seconds if result.seconds else 0.0
    told = [
        ("requests and commands a second", number(rate)),
        ("p95 of them", f"{number(asked.spread.percentile(0.95) * 1000)} ms"),
    ]
    if heard.count:
        told += [
            ("deliveries a second", number(heard.count / result.seconds if result.seconds else 0)),
            ("p99 of them", f"{number(heard.percentile(0.99) * 1000)} ms"),
        ]
    told.append(("failed", f"{asked.failed:,} ({asked.error_rate:.2%})"))
    told.append(("lost of what was to be heard", f"{found.lost:,} of {found.expected:,}"))
    generator = result.generator
    late = generator.lag.percentile(0.99) * 1000
    told.append((f"generator is late (p99), with {generator.cpu:.0%} CPU", f"{number(late)} ms"))
    return told


def facts(result: Result, *, with_rate: bool = True) -> list[str]:
    """What was run, when, how long and against what."""
    pace = f", {number(result.rate)} planned a second" if with_rate else ""
    return [
        f"{result.users:,} users{pace}",
        f"{number(result.seconds)} s",
        f"engine {result.engine}",
        result.target,
        f"seed {result.seed}",
        *([rfc3339(result.began_at)] if result.began_at else []),
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


def cells(result: Result, columns: Sequence[tuple[str, str]] = COLUMNS) -> list[list[str]]:
    """The lines of the table of figures, as text."""
    lines = (summary(one, result.seconds) for one in result.rows())
    return [
        [line[key] if key == "name" else number(line[key]) for key, _ in columns] for line in lines
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


def _met(is_met: bool) -> str:
    return "yes" if is_met else "no"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    return "\n".join(_line(row) for row in lines)


def _line(row: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in row)
    return f"| {' | '.join(escaped)} |"
