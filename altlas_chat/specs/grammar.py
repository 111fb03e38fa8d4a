"""What the parts of a document are: which field of which object holds an object of which kind.

Made of the field tables of OpenAPI 3.0 to 3.2 and AsyncAPI 2 and 3. A part that is not named
here (an example's value, an extension, ``enum``, ``default``) is a plain value: a ``$ref`` in it
is none.

A field's kind is written ``schema`` for one object, ``[schema]`` for a list of them and
``{schema}`` for a mapping whose values are such. The field ``*`` stands for each one that is
neither named nor an extension.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from altlas_chat.specs.pointers import joined, steps_of

Fields = Mapping[str, str]
Grammar = Mapping[str, Fields]

WHOLE = "document"

_SCHEMA: Fields = {
    **dict.fromkeys(
        ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"), "{schema}"
    ),
    "dependencies": "{schema}",
    **dict.fromkeys(("allOf", "oneOf", "anyOf", "prefixItems"), "[schema]"),
    "items": "schema",
    **dict.fromkeys(
        ("not", "if", "then", "else", "contains", "propertyNames", "contentSchema"), "schema"
    ),
    **dict.fromkeys(
        ("additionalProperties", "additionalItems", "unevaluatedItems", "unevaluatedProperties"),
        "schema",
    ),
    "schema": "schema",
}
"""``schema`` is for AsyncAPI's ``{schemaFormat, schema}``; no schema has such a keyword."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_BODY: Fields = {"schema": "schema", "content": "{mediaType}", "examples": "{example}"}

OPENAPI: Grammar = MappingProxyType(
    {
        WHOLE: {
            "paths": "paths",
            "webhooks": "{pathItem}",
            "x-webhooks": "{pathItem}",
            "components": "components",
        },
        "paths": {"*": "pathItem"},
        "pathItem": {
            **dict.fromkeys((*METHODS, "query"), "operation"),
            "parameters": "[parameter]",
            "additionalOperations": "{operation}",
        },
        "operation": {
            "parameters": "[parameter]",
            "requestBody": "requestBody",
            "responses": "responses",
            "callbacks": "{callback}",
        },
        "responses": {"*": "response"},
        "response": {"headers": "{header}", "content": "{mediaType}", "links": "{link}"},
        "parameter": _BODY,
        "header": _BODY,
        "requestBody": {"content": "{mediaType}"},
        "mediaType": {
            "schema": "schema",
            "itemSchema": "schema",
            "examples": "{example}",
            "encoding": "{encoding}",
        },
        "encoding": {"headers": "{header}"},
        "callback": {"*": "pathItem"},
        "link": {},
        "example": {},
        "securityScheme": {},
        "schema": _SCHEMA,
        "components": {
            "schemas": "{schema}",
            "responses": "{response}",
            "parameters": "{parameter}",
            "examples": "{example}",
            "requestBodies": "{requestBody}",
            "headers": "{header}",
            "securitySchemes": "{securityScheme}",
            "links": "{link}",
            "callbacks": "{callback}",
            "pathItems": "{pathItem}",
            "mediaTypes": "{mediaType}",
        },
    }
)

_ASYNCAPI_PARTS: Grammar = {
    "server": {
        "variables": "{serverVariable}",
        "bindings": "serverBinding",
        "security": "[securityScheme]",
        "tags": "[tag]",
        "externalDocs": "externalDoc",
    },
    "parameter": {"schema": "schema"},
    "messageTrait": {
        "headers": "schema",
        "correlationId": "correlationId",
        "bindings": "messageBinding",
        "tags": "[tag]",
        "externalDocs": "externalDoc",
    },
    "operationTrait": {
        "bindings": "operationBinding",
        "security": "[securityScheme]",
        "tags": "[tag]",
        "externalDocs": "externalDoc",
    },
    "schema": {**_SCHEMA, "items": "schema"},
    "serverVariable": {},
    "securityScheme": {},
    "correlationId": {},
    "tag": {},
    "externalDoc": {},
    "serverBinding": {},
    "channelBinding": {},
    "operationBinding": {},
    "messageBinding": {},
}

_ASYNCAPI_SECTIONS: Fields = {
    "schemas": "{schema}",
    "servers": "{server}",
    "serverVariables": "{serverVariable}",
    "channels": "{channel}",
    "messages": "{message}",
    "securitySchemes": "{securityScheme}",
    "parameters": "{parameter}",
    "correlationIds": "{correlationId}",
    "operationTraits": "{operationTrait}",
    "messageTraits": "{messageTrait}",
    "serverBindings": "{serverBinding}",
    "channelBindings": "{channelBinding}",
    "operationBindings": "{operationBinding}",
    "messageBindings": "{messageBinding}",
}

