"""What a configuration may say, and what is said of one that is wrong."""

from pathlib import Path

import pytest

from altlas_chat.specs.findings import DocumentUnusable, Severity
from altlas_chat.toolkit.linting.configuration import Configuration, read_configuration
from altlas_chat.toolkit.linting.linter import lint
from altlas_chat.toolkit.linting.registry import RuleSet, all_rules
from altlas_chat.toolkit.linting.running import lint_sources
from tests.toolkit.linting.samples import document_of

TWO_FLAWS = """
info: {title: Shop, version: "1"}
paths:
  /orders: {get: {responses: {}}}
  /people: {get: {responses: {}}}
"""


def configured(folder: Path, text: str) -> Configuration:
    file = folder / "altlas-chat-lint.yaml"
    file.write_text(text, encoding="utf-8")
    return read_configuration(file)


def rules_on(configuration: Configuration) -> set[str]:
    return {rule.id for rule in all_rules().values() if configuration.severity(rule) is not None}


def test_each_set_has_all_of_the_smaller_ones(tmp_path: Path):
    on = [rules_on(configured(tmp_path, f"extends: {name}")) for name in RuleSet]
    assert on[0] == set()
    assert on[0] < on[1] < on[2] < on[3] == set(all_rules())
    assert rules_on(configured(tmp_path, "")) == on[1]


def test_a_rule_is_turned_on_and_off_and_made_worse(tmp_path: Path):
    chosen = configured(
        tmp_path,
        """
extends: none
rules:
  info-contact: error
  info-license: off
  operation-tags: warn
  paths-kebab-case: {severity: info, options: {style: snake_case}}
""",
    )
    severities = {name: chosen.severity(rule) for name, rule in all_rules().items()}
    assert {name: one for name, one in severities.items() if one} == {
        "info-contact": Severity.ERROR,
        "operation-tags": Severity.WARNING,
        "paths-kebab-case": Severity.INFO,
    }
    assert chosen.options(all_rules()["paths-kebab-case"]) == {"style": "snake_case"}


def test_rules_may_be_called_as_elsewhere(tmp_path: Path):
    chosen = configured(tmp_path, "extends: none\nrules: {oas3-unused-component: error}")
    assert rules_on(chosen) == {"no-unused-components"}


@pytest.mark.parametrize(
    ("text", "line", "what", "remedy"),
    [
        ("extends: strickt", 1, "'strickt' is no set of rules", "recommended"),
        (
            "rules:\n  info-contct: off",
            2,
            "there is no rule info-contct",
            "Did you mean info-contact?",
        ),
        ("rules:\n  info-contact: bad", 2, "'bad' is no severity", "off, info, warning or error"),
        ("rules:\n  info-contact: 3", 2, "3 is no severity", "off, info"),
        ("rule: {}", 1, "rule is no setting", "Did you mean rules?"),
        ("rules: [a]", 1, "rules is no map", "below it"),
        ("- a", 1, "it is no map", "extends"),
        (
            "rules:\n  paths-kebab-case:\n    options:\n      stile: x",
            4,
            "has no option stile",
            "Did you mean style?",
        ),
        (
            "rules:\n  paths-kebab-case:\n    options: {style: 3}",
            3,
            "style of paths-kebab-case can't be 3",
            "'kebab-case'",
        ),
        (
            "rules:\n  info-contact:\n    level: off",
            3,
            "level is no setting of a rule",
            "Only severity",
        ),
        ("ignore: {}", 1, "ignore is no list", "list"),
        ("ignore:\n  - reason: x", 2, "it ignores nothing", "Name a rule"),
        ("ignore:\n  - rule: nope-nope", 2, "there is no rule nope-nope", "--rules"),
        ("ignore:\n  - file: 3", 2, "file is no text", "quotes"),
        ("extends: [", 1, "it is no YAML", "Mend"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, what: str, remedy: str
):
    with pytest.raises(DocumentUnusable) as refused:
        configured(tmp_path, text)
    finding = refused.value.findings[0]
    assert what in finding.what
    assert remedy in finding.remedy
    assert finding.place.line == line or "YAML" in what
    assert finding.rule == "lint-config"


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    with pytest.raises(DocumentUnusable) as refused:
        configured(tmp_path, "extends: x\nrules: {a: off, b: off}")
    assert len(refused.value.findings) == 3


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ("rule: operation-operationId", 0),
        ("pointer: /paths/~1orders/*", 1),
        ("{rule: operation-operationId, pointer: '*orders*'}", 1),
        ("{rule: operation-operationId, file: document.yaml}", 0),
        ("{rule: operation-operationId, file: other.yaml}", 2),
    ],
)
def test_findings_are_let_pass_by_rule_file_and_pointer(tmp_path: Path, ignore: str, left: int):
    chosen = configured(
        tmp_path, f"extends: none\nrules: {{operation-operationId: error}}\nignore:\n  - {ignore}\n"
    )
    report = lint(document_of(tmp_path, TWO_FLAWS), chosen)
    assert (len(report.findings), report.ignored) == (left, 2 - left)


