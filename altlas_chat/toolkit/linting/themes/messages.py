"""Rules on the messages, channels and operations of AsyncAPI 2 and 3."""

from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.specs.schemas import Direction
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject
from altlas_chat.toolkit.linting.themes.examples import MOST_TOLD, unfit
from altlas_chat.toolkit.linting.themes.schemas import types_of


def messages(subject: Subject) -> Iterator[Part]:
    """Each message once; a choice of messages (AsyncAPI 2) is none itself."""
    return (part for part in subject.parts.of("message") if "oneOf" not in part.node)


def _title(part: Part) -> str:
    return part.text("name") or part.name


def _says(subject: Subject, part: Part, *names: str) -> bool:
    """The part says one of these things, or one of its traits does."""
    traits = (subject.parts.resolved(one) for one in subject.parts.below(part, "traits"))
    holders = [part, *(trait for trait in traits if trait is not None)]
    return any(holder.node.get(name) for holder in holders for name in names)


@check("message-name")
def message_name(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in messages(subject):
        if not _says(subject, part, "name", "messageId"):
            yield Flaw(part.pointer, f"the message {part.name} has no name")


@check("message-names-unique")
def message_names_unique(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for channel in subject.parts.of("channel"):
        seen: dict[str, str] = {}
        for entry in subject.parts.below(channel, "messages"):
            part = subject.parts.resolved(entry)
            name = "" if part is None else part.text("name")
            if name and seen.setdefault(name, entry.name) != entry.name:
                yield Flaw(entry.pointer, f"{entry.name} and {seen[name]} have the name {name}")


@check("message-description")
def message_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in messages(subject):
        if not _says(subject, part, "summary", "description", "title"):
            yield Flaw(part.pointer, f"nothing says what the message {_title(part)} is")


@check("message-payload")
def message_payload(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in messages(subject):
        if "payload" not in part.node:
            yield Flaw(part.pointer, f"the message {_title(part)} has no payload")


@check("message-example-valid")
def message_example_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in messages(subject):
        for number, example in enumerate(part.items("examples")):
            for name in ("payload", "headers"):
                schema = _schema(subject, part, name)
                if not isinstance(example, dict) or name not in example or schema is None:
                    continue
                wrong = unfit(subject, schema.pointer, example[name], Direction.ANSWER)
                if wrong:
                    pointer = joined(part.pointer, "examples", number, name)
                    what = f"the example of {_title(part)} does not fit: "
                    yield Flaw(pointer, what + "; ".join(wrong[:MOST_TOLD]))


def _schema(subject: Subject, part: Part, name: str) -> Part | None:
    """The schema of a message's payload or headers, where it is one of JSON Schema."""
    for steps in ((name,), (name, "schema")):
        found = subject.parts.child(part, *steps)
        if found is not None and found.kind == "schema":
            return found
    return None


@check("message-example-present")
def message_example_present(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in messages(subject):
        if not _says(subject, part, "examples"):
            yield Flaw(part.pointer, f"the message {_title(part)} has no example")


@check("message-headers-object")
def message_headers_object(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("message", "message-trait"):
        schema = subject.parts.resolved(_schema(subject, part, "headers"))
        if schema is not None and types_of(schema) and types_of(schema) != ("object",):
            pointer = joined(part.pointer, "headers")
            yield Flaw(pointer, f"the headers of {_title(part)} are no object")


@check("async-operation-operationId")
def async_operation_id(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    first: dict[str, str] = {}
    for part in subject.parts.of("async-operation"):
        if part.name not in ("publish", "subscribe"):
            continue
        name = part.text("operationId")
        if not name:
            yield Flaw(part.pointer, f"{part.name} has no operationId")
        elif first.setdefault(name, part.pointer) != part.pointer:
            yield Flaw(joined(part.pointer, "operationId"), f"{name} is there twice")


@check("async-operation-description")
def async_operation_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("async-operation"):
        if not _says(subject, part, "summary", "description", "title"):
            yield Flaw(part.pointer, f"nothing says what {part.name} does")


def _said(subject: Subject) -> Iterator[tuple[Part, Part]]:
    """Each entry of the messages of an operation or its reply (AsyncAPI 3), with its holder."""
    for part in subject.parts.of("async-operation"):
        reply = subject.parts.resolved(subject.parts.child(part, "reply"))
        for holder in (part, *((reply,) if reply is not None else ())):
            for entry in subject.parts.below(holder, "messages"):
                yield (holder if "channel" in holder.node else part), entry


@check("operation-message-in-channel")
def operation_message_in_channel(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for holder, entry in _said(subject):
        channel = subject.parts.child(holder, "channel")
        if channel is None or channel.reference is None or entry.reference is None:
            continue
        if not entry.reference.startswith(f"{channel.reference}/messages/"):
            name = channel.reference.rpartition("/")[2]
            what = f"{entry.reference.rpartition('/')[2]} is no message of the channel {name}"
            yield Flaw(entry.pointer, what)


@check("no-unused-messages")
def no_unused_messages(subject: Subject, options: Options) -> Iterator[Flaw]:
    """An operation without messages is about all of its channel."""
    del options
    operations = list(subject.parts.of("async-operation"))
    if not operations:
        return
    used = {entry.reference for _, entry in _said(subject)}
    for part in operations:
        reply = subject.parts.resolved(subject.parts.child(part, "reply"))
        for holder in (part, *((reply,) if reply is not None else ())):
            channel = subject.parts.child(holder, "channel")
            if channel is not None and "messages" not in holder.node:
                resolved = subject.parts.resolved(channel)
                used |= _entries(subject, resolved)
    for channel in subject.parts.of("channel"):
        for entry in subject.parts.below(channel, "messages"):
            if entry.pointer not in used:
                yield Flaw(entry.pointer, f"no operation sends or receives {entry.name}")


def _entries(subject: Subject, channel: Part | None) -> set[str]:
    found = [] if channel is None else subject.parts.below(channel, "messages")
    return {entry.pointer for entry in found}


@check("channel-parameter-description")
def channel_parameter_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("channel-parameter"):
        if not part.text("description"):
            yield Flaw(part.pointer, f"the parameter {part.name} has no description")
