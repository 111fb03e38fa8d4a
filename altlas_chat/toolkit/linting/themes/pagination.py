"""Rules on lists and how they are read in pieces."""

import re
from collections.abc import Iterator

from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Call, Subject
from altlas_chat.toolkit.linting.themes.examples import is_json
from altlas_chat.toolkit.linting.themes.schemas import types_of


def _plain(name: str) -> str:
    """``page[size]``, ``page_size`` and ``pageSize`` are one."""
    return re.sub(r"[^a-z]", "", name.lower())


@check("list-paginated")
def list_paginated(subject: Subject, options: Options) -> Iterator[Flaw]:
    known = set(options["parameters"])
    for call in subject.path_calls:
        if call.method != "get" or call.path.rstrip("/").endswith("}"):
            continue
        names = {_plain(part.text("name")) for _, part in subject.parameters(call)}
        if not names & known and _answers_list(subject, call, set(options["wrappers"])):
            yield Flaw(call.part.pointer, f"{call.name} answers a list of any length")


def _answers_list(subject: Subject, call: Call, wrappers: set[str]) -> bool:
    wrappers = wrappers | {_plain(call.path.rstrip("/").rpartition("/")[2])}
    for reply in subject.replies(call):
        if not reply.status.startswith("2"):
            continue
        for body in subject.parts.below(reply.part, "content"):
            if is_json(body.name):
                schema = subject.parts.resolved(subject.parts.child(body, "schema"))
                if schema is not None and _is_list(subject, schema, wrappers):
                    return True
    return False


def _is_list(subject: Subject, schema: Part, wrappers: set[str]) -> bool:
    """An array without a bound, or an object around one."""
    if "array" in types_of(schema):
        return "maxItems" not in schema.node
    for entry in subject.parts.below(schema, "properties"):
        inner = subject.parts.resolved(entry)
        if inner is not None and _plain(entry.name) in wrappers and "array" in types_of(inner):
            return "maxItems" not in inner.node
    return False


@check("limit-bounded")
def limit_bounded(subject: Subject, options: Options) -> Iterator[Flaw]:
    known = set(options["parameters"])
    for part in subject.parts.of("parameter"):
        schema = subject.parts.resolved(subject.parts.child(part, "schema"))
        if part.text("in") != "query" or schema is None or _plain(part.text("name")) not in known:
            continue
        if "integer" in types_of(schema) and not _has_maximum(schema):
            yield Flaw(schema.pointer, f"{part.text('name')} has no maximum")


def _has_maximum(schema: Part) -> bool:
    return any(name in schema.node for name in ("maximum", "exclusiveMaximum", "enum", "const"))
