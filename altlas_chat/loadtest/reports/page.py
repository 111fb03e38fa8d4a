"""A run as one HTML file that needs no network: figures, objectives, charts."""

from collections.abc import Iterator, Sequence
from html import escape

from altlas_chat.loadtest.comparing import Comparison
from altlas_chat.loadtest.objectives import Verdict
from altlas_chat.loadtest.reports import tables
from altlas_chat.loadtest.reports.charts import Curve, chart
from altlas_chat.loadtest.results import Result

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32 }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #a5d6a7 } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { margin-bottom: 0 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right }
th:first-child, td:first-child { text-align: left }
.warning { border-left: 4px solid var(--bad); padding: .4rem .8rem; margin: 1rem 0 }
.no, .worse { color: var(--bad); font-weight: 600 }
.yes, .better { color: var(--good) }
.facts { opacity: .8 }
figure { margin: 1.5rem 0 }
figcaption span { margin-left: 1rem }
svg { width: 100%; height: auto; font-size: 11px }
svg text { fill: currentColor; opacity: .7 }
svg line { stroke: var(--line) }
polyline { fill: none; stroke-width: 1.6 }
polyline.c0 { stroke: #1976d2 } span.c0 { color: #1976d2 }
polyline.c1 { stroke: #ef6c00 } span.c1 { color: #ef6c00 }
polyline.c2 { stroke: #8e24aa } span.c2 { color: #8e24aa }
"""


def as_page(
    result: Result, verdicts: Sequence[Verdict] = (), comparisons: Sequence[Comparison] = ()
) -> str:
    """The whole page; nothing in it comes from elsewhere, and no script is in it."""
    body = "".join(_parts(result, verdicts, comparisons))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'\">"
        f"<title>{escape(result.scenario)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    )


def _parts(
    result: Result, verdicts: Sequence[Verdict], comparisons: Sequence[Comparison]
) -> Iterator[str]:
    yield f"<h1>{escape(result.scenario)}</h1>"
    yield f'<p class="facts">{escape(" · ".join(tables.facts(result)))}</p>'
    for warning in tables.warnings(result):
        yield f'<p class="warning">{escape(warning)}</p>'
    yield _table([title for _, title in tables.COLUMNS], tables.cells(result))
    if verdicts:
        yield "<h2>Objectives</h2>"
        rows = [
            [str(one.objective), tables.number(one.found), "yes" if one.is_met else "no"]
            for one in verdicts
        ]
        yield _table(["objective", "found", "met"], rows)
    if comparisons:
        yield "<h2>Against the baseline</h2>"
        yield _table(
            ["figure", "before", "now", "change", "verdict"],
            [
                [
                    one.figure,
                    tables.spread(one.before),
                    tables.spread(one.now),
                    tables.percent(one.effect),
                    one.change.value,
                ]
                for one in comparisons
            ],
        )
    if result.seconds_of:
        yield "<h2>Over time</h2>"
        yield from _charts(result)


def _charts(result: Result) -> Iterator[str]:
    seconds = result.seconds_of
    done = Curve("succeeded", [float(one.done) for one in seconds])
    failed = Curve("failed", [float(one.failed) for one in seconds])
    yield chart("Done a second", "", [done, failed])
    curves = [
        Curve(
            f"p{share * 100:g}",
            [one.spread.percentile(share) * 1000 if one.spread.count else None for one in seconds],
        )
        for share in (0.5, 0.95, 0.99)
    ]
    yield chart("Time until done", " ms", curves)
    for name in sorted({name for one in seconds for name in one.server}):
        yield chart(f"Server: {name}", "", [Curve(name, [one.server.get(name) for one in seconds])])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{titles}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    mark = f' class="{text}"' if text in ("yes", "no", "worse", "better") else ""
    return f"<td{mark}>{escape(text)}</td>"