ASYNCAPI_2: Grammar = MappingProxyType(
    {
        WHOLE: {"servers": "{server}", "channels": "{channel}", "components": "components"},
        **_ASYNCAPI_PARTS,
        "channel": {
            "parameters": "{parameter}",
            "subscribe": "operation",
            "publish": "operation",
            "bindings": "channelBinding",
        },
        "operation": {
            **_ASYNCAPI_PARTS["operationTrait"],
            "security": "",
            "traits": "[operationTrait]",
            "message": "message",
        },
        "message": {
            **_ASYNCAPI_PARTS["messageTrait"],
            "payload": "schema",
            "traits": "[messageTrait]",
            "oneOf": "[message]",
        },
        "components": _ASYNCAPI_SECTIONS,
    }
)

ASYNCAPI_3: Grammar = MappingProxyType(
    {
        WHOLE: {
            "info": "info",
            "servers": "{server}",
            "channels": "{channel}",
            "operations": "{operation}",
            "components": "components",
        },
        **_ASYNCAPI_PARTS,
        "info": {"tags": "[tag]", "externalDocs": "externalDoc"},
        "channel": {
            "messages": "{message}",
            "parameters": "{parameter}",
            "servers": "[server]",
            "bindings": "channelBinding",
            "tags": "[tag]",
            "externalDocs": "externalDoc",
        },
        "operation": {
            **_ASYNCAPI_PARTS["operationTrait"],
            "channel": "channel",
            "messages": "[message]",
            "reply": "reply",
            "traits": "[operationTrait]",
        },
        "reply": {"address": "replyAddress", "channel": "channel", "messages": "[message]"},
        "replyAddress": {},
        "message": {
            **_ASYNCAPI_PARTS["messageTrait"],
            "payload": "schema",
            "traits": "[messageTrait]",
        },
        "components": {
            **_ASYNCAPI_SECTIONS,
            "operations": "{operation}",
            "replies": "{reply}",
            "replyAddresses": "{replyAddress}",
            "tags": "{tag}",
            "externalDocs": "{externalDoc}",
        },
    }
)


def grammar_of(kind: str, version: str) -> Grammar:
    """The grammar for documents of ``openapi`` or ``asyncapi`` of a version."""
    if kind == "openapi":
        return OPENAPI
    return ASYNCAPI_2 if version.startswith("2") else ASYNCAPI_3


def field_kind(grammar: Grammar, kind: str, name: str) -> str:
    """What a field of an object of a kind is; "" for a plain value.

    ``kind`` may be written as a list or mapping; each member is of the kind inside.
    """
    if kind[:1] in ("[", "{"):
        return kind[1:-1]
    fields = grammar.get(kind, {})
    found = fields.get(name)
    if found is None:
        found = "" if name.startswith("x-") else fields.get("*", "")
    return found


def kind_at(grammar: Grammar, pointer: str) -> str:
    """What lies at a pointer of a document; "" for a plain value."""
    kind = WHOLE
    for step in steps_of(pointer):
        if not kind:
            break
        kind = field_kind(grammar, kind, step)
    return kind


def sections_of(grammar: Grammar, version: str) -> dict[str, str]:
    """The section of the components for each kind that has one in this version."""
    sections = {kind[1:-1]: section for section, kind in grammar["components"].items()}
    if grammar is OPENAPI:
        later = {"pathItem": ("3.0",), "mediaType": ("3.0", "3.1")}
        for kind, without in later.items():
            if version.startswith(without):
                sections.pop(kind)
    return sections


@dataclass(frozen=True, slots=True)
class Part:
    """An object of a document: where it is, of what kind, and itself."""

    pointer: str
    kind: str
    node: Any


def parts_of(grammar: Grammar, data: Any, kind: str = WHOLE, pointer: str = "") -> Iterator[Part]:
    """Every object of a document in its order, references among them; not what they lead to.

    Lists and mappings of objects are none themselves.
    """
    todo = [Part(pointer, kind, data)]
    while todo:
        part = todo.pop()
        holds = part.kind[:1] in ("[", "{")
        if not holds and not isinstance(part.node, list):
            yield part
        inner = [
            Part(joined(part.pointer, step), found, node)
            for step, node in _members(part.node)
            if (found := _member_kind(grammar, part, step))
        ]
        todo.extend(reversed(inner))


def _members(node: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(node, dict):
        return node.items()
    return enumerate(node) if isinstance(node, list) else ()


def _member_kind(grammar: Grammar, part: Part, step: Any) -> str:
    if isinstance(step, int):
        return part.kind[1:-1] if part.kind[:1] == "[" else part.kind
    return field_kind(grammar, part.kind, step)