def test_what_lets_nothing_pass_is_told(tmp_path: Path):
    document_of(tmp_path, TWO_FLAWS)
    configured(tmp_path, "extends: none\nignore:\n  - {rule: info-contact, reason: x}\n")
    [finding] = lint_sources([str(tmp_path / "document.yaml")]).findings
    assert (finding.rule, finding.severity, finding.place.line) == (
        "lint-ignore",
        Severity.INFO,
        3,
    )


@pytest.mark.parametrize(
    "said",
    ["[operation-operationId]", "operation-operationId", "{operation-operationId: too old}"],
)
def test_the_document_itself_lets_pass_what_is_below(tmp_path: Path, said: str):
    text = TWO_FLAWS.replace("/orders: {", f"/orders: {{x-lint-ignore: {said}, ")
    only = Configuration(RuleSet.NONE, {"operation-operationId": Severity.ERROR})
    report = lint(document_of(tmp_path, text), only)
    assert [one.place.pointer for one in report.findings] == ["/paths/~1people/get"]
    assert report.ignored == 1


@pytest.mark.parametrize(
    ("said", "what", "remedy"),
    [
        ("[info-contct]", "info-contct, which is no rule", "Did you mean info-contact?"),
        ("true", "names no rule", "Write a list of rules."),
    ],
)
def test_an_x_lint_ignore_that_names_no_rule_is_told(
    tmp_path: Path, said: str, what: str, remedy: str
):
    text = TWO_FLAWS.replace("/orders: {", f"/orders: {{x-lint-ignore: {said}, ")
    [finding] = lint(document_of(tmp_path, text), Configuration(RuleSet.NONE)).findings
    assert what in finding.what
    assert finding.remedy == remedy
    assert finding.place.line > 1


def test_the_configuration_beside_the_document_counts_before_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    beside, here = tmp_path / "beside", tmp_path / "here"
    for folder, rule in ((beside, "info-contact"), (here, "info-license")):
        folder.mkdir()
        configured(folder, f"extends: none\nrules: {{{rule}: error}}")
    document_of(beside, TWO_FLAWS)
    monkeypatch.chdir(here)
    source = str(beside / "document.yaml")
    assert [one.rule for one in lint_sources([source]).findings] == ["info-contact"]
    (beside / "altlas-chat-lint.yaml").unlink()
    assert [one.rule for one in lint_sources([source]).findings] == ["info-license"]
    (here / "altlas-chat-lint.yaml").unlink()
    assert len(lint_sources([source]).findings) > 2


def test_options_change_what_is_found(tmp_path: Path):
    text = "paths: {/a: {get: {responses: {default: {description: x}}}}}"
    strict = Configuration(
        RuleSet.NONE,
        {"operation-4xx-response": Severity.ERROR},
        {"operation-4xx-response": {"accept_default": False}},
    )
    assert len(lint(document_of(tmp_path, text), strict).findings) == 1


def test_of_what_a_broken_reference_stands_for_nothing_more_is_said(tmp_path: Path):
    text = "paths: {/a: {get: {parameters: [{$ref: '#/nowhere'}], responses: {}}}}"
    only = Configuration(RuleSet.NONE, {"parameter-description": Severity.ERROR})
    [finding] = lint(document_of(tmp_path, text), only).findings
    assert finding.rule == "reference-to-nowhere"


def test_our_own_contract_has_nothing_against_it():
    report = lint_sources([])
    assert [str(one) for one in report.findings] == []
    assert len(report.sources) == 2
