"""Our own contract: judged like any other, then by its own rules; places are in its sources."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from altlas_chat.contract.bundling import BundlingFailed, bundle_asyncapi, bundle_openapi
from altlas_chat.contract.rules import live_findings, plan_findings, rest_findings
from altlas_chat.data import data_folder
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.validating import Report, check_document, judge_document

Rules = Callable[[Json, Path], list[Finding]]

PARTS: tuple[tuple[str, Callable[[Path], Json], Rules], ...] = (
    ("openapi/openapi.yaml", bundle_openapi, rest_findings),
    ("asyncapi.yaml", bundle_asyncapi, live_findings),
)
"""The root of each document below the folder, what makes its bundle, and its rules."""


def validate_own(folder: Path | None = None) -> list[Report]:
    """What is wrong with both documents of our contract; ``folder`` holds its sources.

    Rules of our own ask for sound documents, and judges take a while: each comes only where
    nothing was found before.
    """
    folder = folder or data_folder("contracts")
    reports = [_checked(folder, *part) for part in PARTS]
    if any(report.findings for report in reports):
        return reports
    return [
        replace(report, findings=tuple(judge_document(report.document)))
        for report in reports
        if report.document is not None
    ]


def _checked(folder: Path, name: str, bundle: Callable[[Path], Json], rules: Rules) -> Report:
    file = str(folder / name)
    try:
        sources = load_document(file)
    except DocumentUnusable as unusable:
        return Report(file, None, unusable.findings)
    found = [*sources.findings, *plan_findings(folder)]
    if found:
        return Report(file, sources, tuple(found))
    try:
        # The bundle's parts have their places in the sources.
        document = replace(sources, data=bundle(folder), _found={})
    except BundlingFailed as failure:
        remedy = "Mend the reference or the name."
        finding = Finding(Place(str(folder)), "own-bundle", str(failure), remedy)
        return Report(file, sources, (finding,))
    found = check_document(document)
    if not found:
        found = [_placed(document, one) for one in rules(document.data, folder)]
    return Report(file, document, tuple(sorted(set(found))))


def _placed(document: Document, finding: Finding) -> Finding:
    """A finding of a rule with its place in the sources; planned.yaml is none of them."""
    if finding.rule == "own-plan":
        return finding
    return replace(finding, place=document.place(finding.place.pointer))
