"""Which findings are let pass: by the configuration, or by ``x-lint-ignore`` in the document."""

from collections.abc import Iterator, Mapping
from typing import Any

from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.toolkit.linting.configuration import Configuration, Ignore, nearest
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import rules_by_name
from altlas_chat.toolkit.linting.subject import Subject

KEY = "x-lint-ignore"
RULE = "lint-ignore"


class Exemptions:
    """What is let pass in one document; ``used`` are the configuration's that something needed."""

    def __init__(self, subject: Subject, configuration: Configuration) -> None:
        self._subject = subject
        self._ignores = configuration.ignores
        self._inline: dict[str, set[str]] = {}
        self._unknown: list[tuple[Part, str]] = []
        self.used: set[Ignore] = set()
        for part in subject.parts:
            if KEY in part.node:
                self._note(part, part.node[KEY])

    def _note(self, part: Part, said: Any) -> None:
        """``x-lint-ignore`` is a rule, a list of rules, or a map of rules to reasons."""
        names = [said] if isinstance(said, str) else said
        if not isinstance(names, list | Mapping) or not names:
            self._unknown.append((part, ""))
            return
        here = self._inline.setdefault(part.pointer, set())
        for name in map(str, names):
            here.update(rules_by_name().get(name, ()))
            if name not in rules_by_name():
                self._unknown.append((part, name))

    def cover(self, finding: Finding, pointer: str) -> bool:
        """The finding, at this pointer of the whole document, is let pass."""
        for ignore in self._ignores:
            if ignore.covers(finding, pointer):
                self.used.add(ignore)
                return True
        return any(
            finding.rule in rules and (pointer == place or pointer.startswith(f"{place}/"))
            for place, rules in self._inline.items()
        )

    def mistakes(self) -> Iterator[Finding]:
        """Every ``x-lint-ignore`` that names no rule."""
        for part, name in self._unknown:
            place = self._subject.document.place(f"{part.pointer}/{KEY}")
            what = f"{KEY} names {name}, which is no rule" if name else f"{KEY} names no rule"
            remedy = nearest(name, rules_by_name()) if name else "Write a list of rules."
            yield Finding(place, RULE, what, remedy, Severity.WARNING)


def unused(configuration: Configuration, used: frozenset[Ignore]) -> Iterator[Finding]:
    """The entries below ``ignore`` that nothing needed."""
    for ignore in configuration.ignores:
        if ignore not in used:
            remedy = "Take it out, or mend its patterns."
            yield Finding(ignore.place, RULE, "it lets nothing pass", remedy, Severity.INFO)
