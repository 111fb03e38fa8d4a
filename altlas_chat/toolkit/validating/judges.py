"""The judges that others wrote: openapi-spec-validator and prance.

They are asked where our own checks find nothing wrong, so that what they say is said once and
with its place. Neither unrolls what is recursive.
"""

import ast
from collections.abc import Iterator
from typing import Any

import orjson

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.specs.grammar import OPENAPI, parts_of
from altlas_chat.specs.pointers import found_at, joined
from altlas_chat.specs.wording import shortened, shown_value
from altlas_chat.toolkit.validating.unrolling import unrolls_far

LARGEST_FOR_PRANCE = 1 << 20
"""Bytes of a document that is given to both; prance asks the other one once more."""

_CAN_FAIL = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RuntimeError)


def judges_findings(document: Document) -> Iterator[Finding]:
    """What openapi-spec-validator, or else prance finds in an OpenAPI document."""
    if unrolls_far(document):
        what = "openapi-spec-validator and prance are not asked: schemas would unroll without end"
        remedy = "Nothing need be done: the other checks follow each reference once."
        yield Finding(document.place(""), "not-judged", what, remedy, Severity.INFO)
        return
    found = list(_openapi_spec_validator(document))
    yield from found
    if not found:
        yield from _prance(document)


def _openapi_spec_validator(document: Document) -> Iterator[Finding]:
    from openapi_spec_validator import (  # noqa: PLC0415 - a third of a second
        OpenAPIV30SpecValidator,
        OpenAPIV31SpecValidator,
        OpenAPIV32SpecValidator,
    )

    judges = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}
    judge: Any = judges.get(document.version[:3], OpenAPIV32SpecValidator)
    try:
        for error in judge(document.data).iter_errors():
            yield _told(document, error)
    except _CAN_FAIL as failure:
        yield _gave_up(document, "openapi-spec-validator", failure)


def _told(document: Document, error: Any) -> Finding:
    name = "openapi-spec-validator"
    if type(error).__name__ == "ExtraParametersError":
        pointer, names = _undeclared(document, error.message)
        what = f"{', '.join(names)} must be there, and the schema says nowhere what it is"
        remedy = "Add it to properties, or take it out of required."
        return Finding(
            document.place(pointer), "undeclared-property", what, remedy, Severity.WARNING
        )
    place = document.place(_located(document, error))
    if error.validator == "uniqueItems" and list(error.absolute_path)[-1:] == ["enum"]:
        twice = next(one for one in error.instance if error.instance.count(one) > 1)
        what = f"{shown_value(twice)} is among the values twice"
        return Finding(place, "duplicate-value", what, "Take one out.", Severity.WARNING)
    return Finding(place, name, f"{name} says: {shortened(error.message)}", "Mend it.")


def _located(document: Document, error: Any) -> str:
    """Where an error is; its path may be one within a schema that it does not name."""
    steps = list(error.absolute_path)
    for part in parts_of(OPENAPI, document.data):
        if part.kind in ("document", "schema"):
            pointer = joined("", *steps)
            try:
                found = found_at(part.node, pointer)
            except LookupError:
                continue
            if found is error.instance:
                return part.pointer + pointer
    return ""


def _undeclared(document: Document, message: str) -> tuple[str, list[str]]:
    """The first schema that requires what it does not declare, and what that is."""
    names: list[str] = ast.literal_eval(message.partition(": ")[2])
    for part in parts_of(OPENAPI, document.data):
        node: Json = part.node if isinstance(part.node, dict) else {}
        if part.kind == "schema" and "allOf" in node:
            required = node.get("required")
            if isinstance(required, list) and set(names) <= set(required):
                return joined(part.pointer, "required"), sorted(names)
    return "", sorted(names)


def _prance(document: Document) -> Iterator[Finding]:
    written = orjson.dumps(document.data)
    if len(written) > LARGEST_FOR_PRANCE:
        return
    import prance  # noqa: PLC0415

    try:
        prance.BaseParser(spec_string=written.decode(), backend="openapi-spec-validator")
    except prance.ValidationError as error:
        what = f"prance says: {shortened(str(error))}"
        yield Finding(document.place(""), "prance", what, "Mend it.")
    except _CAN_FAIL as failure:
        yield _gave_up(document, "prance", failure)


def _gave_up(document: Document, name: str, failure: Exception) -> Finding:
    what = f"{name} can't judge the document: {type(failure).__name__}: {shortened(str(failure))}"
    remedy = "Nothing is wrong that the other checks know of; tell the makers of that program."
    return Finding(document.place(""), name, what, remedy, Severity.INFO)
