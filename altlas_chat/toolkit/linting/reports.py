"""What was found, as programs read it: JSON, GitHub's annotations, JUnit, SARIF 2.1.0."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

import orjson

from altlas_chat import __version__
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.toolkit.linting.linter import Report
from altlas_chat.toolkit.linting.registry import all_rules

NAME = "altlas-chat contract lint"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_json(report: Report, limit: Severity) -> Json:
    """The report as one value; ``passed`` says that nothing is as bad as the limit."""
    return {
        "passed": not report.fails(limit),
        "documents": list(report.sources),
        "counts": {severity.value: count for severity, count in report.counts.items()},
        "ignored": report.ignored,
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> Json:
    place = finding.place
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "what": finding.what,
        "remedy": finding.remedy,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
    }


def as_github(report: Report) -> str:
    """A workflow command for each finding, which GitHub shows at its line."""
    return "\n".join(map(_annotation, report.findings))


def _annotation(finding: Finding) -> str:
    place = finding.place
    named: dict[str, Any] = {"file": place.file}
    if place.line:
        named |= {"line": place.line, "col": place.column}
    named["title"] = finding.rule
    properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in named.items())
    text = _escaped(f"{finding.what}. {finding.remedy}")
    return f"::{GITHUB[finding.severity]} {properties}::{text}"


def _escaped(value: object, more: str = "") -> str:
    """Percent signs, ends of lines, and in properties colons and commas."""
    text = str(value)
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


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
    driver = {
        "name": NAME,
        "version": __version__,
        "rules": [
            {
                "id": rule.id,
                "shortDescription": {"text": rule.meaning},
                "fullDescription": {"text": rule.why},
                "help": {"text": rule.remedy},
                "defaultConfiguration": {"level": SARIF[rule.severity]},
            }
            for rule in all_rules().values()
            if rule.id in told
        ],
    }
    run = {"tool": {"driver": driver}, "results": [_result(one) for one in report.findings]}
    whole = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()


def _result(finding: Finding) -> Json:
    place = finding.place
    physical: Json = {"artifactLocation": {"uri": place.file.replace("\\", "/")}}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": place.column}
    location: Json = {"physicalLocation": physical}
    if place.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": place.pointer}]
    return {
        "ruleId": finding.rule,
        "level": SARIF[finding.severity],
        "message": {"text": f"{finding.what}. {finding.remedy}"},
        "locations": [location],
    }


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "github": as_github,
    "junit": as_junit,
    "sarif": as_sarif,
}
"""Those that are text of their own; the empty text where there is nothing to say."""
