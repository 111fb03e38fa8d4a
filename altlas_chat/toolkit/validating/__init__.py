"""``contract validate``: is a document what its specification asks for?

The official JSON Schemas, checks of our own for what they can't say, openapi-spec-validator and
prance judge it; each finding has its place, a rule to filter by, and a remedy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding, Severity
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sources import LIMITS, Limits
from altlas_chat.toolkit.validating.channels import channel_findings
from altlas_chat.toolkit.validating.judges import judges_findings
from altlas_chat.toolkit.validating.official import official_findings
from altlas_chat.toolkit.validating.structure import structural_findings
from altlas_chat.toolkit.validating.values import default_findings


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a document, in the order of files and lines.

    ``document`` is None when it can't be read at all.
    """

    source: str
    document: Document | None
    findings: tuple[Finding, ...]

    @property
    def valid(self) -> bool:
        """Nothing is an error."""
        return not any(one.severity is Severity.ERROR for one in self.findings)


def validate_file(
    source: str, *, fetch: bool = False, cache: Path | None = None, limits: Limits = LIMITS
) -> Report:
    """Everything that is wrong with the document of a file and with those that it refers to."""
    try:
        document = load_document(source, fetch=fetch, lenient=True, cache=cache, limits=limits)
    except DocumentUnusable as unusable:
        return Report(source, None, tuple(unusable.findings))
    return Report(source, document, tuple(validate_document(document)))


def validate_document(document: Document) -> list[Finding]:
    """Everything that is wrong with a document that was read, each thing once."""
    found = check_document(document)
    if not any(one.severity is Severity.ERROR for one in found):
        found += judge_document(document)
    return sorted(set(found))


def check_document(document: Document) -> list[Finding]:
    """What the official schemas and our own checks find, quickly."""
    # In the place of a broken reference there is nothing, of which nothing more is to be said.
    hollow = {
        (one.place.file, one.place.pointer.removesuffix("/$ref"))
        for one in document.findings
        if one.place.pointer.endswith("/$ref")
    }
    found = (one for one in _checks(document) if (one.place.file, one.place.pointer) not in hollow)
    return [*document.findings, *found]


def judge_document(document: Document) -> list[Finding]:
    """What programs of others find in a document that our checks find sound; takes a while."""
    return list(judges_findings(document)) if document.kind is Kind.OPENAPI else []


def _checks(document: Document) -> Iterator[Finding]:
    yield from official_findings(document)
    if document.kind is Kind.ASYNCAPI:
        yield from channel_findings(document)
    else:
        yield from structural_findings(document)
        yield from default_findings(document)
