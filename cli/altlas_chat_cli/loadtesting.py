"""What ``altlas-chat loadtest`` does, and what it prints of it.

Exit codes beyond those of every command (:mod:`altlas_chat_cli.output`): 3 a
figure is worse than the baseline, 4 the generator could not keep up, 5 the
server can't be tested.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from altlas_chat.loadtest.advising import Advice
from altlas_chat.loadtest.by_locust import LocustMissing, WorkerRefused, work
from altlas_chat.loadtest.comparing import Change, Comparison, compare, fewest_runs
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import (
    Objective,
    ObjectivesUnreadable,
    Verdict,
    judge,
)
from altlas_chat.loadtest.outcomes import Outcome, Word
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
from altlas_chat.loadtest.running import Wanted, run_all
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat_cli import output
from altlas_chat_cli.load_asked import (
    Asked,
    WrongUse,
    deed_of,
    deeds_of,
    require_alike,
    require_sound,
    results_of,
    scenario_of,
    wanted_of,
    work_of,
)
from altlas_chat_cli.load_watched import watching

COMMAND = (sys.executable, "-m", "altlas_chat_cli.main")


class NotWritten(WrongUse):
    """A report or a result can't be written."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let a request to end do what Ctrl-C does: clean up, and report what there is."""
    # A shell starts what runs in its background with Ctrl-C ignored.
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    end = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, interrupt)


def run_scenario(asked: Asked) -> int:
    """Run, judge, report; the exit code."""
    try:
        scenario = scenario_of(asked.scenario)
        objectives = load_objectives(asked.slo) if asked.slo else []
        before = results_of(asked.baseline)
        wanted = wanted_of(asked, scenario)
        if before:
            require_sound(before)
            require_alike({deed_of(wanted), *deeds_of(before)})
    except (WrongUse, LocustMissing, ObjectivesUnreadable, ResultUnreadable) as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE
    results: list[Result] = []
    code = _run(asked, wanted, results)
    if not results:
        if code == output.INTERRUPTED:
            output.say("  Nothing was measured yet, so there is no report.")
        return code if code is not None else output.FAILED
    try:
        found = _report(asked, results, objectives, before)
    except (ObjectivesUnreadable, NotWritten) as error:
        output.explain(error)
        found = output.WRONG_USE
    return found if code is None else code


def _run(asked: Asked, wanted: Wanted, results: list[Result]) -> int | None:
    """Run, and put each run's result to ``results``; the exit code if it ended early."""
    with stopped_by_signals(), watching(quiet=asked.is_quiet) as watch:
        try:
            for result in run_all(wanted, COMMAND, told=watch.told, ticked=watch.ticked):
                watch.rest()
                results.append(result)
                if asked.out:
                    keep(asked.out, result, len(results))
        except TargetUnusable as error:
            watch.rest()
            output.explain(error, as_json=asked.as_json and not results)
            return output.UNREACHABLE
        except NotWritten as error:
            watch.rest()
            output.explain(error)
            return output.WRONG_USE
        except KeyboardInterrupt:
            watch.rest()
            output.say("altlas-chat: interrupted.")
            return output.INTERRUPTED
    return None


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
        now, before = results_of(results), results_of(baseline)
        require_alike(deeds_of([*before, *now]))
    except (ResultUnreadable, WrongUse) as error:
        output.explain(error, as_json=as_json)
        return output.WRONG_USE
    void = [one for one in (*before, *now) if one.is_void]
    found = compare(before, now)
    if as_json:
        output.print_json([_as_json(one) for one in found])
    else:
        _print_comparisons(found)
    if void:
        output.say(f"! {len(void)} of these runs are void: {'; '.join(void[0].generator.ailments)}")
        return output.VOID
    return output.WORSE if any(one.change is Change.WORSE for one in found) else output.DONE


# -- what is told --------------------------------------------------------------------


def _report(
    asked: Asked,
    results: Sequence[Result],
    objectives: Sequence[Objective],
    before: Sequence[Result],
) -> int:
    """Print, and write the reports; the exit code.

    Raises:
        ObjectivesUnreadable: an objective names a figure that the run has not.
        NotWritten: the reports can't be.
    """
    comparisons = compare(before, results) if before else []
    try:
        verdicts = [judge(one, objectives) for one in results]
    except ObjectivesUnreadable:
        _print(asked, Outcome(results, (), comparisons))
        raise
    outcome = Outcome(results, verdicts, comparisons)
    _print(asked, outcome)
    if asked.out:
        write_reports(
            asked.out,
            {
                "report.html": as_page(outcome),
                "report.md": as_markdown(outcome),
                "report.csv": as_csv(outcome.last),
                "junit.xml": as_junit(outcome),
            },
        )
    return EXIT_CODES[outcome.word]


