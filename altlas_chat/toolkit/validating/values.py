"""Defaults that their own schemas refuse (Schema Object: a default conforms to its type)."""

from collections.abc import Iterator

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.specs.grammar import OPENAPI, parts_of
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction, Schemas


def default_findings(document: Document) -> Iterator[Finding]:
    """Every default of a schema that is not valid by it."""
    schemas = Schemas(document)
    for part in parts_of(OPENAPI, document.data):
        if part.kind != "schema" or not isinstance(part.node, dict) or "default" not in part.node:
            continue
        for one in schemas.violations(part.pointer, part.node["default"], Direction.REQUEST):
            where = f" at {one.pointer}" if one.pointer else ""
            what = f"the default{where} is not valid by its schema: it {one.what}"
            place = document.place(joined(part.pointer, "default"))
            # A format is a hint to those who know it (JSON Schema Validation, 7.2.1).
            severity = Severity.WARNING if one.keyword == "format" else Severity.ERROR
            remedy = "Mend the default, or the schema."
            yield Finding(place, "invalid-default", what, remedy, severity)
