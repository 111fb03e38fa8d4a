"""Rules on operations: their ids, words, tags and parameters."""

import re
from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.spelling import misspelled
from altlas_chat.toolkit.linting.subject import Subject

URL_SAFE = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]*")
"""The characters that RFC 3986 lets stand in an address, without the percent sign."""


@check("operation-operationId")
def operation_id(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if not call.part.text("operationId"):
            yield Flaw(call.part.pointer, f"{call.name} has no operationId")


@check("operation-operationId-unique")
def operation_id_unique(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    first: dict[str, str] = {}
    for call in subject.calls:
        name = call.part.text("operationId")
        if name and first.setdefault(name, call.part.pointer) != call.part.pointer:
            yield Flaw(joined(call.part.pointer, "operationId"), f"{name} is there twice")


@check("operation-operationId-url-safe")
def operation_id_url_safe(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        name = call.part.text("operationId")
        if not URL_SAFE.fullmatch(name):
            what = f"{name!r} has characters that no address may have"
            yield Flaw(joined(call.part.pointer, "operationId"), what)


@check("operation-operationId-style")
def operation_id_style(subject: Subject, options: Options) -> Iterator[Flaw]:
    if subject.is_openapi:
        named = [
            (joined(call.part.pointer, "operationId"), call.part.text("operationId"))
            for call in subject.calls
        ]
    else:
        named = [
            (joined(part.pointer, "operationId"), part.text("operationId"))
            if "operationId" in part.node
            else (part.pointer, part.name)
            for part in subject.parts.of("async-operation")
            if "operationId" in part.node or part.name not in ("publish", "subscribe")
        ]
    yield from misspelled(named, str(options["style"]))


@check("operation-summary")
def operation_summary(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if not call.part.text("summary"):
            yield Flaw(call.part.pointer, f"{call.name} has no summary")


@check("operation-description")
def operation_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if not call.part.text("description"):
            yield Flaw(call.part.pointer, f"{call.name} has no description")


@check("operation-tags")
def operation_tags(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if not call.part.items("tags"):
            yield Flaw(call.part.pointer, f"{call.name} has no tag")


@check("operation-singular-tag")
def operation_singular_tag(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if len(call.part.items("tags")) > 1:
            yield Flaw(joined(call.part.pointer, "tags"), f"{call.name} has several tags")


@check("operation-tag-defined")
def operation_tag_defined(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    declared = {part.text("name") for part in subject.parts.of("tag")}
    for call in subject.calls:
        for number, tag in enumerate(map(str, call.part.items("tags"))):
            if tag not in declared:
                yield Flaw(joined(call.part.pointer, "tags", number), f"{tag} is declared nowhere")


@check("parameter-description")
def parameter_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("parameter"):
        if not part.text("description"):
            yield Flaw(part.pointer, f"the parameter {part.node.get('name')} has no description")


@check("operation-parameters-unique")
def operation_parameters_unique(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for holder in subject.parts.of("path-item", "operation"):
        seen = set()
        for entry in subject.parts.below(holder, "parameters"):
            part = subject.parts.resolved(entry)
            if part is None:
                continue
            key = (part.text("name"), part.text("in"))
            if key in seen:
                yield Flaw(entry.pointer, f"the parameter {key[0]} in {key[1]} is there twice")
            seen.add(key)


@check("no-request-body")
def no_request_body(subject: Subject, options: Options) -> Iterator[Flaw]:
    for call in subject.calls:
        if call.method in options["methods"] and "requestBody" in call.part.node:
            yield Flaw(joined(call.part.pointer, "requestBody"), f"{call.name} takes a body")


@check("no-callbacks-in-callbacks")
def no_callbacks_in_callbacks(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        if call.home != "paths" and call.part.entries("callbacks"):
            yield Flaw(joined(call.part.pointer, "callbacks"), f"{call.name} has callbacks")
