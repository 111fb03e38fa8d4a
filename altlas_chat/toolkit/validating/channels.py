"""What the text of AsyncAPI's specification asks for and its JSON Schema can't say."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.validating.wrongs import Wrong, finding_of, line_of

_EXPRESSION = re.compile(r"\{([^{}]*)\}")


def channel_findings(document: Document) -> Iterator[Finding]:
    """All that the checks find in an AsyncAPI document."""
    checks = CHECKS_2 if document.version.startswith("2") else CHECKS_3
    for check in checks:
        for wrong in check(document):
            yield finding_of(document, wrong)


def _address_parameters(pointer: str, address: Any, channel: Json) -> Iterator[Wrong]:
    """Channel and Parameters Object: names in the address are parameters, and the other way."""
    names = _EXPRESSION.findall(address) if isinstance(address, str) else []
    parameters = _mapping(channel.get("parameters"))
    for name in dict.fromkeys(names):
        if name not in parameters:
            what = f"the channel does not say what {{{name}}} in {address} is"
            yield Wrong(pointer, "channel-parameter", what, f"Add {name} to its parameters.")
    for name in parameters:
        if isinstance(address, str) and name not in names:
            what = f"the address {address} has no {{{name}}}"
            remedy = "Put it into the address, or take the parameter out."
            yield Wrong(joined(pointer, "parameters", name), "channel-parameter", what, remedy)


def channels_2(document: Document) -> Iterator[Wrong]:
    for name in _mapping(document.data.get("channels")):
        pointer = joined("/channels", name)
        yield from _address_parameters(pointer, name, _object(document, pointer))


def channels_3(document: Document) -> Iterator[Wrong]:
    for name in _mapping(document.data.get("channels")):
        pointer = joined("/channels", name)
        channel = _object(document, pointer)
        yield from _address_parameters(pointer, channel.get("address"), channel)


def operation_ids(document: Document) -> Iterator[Wrong]:
    """AsyncAPI 2, Operation Object: the id "MUST be unique among all operations"."""
    yield from _unique(document, "operationId", _operations_2(document))


def message_ids(document: Document) -> Iterator[Wrong]:
    """AsyncAPI 2, Message Object: the messageId "MUST be unique among all messages"."""
    yield from _unique(document, "messageId", _messages_2(document))


def _unique(document: Document, field: str, pointers: Iterator[str]) -> Iterator[Wrong]:
    seen: dict[str, str] = {}
    for pointer in dict.fromkeys(pointers):
        name = _object(document, pointer).get(field)
        place = joined(pointer, field)
        if isinstance(name, str) and seen.setdefault(name, place) != place:
            what = f"the {field} {name} is there already, in {line_of(document, seen[name])}"
            rule = "duplicate-operation-id" if field == "operationId" else "duplicate-message-id"
            yield Wrong(place, rule, what, "Give one of them another.")


def _operations_2(document: Document) -> Iterator[str]:
    for name in _mapping(document.data.get("channels")):
        pointer = _end(document, joined("/channels", name))
        for verb in ("subscribe", "publish"):
            if verb in _object(document, pointer):
                yield joined(pointer, verb)


def _messages_2(document: Document) -> Iterator[str]:
    for pointer in _operations_2(document):
        message = joined(pointer, "message")
        several = _object(document, message).get("oneOf")
        count = len(several) if isinstance(several, list) else 0
        for number in range(count):
            yield _end(document, joined(_end(document, message), "oneOf", number))
        if not count:
            yield _end(document, message)


def server_variables(document: Document) -> Iterator[Wrong]:
    """Server Object: names in the address are variables; a default is among the values."""
    for name in _mapping(document.data.get("servers")):
        pointer = joined("/servers", name)
        server = _object(document, pointer)
        text = "".join(str(server.get(field) or "") for field in ("url", "host", "pathname"))
        variables = _mapping(server.get("variables"))
        for variable in dict.fromkeys(_EXPRESSION.findall(text)):
            if variable not in variables:
                what = f"the server's address has {{{variable}}}, and no variable of that name"
                yield Wrong(pointer, "server-variable", what, f"Add {variable} to variables.")


def security_names(document: Document) -> Iterator[Wrong]:
    """AsyncAPI 2, Security Requirement Object: names are those of security schemes."""
    schemes = _mapping(_mapping(document.data.get("components")).get("securitySchemes"))
    holders = [joined("/servers", name) for name in _mapping(document.data.get("servers"))]
    for holder in (*holders, *_operations_2(document)):
        alternatives = _object(document, holder).get("security")
        for number, one in enumerate(alternatives if isinstance(alternatives, list) else ()):
            for name in _mapping(one):
                if name not in schemes:
                    what = f"there is no security scheme {name}"
                    remedy = "Add it to components/securitySchemes, or mend the name."
                    pointer = joined(holder, "security", number, name)
                    yield Wrong(pointer, "unknown-security-scheme", what, remedy)


def messages_of_channels(document: Document) -> Iterator[Wrong]:
    """AsyncAPI 3, Operation Object: its messages "MUST" be those of the channel it is about."""
    for name in _mapping(document.data.get("operations")):
        pointer = _end(document, joined("/operations", name))
        yield from _messages_of(document, pointer)
        if "reply" in _object(document, pointer):
            yield from _messages_of(document, _end(document, joined(pointer, "reply")))


def _messages_of(document: Document, pointer: str) -> Iterator[Wrong]:
    holder = _object(document, pointer)
    messages = holder.get("messages")
    if not isinstance(messages, list) or not isinstance(holder.get("channel"), dict):
        return
    channel = _end(document, joined(pointer, "channel"))
    allowed = {
        _end(document, joined(channel, "messages", name))
        for name in _mapping(_object(document, channel).get("messages"))
    }
    for number in range(len(messages)):
        place = joined(pointer, "messages", number)
        if _end(document, place) not in allowed:
            what = "the message is none of those of the operation's channel"
            remedy = "Refer to a message below the channel, or add it there."
            yield Wrong(place, "message-of-channel", what, remedy)


Check = Callable[[Document], Iterator[Wrong]]

CHECKS_2: tuple[Check, ...] = (
    channels_2,
    operation_ids,
    message_ids,
    server_variables,
    security_names,
)
CHECKS_3: tuple[Check, ...] = (channels_3, server_variables, messages_of_channels)


def _end(document: Document, pointer: str) -> str:
    try:
        return document.target(pointer)
    except LookupError:
        return pointer


def _object(document: Document, pointer: str) -> Json:
    try:
        return _mapping(document.resolved(pointer))
    except LookupError:
        return {}


def _mapping(node: Any) -> Json:
    return dict(node) if isinstance(node, Mapping) else {}
