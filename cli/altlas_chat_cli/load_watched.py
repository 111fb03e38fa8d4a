"""How a load test is watched while it runs: a live view, lines where nobody looks, or nothing."""

import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from altlas_chat.loadtest.engine import Tick
from altlas_chat.loadtest.reports.tables import number
from altlas_chat.loadtest.results import SICK_CPU, SICK_LAG_SECONDS, Measured
from altlas_chat_cli import output

LINE_EVERY_SECONDS = 5
_SHARES = (0.5, 0.95, 0.99)

_SERVER: Mapping[str, Mapping[str, str]] = {
    "server     ": {
        "cpu": "CPU {:.0%}",
        "memory_mb": "{:,.0f} MiB",
        "loop_lag_max_ms": "loop {:.0f} ms late at most",
        "outbox_kb_max": "slowest reader {:,.0f} KiB behind",
    },
    "database   ": {
        "commits_a_second": "{:,.0f} commits/s",
        "commit_ms": "{:.1f} ms each",
        "changes_a_commit": "{:.1f} changes in each",
        "changes_waiting": "{:,.0f} wait",
        "database_wait_ms": "readings wait {:.1f} ms",
    },
}
"""The server's figures, line by line, and how each is written."""


class Watch:
    """Somebody who looks: ``told`` what is being done, ``ticked`` with each second of load."""

    def told(self, words: str) -> None:
        """Something was begun or found."""

    def ticked(self, tick: Tick) -> None:
        """A second of load is over."""

    def rest(self) -> None:
        """No load comes now: what is printed next stands by itself."""


class _Lines(Watch):
    """For a log: what is done, and a line every few seconds."""

    def told(self, words: str) -> None:
        output.say(f"loadtest: {words}")

    def ticked(self, tick: Tick) -> None:
        last = math.ceil(tick.of)
        if tick.second == last or (tick.second < last and tick.second % LINE_EVERY_SECONDS == 0):
            output.say(f"loadtest: {line_of(tick)}")


class _Screen(Watch):
    """For a terminal: a view that is drawn anew each second, in place."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def told(self, words: str) -> None:
        self.rest()
        output.say(f"loadtest: {words}")

    def ticked(self, tick: Tick) -> None:
        view = view_of(tick)
        if self._live is None:
            self._live = Live(view, console=self._console, auto_refresh=False, transient=True)
            self._live.start()
        self._live.update(view, refresh=True)

    def rest(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None


@contextmanager
def watching(*, quiet: bool) -> Iterator[Watch]:
    """Who watches: nobody when it is to be quiet, a screen where stderr is one, else a log."""
    if quiet:
        yield Watch()
        return
    watch = _Screen(Console(stderr=True)) if sys.stderr.isatty() else _Lines()
    try:
        yield watch
    finally:
        watch.rest()


def line_of(tick: Tick) -> str:
    """A second in one line."""
    last, heard = tick.last, tick.heard
    parts = [
        f"{min(tick.second, tick.of):g} of {tick.of:g} s",
        f"{_achieved(tick):,.1f} of {tick.so_far.rate:g} a second",
        f"{tick.so_far.requests.failed:,} failed",
        f"p95 {last.spread.percentile(0.95) * 1000:.1f} ms",
    ]
    if heard.expected:
        parts.append(f"{heard.lost:,} missing, {heard.doubled:,} doubled")
    if "cpu" in last.server:
        parts.append(f"server's CPU {last.server['cpu']:.0%}")
    return " · ".join(parts)


def _achieved(tick: Tick) -> float:
    return tick.begun / max(1, min(tick.second, tick.of))


def view_of(tick: Tick) -> RenderableType:
    """All that is known of a run at a moment."""
    parts: list[RenderableType] = [_progress(tick), _operations(tick), _clients(tick)]
    parts.append(_generator(tick))
    for title, forms in _SERVER.items():
        found = tick.last.server
        shown = [form.format(found[name]) for name, form in forms.items() if name in found]
        if shown:
            parts.append(Text(title + " · ".join(shown)))
    return Group(*parts)


def _progress(tick: Tick) -> RenderableType:
    second = min(tick.second, tick.of)
    so_far = tick.so_far
    grid = Table.grid(padding=(0, 2))
    pace = f"{_achieved(tick):,.1f} a second of {number(so_far.rate)} planned"
    grid.add_row(
        f"{so_far.scenario}",
        ProgressBar(total=tick.of, completed=second, width=30),
        f"{second:g} of {tick.of:g} s",
        pace,
    )
    return grid


def _operations(tick: Tick) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", min_width=20)
    for title in ("count", "failed", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(title, justify="right", min_width=7)
    for one in tick.so_far.rows():
        table.add_row(*_cells(one.name, one), style="bold" if one.name == "requests" else "")
    last = Measured("the last second", tick.last.spread)
    last.failures["failed"] = tick.last.failed
    table.add_row(*_cells(last.name, last), style="dim")
    return table


def _cells(name: str, one: Measured) -> tuple[str | Text, ...]:
    late = (f"{one.spread.percentile(share) * 1000:,.1f}" for share in _SHARES)
    failed = Text(f"{one.failed:,}", style="red" if one.failed else "")
    return name, f"{one.tried:,}", failed, *late


def _clients(tick: Tick) -> RenderableType:
    heard = tick.heard
    if not heard.expected:
        return Text("")
    bad = heard.doubled or heard.reordered
    return Text(
        f"clients    {tick.sockets:,} sockets · {heard.received:,} heard · {heard.lost:,} missing"
        f" · {heard.doubled:,} doubled · {heard.reordered:,} out of order",
        style="red" if bad else "",
    )


def _generator(tick: Tick) -> RenderableType:
    found = tick.so_far.generator
    late = found.lag.percentile(0.99)
    is_sick = late > SICK_LAG_SECONDS or found.cpu > SICK_CPU
    return Text(
        f"generator  CPU {found.cpu:.0%} · late {late * 1000:.1f} ms (p99)",
        style="red" if is_sick else "",
    )
