"""What was found, as programs read it: JSON, GitHub's annotations, JUnit, SARIF 2.1.0."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.toolkit import reports
from altlas_chat.toolkit.linting.linter import Report
from altlas_chat.toolkit.linting.registry import all_rules

NAME = "altlas-chat contract lint"


def as_json(report: Report, limit: Severity) -> Json:
    """The report as one value; ``passed`` says that nothing is as bad as the limit."""
    return {
        "passed": not report.fails(limit),
        "documents": list(report.sources),
        "counts": {severity.value: count for severity, count in report.counts.items()},
        "ignored": report.ignored,
        "findings": [reports.as_json(finding) for finding in report.findings],
    }


def as_github(report: Report) -> str:
    """A workflow command for each finding, which GitHub shows at its line."""
    return reports.as_github(report.findings)


def as_junit(report: Report) -> str:
    """A suite for each file: a failed case for each finding, or one that passed."""
    root = ET.Element("testsuites", name=NAME)
    for file, findings in groupby(report.findings, lambda one: one.place.file):
        _suite(root, file, list(findings))
    told = {finding.place.file for finding in report.findings}
    for source in report.sources:
        if source not in told:
            _suite(root, source, [])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _suite(root: ET.Element, file: str, findings: Iterable[Finding]) -> None:
    failures = list(findings)
    count = str(len(failures) or 1)
    suite = ET.SubElement(root, "testsuite", name=file, tests=count, failures=str(len(failures)))
    if not failures:
        ET.SubElement(suite, "testcase", classname=file, name="lint")
    for finding in failures:
        name = f"{finding.rule} {_printable(finding.place)}"
        case = ET.SubElement(suite, "testcase", classname=finding.rule, name=name)
        failure = ET.SubElement(
            case, "failure", type=finding.severity.value, message=_printable(finding.what)
        )
        failure.text = _printable(finding)


def _printable(value: object) -> str:
    """Without what XML 1.0 can't hold."""
    return "".join(
        one if one >= " " or one in "\t\n" else "\N{REPLACEMENT CHARACTER}" for one in str(value)
    )


def as_sarif(report: Report) -> str:
    """SARIF 2.1.0, as code scanning takes it; rules that found something are explained."""
    told = {finding.rule for finding in report.findings}
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.meaning},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.remedy},
            "defaultConfiguration": {"level": reports.SARIF[rule.severity]},
        }
        for rule in all_rules().values()
        if rule.id in told
    ]
    return reports.as_sarif(report.findings, NAME, rules)


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "github": as_github,
    "junit": as_junit,
    "sarif": as_sarif,
}
"""Those that are text of their own; the empty text where there is nothing to say."""
