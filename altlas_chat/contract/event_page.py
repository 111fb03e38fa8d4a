"""The AsyncAPI document as a page: commands, events, close codes, shapes. Needs no script."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import Any

import orjson

from altlas_chat.contract.documents import load_asyncapi

Json = dict[str, Any]

_KINDS = (
    ("command", "Commands", "What a client sends. Each gets one `reply`, or an `error`."),
    ("reply", "Replies", "What a command is answered when it is done."),
    ("frame", "Frames", "What the server says apart from events."),
    ("event", "Events", "What happened: numbered in their stream, and replayed from there."),
    ("passing", "Passing events", "What is so at the moment. They have no number."),
)
_BOUNDS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern")


@cache
def event_page() -> str:
    """The page, as HTML; everything from the document is escaped."""
    return _Page(load_asyncapi()).html()


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _prose(text: str) -> str:
    """Words of the document: paragraphs, ``code`` and **weight**, escaped before."""
    made = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        safe = escape(" ".join(paragraph.split()))
        safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
        safe = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe)
        safe = re.sub(r"(?<!\w)\*([^*]+)\*(?!\w)", r"<i>\1</i>", safe)
        made.append(f"<p>{safe}</p>")
    return "".join(made)


def _inline(text: str) -> str:
    return _prose(text).removeprefix("<p>").removesuffix("</p>")


def _anchor(*parts: str) -> str:
    return escape("-".join(re.sub(r"[^A-Za-z0-9_.]", "-", part) for part in parts))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells are HTML already."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


class _Page:
    def __init__(self, document: Json) -> None:
        self._document = document
        self._schemas: Json = document["components"]["schemas"]
        self._messages: Json = document["components"]["messages"]
        self._operations: dict[str, Json] = {}
        for operation in document["operations"].values():
            if operation["action"] == "receive":
                for message in operation["messages"]:
                    self._operations[_name(message["$ref"])] = operation

    def html(self) -> str:
        info = self._document["info"]
        body = "".join(self._body(info))
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{escape(info['title'])}: WebSocket</title>"
            '<link rel="icon" href="assets/favicon-32x32.png">'
            '<link rel="stylesheet" href="assets/pages.css"></head><body class="dark-too">'
            '<nav class="top"><b>altlas-chat</b> <a href="../docs">REST</a> '
            '<a href="events">WebSocket</a> <a href="../asyncapi.json">asyncapi.json</a></nav>'
            f'<main class="events">{body}</main></body></html>'
        )

    def _body(self, info: Json) -> Iterator[str]:
        yield f"<h1>{escape(info['title'])} {escape(str(info['version']))}</h1>"
        yield _prose(info["description"])
        yield from self._contents()
        for kind, title, told in _KINDS:
            yield f'<h2 id="{kind}s">{escape(title)}</h2>{_prose(told)}'
            for key, message in self._of_kind(kind):
                yield from self._message(key, message)
        yield '<h2 id="close-codes">Close codes</h2>' + self._close_codes()
        yield '<h2 id="problems">Problems</h2>' + self._problems()
        yield '<h2 id="shapes">Shapes</h2>'
        for name, schema in sorted(self._schemas.items()):
            yield f'<h3 id="{_anchor("shape", name)}">{escape(name)}</h3>'
            yield from self._shape(schema)

    def _of_kind(self, kind: str) -> list[tuple[str, Json]]:
        found = [(key, one) for key, one in self._messages.items() if one.get("x-kind") == kind]
        return sorted(found, key=lambda one: (one[1]["name"], one[0]))

    def _contents(self) -> Iterator[str]:
        yield "<nav>"
        for kind, title, _ in _KINDS:
            links = "".join(
                f'<li><a href="#{_anchor(key)}">{escape(_called(message))}</a></li>'
                for key, message in self._of_kind(kind)
            )
            yield f'<p><a href="#{kind}s"><b>{escape(title)}</b></a></p><ul>{links}</ul>'
        yield (
            '<p><a href="#close-codes"><b>Close codes</b></a> · <a href="#problems"><b>Problems</b>'
            '</a> · <a href="#shapes"><b>Shapes</b></a></p></nav>'
        )

    def _message(self, key: str, message: Json) -> Iterator[str]:
        yield f'<h3 id="{_anchor(key)}"><code>{escape(_called(message))}</code> '
        yield f"{escape(message.get('title', ''))}</h3>"
        yield "".join(f'<p class="tag">{one}</p>' for one in self._tags(key, message))
        yield _prose(message.get("summary", "") + "\n\n" + message.get("description", ""))
        data = _data_of(message["payload"])
        if data is not None:
            yield "<h4>data</h4>"
            yield from self._shape(self._resolved(data))
        for example in message.get("examples", ()):
            yield f"<h4>Example: {escape(example.get('summary') or example.get('name', ''))}</h4>"
            text = orjson.dumps(example["payload"], option=orjson.OPT_INDENT_2).decode()
            yield f"<pre><code>{escape(text)}</code></pre>"

    def _tags(self, key: str, message: Json) -> Iterator[str]:
        operation = self._operations.get(key, {})
        if message.get("x-planned") or operation.get("x-planned"):
            yield '<b class="planned">planned</b>'
        if "x-stream" in message:
            yield f"stream: <code>{escape(str(message['x-stream']))}</code>"
        if "x-permission" in operation:
            yield f"permission: <code>{escape(operation['x-permission'])}</code>"
        errors = [*operation.get("x-errors", ()), *message.get("x-errors", ())]
        if errors:
            links = (
                f'<a href="#{_anchor("problem", one)}"><code>{escape(one)}</code></a>'
                for one in errors
            )
            yield f"errors: {', '.join(links)}"

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            schema = self._schemas[_name(schema["$ref"])]
        return schema

    def _shape(self, schema: Json) -> Iterator[str]:
        if "description" in schema:
            yield _prose(schema["description"])
        properties = self._properties(schema)
        if not properties:
            yield f"<p>{self._type(schema)}{self._bounds(schema)}</p>"
            return
        rows = []
        for name, (one, needed) in properties.items():
            told = one.get("description") or self._resolved(one).get("description", "")
            kind = self._type(one) + self._bounds(one)
            rows.append((f"<code>{escape(name)}</code>", kind, needed, _inline(told)))
        yield _table(("name", "type", "", "meaning"), rows)

    def _properties(self, schema: Json) -> dict[str, tuple[Json, str]]:
        found: dict[str, tuple[Json, str]] = {}
        for part in (schema, *schema.get("allOf", ())):
            part = self._resolved(part) if part is not schema else part  # noqa: PLW2901
            for name, one in part.get("properties", {}).items():
                needed = "needed" if name in part.get("required", ()) else ""
                found[name] = (one if isinstance(one, dict) else {}, needed)
        return found

    def _type(self, schema: Json) -> str:
        if "$ref" in schema:
            name = _name(schema["$ref"])
            return f'<a href="#{_anchor("shape", name)}">{escape(name)}</a>'
        for several in ("oneOf", "anyOf"):
            if several in schema:
                return " or ".join(self._type(one) for one in schema[several])
        if "const" in schema:
            return f"<code>{escape(str(schema['const']))}</code>"
        if "enum" in schema:
            return " | ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
        kind = schema.get("type", "any")
        if kind == "array":
            return f"list of {self._type(schema.get('items', {}))}"
        return escape(" or ".join(kind) if isinstance(kind, list) else kind)

    def _bounds(self, schema: Json) -> str:
        told = [f"{bound} {schema[bound]}" for bound in _BOUNDS if bound in schema]
        if "format" in schema:
            told.insert(0, str(schema["format"]))
        return f'<br><span class="tag">{escape(", ".join(told))}</span>' if told else ""

    def _close_codes(self) -> str:
        rows = (
            (
                escape(code),
                escape(one["name"]),
                escape(one["sender"]),
                _inline(one["meaning"]),
                f"<code>{escape(one['client'])}</code> {_inline(one['advice'])}",
            )
            for code, one in self._document["x-close-codes"].items()
        )
        return _table(("code", "name", "sent by", "meaning", "what the client does"), rows)

    def _problems(self) -> str:
        rows = (
            (
                f'<code id="{_anchor("problem", code)}">{escape(code)}</code>',
                escape(str(one["status"])),
                _inline(one["title"]),
                _inline(one["remedy"]),
            )
            for code, one in self._document["x-problems"].items()
        )
        return _table(("code", "status", "title", "remedy"), rows)


def _called(message: Json) -> str:
    """A message's name; a reply is told from others by what it answers."""
    answered = message.get("x-reply-to")
    name = str(message["name"])
    return f"{name} to {answered}" if answered and name == "reply" else name


def _data_of(payload: Json) -> Json | None:
    for part in (payload, *payload.get("allOf", ())):
        data = part.get("properties", {}).get("data")
        if isinstance(data, dict):
            return data
    return None
