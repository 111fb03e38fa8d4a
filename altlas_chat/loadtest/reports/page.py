"""A run as one HTML file that needs no network: its verdict, figures, objectives, charts."""

from collections.abc import Iterator, Sequence
from html import escape

from altlas_chat.loadtest.advising import Advice
from altlas_chat.loadtest.comparing import Change, Comparison
from altlas_chat.loadtest.outcomes import Outcome, Word
from altlas_chat.loadtest.reports import tables
from altlas_chat.loadtest.reports.charts import HALF, Curve, chart, histogram, percentiles
from altlas_chat.loadtest.results import Result, Second
from altlas_chat.loadtest.running import Step

_STYLE = """
:root { color-scheme: light dark; --back: #fff; --card: #f5f6f8; --line: #d5d8dd; --text: #1d2126;
 --soft: #5b6470; --good: #1b7a35; --bad: #b3261e; --warn: #8a5300;
 --c0: #1565c0; --c1: #d25a00; --c2: #8e24aa; --c3: #00796b }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1e2228; --line: #3a4048;
 --text: #e6e8eb; --soft: #9aa4b0; --good: #7fd394; --bad: #ff8a80; --warn: #ffc46b;
 --c0: #6fb3ff; --c1: #ffa04d; --c2: #dc8ef0; --c3: #5fd3c4 } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 66rem; padding: 1rem;
 background: var(--back); color: var(--text) }
h1 { margin: .5rem 0 0; font-size: 1.6rem }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem }
.facts { color: var(--soft); margin: .2rem 0 1rem }
.verdict { border-left: 6px solid var(--tone); background: var(--card); padding: .7rem 1rem;
 margin: 1rem 0; border-radius: 4px }
.verdict b { color: var(--tone); text-transform: uppercase; letter-spacing: .04em;
 margin-right: .6rem }
.passed { --tone: var(--good) } .failed, .broken-off { --tone: var(--bad) }
.void, .interrupted, .worse-run { --tone: var(--warn) }
.warning { border-left: 4px solid var(--bad); padding: .3rem .8rem; margin: .6rem 0 }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem }
.tiles div { background: var(--card); border-radius: 4px; padding: .5rem .8rem }
.tiles b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums }
.tiles span { color: var(--soft); font-size: .85rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th { color: var(--soft); font-weight: 600; font-size: .85rem }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
 white-space: nowrap }
th:first-child, td:first-child { text-align: left }
td.no, td.worse { color: var(--bad); font-weight: 600 }
td.yes, td.better { color: var(--good); font-weight: 600 }
td.undecided { color: var(--warn) }
td.long { white-space: normal; text-align: left; min-width: 14rem }
dt { font-weight: 600; margin-top: .6rem } dd { margin: 0 }
figure { margin: 1.2rem 0 0 }
figcaption { font-weight: 600; font-size: .9rem }
figcaption span { margin-left: .9rem; font-weight: 400; color: var(--tone) }
figcaption span::before { content: ""; display: inline-block; width: .9em; height: .2em;
 margin-right: .3em; vertical-align: middle; background: var(--tone) }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
 gap: 0 1.5rem }
svg { width: 100%; height: auto; font-size: 12px; display: block }
summary { cursor: pointer; color: var(--soft); margin: .6rem 0 }
svg text { fill: var(--soft) }
svg line { stroke: var(--line) }
polyline { fill: none; stroke-width: 1.8; stroke: var(--tone) }
rect { fill: var(--c0) }
.c0 { --tone: var(--c0) } .c1 { --tone: var(--c1) } .c2 { --tone: var(--c2) }
.c3 { --tone: var(--c3) }
@media (max-width: 40rem) { svg { font-size: 20px } th, td { padding: .25rem .4rem } }
"""

_LONG = 40
"""Letters of a cell from which on its lines are broken."""

_SERVER = {
    "cpu": ("CPU, share of a core", ""),
    "memory_mb": ("Memory", " MiB"),
    "loop_lag_ms": ("Event loop is late, in the mean", " ms"),
    "loop_lag_max_ms": ("Event loop is late, at the worst", " ms"),
    "gc_pause_max_ms": ("Longest collection of garbage", " ms"),
    "changes_waiting": ("Changes that wait for a commit", ""),
    "changes_a_commit": ("Changes in a commit", ""),
    "commits_a_second": ("Commits a second", ""),
    "commit_ms": ("A commit takes", " ms"),
    "committing": ("Share of time in commits", ""),
    "database_wait_ms": ("Readings wait for a connection", " ms"),
    "outbox_frames": ("Frames that wait to be written", ""),
    "outbox_kb_max": ("Slowest reader is behind", " KiB"),
    "sockets": ("Sockets", ""),
}


def as_page(outcome: Outcome) -> str:
    """The whole page; nothing in it comes from elsewhere, and no script is in it."""
    return _page(outcome.last.scenario, "".join(_parts(outcome)))


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _parts(outcome: Outcome) -> Iterator[str]:
    result = outcome.last
    yield f"<h1>{escape(result.scenario)}</h1>"
    yield f'<p class="facts">{escape(" · ".join(tables.facts(result)))}</p>'
    yield _verdict(outcome.word, outcome.sentence)
    for warning in tables.warnings(result):
        yield f'<p class="warning">{escape(warning)}</p>'
    yield _tiles(result)
    if outcome.last_verdicts:
        yield "<h2>Objectives</h2>"
        yield _table(["objective", "found", "met"], tables.objective_rows(outcome.last_verdicts))
    if len(outcome.results) > 1:
        yield "<h2>Runs</h2>"
        yield _table(tables.RUN_COLUMNS, tables.run_rows(outcome))
        yield '<p class="facts">What follows is of the last run.</p>'
    yield "<h2>Figures</h2>"
    yield _table([title for _, title in tables.COLUMNS], tables.cells(result))
    if failures := tables.failure_rows(result):
        yield "<h2>Failures</h2>" + _table(["what", "failure", "count"], failures)
    yield from _advice(outcome.advice)
    yield from _compared(outcome.comparisons)
    yield "<h2>How long it took</h2>"
    yield from _spreads(result)
    if seconds := _whole(result):
        yield "<h2>Over time</h2>"
        yield from _charts(seconds)


