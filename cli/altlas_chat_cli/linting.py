"""How ``altlas-chat contract lint`` speaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from altlas_chat.settings import document_cache
from altlas_chat.specs.findings import DocumentUnusable, Finding, Severity
from altlas_chat.toolkit.linting import catalogue
from altlas_chat.toolkit.linting.linter import Report
from altlas_chat.toolkit.linting.registry import all_rules
from altlas_chat.toolkit.linting.reports import FORMATS, as_json
from altlas_chat.toolkit.linting.running import lint_sources
from altlas_chat_cli import output

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for."""

    form: str
    fail_on: Severity
    config: Path | None
    fetch: bool


def lint_documents(documents: Sequence[str], wish: Wish) -> int:
    """Lint, tell what was found, and the exit code."""
    try:
        report = lint_sources(
            documents, configuration=wish.config, fetch=wish.fetch, cache=document_cache()
        )
    except DocumentUnusable as unusable:
        _tell_unusable(unusable, as_json=wish.form == "json")
        return output.WRONG_USE
    if wish.form == "json":
        output.print_json(as_json(report, wish.fail_on))
    elif wish.form == "text":
        _tell(report)
    else:
        text = FORMATS[wish.form](report)
        if text:
            output.print_line(text)
    return output.FAILED if report.fails(wish.fail_on) else output.DONE


def _tell_unusable(unusable: DocumentUnusable, *, as_json: bool) -> None:
    for finding in unusable.findings:
        output.say(str(finding))
    if as_json:
        told = {"detail": unusable.detail, "remedy": unusable.remedy}
        output.print_json({"error": told})


def _tell(report: Report) -> None:
    """Lines that editors can follow; on a terminal grouped by file, in colours."""
    console = Console(highlight=False)
    if console.is_terminal:
        for file, findings in groupby(report.findings, lambda one: one.place.file):
            console.print(Text(file, "underline"))
            for finding in findings:
                console.print(_line(finding), soft_wrap=True)
            console.print()
    else:
        for finding in report.findings:
            output.print_line(str(finding))
    output.say(_summary(report))


def _line(finding: Finding) -> Text:
    place = finding.place
    where = f"{place.line}:{place.column}" if place.line else place.pointer
    return Text.assemble(
        (f"  {where:<9} ", "dim"),
        (f"{finding.severity.value:<8}", STYLES[finding.severity]),
        f"{finding.what}. ",
        (finding.remedy, "italic"),
        (f"  {finding.rule}", "dim"),
    )


def _summary(report: Report) -> str:
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "hint"}
    counts = [_counted(count, words[severity]) for severity, count in report.counts.items()]
    passed = f"; {report.ignored} let pass" if report.ignored else ""
    documents = _counted(len(report.sources), "document")
    return f"{', '.join(counts)} in {documents}{passed}."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def list_rules(*, as_json: bool) -> None:
    """A line for each rule: its id, severity and set, and what it says."""
    rules = all_rules().values()
    if as_json:
        output.print_json([catalogue.as_data(rule) for rule in rules])
        return
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        line = f"{rule.id:<{width}}  {rule.severity:<7}  {rule.since:<11}  {rule.meaning}"
        output.print_line(line)


def explain_rule(name: str, *, as_json: bool) -> None:
    """All of a rule; exits when there is none of that name."""
    try:
        rules = catalogue.rules_named(name)
    except catalogue.NoSuchRule as unknown:
        output.explain(unknown, as_json=as_json)
        raise typer.Exit(output.WRONG_USE) from unknown
    if as_json:
        output.print_json([catalogue.as_data(rule) for rule in rules])
    else:
        output.print_line("\n\n".join(map(catalogue.explained, rules)))
