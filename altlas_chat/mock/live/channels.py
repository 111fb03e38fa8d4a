"""The channels of an AsyncAPI document, 2.x or 3.x, as a server has them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from altlas_chat.mock.live.messages import Message, message_at, messages_at
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined

SOCKETS = ("ws", "wss", "websocket", "websockets")
STREAMS = ("http", "https", "sse")
_PARAMETER = re.compile(r"\{([^{}/]+)\}")


@dataclass(frozen=True, slots=True)
class Command:
    """What clients may say, and what they get for it; no ``replies`` where nothing is promised."""

    operation: str
    message: Message
    replies: tuple[Message, ...] = ()

    @property
    def reply(self) -> Message | None:
        """The reply when all is well."""
        usual = [one for one in self.replies if not one.tells_of_an_error]
        return next(iter(usual or self.replies), None)

    @property
    def refusal(self) -> Message | None:
        return next((one for one in self.replies if one.tells_of_an_error), None)


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One channel.

    ``paths`` are the templates under which it is served. ``query`` and
    ``headers`` are the pointers of the schemas of its WebSocket binding;
    ``allowed`` the values that a parameter of its address may have.
    """

    name: str
    pointer: str
    paths: tuple[str, ...]
    commands: tuple[Command, ...]
    tells: tuple[Message, ...]
    is_stream: bool
    query: str | None = None
    headers: str | None = None
    allowed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    secured: bool = False

    @property
    def error(self) -> Message | None:
        """What says that a frame was wrong, if anything does."""
        refusals = [one.refusal for one in self.commands if one.refusal is not None]
        told = [one for one in self.tells if one.tells_of_an_error]
        return next(iter((*told, *refusals)), None)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that a server may say there: events first, then replies."""
        replies = (reply for one in self.commands for reply in one.replies)
        return tuple({one.pointer: one for one in (*self.tells, *replies)}.values())

    def named(self, wanted: str) -> Message | None:
        """The message of that name that the server may say there."""
        return next((one for one in self.messages if one.is_called(wanted)), None)


def path_pattern(template: str) -> re.Pattern[str]:
    """What paths of a template look like; a parameter is one segment or a part of one."""
    parts = _PARAMETER.split(template)
    pattern = "".join(
        f"(?P<p{number // 2}>[^/]+)" if number % 2 else re.escape(part)
        for number, part in enumerate(parts)
    )
    return re.compile(pattern + "/?$")


def parameter_names(template: str) -> list[str]:
    return _PARAMETER.findall(template)


def channels_of(document: Document) -> tuple[Channel, ...]:
    """Every channel that has an address, in the document's order.

    A document that speaks of its own side as the client's (all it does is
    receive events, say) is read as it stands: what it receives, clients send.
    """
    reader = _Channels2(document) if document.version.startswith("2") else _Channels3(document)
    return tuple(reader.channels())


class _Channels3:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._data = document.data

    def channels(self) -> Iterator[Channel]:
        for name in self._data.get("channels") or ():
            pointer = self._document.target(joined("/channels", name))
            data = self._document.at(pointer)
            commands, tells = self._operations(pointer)
            protocols = self._protocols(pointer, data)
            yield Channel(
                name=name,
                pointer=pointer,
                paths=_paths(data.get("address") or "/", self._bases(pointer, data)),
                commands=tuple(commands),
                tells=tuple(tells),
                is_stream=bool(protocols)
                and not protocols & set(SOCKETS)
                and not commands
                and bool(protocols & set(STREAMS)),
                allowed=self._allowed(pointer, data),
                secured=self._secured(pointer, data),
                **_bindings(self._document, pointer, data),
            )

    def _servers(self, pointer: str, data: Json) -> list[tuple[str, Json]]:
        """The servers of a channel: those that it names, else all."""
        if data.get("servers"):
            places = [joined(pointer, "servers", at) for at in range(len(data["servers"]))]
        else:
            places = [joined("/servers", name) for name in self._data.get("servers") or ()]
        found = [(self._document.target(one), self._document.resolved(one)) for one in places]
        return [one for one in found if isinstance(one[1], dict)]

    def _bases(self, pointer: str, data: Json) -> list[str]:
        return [
            _without_variables(one.get("pathname") or "", one)
            for _, one in self._servers(pointer, data)
        ]

    def _protocols(self, pointer: str, data: Json) -> set[str]:
        return {str(one.get("protocol", "")).lower() for _, one in self._servers(pointer, data)}

    def _secured(self, pointer: str, data: Json) -> bool:
        servers = self._servers(pointer, data)
        return bool(servers) and all(one.get("security") for _, one in servers)

    def _allowed(self, pointer: str, data: Json) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        for name in data.get("parameters") or ():
            one = self._document.resolved(joined(pointer, "parameters", name))
            if isinstance(one, dict) and isinstance(one.get("enum"), list):
                found[name] = [str(value) for value in one["enum"]]
        return found

    def _operations(self, channel: str) -> tuple[list[Command], list[Message]]:
        commands: list[Command] = []
        tells: list[Message] = []
        for name in self._data.get("operations") or ():
            pointer = self._document.target(joined("/operations", name))
            data = self._document.at(pointer)
            if "channel" not in data:
                continue
            if self._document.target(joined(pointer, "channel")) != channel:
                continue
            messages = self._messages(pointer, data, channel)
            if data.get("action") == "receive":
                replies = self._replies(pointer, data)
                commands += [Command(name, one, replies) for one in messages]
            else:
                tells += messages
        if not (self._data.get("operations") or ()):
            tells = self._messages(channel, {}, channel)
        return commands, tells

    def _messages(self, pointer: str, data: Json, channel: str) -> list[Message]:
        if isinstance(data.get("messages"), list):
            places = [joined(pointer, "messages", at) for at in range(len(data["messages"]))]
            return [message_at(self._document, one, self._key(one)) for one in places]
        found = self._document.at(channel).get("messages") or {}
        return [
            message_at(self._document, joined(channel, "messages", name), name) for name in found
        ]

    def _key(self, place: str) -> str:
        reference = self._document.at(place).get("$ref", place)
        return unquote(str(reference)).rpartition("/")[2]

    def _replies(self, pointer: str, data: Json) -> tuple[Message, ...]:
        if "reply" not in data:
            return ()
        place = self._document.target(joined(pointer, "reply"))
        reply = self._document.at(place)
        channel = place
        if "channel" in reply:
            channel = self._document.target(joined(place, "channel"))
        return tuple(self._messages(place, reply, channel))


class _Channels2:
    """What is ``publish`` to clients is received by the server, and ``subscribe`` is told."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._data = document.data

    def channels(self) -> Iterator[Channel]:
        for address in self._data.get("channels") or ():
            pointer = self._document.target(joined("/channels", address))
            data = self._document.at(pointer)
            if not isinstance(data, dict):
                continue
            servers = self._servers(data)
            protocols = {str(one.get("protocol", "")).lower() for one in servers}
            commands = tuple(self._commands(address, pointer, data))
            yield Channel(
                name=address,
                pointer=pointer,
                paths=_paths(address, [_base_of_url(one) for one in servers]),
                commands=commands,
                tells=tuple(self._told(pointer, data)),
                is_stream=bool(protocols)
                and not protocols & set(SOCKETS)
                and not commands
                and bool(protocols & set(STREAMS)),
                allowed=self._allowed(pointer, data),
                secured=bool(servers) and all(one.get("security") for one in servers),
                **_bindings(self._document, pointer, data),
            )

    def _servers(self, data: Json) -> list[Json]:
        named = data.get("servers")
        every = self._data.get("servers") or {}
        names = [one for one in named if one in every] if named else list(every)
        found = [self._document.resolved(joined("/servers", one)) for one in names]
        return [one for one in found if isinstance(one, dict)]

    def _commands(self, address: str, pointer: str, data: Json) -> Iterator[Command]:
        publish = data.get("publish") or {}
        if "message" not in publish:
            return
        name = publish.get("operationId") or f"publish {address}"
        for one in messages_at(self._document, joined(pointer, "publish", "message")):
            yield Command(name, one, tuple(self._answers(one)))

    def _answers(self, message: Message) -> Iterator[Message]:
        """``x-response``, by which documents of 2.x say what is answered."""
        if "x-response" in message.data:
            yield from messages_at(self._document, joined(message.pointer, "x-response"))

    def _told(self, pointer: str, data: Json) -> Iterator[Message]:
        if "message" in (data.get("subscribe") or {}):
            yield from messages_at(self._document, joined(pointer, "subscribe", "message"))

    def _allowed(self, pointer: str, data: Json) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        for name in data.get("parameters") or ():
            one = self._document.resolved(joined(pointer, "parameters", name))
            schema = one.get("schema") if isinstance(one, dict) else None
            if isinstance(schema, dict) and isinstance(schema.get("enum"), list):
                found[name] = [str(value) for value in schema["enum"]]
        return found


