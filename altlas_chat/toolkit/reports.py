"""Findings as programs read them: JSON, GitHub's annotations, SARIF 2.1.0."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from altlas_chat import __version__
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding, Severity

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def as_json(finding: Finding) -> Json:
    """A finding as one value."""
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


def as_github(findings: Iterable[Finding]) -> str:
    """A workflow command for each finding, which GitHub shows at its line."""
    return "\n".join(map(_annotation, findings))


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


def as_sarif(findings: Iterable[Finding], name: str, rules: Sequence[Json]) -> str:
    """SARIF 2.1.0, as code scanning takes it; ``rules`` are its descriptors of rules."""
    driver = {"name": name, "version": __version__, "rules": list(rules)}
    run = {"tool": {"driver": driver}, "results": [_result(one) for one in findings]}
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
