"""Objectives and figures of the baseline as test cases, for a CI that shows those.

In the form that Ant and Surefire write: the schema of windyroad and that of
Jenkins both take it.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from altlas_chat.domain.times import rfc3339
from altlas_chat.loadtest.comparing import Change, Comparison
from altlas_chat.loadtest.outcomes import Outcome, is_whole
from altlas_chat.loadtest.reports.tables import facts, number, percent, spread
from altlas_chat.loadtest.results import Result


def as_junit(outcome: Outcome) -> str:
    """JUnit's XML: a case for what clients check, for each objective and each figure compared.

    An objective is met when it is in every run. A sick generator and a run
    that was broken off are errors of the suite's first case: they are no
    failure of the server.
    """
    last = outcome.last
    suite = ET.Element("testsuite", name=f"loadtest {last.scenario}", hostname="localhost")
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="run", value=" · ".join(facts(last)))
    cases = [_checked(outcome), *_judged(outcome), *map(_compared, outcome.comparisons)]
    for case in cases:
        case.set("classname", f"loadtest.{last.scenario}")
        case.set("time", f"{last.seconds:.3f}")
        suite.append(case)
    ET.SubElement(suite, "system-out").text = outcome.sentence
    ET.SubElement(suite, "system-err")
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
    }
    for name, count in counts.items():
        suite.set(name, str(count))
    suite.set("time", f"{sum(one.seconds for one in outcome.results):.3f}")
    suite.set("timestamp", rfc3339(last.began_at)[:19])
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _checked(outcome: Outcome) -> ET.Element:
    case = ET.Element("testcase", name="nothing lost, doubled or reordered")
    void = next((one for one in outcome.results if one.is_void), None)
    ended = next((one for one in outcome.results if one.broken_off), None)
    bad = next((one for one in outcome.results if not is_whole(one)), None)
    if void is not None:
        _add(case, "error", "void", "; ".join(void.generator.ailments))
    elif ended is not None:
        _add(case, "error", "broken off", f"broken off, for {ended.broken_off}")
    elif bad is not None:
        _add(case, "failure", "messages", _messages(bad))
    return case


def _messages(result: Result) -> str:
    bad = result.messages
    return f"{bad.lost} lost, {bad.doubled} doubled, {bad.reordered} reordered"


def _judged(outcome: Outcome) -> Iterator[ET.Element]:
    for place, first in enumerate(outcome.last_verdicts):
        case = ET.Element("testcase", name=str(first.objective))
        found = [verdicts[place] for verdicts in outcome.verdicts]
        if not all(one.is_met for one in found):
            told = ", ".join(number(one.found) for one in found)
            _add(case, "failure", "objective", f"found {told}")
        yield case


def _compared(one: Comparison) -> ET.Element:
    case = ET.Element("testcase", name=f"{one.figure} is not worse")
    if one.change is Change.WORSE:
        message = f"{spread(one.before)} before, {spread(one.now)} now ({percent(one.effect)})"
        _add(case, "failure", "baseline", message)
    return case


def _add(case: ET.Element, name: str, kind: str, message: str) -> None:
    ET.SubElement(case, name, type=kind, message=message).text = message
