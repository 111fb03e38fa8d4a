"""A comparison as text, JSON, Markdown, HTML, GitHub's annotations or JUnit's XML."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from altlas_chat.specs.findings import Place
from altlas_chat.toolkit.diffing.changes import Change, Comparison
from altlas_chat.toolkit.diffing.levels import Level

COLOURS: Mapping[Level, str] = MappingProxyType(
    {Level.BREAKING: "31", Level.DANGEROUS: "33", Level.SAFE: "32"}
)
FORMATS = ("text", "json", "markdown", "html", "github", "junit")


def summary(comparison: Comparison) -> str:
    """How many changes there are of each level, in words."""
    if not comparison.changes:
        return "Nothing changed that a client could notice."
    counts = ", ".join(f"{comparison.count(level)} {level}" for level in Level)
    total = len(comparison.changes)
    return f"{total} {'change' if total == 1 else 'changes'}: {counts}"


def _groups(comparison: Comparison) -> Iterator[tuple[str, list[Change]]]:
    def group(change: Change) -> str:
        return change.operation or f"({change.section})"

    for name, changes in groupby(comparison.changes, key=group):
        yield name, list(changes)


def as_text(comparison: Comparison, *, colour: bool = False) -> str:
    """By operation, each change with its rule and its places; the counts come last."""

    def painted(text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if colour else text

    lines = []
    for name, changes in _groups(comparison):
        lines.append(painted(name, "1"))
        for change in changes:
            level = painted(f"{change.level:<9}", COLOURS[change.level])
            lines.append(f"  {level} {change.words} [{change.rule}]")
            places = " → ".join(str(one) for one in comparison.places(change) if one is not None)
            lines.append(painted(f"            {places}", "2"))
        lines.append("")
    return "\n".join([*lines, summary(comparison)])


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
    }


def as_data(comparison: Comparison) -> dict[str, Any]:
    """The shape of ``--json``; keys may come, and none goes or changes its meaning."""
    changes = []
    for change in comparison.changes:
        old, new = comparison.places(change)
        changes.append(
            {
                "id": change.rule,
                "level": change.level.value,
                "words": change.words,
                "section": change.section,
                "operation": change.operation or None,
                "method": change.method or None,
                "path": change.path or None,
                "operationId": change.operation_id or None,
                "old": _place(old),
                "new": _place(new),
            }
        )
    return {
        "old": comparison.old.source,
        "new": comparison.new.source,
        "summary": {level.value: comparison.count(level) for level in Level},
        "changes": changes,
    }


def as_json(comparison: Comparison) -> str:
    return json.dumps(as_data(comparison), ensure_ascii=False)


def as_markdown(comparison: Comparison) -> str:
    """A page for a pull request or a changelog."""
    lines = [f"# {comparison.old.source} → {comparison.new.source}", "", summary(comparison), ""]
    for name, changes in _groups(comparison):
        lines += [f"## {name.replace('{', chr(92) + '{')}", ""]
        lines += [f"- **{one.level}** {one.words} (`{one.rule}`)" for one in changes]
        lines.append("")
    return "\n".join(lines).rstrip()


_CODE = re.compile("`([^`]*)`")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h2{font:600 1.1rem ui-monospace,monospace;margin:2rem 0 .5rem}"
    "ul{list-style:none;padding:0}li{display:flex;padding:.35rem 0;border-top:1px solid #8884}"
    "b{flex:0 0 6rem}code,small{font-family:ui-monospace,monospace;overflow-wrap:anywhere}"
    "small{display:block;opacity:.7}"
    ".breaking b{color:#b00020}.dangerous b{color:#8a5a00}.safe b{color:#1b6e2d}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}"
    ".breaking b{color:#ff8a80}.dangerous b{color:#ffd180}.safe b{color:#a5d6a7}}"
)


def as_html(comparison: Comparison) -> str:
    """A page of its own, without a script and without anything to load."""
    title = html.escape(f"{comparison.old.source} → {comparison.new.source}")
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>',
        f"<style>{_STYLE}</style><h1>{title}</h1><p>{html.escape(summary(comparison))}</p>",
    ]
    for name, changes in _groups(comparison):
        parts.append(f"<h2>{html.escape(name)}</h2><ul>")
        for change in changes:
            told = " → ".join(str(one) for one in comparison.places(change) if one is not None)
            words = _CODE.sub(r"<code>\1</code>", html.escape(change.words))
            parts.append(
                f'<li class="{change.level}"><b>{change.level}</b><div>{words}'
                f"<small>{change.rule} · {html.escape(told)}</small></div></li>"
            )
        parts.append("</ul>")
    return "\n".join([*parts, "</html>"])


_ANNOTATIONS: Mapping[Level, str] = MappingProxyType(
    {Level.BREAKING: "error", Level.DANGEROUS: "warning", Level.SAFE: "notice"}
)


def as_github(comparison: Comparison) -> str:
    """Annotations of GitHub's actions, at the place in the new document."""
    lines = []
    for change in comparison.changes:
        old, new = comparison.places(change)
        place = new or old
        if place is None:
            continue
        where = f"file={_property(place.file)}"
        if place.line:
            where += f",line={place.line},col={place.column}"
        said = f"{change.operation}: {change.words}" if change.operation else change.words
        kind = _ANNOTATIONS[change.level]
        lines.append(f"::{kind} {where},title={change.rule}::{_message(said)}")
    return "\n".join(lines)


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


def as_junit(comparison: Comparison, at_least: Level) -> str:
    """A test for each change; those at such a level or worse have failed."""
    failed = sum(one.level.weight >= at_least.weight for one in comparison.changes)
    total = max(len(comparison.changes), 1)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites><testsuite name="contract diff" tests="{total}" failures="{failed}">',
    ]
    for change in comparison.changes:
        name = quoteattr(_legal(change.words))
        group = quoteattr(_legal(f"{change.rule} {change.operation}".strip()))
        lines.append(f"<testcase classname={group} name={name}>")
        if change.level.weight >= at_least.weight:
            places = " → ".join(str(one) for one in comparison.places(change) if one is not None)
            told = escape(_legal(f"{change.words}\n{places}"))
            lines.append(f'<failure type="{change.rule}" message={name}>{told}</failure>')
        lines.append("</testcase>")
    if not comparison.changes:
        lines.append('<testcase classname="contract diff" name="nothing changed"/>')
    return "\n".join([*lines, "</testsuite></testsuites>"])


def _legal(text: str) -> str:
    """Without the signs that XML 1.0 has no place for."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")


def reported(comparison: Comparison, form: str, *, at_least: Level, colour: bool = False) -> str:
    """The comparison in one of the ``FORMATS``."""
    if form == "text":
        return as_text(comparison, colour=colour)
    if form == "junit":
        return as_junit(comparison, at_least)
    made = {"json": as_json, "markdown": as_markdown, "html": as_html, "github": as_github}
    return made[form](comparison)
