"""Rules on the answers of operations."""

from collections import Counter
from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Call, Subject

WELL = ("101", "2", "3", "default")
BODILESS = ("204", "205", "304")
PROBLEM = "application/problem+"


def _lacks(subject: Subject, call: Call, options: Options, *wanted: str) -> bool:
    """None of these statuses is there, nor the range that they are in."""
    statuses = {status.upper() for status in subject.statuses(call)}
    if options.get("accept_default") and "DEFAULT" in statuses:
        return False
    return not statuses & {*wanted, *(f"{status[0]}XX" for status in wanted)}


def _at_answers(call: Call, what: str) -> Flaw:
    has = "responses" in call.part.node
    return Flaw(joined(call.part.pointer, "responses") if has else call.part.pointer, what)


@check("operation-2xx-response")
def operation_2xx_response(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        statuses = subject.statuses(call)
        if not any(status.startswith(WELL) for status in statuses):
            yield _at_answers(call, f"{call.name} has no answer for when all is well")


@check("operation-4xx-response")
def operation_4xx_response(subject: Subject, options: Options) -> Iterator[Flaw]:
    for call in subject.path_calls:
        statuses = subject.statuses(call)
        known = any(status.startswith("4") for status in statuses)
        if not known and not (options["accept_default"] and "default" in statuses):
            yield _at_answers(call, f"{call.name} does not say how it refuses")


@check("operation-401-response")
def operation_401_response(subject: Subject, options: Options) -> Iterator[Flaw]:
    for call in subject.path_calls:
        if subject.is_secured(call) and _lacks(subject, call, options, "401", "403"):
            yield _at_answers(call, f"{call.name} asks who one is, and has neither 401 nor 403")


@check("operation-404-response")
def operation_404_response(subject: Subject, options: Options) -> Iterator[Flaw]:
    for call in subject.path_calls:
        if "{" in call.path and _lacks(subject, call, options, "404", "410"):
            yield _at_answers(call, f"{call.name} does not say what comes when there is none")


@check("operation-429-response")
def operation_429_response(subject: Subject, options: Options) -> Iterator[Flaw]:
    for call in subject.path_calls:
        if _lacks(subject, call, options, "429"):
            yield _at_answers(call, f"{call.name} has no answer 429")


def _error_bodies(subject: Subject) -> Iterator[Part]:
    """Each body of an error answer once, however many operations refer to it."""
    seen = set()
    for call in subject.path_calls:
        for reply in subject.replies(call):
            if reply.is_error and reply.part.pointer not in seen:
                seen.add(reply.part.pointer)
                yield from subject.parts.below(reply.part, "content")


def _outsiders(said: list[tuple[Part, str]]) -> Iterator[tuple[Part, str, str]]:
    """Those that say another thing than most, with what most say."""
    counted = Counter(word for _, word in said)
    if len(counted) < 2:
        return
    usual, count = counted.most_common(1)[0]
    if count * 2 > len(said):
        yield from ((part, word, usual) for part, word in said if word != usual)


@check("error-media-type-consistent")
def error_media_type_consistent(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    said = [(body, body.name.partition(";")[0].strip()) for body in _error_bodies(subject)]
    for body, name, usual in _outsiders(said):
        beside = (one for one, other in said if other == usual and one.parent is body.parent)
        if next(beside, None) is None:
            yield Flaw(body.pointer, f"the error is {name}, and {usual} elsewhere")


@check("error-shape-consistent")
def error_shape_consistent(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    said = []
    for body in _error_bodies(subject):
        schema = subject.parts.child(body, "schema")
        if schema is not None:
            said.append((body, _shape(subject, schema)))
    for body, name, usual in _outsiders(said):
        what = f"the error's schema is {name or 'one of its own'}, and {usual} elsewhere"
        yield Flaw(joined(body.pointer, "schema"), what)


def _shape(subject: Subject, schema: Part) -> str:
    """The pointer of the schema that this one is, or is built on; "" where it has no name."""
    if schema.reference is not None:
        return schema.reference
    built_on = [part.reference for part in subject.parts.below(schema, "allOf")]
    return next((reference for reference in built_on if reference), "")


@check("error-problem-details")
def error_problem_details(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for body in _error_bodies(subject):
        if not body.name.startswith(PROBLEM):
            yield Flaw(body.pointer, f"the error is {body.name}")


@check("no-content-without-body")
def no_content_without_body(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.calls:
        for reply in subject.replies(call):
            bodiless = reply.status in BODILESS or reply.status.startswith("1")
            if bodiless and reply.part.entries("content"):
                pointer = joined(reply.part.pointer, "content")
                yield Flaw(pointer, f"the answer {reply.status} has a body")


@check("created-has-location")
def created_has_location(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for call in subject.path_calls:
        for reply in subject.replies(call):
            names = {str(name).lower() for name in reply.part.entries("headers")}
            if reply.status == "201" and "location" not in names:
                yield Flaw(reply.entry.pointer, f"201 of {call.name} has no Location")
