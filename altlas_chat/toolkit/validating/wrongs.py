"""What checks of documents give, before it has its place."""

from dataclasses import dataclass

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a check finds: where, by which rule, what, and what to do."""

    pointer: str
    rule: str
    what: str
    remedy: str
    severity: Severity = Severity.ERROR


def finding_of(document: Document, wrong: Wrong) -> Finding:
    place = document.place(wrong.pointer)
    return Finding(place, wrong.rule, wrong.what, wrong.remedy, wrong.severity)


def line_of(document: Document, pointer: str) -> str:
    """Where another part is, in the words of a sentence."""
    place = document.place(pointer)
    return f"line {place.line}" if len(document.files) == 1 else str(place)
