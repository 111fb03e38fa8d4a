"""Compares the documents that a person names, and tells what he asked for."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from altlas_chat.data import data_folder
from altlas_chat.settings import document_cache
from altlas_chat.specs.documents import Document
from altlas_chat.specs.embedding import events_document
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.system import SystemClock
from altlas_chat.toolkit.diffing.changes import Comparison, Policy
from altlas_chat.toolkit.diffing.comparing import compare_documents
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.reports import reported
from altlas_chat.toolkit.diffing.revisions import newest_release, open_revision
from altlas_chat.toolkit.diffing.rules import RULES
from altlas_chat.toolkit.diffing.selection import selection
from altlas_chat.toolkit.publishing import WHOLE, own_whole
from altlas_chat_cli import output


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; ``fail_on`` None fails on nothing."""

    form: str
    fail_on: Level | None
    at_least: Level
    rules: tuple[str, ...]
    ignore: Path | None
    fetch: bool
    stable_days: int
    beta_days: int
    stability: str
    flatten: bool
    versions: bool

    def policy(self) -> Policy:
        """What it asks of the documents, today."""
        now = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC)
        return Policy(
            now.date(),
            self.stable_days,
            self.beta_days,
            self.stability,
            self.flatten,
            self.versions,
        )


def diff_documents(old: str | None, new: str | None, wish: Wish) -> int:
    """Tell what changed; the exit code."""
    chosen = selection(wish.rules, wish.ignore)
    failed = False
    for one, other in _pairs(old, new, wish):
        comparison = compare_documents(one, other, wish.policy())
        counted = chosen.of(comparison)
        failed = failed or _fails(counted, wish)
        told = counted.with_changes(
            change for change in counted.changes if change.level.weight >= wish.at_least.weight
        )
        _tell(told, wish)
    return output.FAILED if failed else output.DONE


def _fails(comparison: Comparison, wish: Wish) -> bool:
    worst = comparison.worst
    return wish.fail_on is not None and worst is not None and worst.weight >= wish.fail_on.weight


def _tell(comparison: Comparison, wish: Wish) -> None:
    colour = wish.form == "text" and sys.stdout.isatty()
    limit = wish.fail_on or Level.BREAKING
    text = reported(comparison, wish.form, at_least=limit, colour=colour)
    if text:
        output.print_line(text)


def _open(source: str, wish: Wish) -> Document:
    document = open_revision(source, fetch=wish.fetch, cache=document_cache())
    for finding in document.findings:
        output.say(f"altlas-chat: {finding}")
    return document


def _pairs(old: str | None, new: str | None, wish: Wish) -> Iterator[tuple[Document, Document]]:
    """Those named, or what was released of our own contract and what is; events apart."""
    if old is not None and new is not None:
        one, other = _open(old, wish), _open(new, wish)
    else:
        one, other = _released(wish), own_whole()
    yield one, other
    events, others = events_document(one), events_document(other)
    if events is not None and others is not None:
        yield events, others


def _released(wish: Wish) -> Document:
    """The newest release of our own contract.

    Raises:
        DocumentUnusable: there is none yet.
    """
    folder = data_folder("contracts") / "released"
    newest = newest_release(folder, WHOLE)
    if newest is not None:
        return _open(str(newest), wish)
    what = "no version of our own contract was released yet"
    remedy = "Name two documents: altlas-chat contract diff OLD NEW."
    raise DocumentUnusable([Finding(Place(str(folder)), "nothing-released", what, remedy)])


def list_rules(*, as_json: bool) -> None:
    """Print every rule with its level and what it means."""
    if as_json:
        output.print_json(
            [
                {
                    "id": rule.name,
                    "level": rule.level.value,
                    "section": rule.section,
                    "words": rule.meaning,
                }
                for rule in RULES.values()
            ]
        )
        return
    for rule in sorted(RULES.values(), key=lambda one: one.name):
        output.print_line(f"{rule.level:<9} {rule.name}: {rule.meaning}")
