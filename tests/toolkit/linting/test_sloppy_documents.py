"""Nothing of a document is what it should be, and no rule falls over it."""

import pytest
import yaml

from altlas_chat.specs.documents import Kind
from altlas_chat.toolkit.linting.configuration import Configuration
from altlas_chat.toolkit.linting.linter import lint
from altlas_chat.toolkit.linting.registry import RuleSet
from tests.toolkit.sloppy import ASYNCAPI, OPENAPI, document, spoiled

DOCUMENTS = [(Kind.OPENAPI, OPENAPI), (Kind.ASYNCAPI, ASYNCAPI)]


@pytest.mark.parametrize(("kind", "text"), DOCUMENTS)
def test_whatever_stands_at_a_place_no_rule_falls_over_it(kind: Kind, text: str):
    reports = [lint(one, Configuration(RuleSet.ALL)) for one in spoiled(kind, text, 11)]
    assert len(reports) > 50


def test_the_documents_of_this_test_are_rich():
    """Every rule that is about one of them has something to look at."""
    for kind, text in DOCUMENTS:
        report = lint(document(kind, yaml.safe_load(text)), Configuration(RuleSet.ALL))
        assert len({finding.rule for finding in report.findings}) > 10
