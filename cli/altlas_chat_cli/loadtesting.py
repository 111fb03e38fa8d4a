"""What ``altlas-chat loadtest`` does, and what it prints of it."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import typer

from altlas_chat.loadtest.by_locust import LocustMissing, Manner, require_locust
from altlas_chat.loadtest.comparing import Change, Comparison, compare
from altlas_chat.loadtest.crowds import Login
from altlas_chat.loadtest.engine import TargetUnusable, Tick
from altlas_chat.loadtest.objectives import (
    Objective,
    ObjectivesUnreadable,
    Verdict,
    judge,
    load_objectives,
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
from altlas_chat.loadtest.running import Wanted, is_of_this_machine, run_all
from altlas_chat.loadtest.scenarios import SCENARIOS, Scenario
from altlas_chat_cli import output

COMMAND = (sys.executable, "-m", "altlas_chat_cli.main")
UNREACHABLE = 3
VOID = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    scenario: str
    users: int | None
    rate: float | None
    seconds: float
    runs: int
    seed: int
    url: str | None
    people: Path | None
    remote: bool
    slo: Path | None
    baseline: tuple[Path, ...]
    out: Path | None
    as_json: bool
    engine: str = "asyncio"
    processes: int | None = None
    web: bool = False


class WrongUse(Exception):
    """The command line asks for what can't be."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


def run_scenario(asked: Asked) -> int:
    """Run, judge, report; the exit code."""
    try:
        scenario = scenario_of(asked.scenario)
        objectives = load_objectives(asked.slo) if asked.slo else []
        before = [_result(file) for file in asked.baseline]
        wanted = wanted_of(asked, scenario)
    except (WrongUse, LocustMissing, ObjectivesUnreadable, ResultUnreadable) as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE
    results: list[Result] = []
    try:
        for result in run_all(wanted, COMMAND, told=say, ticked=tick):
            results.append(result)
            keep(asked.out, result, len(results))
    except TargetUnusable as error:
        output.explain(error, as_json=asked.as_json)
        return UNREACHABLE
    except KeyboardInterrupt:
        output.say("interrupted before anything was measured")
        return output.INTERRUPTED
    try:
        return _report(asked, results, objectives, before)
    except ObjectivesUnreadable as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE


def compare_results(results: Sequence[Path], baseline: Sequence[Path], *, as_json: bool) -> int:
    """Compare and print; the exit code."""
    try:
        now, before = [_result(file) for file in results], [_result(file) for file in baseline]
    except ResultUnreadable as error:
        output.explain(error, as_json=as_json)
        return output.WRONG_USE
    found = compare(before, now)
    if as_json:
        output.print_json([_as_json(one) for one in found])
    else:
        _print_comparisons(found)
    return output.FAILED if any(one.change is Change.WORSE for one in found) else output.DONE


# -- what is asked -------------------------------------------------------------------


