"""What ``altlas-chat loadtest`` does, and what it prints of it.

Exit codes beyond those of every command (:mod:`altlas_chat_cli.output`): 3 a
figure is worse than the baseline, 4 the generator could not keep up, 5 the
server can't be tested.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from altlas_chat.loadtest.by_locust import LocustMissing, WorkerRefused, work
from altlas_chat.loadtest.comparing import Change, Comparison, compare
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import (
    Objective,
    ObjectivesUnreadable,
    Verdict,
    judge,
)
from altlas_chat.loadtest.reports.junit import as_junit
from altlas_chat.loadtest.reports.page import as_page
from altlas_chat.loadtest.reports.tables import (
    COLUMNS,
    as_csv,
    as_markdown,
    cells,
    number,
    percent,
    spread,
    warnings,
)
from altlas_chat.loadtest.results import Result, ResultUnreadable
from altlas_chat.loadtest.running import run_all
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat_cli import output
from altlas_chat_cli.load_asked import Asked, WrongUse, result_of, scenario_of, wanted_of, work_of
from altlas_chat_cli.load_watched import watching

COMMAND = (sys.executable, "-m", "altlas_chat_cli.main")


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does: clean up, and report what there is."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def run_scenario(asked: Asked) -> int:
    """Run, judge, report; the exit code."""
    try:
        scenario = scenario_of(asked.scenario)
        objectives = load_objectives(asked.slo) if asked.slo else []
        before = [result_of(file) for file in asked.baseline]
        wanted = wanted_of(asked, scenario)
    except (WrongUse, LocustMissing, ObjectivesUnreadable, ResultUnreadable) as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE
    results: list[Result] = []
    code: int | None = None
    with stopped_by_signals(), watching(quiet=asked.is_quiet) as watch:
        try:
            for result in run_all(wanted, COMMAND, told=watch.told, ticked=watch.ticked):
                watch.rest()
                results.append(result)
                keep(asked.out, result, len(results))
        except TargetUnusable as error:
            watch.rest()
            output.explain(error, as_json=asked.as_json and not results)
            code = output.UNREACHABLE
        except KeyboardInterrupt:
            watch.rest()
            output.say("altlas-chat: interrupted.")
            code = output.INTERRUPTED
    if not results:
        if code == output.INTERRUPTED:
            output.say("  Nothing was measured yet, so there is no report.")
        return code if code is not None else output.FAILED
    try:
        found = _report(asked, results, objectives, before)
    except ObjectivesUnreadable as error:
        output.explain(error, as_json=asked.as_json)
        found = output.WRONG_USE
    return found if code is None else code


def be_worker(asked: Asked) -> int:
    """Work for a master, run after run; the exit code."""
    try:
        scenario_of(asked.scenario)
        wanted = work_of(asked)
        with stopped_by_signals(), watching(quiet=asked.is_quiet) as watch:
            for number in range(1, asked.runs + 1):
                of = f", run {number} of {asked.runs}" if asked.runs > 1 else ""
                watch.told(f"works for {wanted.host}:{wanted.port}{of}; Ctrl-C ends it")
                asyncio.run(work(wanted))
    except (WrongUse, LocustMissing) as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE
    except WorkerRefused as error:
        output.explain(error, as_json=asked.as_json)
        return output.UNREACHABLE
    except KeyboardInterrupt:
        output.say("altlas-chat: interrupted.")
        return output.INTERRUPTED
    return output.DONE


def compare_results(results: Sequence[Path], baseline: Sequence[Path], *, as_json: bool) -> int:
    """Compare and print; the exit code."""
    try:
        now, before = [result_of(file) for file in results], [result_of(file) for file in baseline]
    except ResultUnreadable as error:
        output.explain(error, as_json=as_json)
        return output.WRONG_USE
    found = compare(before, now)
    if as_json:
        output.print_json([_as_json(one) for one in found])
    else:
        _print_comparisons(found)
    return output.WORSE if any(one.change is Change.WORSE for one in found) else output.DONE


# -- what is told --------------------------------------------------------------------


def _report(
    asked: Asked,
    results: Sequence[Result],
    objectives: Sequence[Objective],
    before: Sequence[Result],
) -> int:
    """Print, and write the reports.

    Raises:
        ObjectivesUnreadable: an objective names a figure that the run has not.
    """
    comparisons = compare(before, results) if before else []
    try:
        verdicts = [judge(one, objectives) for one in results]
    except ObjectivesUnreadable:
        _print(asked, results, [], comparisons)
        raise
    _print(asked, results, [one for found in verdicts for one in found], comparisons)
    if asked.out:
        _write(asked.out, results[-1], verdicts[-1], comparisons)
    return _exit_code(results, [one for found in verdicts for one in found], comparisons)


def _print(
    asked: Asked,
    results: Sequence[Result],
    verdicts: Sequence[Verdict],
    comparisons: Sequence[Comparison],
) -> None:
    if asked.as_json:
        output.print_json(
            {
                "results": [
                    {key: value for key, value in one.as_json().items() if key in _SHOWN}
                    for one in results
                ],
                "objectives": [_verdict_as_json(one) for one in verdicts],
                "comparisons": [_as_json(one) for one in comparisons],
            }
        )
        return
    for result in results:
        _print_result(result)
    _print_verdicts(verdicts)
    _print_comparisons(comparisons)


_SHOWN = (
    "scenario", "engine", "target", "beganAt", "seconds", "users", "rate", "seed", "isPartial",
    "brokenOff", "isVoid", "summary", "messages",
)  # fmt: skip


def _exit_code(
    results: Sequence[Result], verdicts: Sequence[Verdict], comparisons: Sequence[Comparison]
) -> int:
    if any(one.is_partial for one in results):
        return output.INTERRUPTED
    if any(one.is_void for one in results):
        return output.VOID
    if any(one.broken_off for one in results):
        return output.UNREACHABLE
    bad = [one.messages for one in results]
    is_whole = not any(one.lost or one.doubled or one.reordered for one in bad)
    if not is_whole or not all(one.is_met for one in verdicts):
        return output.FAILED
    return output.WORSE if any(one.change is Change.WORSE for one in comparisons) else output.DONE


def keep(folder: Path | None, result: Result, place: int) -> None:
    """Write a result down, where results are kept; the first one takes the place of older ones."""
    if folder is None:
        return
    if place == 1:
        for old in folder.glob("run-*.json"):
            old.unlink()
    text = json.dumps(result.as_json(), ensure_ascii=False)
    (folder / f"run-{place}.json").write_text(text, encoding="utf-8")


def _write(
    folder: Path,
    result: Result,
    verdicts: Sequence[Verdict],
    comparisons: Sequence[Comparison],
) -> None:
    reports = {
        "report.html": as_page(result, verdicts, comparisons),
        "report.md": as_markdown(result, verdicts, comparisons),
        "report.csv": as_csv(result),
        "junit.xml": as_junit(result, verdicts, comparisons),
    }
    for name, text in reports.items():
        (folder / name).write_text(text, encoding="utf-8")
    output.say(f"loadtest: reports are in {folder}")


def _print_result(result: Result) -> None:
    for warning in warnings(result):
        output.say(f"! {warning}")
    rows = [[title for _, title in COLUMNS], *cells(result)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell for cell in row)
        right = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        output.print_line("  ".join([first.ljust(widths[0]), *right]))


def _print_verdicts(verdicts: Sequence[Verdict]) -> None:
    for one in verdicts:
        mark = "met   " if one.is_met else "MISSED"
        output.print_line(f"{mark}  {one.objective}  (found {number(one.found)})")


def _print_comparisons(comparisons: Sequence[Comparison]) -> None:
    for one in _worth_telling(comparisons):
        before, now = spread(one.before), spread(one.now)
        change = percent(one.effect)
        output.print_line(f"{one.change.value:<9}  {one.figure}  {before} → {now}  {change}")


def _worth_telling(comparisons: Sequence[Comparison]) -> Iterator[Comparison]:
    """What changed, or may have; when nothing did, one line says so."""
    told = [one for one in comparisons if one.change is not Change.SAME]
    if comparisons and not told:
        output.print_line("same       every figure")
    yield from told


def _verdict_as_json(one: Verdict) -> dict[str, object]:
    return {"objective": str(one.objective), "found": one.found, "isMet": one.is_met}


def _as_json(one: Comparison) -> dict[str, object]:
    return {
        "figure": one.figure,
        "before": one.before,
        "now": one.now,
        "effect": one.effect,
        "chance": one.chance,
        "change": one.change.value,
    }
