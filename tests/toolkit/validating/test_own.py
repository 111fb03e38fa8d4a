"""Our own contract has nothing wrong; what would be wrong is found in its sources."""

import shutil
from pathlib import Path

import pytest
import yaml

from altlas_chat.data import data_folder
from altlas_chat.specs.findings import Finding
from altlas_chat.toolkit.validating.own import validate_own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the contract's sources."""
    copied = tmp_path / "contracts"
    shutil.copytree(data_folder("contracts"), copied)
    return copied


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def plan(folder: Path, kind: str, name: str) -> None:
    """Put a name into the list of what is planned."""
    file = folder / "planned.yaml"
    planned = yaml.safe_load(file.read_text("utf-8"))
    planned[kind].append(name)
    file.write_text(yaml.safe_dump(planned), "utf-8")


def found_in(folder: Path) -> list[Finding]:
    return [finding for report in validate_own(folder) for finding in report.findings]


def test_broken_yaml_is_found_with_its_line(folder: Path) -> None:
    edited(folder / "openapi" / "openapi.yaml", "openapi: 3.1.0", "openapi: 3.1.0: 3")
    (finding,) = found_in(folder)
    assert str(finding.place) == f"{folder}/openapi/openapi.yaml:2:15"
    assert finding.rule == "invalid-yaml"


def test_a_key_that_is_there_twice_is_found_with_its_line(folder: Path) -> None:
    file = folder / "openapi" / "schemas" / "common.yaml"
    lines = file.read_text("utf-8").splitlines()
    edited(file, "  type: integer\n", "  type: integer\n  type: string\n")
    line = lines.index("  type: integer") + 1
    found = {(str(one.place), one.rule, one.what) for one in found_in(folder)}
    what = f"the key type is there already, in line {line}; the last one counts"
    assert found == {(f"{file}:{line + 1}:3", "duplicate-key", what)}


def test_a_missing_file_is_found(folder: Path) -> None:
    (folder / "openapi" / "schemas" / "tasks.yaml").unlink()
    findings = found_in(folder)
    assert findings
    assert all("schemas/tasks.yaml: there is no such file" in one.what for one in findings)
    assert all(one.place.line for one in findings)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("operations", "makeTea"), ("commands", "tea.make"), ("events", "tea.made")],
)
def test_a_plan_for_nothing_is_found(folder: Path, kind: str, name: str) -> None:
    plan(folder, kind, name)
    (finding,) = found_in(folder)
    assert f"planned.yaml names {kind} that there are not: ['{name}']" in finding.what


def test_what_is_no_openapi_is_found_in_the_source(folder: Path) -> None:
    file = folder / "openapi" / "openapi.yaml"
    edited(file, "openapi: 3.1.0", "openapi: 3.1.0\nsmile: true")
    (finding,) = found_in(folder)
    assert (str(finding.place), finding.rule) == (f"{file}:3:1", "unknown-field")


def test_what_is_no_asyncapi_is_found_in_the_source(folder: Path) -> None:
    file = folder / "asyncapi" / "operations.yaml"
    before, _, _ = file.read_text("utf-8").partition("action: receive")
    edited(file, "action: receive", "action: shout")
    (finding,) = found_in(folder)
    assert (finding.place.file, finding.place.line) == (str(file), before.count("\n") + 1)
    assert 'action must be one of "send", "receive"' in finding.what


def test_a_rule_of_our_own_is_found_in_the_source(folder: Path) -> None:
    file = folder / "openapi" / "paths" / "messages.yaml"
    edited(file, "x-permission: ", "x-permission: shout-")
    (finding,) = found_in(folder)
    assert (finding.place.file, finding.rule) == (str(file), "own-rest")
    assert finding.place.line
