"""Objectives and figures of the baseline as test cases, for a CI that shows those."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from altlas_chat.loadtest.comparing import Change, Comparison
from altlas_chat.loadtest.objectives import Verdict
from altlas_chat.loadtest.reports.tables import number, percent, spread
from altlas_chat.loadtest.results import Result


def as_junit(
    result: Result, verdicts: Sequence[Verdict] = (), comparisons: Sequence[Comparison] = ()
) -> str:
    """JUnit's XML: a case for what clients check, for each objective and each figure compared.

    A sick generator is an error of the suite's first case: it is no failure of
    the server.
    """
    suite = ET.Element("testsuite", name=f"loadtest {result.scenario}")
    cases = [_checked(suite, result), *(_judged(suite, one) for one in verdicts)]
    cases += [_compared(suite, one) for one in comparisons]
    for case in cases:
        case.set("classname", f"loadtest.{result.scenario}")
    suite.set("tests", str(len(cases)))
    suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
    suite.set("time", f"{result.seconds:.3f}")
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _checked(suite: ET.Element, result: Result) -> ET.Element:
    case = ET.SubElement(suite, "testcase", name="nothing lost, doubled or reordered")
    bad = result.messages
    if result.is_void:
        ET.SubElement(case, "error", message="; ".join(result.generator.ailments))
    elif result.broken_off:
        ET.SubElement(case, "error", message=f"broken off, for {result.broken_off}")
    elif bad.lost or bad.doubled or bad.reordered:
        message = f"{bad.lost} lost, {bad.doubled} doubled, {bad.reordered} reordered"
        ET.SubElement(case, "failure", message=message)
    return case


def _judged(suite: ET.Element, verdict: Verdict) -> ET.Element:
    case = ET.SubElement(suite, "testcase", name=str(verdict.objective))
    if not verdict.is_met:
        ET.SubElement(case, "failure", message=f"found {number(verdict.found)}")
    return case


def _compared(suite: ET.Element, one: Comparison) -> ET.Element:
    case = ET.SubElement(suite, "testcase", name=f"{one.figure} is not worse")
    if one.change is Change.WORSE:
        message = f"{spread(one.before)} before, {spread(one.now)} now ({percent(one.effect)})"
        ET.SubElement(case, "failure", message=message)
    return case