def _bindings(document: Document, pointer: str, data: Json) -> dict[str, Any]:
    found: dict[str, Any] = {"query": None, "headers": None}
    if "ws" not in (data.get("bindings") or {}):
        return found
    place = document.target(joined(document.target(joined(pointer, "bindings")), "ws"))
    binding = document.at(place)
    for name in found:
        if isinstance(binding, dict) and isinstance(binding.get(name), dict):
            found[name] = joined(place, name)
    return found


def _paths(address: str, bases: list[str]) -> tuple[str, ...]:
    """The address below each server's path, and by itself."""
    address = "/" + address.partition("?")[0].lstrip("/")
    found = [base.rstrip("/") + address for base in bases]
    found += [one.rstrip("/") for one in found if one.endswith("/") and len(one) > 1]
    return tuple(dict.fromkeys((*found, address)))


def _base_of_url(server: Json) -> str:
    url = str(server.get("url") or "")
    if "://" not in url:
        return _without_variables("/" + url.partition("/")[2] if "/" in url else "", server)
    rest = url.partition("://")[2]
    return _without_variables("/" + rest.partition("/")[2] if "/" in rest else "", server)


def _without_variables(path: str, server: Json) -> str:
    """A server's path with the defaults of its variables."""
    for name, variable in (server.get("variables") or {}).items():
        if isinstance(variable, dict):
            path = path.replace(f"{{{name}}}", str(variable.get("default", name)))
    return urlsplit(path).path
