"""What Pydantic finds wrong, told in words of JSON instead of Python, by its error type."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.domain.language import Phrase, say

FINDINGS = {
    "missing": "This is needed",
    "extra_forbidden": "There is no such property",
    "invalid_key": "Keys should be texts",
    "model_type": "Input should be a JSON object",
    "model_attributes_type": "Input should be a JSON object",
    "dict_type": "Input should be a JSON object",
    "list_type": "Input should be a list",
    "string_type": "Input should be a text",
    "string_unicode": "Input should be Unicode; it has half of a pair",
    "string_too_short": "The text should have at least {min_length} characters",
    "string_too_long": "The text should have at most {max_length} characters",
    "string_pattern_mismatch": "The text should match the pattern {pattern}",
    "too_short": "There should be at least {min_length} items, not {actual_length}",
    "too_long": "There should be at most {max_length} items",
    "bool_type": "Input should be true or false",
    "bool_parsing": "Input should be true or false",
    "int_type": "Input should be a whole number",
    "int_parsing": "Input should be a whole number",
    "int_parsing_size": "The number is too large",
    "int_from_float": "Input should be a whole number",
    "float_type": "Input should be a number",
    "float_parsing": "Input should be a number",
    "finite_number": "Input should be a number that has an end",
    "greater_than": "Input should be more than {gt}",
    "greater_than_equal": "Input should be at least {ge}",
    "less_than": "Input should be less than {lt}",
    "less_than_equal": "Input should be at most {le}",
    "literal_error": "Input should be one of {expected}",
}
"""What is said of each type of finding; the names are those of its context."""

OTHERWISE = "Input has not the form that the contract asks for"


def told(finding: Mapping[str, Any]) -> Phrase:
    """The sentence for one of Pydantic's findings.

    A ``ValueError`` of ours that was raised with a phrase is told as it is.
    """
    kind, context = finding["type"], dict(finding.get("ctx", {}))
    if kind == "value_error":
        (words,) = context["error"].args
        return words if isinstance(words, Phrase) else say(OTHERWISE)
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ")
    template = FINDINGS.get(kind)
    return say(OTHERWISE) if template is None else say(template, **context)
