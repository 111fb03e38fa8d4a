"""What ``altlas-chat loadtest capacity`` does, and what it prints of it."""

from collections.abc import Sequence

from altlas_chat.loadtest.advising import advise, is_seen
from altlas_chat.loadtest.capacity import Capacity
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import Objective, ObjectivesUnreadable
from altlas_chat.loadtest.outcomes import Word
from altlas_chat.loadtest.reports.page import as_capacity_page
from altlas_chat.loadtest.reports.tables import (
    STEP_COLUMNS,
    as_capacity_markdown,
    number,
    step_rows,
)
from altlas_chat.loadtest.running import Step, find_capacity
from altlas_chat.loadtest.scenarios import Scenario
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat_cli import output
from altlas_chat_cli.load_asked import Asked, WrongUse, scenario_of, wanted_of
from altlas_chat_cli.load_watched import watching
from altlas_chat_cli.loadtesting import (
    COMMAND,
    EXIT_CODES,
    NotWritten,
    keep,
    limit_as_json,
    stopped_by_signals,
    write_reports,
)

USUAL = (
    Objective("requests.p95_ms", "<=", 200),
    Objective("requests.error_rate", "<=", 0.0005),
)
USUAL_OF_SOCKETS = (*USUAL, Objective("delivery.p99_ms", "<=", 100))


def show_capacity(asked: Asked, most: float) -> int:
    """Search, tell each step and the outcome; the exit code."""
    try:
        scenario = scenario_of(asked.scenario)
        objectives = load_objectives(asked.slo) if asked.slo else _usual(scenario)
        wanted = wanted_of(asked, scenario)
    except (WrongUse, ObjectivesUnreadable) as error:
        output.explain(error, as_json=asked.as_json)
        return output.WRONG_USE
    steps: list[Step] = []
    capacity: Capacity | None = None
    code: int | None = None
    with stopped_by_signals(), watching(quiet=asked.is_quiet) as watch:
        searching = find_capacity(
            wanted, objectives, COMMAND, most=most, told=watch.told, ticked=watch.ticked
        )
        try:
            while True:
                step = next(searching)
                watch.rest()
                steps.append(step)
                if asked.out:
                    keep(asked.out, step.result, len(steps))
                _print_step(asked, step, is_first=len(steps) == 1)
        except StopIteration as end:
            capacity = end.value
        except TargetUnusable as error:
            watch.rest()
            code = output.UNREACHABLE
            output.explain(error, as_json=asked.as_json and not steps)
        except (ObjectivesUnreadable, NotWritten) as error:
            watch.rest()
            output.explain(error, as_json=asked.as_json)
            return output.WRONG_USE
        except KeyboardInterrupt:
            watch.rest()
            output.say("altlas-chat: interrupted.")
            code = output.INTERRUPTED
    if not steps:
        return output.FAILED if code is None else code
    found = _tell(asked, steps, capacity)
    return found if code is None else code


def _usual(scenario: Scenario) -> Sequence[Objective]:
    return USUAL_OF_SOCKETS if scenario.connects else USUAL


_WIDTHS = (16, 4, 13, 6, 8, 8, 12, 12, 0)


def _print_step(asked: Asked, step: Step, *, is_first: bool) -> None:
    """A row of the table, as the search goes."""
    if asked.as_json:
        return
    rows = [STEP_COLUMNS] if is_first else []
    for row in (*rows, *step_rows([step])):
        shown = (cell.rjust(width) for cell, width in zip(row, _WIDTHS, strict=True))
        output.print_line("  ".join(shown).rstrip())


def _tell(asked: Asked, steps: Sequence[Step], capacity: Capacity | None) -> int:
    last = steps[-1]
    beyond = next((one for one in reversed(steps) if not one.is_held), last)
    word = _word(last, capacity)
    sentence = _sentence(steps, capacity)
    is_full = not beyond.is_held and not beyond.result.is_void
    advice = advise(beyond.result) if is_full else []
    if asked.as_json:
        output.print_json(
            {
                "outcome": word.value,
                "held": None if capacity is None else capacity.held,
                "missed": None if capacity is None else capacity.missed,
                "steps": [{"rate": one.rate, "isHeld": one.is_held} for one in steps],
                "limits": [limit_as_json(one) for one in advice],
            }
        )
    else:
        for one in advice:
            output.print_line(str(one))
        if is_full and not is_seen(beyond.result):
            output.print_line(_UNSEEN)
        output.print_line(f"{word.upper()}: {sentence}")
    if asked.out:
        try:
            write_reports(
                asked.out,
                {
                    "report.html": as_capacity_page(steps, word, sentence, advice),
                    "report.md": as_capacity_markdown(steps, word, sentence, advice),
                },
            )
        except NotWritten as error:
            output.explain(error)
            return output.WRONG_USE
    return EXIT_CODES[word]


_UNSEEN = "What limits is not known: the server's figures are read with --admin."


def _word(last: Step, capacity: Capacity | None) -> Word:
    if capacity is not None:
        return Word.PASSED if capacity.held else Word.FAILED
    if last.result.broken_off:
        return Word.BROKEN_OFF
    return Word.VOID if last.result.is_void else Word.INTERRUPTED


def _sentence(steps: Sequence[Step], capacity: Capacity | None) -> str:
    last = steps[-1]
    if capacity is None:
        held = max((one.rate for one in steps[:-1] if one.is_held), default=0.0)
        at = f"at {number(last.rate)} a second"
        until = f"; {number(held)} were held" if held else ""
        if last.result.broken_off:
            return f"Broken off {at}, for {last.result.broken_off}{until}."
        if last.result.is_void:
            return f"Void {at}: {'; '.join(last.result.generator.ailments)}{until}."
        return f"Interrupted {at}{until}."
    if capacity.missed is None:
        return f"It holds {number(capacity.held)} a second, the most that was tried."
    if not capacity.held:
        return f"It does not hold {number(capacity.missed)} a second, the least that was tried."
    return f"It holds {number(capacity.held)} a second, and {number(capacity.missed)} not."
