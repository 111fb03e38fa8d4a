"""What ``altlas-chat loadtest capacity`` does, and what it prints of it."""

from collections.abc import Sequence

from altlas_chat.loadtest.advising import advise
from altlas_chat.loadtest.capacity import Capacity
from altlas_chat.loadtest.objective_files import load_objectives
from altlas_chat.loadtest.objectives import Objective, ObjectivesUnreadable
from altlas_chat.loadtest.reports.tables import number
from altlas_chat.loadtest.running import Step, find_capacity
from altlas_chat.loadtest.scenarios import Scenario
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat_cli import output
from altlas_chat_cli.load_asked import Asked, WrongUse, scenario_of, wanted_of
from altlas_chat_cli.load_watched import watching
from altlas_chat_cli.loadtesting import COMMAND, keep, stopped_by_signals

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
    with stopped_by_signals(), watching(quiet=asked.is_quiet) as watch:
        searching = find_capacity(
            wanted, objectives, COMMAND, most=most, told=watch.told, ticked=watch.ticked
        )
        try:
            while True:
                step = next(searching)
                watch.rest()
                steps.append(step)
                keep(asked.out, step.result, len(steps))
                if not asked.as_json:
                    output.print_line(_line(step))
        except StopIteration as end:
            return _tell(asked, steps, end.value)
        except TargetUnusable as error:
            watch.rest()
            output.explain(error, as_json=asked.as_json)
            return output.UNREACHABLE
        except ObjectivesUnreadable as error:
            watch.rest()
            output.explain(error, as_json=asked.as_json)
            return output.WRONG_USE
        except KeyboardInterrupt:
            watch.rest()
            output.say("altlas-chat: interrupted.")
            return output.INTERRUPTED


def _usual(scenario: Scenario) -> Sequence[Objective]:
    return USUAL_OF_SOCKETS if scenario.connects else USUAL


def _line(step: Step) -> str:
    found = step.result.requests.spread
    missed = [
        f"{one.objective} (found {number(one.found)})" for one in step.verdicts if not one.is_met
    ]
    if step.result.messages.lost:
        missed.append(f"{step.result.messages.lost:,} messages lost")
    why = f"  missed: {'; '.join(missed)}" if missed else ""
    word = "held  " if step.is_held else "MISSED"
    return (
        f"{word}  {number(step.rate):>8} a second  p95 {found.percentile(0.95) * 1000:8.1f} ms{why}"
    )


def _tell(asked: Asked, steps: Sequence[Step], capacity: Capacity | None) -> int:
    last = steps[-1]
    beyond = next((one for one in reversed(steps) if not one.is_held), last)
    advice = advise(beyond.result)
    if asked.as_json:
        output.print_json(
            {
                "held": None if capacity is None else capacity.held,
                "missed": None if capacity is None else capacity.missed,
                "steps": [{"rate": one.rate, "isHeld": one.is_held} for one in steps],
                "limits": [
                    {"limit": one.limit, "seen": one.seen, "remedy": one.remedy} for one in advice
                ],
            }
        )
    else:
        _print(capacity, [str(one) for one in advice])
    if capacity is None:
        return output.INTERRUPTED if last.result.is_partial else _broken_off(last)
    return output.DONE if capacity.held else output.FAILED


def _broken_off(step: Step) -> int:
    if step.result.is_void or not step.result.broken_off:
        return _void(step)
    output.say(f"! broken off at {number(step.rate)} a second: {step.result.broken_off}")
    return output.UNREACHABLE


def _void(step: Step) -> int:
    for ailment in step.result.generator.ailments:
        output.say(f"! void at {number(step.rate)} a second: {ailment}")
    return output.VOID


def _print(capacity: Capacity | None, advice: Sequence[str]) -> None:
    if capacity is not None and capacity.missed is None:
        output.print_line(f"It holds {number(capacity.held)} a second, the most that was tried.")
    elif capacity is not None:
        output.print_line(
            f"It holds {number(capacity.held)} a second, and {number(capacity.missed or 0)} not."
        )
    for line in advice:
        output.print_line(line)
