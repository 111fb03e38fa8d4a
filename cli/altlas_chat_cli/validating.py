"""How ``altlas-chat contract validate`` speaks."""

from collections.abc import Sequence
from dataclasses import dataclass

from altlas_chat.settings import document_cache
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.specs.sources import Limits
from altlas_chat.toolkit.reports import as_github, as_json, as_sarif
from altlas_chat.toolkit.validating import Report, validate_file
from altlas_chat.toolkit.validating.own import validate_own
from altlas_chat_cli import output

NAME = "altlas-chat contract validate"
SPECIFICATIONS = {Kind.OPENAPI: "OpenAPI", Kind.ASYNCAPI: "AsyncAPI"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    form: str
    fail_on: Severity
    fetch: bool
    limits: Limits


def validate_documents(sources: Sequence[str], wish: Wish) -> int:
    """Validate, tell what was found, and the exit code."""
    cache = document_cache()
    reports = [
        validate_file(one, fetch=wish.fetch, cache=cache, limits=wish.limits) for one in sources
    ] or validate_own()
    findings = [finding for report in reports for finding in report.findings]
    if wish.form == "json":
        output.print_json(_as_data(reports, wish.fail_on))
    elif wish.form == "sarif":
        output.print_line(as_sarif(findings, NAME, []))
    elif wish.form == "github":
        if findings:
            output.print_line(as_github(findings))
    else:
        _tell(reports)
    if any(report.document is None for report in reports):
        return output.WRONG_USE
    return output.FAILED if _fails(findings, wish.fail_on) else output.DONE


def _fails(findings: Sequence[Finding], limit: Severity) -> bool:
    worst = list(Severity)
    return any(worst.index(one.severity) <= worst.index(limit) for one in findings)


def _as_data(reports: Sequence[Report], limit: Severity) -> dict[str, object]:
    findings = [finding for report in reports for finding in report.findings]
    unread = any(report.document is None for report in reports)
    return {
        "passed": not unread and not _fails(findings, limit),
        "documents": [
            {
                "source": report.source,
                "kind": report.document.kind.value if report.document else None,
                "version": report.document.version if report.document else None,
                "valid": report.document is not None and report.valid,
                "findings": [as_json(finding) for finding in report.findings],
            }
            for report in reports
        ],
    }


def _tell(reports: Sequence[Report]) -> None:
    """A line for each finding, as editors can follow it, then one for each document."""
    for report in reports:
        for finding in report.findings:
            output.print_line(str(finding))
        output.say(_summary(report))


def _summary(report: Report) -> str:
    if report.document is None:
        return f"{report.source} can't be read."
    name = _named(report.document)
    counts = [
        _counted(sum(one.severity is severity for one in report.findings), word)
        for severity, word in zip(Severity, ("error", "warning", "hint"), strict=True)
    ]
    told = ", ".join(count for count in counts if not count.startswith("0"))
    if report.valid:
        return f"{report.source} is valid {name}{f' ({told})' if told else ''}."
    return f"{report.source} is not valid {name}: {told}."


def _named(document: Document) -> str:
    return f"{SPECIFICATIONS[document.kind]} {document.version}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
