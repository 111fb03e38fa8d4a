"""A comparison in each of its forms; what was agreed to, and levels of one's own."""

import json
import xml.etree.ElementTree as ET

import pytest

from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.toolkit.diffing.changes import Policy
from altlas_chat.toolkit.diffing.comparing import compare_documents
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.reports import FORMATS, as_data, reported, summary
from altlas_chat.toolkit.diffing.selection import selection

from .pairs import TODAY, api, document, operation

OLD = operation(
    operationId="change",
    parameters=[{"name": "<b>,100%", "in": "query", "schema": {"type": "string"}}],
    rest={"components": {"schemas": {"Lost": {}}}},
)
NEW = operation(operationId="change", tags=["a"], responses={"200": {"description": "Done."}})


@pytest.fixture
def comparison():
    return compare_documents(document(OLD, "old.yaml"), document(NEW, "new.yaml"), Policy(TODAY))


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_told_as_nothing(form):
    same = compare_documents(document(OLD), document(OLD), Policy(TODAY))
    told = reported(same, form, at_least=Level.BREAKING)
    assert not any(f"{level} " in told.partition("</style>")[2] for level in Level)
    assert "api.yaml" in told or form in ("text", "github", "junit")
    assert same.worst is None


def test_the_shape_of_json(comparison):
    told = as_data(comparison)
    assert told["summary"] == {"breaking": 0, "dangerous": 1, "safe": 2}
    assert (told["old"], told["new"]) == ("old.yaml", "new.yaml")
    gone = next(one for one in told["changes"] if one["id"] == "request-parameter-removed")
    assert gone == {
        "id": "request-parameter-removed",
        "level": "dangerous",
        "words": "the parameter `<b>,100%` in query was removed",
        "section": "parameters",
        "operation": "POST /things/{thing}",
        "method": "POST",
        "path": "/things/{thing}",
        "operationId": "change",
        "old": {
            "file": "old.yaml",
            "line": 0,
            "column": 0,
            "pointer": "/paths/~1things~1{thing}/post/parameters/1",
        },
        "new": None,
    }
    whole = next(one for one in told["changes"] if one["id"] == "api-schema-removed")
    assert (whole["operation"], whole["section"]) == (None, "components")
    assert json.loads(reported(comparison, "json", at_least=Level.SAFE)) == told


def test_text_is_grouped_and_counted(comparison):
    lines = reported(comparison, "text", at_least=Level.SAFE).splitlines()
    assert lines[0] == "(components)"
    at = lines.index("POST /things/{thing}")
    assert lines[at + 1].startswith("  dangerous the parameter `<b>,100%` in query was removed")
    assert lines[at + 1].endswith("[request-parameter-removed]")
    assert lines[-1] == summary(comparison) == "3 changes: 0 breaking, 1 dangerous, 2 safe"
    assert "\033[33m" in reported(comparison, "text", at_least=Level.SAFE, colour=True)


def test_what_documents_say_does_no_harm_in_other_forms(comparison):
    page = reported(comparison, "html", at_least=Level.SAFE)
    assert "<b>,100%" not in page
    assert "&lt;b&gt;,100%" in page
    for line in reported(comparison, "github", at_least=Level.SAFE).splitlines():
        kind, told = line.removeprefix("::").split("::", 1)
        assert kind.split(" ")[0] in ("error", "warning", "notice")
        assert "100%" not in told or "100%25" in told
    assert "## POST /things/\\{thing}" in reported(comparison, "markdown", at_least=Level.SAFE)


def test_junit_fails_what_is_bad_enough(comparison):
    for level, failures in ((Level.BREAKING, 0), (Level.DANGEROUS, 1), (Level.SAFE, 3)):
        suite = ET.fromstring(reported(comparison, "junit", at_least=level)).find("testsuite")
        assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
        assert len(suite.findall("testcase/failure")) == failures


def test_levels_of_ones_own(comparison):
    chosen = selection(["request-parameter-removed=err", "api-tag-added=none"], None)
    told = {one.rule: one.level.value for one in chosen.of(comparison).changes}
    assert told == {"api-schema-removed": "safe", "request-parameter-removed": "breaking"}


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (
            "# Agreed to in June.\nrequest-parameter-removed\n",
            {"api-schema-removed", "api-tag-added"},
        ),
        ("api-* POST /things/*", {"api-schema-removed", "request-parameter-removed"}),
        ("* /things/{thing}  # gone soon", {"api-schema-removed"}),
        (
            "request-parameter-removed GET /things/{thing}",
            {"api-schema-removed", "api-tag-added", "request-parameter-removed"},
        ),
        ("", {"api-schema-removed", "api-tag-added", "request-parameter-removed"}),
    ],
)
def test_what_was_agreed_to_is_left_out(comparison, tmp_path, lines, left):
    path = tmp_path / "agreed.txt"
    path.write_text(lines, encoding="utf-8")
    assert {one.rule for one in selection([], path).of(comparison).changes} == left


@pytest.mark.parametrize(
    ("overrides", "lines", "rule", "place"),
    [
        (["no-such-rule=err"], None, "unknown-rule", "--rule"),
        (["api-tag-added=awful"], None, "unknown-level", "--rule"),
        (["api-tag-added"], None, "unknown-level", "--rule"),
        ([], "api-tag-added\nno-such-rule", "unknown-rule", "agreed.txt:2:1"),
        ([], b"\xff", "no-file", "agreed.txt"),
    ],
)
def test_what_is_not_known_is_said(tmp_path, overrides, lines, rule, place):
    path = tmp_path / "agreed.txt"
    if lines is not None:
        path.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
    with pytest.raises(DocumentUnusable) as refusal:
        selection(overrides, None if lines is None else path)
    (finding,) = refusal.value.findings
    assert finding.rule == rule
    assert str(finding.place).endswith(place)


def test_a_level_may_be_of_any_case_and_api_is_read_once():
    old, new = document(api({})), document(api({"/a": {"get": {"responses": {}}}}))
    comparison = compare_documents(old, new, Policy(TODAY))
    assert [
        one.level for one in selection(["endpoint-added=WARN"], None).of(comparison).changes
    ] == [Level.DANGEROUS]