def _whole(result: Result) -> Sequence[Second]:
    """The seconds of a run without what came after its end."""
    return result.seconds_of[: max(1, round(result.seconds))]


def _verdict(word: Word, sentence: str) -> str:
    kind = "worse-run" if word is Word.WORSE else word.replace(" ", "-")
    return f'<p class="verdict {kind}"><b>{escape(word)}</b>{escape(sentence)}</p>'


def _tiles(result: Result) -> str:
    told = "".join(
        f"<div><b>{escape(value)}</b><span>{escape(name)}</span></div>"
        for name, value in tables.headlines(result)
    )
    return f'<div class="tiles">{told}</div>'


def _advice(advice: Sequence[Advice]) -> Iterator[str]:
    if advice:
        yield "<h2>What limits it</h2><dl>"
        for one in advice:
            yield f"<dt>{escape(one.limit)}</dt><dd>{escape(f'{one.seen}. {one.remedy}')}</dd>"
        yield "</dl>"


def _compared(comparisons: Sequence[Comparison]) -> Iterator[str]:
    if not comparisons:
        return
    yield "<h2>Against the baseline</h2>"
    told = [one for one in comparisons if one.change is not Change.SAME]
    told.sort(key=lambda one: one.change is Change.UNDECIDED)
    same = [one for one in comparisons if one.change is Change.SAME]
    if told:
        yield _table(tables.CHANGE_COLUMNS, tables.change_rows(told))
    if same:
        yield f"<details><summary>{len(same)} figures are the same</summary>"
        yield _table(tables.CHANGE_COLUMNS, tables.change_rows(same)) + "</details>"
    yield f'<p class="facts">{escape(tables.ABOUT_CHANCE)}</p>'


def _spreads(result: Result) -> Iterator[str]:
    requests, heard = result.requests.spread, result.deliveries.spread
    named = [("requests", requests), ("delivery", heard)]
    yield percentiles("By percentile", [one for one in named if one[1].count])
    yield '<div class="charts">'
    for name, spread in named:
        if spread.count:
            yield histogram(f"How many took how long: {name}", spread)
    yield "</div>"


def _charts(seconds: Sequence[Second]) -> Iterator[str]:
    done = Curve("succeeded", [float(one.done) for one in seconds])
    failed = Curve("failed", [float(one.failed) for one in seconds])
    yield chart("Done a second", "", [done, failed])
    spreads = [one.spread for one in seconds], [one.heard for one in seconds]
    for name, those in zip(("requests", "delivery"), spreads, strict=True):
        if any(one.count for one in those):
            curves = [
                Curve(
                    f"p{share * 100:g}",
                    [one.percentile(share) * 1000 if one.count else None for one in those],
                )
                for share in (0.5, 0.95, 0.99)
            ]
            yield chart(f"Time of {name}", " ms", curves)
    names = {name for one in seconds for name in one.server}
    if names:
        yield '<h2>The server</h2><div class="charts">'
        for name in [*(one for one in _SERVER if one in names), *sorted(names - set(_SERVER))]:
            title, unit = _SERVER.get(name, (name, ""))
            curve = Curve("", [one.server.get(name) for one in seconds])
            yield chart(title, unit, [curve], frame=HALF)
        yield "</div>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{titles}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    marked = ("yes", "no", "worse", "better", "undecided")
    mark = f' class="{text}"' if text in marked else ' class="long"' if len(text) > _LONG else ""
    return f"<td{mark}>{escape(text)}</td>"


# -- a search for the capacity ------------------------------------------------------------


def as_capacity_page(
    steps: Sequence[Step], word: Word, sentence: str, advice: Sequence[Advice]
) -> str:
    """What a server holds: the steps of the search, what limits, and the step that was too much."""
    last = steps[-1].result
    body = [
        f"<h1>Capacity: {escape(last.scenario)}</h1>",
        f'<p class="facts">{escape(" · ".join(tables.facts(last, with_rate=False)))}</p>',
        _verdict(word, sentence),
        *_advice(advice),
        "<h2>Steps</h2>",
        _table(tables.STEP_COLUMNS, tables.step_rows(steps)),
        *_growth(steps),
    ]
    beyond = next((one for one in reversed(steps) if not one.is_held), steps[-1])
    if seconds := _whole(beyond.result):
        title = f"Over time, at {tables.number(beyond.rate)} a second"
        body += [f"<h2>{escape(title)}</h2>", *_charts(seconds)]
    return _page(f"Capacity: {last.scenario}", "".join(body))


def _growth(steps: Sequence[Step]) -> Iterator[str]:
    """How the tail grows with the rate."""
    ordered = sorted(steps, key=lambda one: one.rate)
    asked = [one.result.requests.spread.percentile(0.95) * 1000 for one in ordered]
    heard = [one.result.deliveries.spread for one in ordered]
    late = [one.percentile(0.99) * 1000 if one.count else None for one in heard]
    curves = [Curve("requests p95", asked), Curve("delivery p99", late)]
    rates = [f"{tables.number(one.rate)}/s" for one in ordered]
    yield chart("How long it takes as the rate grows", " ms", curves, below=rates)
