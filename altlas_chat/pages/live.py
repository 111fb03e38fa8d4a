"""An AsyncAPI document, 2 or 3, as what a reader asks of it: channels, operations, messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from altlas_chat.specs.pointers import found_at, joined, steps_of

Json = dict[str, Any]
Action = Literal["receive", "send"]

LONGEST_CHAIN = 100
_OF_2: tuple[tuple[str, Action], ...] = (("publish", "receive"), ("subscribe", "send"))
"""Version 2 says what others do, version 3 what the application does itself."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, with its traits in it.

    ``key`` is its own among the document's messages; ``name`` is what people
    call it. ``pointer`` is where it lies; ``payload`` and ``headers`` are
    schemas, None where there are none; ``format`` is the payload's where that
    is no JSON Schema.
    """

    key: str
    name: str
    pointer: str
    data: Json
    payload: Any
    headers: Any
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where messages are exchanged."""

    name: str
    address: str
    data: Json


@dataclass(frozen=True, slots=True)
class Operation:
    """What the application does on a channel: it receives messages or sends them."""

    name: str
    action: Action
    channel: Channel
    messages: tuple[Message, ...]
    replies: tuple[Message, ...]
    data: Json


@dataclass(slots=True)
class LiveApi:
    """A document that is in one piece."""

    document: Json
    channels: dict[str, Channel] = field(default_factory=dict)
    operations: list[Operation] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        is_2 = str(self.document.get("asyncapi", "")).startswith("2.")
        for name, channel in _mapping(self.document, "channels").items():
            data = _object(self.resolved(channel)[1])
            address = name if is_2 else data.get("address") or name
            self.channels[name] = Channel(name, str(address), data)
        self.operations += self._operations_of_2() if is_2 else self._operations_of_3()
        shared = _mapping(_mapping(self.document, "components"), "messages")
        for name in shared:
            self._message(joined("/components/messages", name))

    def resolved(self, node: Any, pointer: str = "") -> tuple[str, Any]:
        """Where a chain of references ends, or breaks, and what is there."""
        for _ in range(LONGEST_CHAIN):
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            target = unquote(reference[1:])
            try:
                node, pointer = found_at(self.document, target), target
            except LookupError:
                break
        return pointer, node

    def _operations_of_2(self) -> Iterator[Operation]:
        for name, channel in self.channels.items():
            for verb, action in _OF_2:
                if verb not in channel.data:
                    continue
                data = self._with_traits(_object(channel.data[verb]), target_wins=False)
                pointer, message = self.resolved(
                    data.get("message"), joined("/channels", name, verb, "message")
                )
                several = message.get("oneOf") if isinstance(message, dict) else None
                if message is None:
                    messages: tuple[Message, ...] = ()
                elif isinstance(several, list):
                    places = (joined(pointer, "oneOf", n) for n in range(len(several)))
                    messages = tuple(self._message(place) for place in places)
                else:
                    messages = (self._message(pointer),)
                title = str(data.get("operationId") or f"{verb} {name}")
                yield Operation(title, action, channel, messages, (), data)

    def _operations_of_3(self) -> Iterator[Operation]:
        for name, operation in _mapping(self.document, "operations").items():
            pointer, found = self.resolved(operation, joined("/operations", name))
            data = self._with_traits(_object(found), target_wins=True)
            channel = self._channel_of(data)
            reply = _object(self.resolved(data.get("reply"))[1])
            yield Operation(
                name,
                "send" if data.get("action") == "send" else "receive",
                channel,
                self._messages_of(data, channel, pointer),
                self._messages_of(reply, self._channel_of(reply), joined(pointer, "reply"))
                if reply
                else (),
                data,
            )

    def _channel_of(self, data: Json) -> Channel:
        pointer, found = self.resolved(data.get("channel"))
        steps = steps_of(pointer)
        known = self.channels.get(steps[-1]) if steps else None
        if known is not None:
            return known
        found = _object(found)
        name = steps[-1] if steps else ""
        return Channel(name, str(found.get("address") or name), found)

    def _messages_of(self, data: Json, channel: Channel, pointer: str) -> tuple[Message, ...]:
        """Those that are named, else all of the channel's."""
        if isinstance(data.get("messages"), list):
            places = [joined(pointer, "messages", n) for n in range(len(data["messages"]))]
        else:
            home = joined("/channels", channel.name, "messages")
            places = [joined(home, name) for name in _mapping(channel.data, "messages")]
        return tuple(self._message(place) for place in places)

    def _message(self, place: str) -> Message:
        """The message at a pointer, or at the end of its references; one for each place."""
        try:
            pointer, found = self.resolved(found_at(self.document, place), place)
        except LookupError:
            pointer, found = place, {}
        if pointer in self._keys:
            return self.messages[self._keys[pointer]]
        is_2 = str(self.document.get("asyncapi", "")).startswith("2.")
        data = self._with_traits(_object(found), target_wins=not is_2)
        payload, format_ = _payload_of(self.resolved(data.get("payload"))[1], data)
        if format_ is None and payload is not None:
            payload = data["payload"] if "schemaFormat" not in _object(data["payload"]) else payload
        last = steps_of(pointer)[-1] if pointer else "message"
        named = data.get("name") or data.get("messageId")
        key = self._new_key(
            str(named or "message") if last in _NAMELESS or last.isdecimal() else last
        )
        message = Message(
            key, str(named or key), pointer, data, payload, data.get("headers"), format_
        )
        self._keys[pointer], self.messages[key] = key, message
        return message

    def _new_key(self, wanted: str) -> str:
        key, number = wanted, 2
        while key in self.messages:
            key, number = f"{wanted}-{number}", number + 1
        return key

    def _with_traits(self, data: Json, *, target_wins: bool) -> Json:
        whole = dict(data)
        for trait in data.get("traits") or ():
            found = _object(self.resolved(trait)[1])
            whole = _merged(found, whole) if target_wins else _merged(whole, found)
        return whole


_NAMELESS = frozenset({"message", "publish", "subscribe"})


def _payload_of(payload: Any, message: Json) -> tuple[Any, str | None]:
    """The payload's schema, and its format where that is no JSON Schema."""
    said = message.get("schemaFormat")
    if isinstance(payload, dict) and "schemaFormat" in payload:
        said, payload = payload["schemaFormat"], payload.get("schema")
    known = said is None or any(one in str(said) for one in ("schema+", "asyncapi", "openapi"))
    return payload, None if known else str(said)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> Json:
    """One object over another, in depth."""
    both = dict(under)
    for key, value in over.items():
        before = both.get(key)
        is_deep = isinstance(value, dict) and isinstance(before, dict)
        both[key] = _merged(before, value) if is_deep else value  # type: ignore[arg-type]
    return both


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _mapping(holder: Json, key: str) -> Json:
    return _object(holder.get(key))
