"""What is wrong with a document, where exactly, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is.

    ``file`` is the path as the user may type it; ``line`` and ``column`` count
    from 1, 0 where they are not known; ``pointer`` is the JSON pointer (RFC
    6901) within that file, "" for the whole.
    """

    file: str
    line: int = 0
    column: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file}#{self.pointer}" if self.pointer else self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong.

    ``rule`` is a stable name for filters and CI (``duplicate-key``); ``what``
    is a sentence without its full stop, ``remedy`` is one with it.
    """

    place: Place
    rule: str
    what: str
    remedy: str
    severity: Severity = field(default=Severity.ERROR)

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.what}. {self.remedy} [{self.rule}]"


class DocumentUnusable(Exception):
    """A document can't be worked with; carries every finding that says why, at least one."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)

    @property
    def detail(self) -> str:
        """What is wrong, for the command line."""
        return "\n".join(f"{one.place}: {one.what}." for one in self.findings)

    @property
    def remedy(self) -> str:
        """What to do about the first finding, for the command line."""
        return self.findings[0].remedy
