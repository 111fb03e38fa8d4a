"""What programs read: JSON, GitHub's annotations, JUnit, SARIF."""

import json
import xml.etree.ElementTree as ET

import pytest

from altlas_chat.specs.findings import Finding, Place, Severity
from altlas_chat.toolkit.linting.linter import Report
from altlas_chat.toolkit.linting.reports import as_github, as_json, as_junit, as_sarif

ODD = Finding(
    Place("a,b:c.yaml", 3, 5, "/paths/~1a"),
    "typed-enum",
    "50 %\nof it \x01 & <b>",
    "Mend it.",
    Severity.ERROR,
)
HINT = Finding(Place("z.yaml"), "info-contact", "nobody", "Write one.", Severity.INFO)
REPORT = Report(("a,b:c.yaml", "z.yaml", "clean.yaml"), (ODD, HINT), 2)


@pytest.mark.parametrize(
    ("limit", "fails"), [(Severity.ERROR, False), (Severity.WARNING, False), (Severity.INFO, True)]
)
def test_what_is_as_bad_as_the_limit_fails(limit: Severity, fails: bool):
    assert Report((), (HINT,)).fails(limit) is fails
    assert Report((), (ODD,)).fails(limit)
    assert not Report((), ()).fails(limit)


def test_json_has_all_of_it():
    told = as_json(REPORT, Severity.ERROR)
    assert (told["passed"], told["ignored"]) == (False, 2)
    assert told["counts"] == {"error": 1, "warning": 0, "info": 1}
    assert told["findings"][0] == {
        "rule": "typed-enum",
        "severity": "error",
        "what": ODD.what,
        "remedy": "Mend it.",
        "file": "a,b:c.yaml",
        "line": 3,
        "column": 5,
        "pointer": "/paths/~1a",
    }
    assert json.loads(json.dumps(told)) == told


def test_github_gets_a_command_for_each_finding():
    first, second = as_github(REPORT).split("\n")
    assert first == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=typed-enum"
        "::50 %25%0Aof it \x01 & <b>. Mend it."
    )
    assert second == "::notice file=z.yaml,title=info-contact::nobody. Write one."


def test_junit_has_a_case_for_each_finding_and_one_for_what_is_clean():
    root = ET.fromstring(as_junit(REPORT))
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"a,b:c.yaml", "z.yaml", "clean.yaml"}
    assert [suite.get("failures") for suite in root] == ["1", "1", "0"]
    failure = suites["a,b:c.yaml"].find("testcase/failure")
    assert failure is not None
    assert "typed-enum" in (failure.text or "")
    assert suites["clean.yaml"].find("testcase/failure") is None


def test_sarif_names_rules_places_and_levels():
    [run] = json.loads(as_sarif(REPORT))["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"typed-enum", "info-contact"}
    first, second = run["results"]
    assert (first["ruleId"], first["level"]) == ("typed-enum", "error")
    [location] = first["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert second["level"] == "note"
    assert "region" not in second["locations"][0]["physicalLocation"]
