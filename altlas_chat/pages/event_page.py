"""The page that shows an AsyncAPI document: channels, messages, shapes. Needs no script."""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

import orjson

from altlas_chat.pages.frame import Surroundings, framed
from altlas_chat.pages.live import LiveApi, Message, Operation
from altlas_chat.pages.prose import code, inline, prose
from altlas_chat.pages.shapes import Shapes, anchor, table

Json = dict[str, Any]

_KINDS = (
    ("command", "Commands", "What a client sends. Each gets one `reply`, or an `error`."),
    ("reply", "Replies", "What a command is answered when it is done."),
    ("frame", "Frames", "What the server says apart from events."),
    ("event", "Events", "What happened: numbered in their stream, and replayed from there."),
    ("passing", "Passing events", "What is so at the moment. They have no number."),
)
"""What messages are by their ``x-kind``; those of a document without it are one list."""

_OF_PARAMETERS = ("enum", "default")

_ACTIONS = {"receive": "the application receives", "send": "the application sends"}


def event_page(document: Json, around: Surroundings) -> str:
    """The page, as HTML; everything from the document is escaped.

    The document is in one piece. Beside what AsyncAPI says it shows our own
    ``x-kind``, ``x-stream``, ``x-permission``, ``x-errors``, ``x-close-codes`` and
    ``x-problems``, where there are any.
    """
    page = _Page(document)
    info = document.get("info") or {}
    title = f"{info.get('title', '')}: events"
    return framed(title, f'<main class="events">{page.body()}</main>', around, page="dark-too")


class _Page:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._api = LiveApi(document)
        self._shapes = Shapes(document)
        self._by_message: dict[str, list[Operation]] = {}
        for operation in self._api.operations:
            for message in operation.messages:
                self._by_message.setdefault(message.key, []).append(operation)
        self._sections = list(self._list_sections())

    def body(self) -> str:
        return "".join(self._body())

    def _body(self) -> Iterator[str]:
        info = self._document.get("info") or {}
        version = escape(str(info.get("version", "")))
        yield f"<h1>{escape(str(info.get('title', '')))} {version}</h1>"
        yield prose(str(info.get("description") or ""), below=1)
        yield from self._contents()
        yield from self._servers()
        yield from self._channels()
        for section, title, told, messages in self._sections:
            yield f'<h2 id="{section}">{escape(title)}</h2>{prose(told)}'
            for message in messages:
                yield from self._message(message)
        yield from self._extras()
        if self._shapes.named:
            yield '<h2 id="shapes">Shapes</h2>'
        for name, schema in sorted(self._shapes.named.items()):
            yield f'<h3 id="{anchor("shape", name)}">{escape(name)}</h3>{self._shapes.of(schema)}'

    def _list_sections(self) -> Iterator[tuple[str, str, str, list[Message]]]:
        """Anchor, title, words and messages of each."""
        known = [kind for kind, _, _ in _KINDS]
        rest = [one for one in self._api.messages.values() if one.data.get("x-kind") not in known]
        for kind, title, told in _KINDS:
            found = [one for one in self._api.messages.values() if one.data.get("x-kind") == kind]
            if found:
                yield f"{kind}s", title, told, sorted(found, key=lambda one: (one.name, one.key))
        if rest:
            yield "messages", "Messages", "", rest

    def _contents(self) -> Iterator[str]:
        yield "<nav>"
        for section, title, _, messages in self._sections:
            links = "".join(
                f'<li><a href="#{anchor(one.key)}">{escape(_called(one))}</a></li>'
                for one in messages
            )
            yield f'<p><a href="#{section}"><b>{escape(title)}</b></a></p><ul>{links}</ul>'
        others = [
            ("servers", "Servers", self._document.get("servers")),
            ("channels", "Channels", self._api.channels),
            ("close-codes", "Close codes", self._document.get("x-close-codes")),
            ("problems", "Problems", self._document.get("x-problems")),
            ("shapes", "Shapes", self._shapes.named),
        ]
        yield " · ".join(
            f'<a href="#{section}"><b>{title}</b></a>' for section, title, there in others if there
        )
        yield "</nav>"

    def _servers(self) -> Iterator[str]:
        servers = self._document.get("servers") or {}
        if not servers:
            return
        rows = []
        for name, server in servers.items():
            one = self._api.resolved(server)[1]
            address = one.get("url") or f"{one.get('host', '')}{one.get('pathname', '')}"
            told = inline(str(one.get("description") or ""))
            rows.append((code(name), code(address), escape(str(one.get("protocol", ""))), told))
        head = ("name", "address", "protocol", "meaning")
        yield f'<h2 id="servers">Servers</h2>{table(head, rows)}'

    def _channels(self) -> Iterator[str]:
        if not self._api.channels:
            return
        yield '<h2 id="channels">Channels</h2>'
        for name, channel in self._api.channels.items():
            title = channel.data.get("title") or ""
            yield f'<h3 id="{anchor("channel", name)}">{code(channel.address)} '
            yield f"{escape(str(title))}</h3>"
            yield prose(_words(channel.data), below=3)
            yield self._parameters(channel.data)
            rows = [self._row(one) for one in self._api.operations if one.channel.name == name]
            if rows:
                yield table(("operation", "does", "messages", "meaning"), rows)

    def _parameters(self, channel: Json) -> str:
        rows = []
        for name, parameter in (channel.get("parameters") or {}).items():
            one = self._api.resolved(parameter)[1]
            schema = one.get("schema") or {
                key: one[key] for key in ("enum", "default") if key in one
            }
            told = inline(str(one.get("description") or ""))
            rows.append((code(name), self._shapes.type_of(schema or {"type": "string"}), told))
        return table(("parameter", "type", "meaning"), rows) if rows else ""

    def _row(self, one: Operation) -> tuple[str, ...]:
        names = _links(one.messages)
        if one.replies:
            names += f"<br>answered by {_links(one.replies)}"
        return code(one.name), _ACTIONS[one.action], names, inline(_words(one.data))

    def _message(self, message: Message) -> Iterator[str]:
        title = str(message.data.get("title") or "")
        yield f'<h3 id="{anchor(message.key)}">{code(_called(message))} {escape(title)}</h3>'
        yield "".join(f'<p class="tag">{one}</p>' for one in self._tags(message))
        yield prose(_words(message.data), below=3)
        for words, schema in (("headers", message.headers), ("payload", message.payload)):
            if schema is not None:
                yield f"<h4>{words}</h4>"
                yield self._schema(schema, message.format if words == "payload" else None)
        for number, example in enumerate(message.data.get("examples") or (), 1):
            yield from _example(number, example)

    def _schema(self, schema: Any, form: str | None) -> str:
        if form is None:
            return self._shapes.of(schema, follow=1)
        text = schema if isinstance(schema, str) else _pretty(schema)
        return f'<p class="tag">{escape(form)}</p><pre><code>{escape(text)}</code></pre>'

    def _tags(self, message: Message) -> Iterator[str]:
        operations = self._by_message.get(message.key, [])
        is_planned = operations and all(one.data.get("x-planned") for one in operations)
        if is_planned or message.data.get("x-planned"):
            yield '<b class="planned">planned</b>'
        if message.data.get("deprecated"):
            yield '<b class="planned">deprecated</b>'
        if "x-kind" not in message.data:
            yield from dict.fromkeys(
                f"{_ACTIONS[one.action]} it on {code(one.channel.address)}" for one in operations
            )
        if "x-stream" in message.data:
            yield f"stream: {code(message.data['x-stream'])}"
        commanded = [one.data for one in operations if one.action == "receive"]
        for one in commanded:
            if "x-permission" in one:
                yield f"permission: {code(one['x-permission'])}"
        errors = [one for data in (*commanded, message.data) for one in data.get("x-errors", ())]
        if errors:
            known = self._document.get("x-problems") or {}
            links = (_problem_link(one, known) for one in dict.fromkeys(errors))
            yield f"errors: {', '.join(links)}"

    def _extras(self) -> Iterator[str]:
        codes, problems = (self._document.get(key) for key in ("x-close-codes", "x-problems"))
        if isinstance(codes, dict):
            yield f'<h2 id="close-codes">Close codes</h2>{_close_codes(codes)}'
        if isinstance(problems, dict):
            yield f'<h2 id="problems">Problems</h2>{_problems(problems)}'


