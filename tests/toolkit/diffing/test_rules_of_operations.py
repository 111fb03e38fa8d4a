"""Every rule that the grammar does not make: what triggers it, and at which level."""

import pytest

from altlas_chat.toolkit.diffing.rules import RULES
from altlas_chat.toolkit.diffing.rules_of_operations import OPERATION_RULES
from altlas_chat.toolkit.diffing.rules_of_properties import SPECIAL

from .cases_of_bodies import BODIES, ends_of_properties, existence, existence_in_parameters, flags
from .cases_of_paths import LIFECYCLE, PARAMETERS, PATHS, VERSIONS
from .cases_of_security import ASYNC, COMPONENTS, SECURITY
from .pairs import changes, found, rewritten

CASES = {
    **PATHS,
    **LIFECYCLE,
    **VERSIONS,
    **PARAMETERS,
    **BODIES,
    **SECURITY,
    **COMPONENTS,
    **ASYNC,
    **dict(existence()),
    **dict(existence_in_parameters()),
    **dict(flags()),
    **dict(ends_of_properties()),
}
"""Pairs of documents, and what is asked beyond them, by the rule that they trigger."""


def test_every_rule_has_a_case():
    names = {name for name, *_ in OPERATION_RULES} | {name for name, *_ in SPECIAL}
    assert names == CASES.keys()


@pytest.mark.parametrize("rule", CASES)
def test_a_rule(rule):
    old, new, *policy = CASES[rule]
    asked = policy[0] if policy else {}
    assert found(old, new, **asked).get(rule) == RULES[rule].level
    assert changes(old, rewritten(old), **asked) == []
    assert changes(new, rewritten(new), **asked) == []