EXIT_CODES = {
    Word.PASSED: output.DONE,
    Word.FAILED: output.FAILED,
    Word.WORSE: output.WORSE,
    Word.VOID: output.VOID,
    Word.BROKEN_OFF: output.UNREACHABLE,
    Word.INTERRUPTED: output.INTERRUPTED,
}


def _print(asked: Asked, outcome: Outcome) -> None:
    if asked.as_json:
        output.print_json(
            {
                "outcome": outcome.word.value,
                "results": [
                    {key: value for key, value in one.as_json().items() if key in _SHOWN}
                    for one in outcome.results
                ],
                "objectives": [_verdict_as_json(one) for one in outcome.all_verdicts],
                "comparisons": [_as_json(one) for one in outcome.comparisons],
                "limits": [limit_as_json(one) for one in outcome.advice],
            }
        )
        return
    for result in outcome.results:
        _print_result(result)
    _print_verdicts(outcome.all_verdicts)
    _print_comparisons(outcome.comparisons)
    for advice in outcome.advice:
        output.print_line(str(advice))
    output.print_line(f"{outcome.word.upper()}: {outcome.sentence}")


_SHOWN = (
    "scenario", "engine", "target", "beganAt", "seconds", "users", "rate", "seed", "isPartial",
    "brokenOff", "isVoid", "summary", "messages",
)  # fmt: skip


def keep(folder: Path, result: Result, place: int) -> None:
    """Write a result down; the first one takes the place of older ones.

    Raises:
        NotWritten: it can't be.
    """
    if place == 1:
        for old in folder.glob("run-*.json"):
            old.unlink()
    _write(folder / f"run-{place}.json", json.dumps(result.as_json(), ensure_ascii=False))


def write_reports(folder: Path, reports: Mapping[str, str]) -> None:
    """Write texts by their names, and say where they are.

    Raises:
        NotWritten: they can't be.
    """
    for name, text in reports.items():
        _write(folder / name, text)
    output.say(f"loadtest: reports are in {folder}")


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        remedy = "Make room, or name another folder with --out."
        raise NotWritten(f"{file} can't be written: {error.strerror}.", remedy) from error


SHOWN_COLUMNS = [one for one in COLUMNS if one[0] not in ("p90Ms", "p99.9Ms")]
"""What fits into eighty columns."""


def _print_result(result: Result) -> None:
    for warning in warnings(result):
        output.say(f"! {warning}")
    rows = [[title for _, title in SHOWN_COLUMNS], *cells(result, SHOWN_COLUMNS)]
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
    """What is worse or better by itself; how much else moved; when nothing did, that."""
    sure = [one for one in comparisons if one.change in (Change.WORSE, Change.BETTER)]
    for one in sure:
        before, now = spread(one.before), spread(one.now)
        change = percent(one.effect)
        output.print_line(f"{one.change.value:<9}  {one.figure}  {before} → {now}  {change}")
    moved = sum(one.change is Change.UNDECIDED for one in comparisons)
    if moved:
        runs = min(len(comparisons[0].before), len(comparisons[0].now))
        fewest = fewest_runs()
        why = f"{fewest} runs a side are the fewest" if runs < fewest else "the runs are scattered"
        output.print_line(f"undecided  {moved} figures that moved: {why}")
    elif comparisons and not sure:
        output.print_line("same       every figure")


def _verdict_as_json(one: Verdict) -> dict[str, object]:
    return {"objective": str(one.objective), "found": one.found, "isMet": one.is_met}


def limit_as_json(one: Advice) -> dict[str, str]:
    return {"limit": one.limit, "seen": one.seen, "remedy": one.remedy}


def _as_json(one: Comparison) -> dict[str, object]:
    return {
        "figure": one.figure,
        "before": one.before,
        "now": one.now,
        "effect": one.effect,
        "chance": one.chance,
        "change": one.change.value,
    }
