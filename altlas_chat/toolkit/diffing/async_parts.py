"""The channels, operations and messages of AsyncAPI documents, 2.x and 3.0, in one form."""

from collections.abc import Iterator
from dataclasses import dataclass

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined, steps_of
from altlas_chat.toolkit.diffing.reading import found, listing, placed, table


@dataclass(frozen=True, slots=True)
class AsyncOperation:
    """An operation: its messages by name, each with its pointer; those of its reply too."""

    name: str
    action: str
    channel: str
    pointer: str
    messages: dict[str, str]
    reply: dict[str, str] | None = None

    @property
    def client_sends(self) -> bool:
        return self.action in ("receive", "publish")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: where it is to be had, and what is filled into that."""

    pointer: str
    address: str
    parameters: frozenset[str]


def channels_of(document: Document) -> dict[str, Channel]:
    """The channels of a document by name; the name is the address in AsyncAPI 2."""
    channels = {}
    for name, (pointer, data) in placed(document, "/channels").items():
        address = data.get("address", name) if _is_3(document) else name
        parameters = frozenset(table(data, "parameters"))
        channels[name] = Channel(pointer, str(address), parameters)
    return channels


def operations_of(document: Document) -> Iterator[AsyncOperation]:
    """The operations of a document, in its order."""
    if _is_3(document):
        for name, (pointer, data) in placed(document, "/operations").items():
            yield _operation_3(document, name, pointer, data)
        return
    for channel, (item, held) in placed(document, "/channels").items():
        for action in ("publish", "subscribe"):
            if isinstance(held.get(action), dict):
                pointer = joined(item, action)
                messages = dict(_messages_2(document, pointer))
                yield AsyncOperation(f"{action} {channel}", action, channel, pointer, messages)


def _is_3(document: Document) -> bool:
    return document.version.startswith("3")


def _last(pointer: str) -> str:
    return (steps_of(pointer) or [""])[-1]


def _channel(document: Document, holder: str, otherwise: str) -> str:
    there = found(document, joined(holder, "channel"))
    return there[0] if there else otherwise


def _operation_3(document: Document, name: str, pointer: str, data: Json) -> AsyncOperation:
    channel = _channel(document, pointer, "")
    reply = None
    answered = found(document, joined(pointer, "reply"))
    if answered is not None:
        place, told = answered
        reply = _messages_3(document, place, told, _channel(document, place, channel))
    return AsyncOperation(
        name,
        str(data.get("action", "")),
        _last(channel),
        pointer,
        _messages_3(document, pointer, data, channel),
        reply,
    )


def _messages_3(document: Document, holder: str, data: Json, channel: str) -> dict[str, str]:
    """The messages that are named, or all of the channel."""
    if not isinstance(data.get("messages"), list):
        all_of_channel = placed(document, joined(channel, "messages")) if channel else {}
        return {name: pointer for name, (pointer, _) in all_of_channel.items()}
    named = {}
    for number, one in enumerate(data["messages"]):
        there = found(document, joined(holder, "messages", number))
        reference = one.get("$ref") if isinstance(one, dict) else None
        if there is not None:
            named[_last(str(reference or number + 1)) or str(number + 1)] = there[0]
    return named


def _messages_2(document: Document, holder: str) -> Iterator[tuple[str, str]]:
    pointer = joined(holder, "message")
    there = found(document, pointer)
    if there is None:
        return
    target, data = there
    count = len(listing(data, "oneOf"))
    places = [joined(target, "oneOf", number) for number in range(count)] or [pointer]
    for number, place in enumerate(places):
        message = found(document, place)
        if message is not None:
            reference = document.at(place).get("$ref")
            said = message[1].get("messageId") or message[1].get("name")
            name = _last(reference) if isinstance(reference, str) else ""
            yield name or str(said or f"message {number + 1}"), message[0]
