"""Runs the rules over a document."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.toolkit.linting.configuration import Configuration, Ignore
from altlas_chat.toolkit.linting.ignoring import Exemptions
from altlas_chat.toolkit.linting.registry import Flaw, Rule, all_rules
from altlas_chat.toolkit.linting.subject import Subject

ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in documents, in the order of place.

    So many as ``ignored`` were let pass on request, some by these entries of a
    configuration.
    """

    sources: tuple[str, ...]
    findings: tuple[Finding, ...]
    ignored: int = 0
    used: frozenset[Ignore] = field(default_factory=frozenset)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in ORDER}

    def fails(self, limit: Severity) -> bool:
        """Something is as bad as ``limit``, or worse."""
        bad = ORDER[: ORDER.index(limit) + 1]
        return any(finding.severity in bad for finding in self.findings)

    def joined(self, other: "Report") -> "Report":
        """Both reports as one."""
        return Report(
            (*self.sources, *other.sources),
            (*self.findings, *other.findings),
            self.ignored + other.ignored,
            self.used | other.used,
        )


NOTHING = Report((), ())


def lint(document: Document, configuration: Configuration) -> Report:
    """Everything that the rules which are on find in a document.

    What a rule finds twice at one place is told once.
    """
    subject = Subject(document)
    exemptions = Exemptions(subject, configuration)
    findings = [*document.findings, *exemptions.mistakes()]
    # In the place of a broken reference there is nothing, of which nothing more is to be said.
    hollow = {
        (one.place.file, one.place.pointer.removesuffix("/$ref"))
        for one in document.findings
        if one.place.pointer.endswith("/$ref")
    }
    ignored = 0
    for rule, severity in _wanted(document, configuration):
        for flaw in _flaws(rule, subject, configuration):
            finding = _finding(document, rule, severity, flaw)
            if (finding.place.file, finding.place.pointer) in hollow:
                continue
            if exemptions.cover(finding, flaw.pointer):
                ignored += 1
            else:
                findings.append(finding)
    return Report((document.source,), tuple(sorted(findings)), ignored, frozenset(exemptions.used))


def _wanted(document: Document, configuration: Configuration) -> Iterator[tuple[Rule, Severity]]:
    for rule in all_rules().values():
        severity = configuration.severity(rule)
        if severity is not None and document.kind in rule.kinds:
            yield rule, severity


def _flaws(rule: Rule, subject: Subject, configuration: Configuration) -> Sequence[Flaw]:
    return list(dict.fromkeys(rule.check(subject, configuration.options(rule))))


def _finding(document: Document, rule: Rule, severity: Severity, flaw: Flaw) -> Finding:
    place = document.place(flaw.pointer)
    return Finding(place, rule.id, flaw.what, flaw.remedy or rule.remedy, severity)