def _links(messages: Iterable[Message]) -> str:
    return ", ".join(f'<a href="#{anchor(one.key)}">{escape(_called(one))}</a>' for one in messages)


def _problem_link(problem: Any, known: Json) -> str:
    if problem not in known:
        return code(problem)
    return f'<a href="#{anchor("problem", str(problem))}">{code(problem)}</a>'


def _words(data: Json) -> str:
    return "\n\n".join(str(data[key]) for key in ("summary", "description") if data.get(key))


def _called(message: Message) -> str:
    """A message's name; a reply is told from others by what it answers."""
    answered = message.data.get("x-reply-to")
    is_reply = answered and message.name == "reply"
    return f"{message.name} to {answered}" if is_reply else message.name


def _example(number: int, example: Any) -> Iterator[str]:
    """What an example has: version 2.0 has a bare payload, later ones headers and payload."""
    said = example if isinstance(example, dict) else {}
    parts = {key: said[key] for key in ("headers", "payload") if key in said} or {
        "payload": example
    }
    title = said.get("summary") or said.get("name") if "payload" in said else None
    for key, value in parts.items():
        words = f"Example: {title or number}" + (" (headers)" if key == "headers" else "")
        yield f"<h4>{escape(words)}</h4><pre><code>{escape(_pretty(value))}</code></pre>"


def _pretty(value: Any) -> str:
    if isinstance(value, str):
        return value
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(value, default=str, option=options).decode()


def _close_codes(codes: Json) -> str:
    rows = (
        (
            escape(str(number)),
            escape(str(one.get("name", ""))),
            escape(str(one.get("sender", ""))),
            inline(str(one.get("meaning", ""))),
            f"{code(one.get('client', ''))} {inline(str(one.get('advice', '')))}",
        )
        for number, one in codes.items()
    )
    return table(("code", "name", "sent by", "meaning", "what the client does"), rows)


def _problems(problems: Json) -> str:
    rows = (
        (
            f'<code id="{anchor("problem", name)}">{escape(name)}</code>',
            escape(str(one.get("status", ""))),
            inline(str(one.get("title", ""))),
            inline(str(one.get("remedy", ""))),
        )
        for name, one in problems.items()
    )
    return table(("code", "status", "title", "remedy"), rows)