def scenario_of(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        WrongUse: there is none.
    """
    if name in SCENARIOS:
        return SCENARIOS[name]
    near = get_close_matches(name, SCENARIOS, n=1)
    hint = f"Is `{near[0]}` meant? " if near else ""
    remedy = f"{hint}`altlas-chat loadtest scenarios` lists them."
    raise WrongUse(f"There is no scenario {name}.", remedy)


def wanted_of(asked: Asked, scenario: Scenario) -> Wanted:
    """What is to be run.

    Raises:
        WrongUse: it can't be, or is not allowed.
    """
    if asked.people and not asked.url:
        raise WrongUse("--people is for a server that is named.", "Name it with --url as well.")
    logins = _logins(asked.people) if asked.people else []
    if asked.engine != "locust" and (asked.web or asked.processes):
        raise WrongUse("--web and --processes are Locust's.", "Add --engine locust.")
    if asked.engine == "locust":
        require_locust()
    if asked.url:
        _require_allowed(asked.url, remote=asked.remote)
    return Wanted(
        scenario,
        users=len(logins) or asked.users or scenario.users,
        rate=asked.rate or scenario.rate,
        seconds=asked.seconds,
        runs=asked.runs,
        seed=asked.seed,
        url=asked.url.rstrip("/") if asked.url else None,
        logins=logins,
        locust=Manner(asked.processes or 1, asked.web) if asked.engine == "locust" else None,
    )


def _require_allowed(url: str, *, remote: bool) -> None:
    """Load goes to this machine; elsewhere only for who says so twice."""
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        remedy = "Write it as http://127.0.0.1:8765/v1."
        raise WrongUse(f"{url} is no address of a server.", remedy)
    if is_of_this_machine(url):
        return
    if not remote:
        remedy = "If the server is yours and may be loaded, add --remote."
        raise WrongUse(f"{address.hostname} is not this machine.", remedy)
    if not sys.stdin.isatty():
        remedy = "Run it in a terminal, where the name of the host can be typed."
        raise WrongUse(f"Loading {address.hostname} has to be confirmed by hand.", remedy)
    typed = typer.prompt(f"Type the host's name to load {address.hostname}", err=True)
    if typed.strip() != address.hostname:
        raise WrongUse("That was not the host's name.", "Nothing was sent.")


def _logins(file: Path) -> list[Login]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} can't be read: {error}.", "Check the path.") from error
    logins = [Login(*parts) for line in lines if len(parts := line.split(None, 1)) == 2]
    if not logins or len(logins) != sum(bool(line.strip()) for line in lines):
        remedy = "Write a user name, a space and the password on each line."
        raise WrongUse(f"{file} has lines that are no name with its password.", remedy)
    return logins


def _result(file: Path) -> Result:
    try:
        return Result.from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ResultUnreadable(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise ResultUnreadable(f"{file}: it is no JSON") from error
    except ResultUnreadable as error:
        raise ResultUnreadable(f"{file}: {error.detail}") from error


# -- what is told --------------------------------------------------------------------


def say(words: str) -> None:
    """Tell how far it is."""
    output.say(f"loadtest: {words}")


def tick(one: Tick) -> None:
    """A line for each second, in place where somebody looks at it."""
    last = one.last
    p95 = last.spread.percentile(0.95) * 1000
    text = (
        f"{one.second:>4} of {one.of:g} s  {last.done:>6,} done  {last.failed:>4,} failed"
        f"  p95 {p95:8.1f} ms  {one.sockets:,} sockets"
    )
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}\033[K" + ("\n" if one.second >= one.of else ""))
        sys.stderr.flush()
    elif one.second % 10 == 0:
        output.say(text)


def _report(
    asked: Asked,
    results: Sequence[Result],
    objectives: Sequence[Objective],
    before: Sequence[Result],
) -> int:
    last = results[-1]
    verdicts = [verdict for one in results for verdict in judge(one, objectives)]
    comparisons = compare(before, results) if before else []
    if asked.out:
        _write(asked.out, last, judge(last, objectives), comparisons)
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
    else:
        for result in results:
            _print_result(result)
        _print_verdicts(verdicts)
        _print_comparisons(comparisons)
    return _exit_code(results, verdicts, comparisons)


_SHOWN = (
    "scenario", "engine", "target", "beganAt", "seconds", "users", "rate", "seed", "isPartial",
    "isVoid", "summary", "messages",
)  # fmt: skip


def _exit_code(
    results: Sequence[Result], verdicts: Sequence[Verdict], comparisons: Sequence[Comparison]
) -> int:
    if any(one.is_partial for one in results):
        return output.INTERRUPTED
    if any(one.is_void for one in results):
        return VOID
    bad = [one.messages for one in results]
    is_whole = not any(one.lost or one.doubled or one.reordered for one in bad)
    is_met = all(one.is_met for one in verdicts)
    is_worse = any(one.change is Change.WORSE for one in comparisons)
    return output.DONE if is_whole and is_met and not is_worse else output.FAILED


def keep(folder: Path | None, result: Result, place: int) -> None:
    """Write a result down, where results are kept."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
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
