"""What changed between two AsyncAPI documents (2.x and 3.0), seen by a client.

The document tells of the server: what it receives a client sends, and the
other way round. ``publish`` of AsyncAPI 2 is what a client may publish.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined, steps_of
from altlas_chat.toolkit.diffing.changes import Found, Policy, Where
from altlas_chat.toolkit.diffing.comparer import Comparer
from altlas_chat.toolkit.diffing.lifecycle import Lifecycle
from altlas_chat.toolkit.diffing.telling import Scope, Teller


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
    parameters: dict[str, str] = field(default_factory=dict)


class AsyncApis:
    """Compares two AsyncAPI documents."""

    def __init__(self, comparer: Comparer, found: Found, policy: Policy) -> None:
        self._old, self._new = comparer.old.document, comparer.new.document
        self._found = found
        self._teller = Teller(comparer, found, policy)
        self._lifecycle = Lifecycle(found, policy)

    def compare(self) -> None:
        self._compare_channels(channels_of(self._old), channels_of(self._new))
        before = {one.name: one for one in operations_of(self._old)}
        after = {one.name: one for one in operations_of(self._new)}
        for name, old in before.items():
            where = Where("", name, name)
            new = after.get(name)
            if new is None:
                self._found.add("async-operation-removed", where, old.pointer, None)
            else:
                self._compare(where, old, new)
        for name, new in after.items():
            if name not in before:
                self._found.add("async-operation-added", Where("", name, name), None, new.pointer)

    def _compare_channels(self, before: dict[str, Channel], after: dict[str, Channel]) -> None:
        for name, old in before.items():
            new = after.get(name)
            if new is None:
                self._found.add("channel-removed", Where(), old.pointer, None, name=name)
                continue
            places = (old.pointer, new.pointer)
            where = Where("channel", name)
            if old.address != new.address:
                told: dict[str, Any] = {"old": old.address, "new": new.address}
                self._found.add("channel-address-changed", where, *places, **told)
            for one in sorted(old.parameters.keys() ^ new.parameters.keys()):
                way = "added" if one in new.parameters else "removed"
                self._found.add(f"channel-parameter-{way}", where, *places, name=one)
        for name, new in after.items():
            if name not in before:
                self._found.add("channel-added", Where(), None, new.pointer, name=name)

    def _compare(self, where: Where, old: AsyncOperation, new: AsyncOperation) -> None:
        places = (old.pointer, new.pointer)
        for what in ("action", "channel"):
            before, after = getattr(old, what), getattr(new, what)
            if before != after:
                rule = f"async-operation-{what}-changed"
                self._found.add(rule, where, *places, old=before, new=after)
        if old.client_sends == new.client_sends:
            self._compare_messages(where, old.messages, new.messages, places, old.client_sends)
        if old.reply is None or new.reply is None:
            if old.reply is not new.reply:
                rule = f"reply-{'removed' if old.reply is not None else 'added'}"
                self._found.add(rule, where, *places)
        else:
            self._compare_messages(where, old.reply, new.reply, places, not old.client_sends)

    def _compare_messages(
        self,
        where: Where,
        before: dict[str, str],
        after: dict[str, str],
        places: tuple[str, str],
        sends: bool,
    ) -> None:
        kind = "sent" if sends else "received"
        for name, pointer in before.items():
            if name in after:
                self._compare_message(where, name, (pointer, after[name]), sends)
            else:
                rule = f"{kind}-message-removed"
                self._found.add(rule, where, pointer, places[1], name=name)
        for name, pointer in after.items():
            if name not in before:
                rule = f"{kind}-message-added"
                self._found.add(rule, where, places[0], pointer, name=name)

    def _compare_message(
        self, where: Where, name: str, places: tuple[str, str], sends: bool
    ) -> None:
        old, new = self._old.at(places[0]), self._new.at(places[1])
        for keyword, rule in (("contentType", "content-type"), ("name", "name")):
            before, after = (
                one.get(keyword, document.data.get("defaultContentType"))
                if keyword == "contentType"
                else one.get(keyword)
                for one, document in ((old, self._old), (new, self._new))
            )
            if before != after:
                told: dict[str, Any] = {"old": before, "new": after}
                self._found.add(f"message-{rule}-changed", where, *places, **told)
        kind = "request" if sends else "response"
        for keyword in ("payload", "headers"):
            one = _schema_of(self._old, places[0], keyword)
            other = _schema_of(self._new, places[1], keyword)
            if one is None or other is None:
                continue
            said = f" of the message {name}{' (headers)' if keyword == 'headers' else ''}"
            status = f"message {name}"
            scope = Scope(f"{kind}-body", f"{kind}-property", sends, said=said, status=status)
            self._teller.tell(where, scope, one, other)


def _schema_of(document: Document, message: str, keyword: str) -> str | None:
    """Where the schema of a message is; None if it has none that is a JSON Schema."""
    data = document.at(message)
    if keyword not in data:
        return None
    pointer = joined(message, keyword)
    try:
        held = document.resolved(pointer)
        target = document.target(pointer)
    except LookupError:
        return None
    if isinstance(held, dict) and "schemaFormat" in held and "schema" in held:
        foreign = any(word in str(held["schemaFormat"]) for word in ("avro", "protobuf", "raml"))
        return None if foreign else joined(target, "schema")
    return pointer


def channels_of(document: Document) -> dict[str, Channel]:
    """The channels of a document by name; the name is the address in AsyncAPI 2."""
    found = {}
    for name in document.data.get("channels") or ():
        pointer = document.target(joined("/channels", name))
        data = document.at(pointer)
        if not isinstance(data, dict):
            continue
        address = data.get("address", name) if _is_3(document) else name
        parameters = dict.fromkeys(data.get("parameters") or (), "")
        found[name] = Channel(pointer, str(address), parameters)
    return found


def operations_of(document: Document) -> Iterator[AsyncOperation]:
    """The operations of a document, in its order."""
    if _is_3(document):
        for name in document.data.get("operations") or ():
            yield _operation_3(document, name)
        return
    for channel in document.data.get("channels") or ():
        item = document.target(joined("/channels", channel))
        for action in ("publish", "subscribe"):
            data = document.at(item).get(action)
            if isinstance(data, dict):
                pointer = joined(item, action)
                messages = dict(_messages_2(document, pointer, data))
                yield AsyncOperation(f"{action} {channel}", action, channel, pointer, messages)


def _is_3(document: Document) -> bool:
    return document.version.startswith("3")


def _operation_3(document: Document, name: str) -> AsyncOperation:
    pointer = document.target(joined("/operations", name))
    data = document.at(pointer)
    channel = document.target(joined(pointer, "channel")) if "channel" in data else ""
    reply = None
    if isinstance(data.get("reply"), dict):
        place = document.target(joined(pointer, "reply"))
        told = document.at(place)
        target = document.target(joined(place, "channel")) if "channel" in told else channel
        reply = _messages_3(document, place, told, target)
    return AsyncOperation(
        name,
        str(data.get("action", "")),
        (steps_of(channel) or [""])[-1],
        pointer,
        _messages_3(document, pointer, data, channel),
        reply,
    )


def _messages_3(document: Document, holder: str, data: Json, channel: str) -> dict[str, str]:
    """The messages that are named, or all of the channel."""
    if isinstance(data.get("messages"), list):
        found = {}
        for number, one in enumerate(data["messages"]):
            pointer = joined(holder, "messages", number)
            reference = one.get("$ref", "") if isinstance(one, dict) else ""
            name = (steps_of(reference.removeprefix("#")) or [str(number + 1)])[-1]
            found[name] = document.target(pointer)
        return found
    held = document.at(channel).get("messages") if channel else None
    return {name: document.target(joined(channel, "messages", name)) for name in held or ()}


def _messages_2(document: Document, holder: str, data: Json) -> Iterator[tuple[str, str]]:
    if "message" not in data:
        return
    pointer = joined(holder, "message")
    target = document.target(pointer)
    choices = document.at(target).get("oneOf")
    if isinstance(choices, list):
        places = [joined(target, "oneOf", number) for number in range(len(choices))]
    else:
        places = [pointer]
    for number, place in enumerate(places):
        message = document.target(place)
        yield _name_2(document, place, message, number), message


def _name_2(document: Document, place: str, message: str, number: int) -> str:
    reference: Any = document.at(place).get("$ref")
    if isinstance(reference, str):
        return steps_of(reference.removeprefix("#"))[-1]
    data = document.at(message)
    return str(data.get("messageId") or data.get("name") or f"message {number + 1}")
