"""Which parts a document has, and where those have theirs: OpenAPI 3.0 and 3.1, AsyncAPI 2 and 3.

A part's name here is the specification's name of the object, with dashes.
"""

from collections.abc import Mapping
from enum import Enum

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

ALL = "*"
"""In place of a key: every entry of the part itself is of this kind."""


class Shape(Enum):
    """How parts lie below a key."""

    ONE = "the value is one"
    MAP = "the values of a map"
    OPEN = "the values of a map in which x-… is something else"
    LIST = "the items of a list"
    ANY = "the value is one, or a list of them"


Below = Mapping[str, tuple[Shape, str]]

SCHEMA: Below = {
    **dict.fromkeys(
        ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"),
        (Shape.MAP, "schema"),
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), (Shape.LIST, "schema")),
    **dict.fromkeys(
        (
            "additionalProperties",
            "not",
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema",
            "additionalItems",
        ),
        (Shape.ONE, "schema"),
    ),
    "items": (Shape.ANY, "schema"),
}

_VALUE: Below = {
    "schema": (Shape.ONE, "schema"),
    "content": (Shape.MAP, "media-type"),
    "examples": (Shape.MAP, "example"),
}

_INFO: Below = {"contact": (Shape.ONE, "contact"), "license": (Shape.ONE, "license")}

_SERVER: Below = {"variables": (Shape.MAP, "server-variable")}

OPENAPI: Mapping[str, Below] = {
    "document": {
        "info": (Shape.ONE, "info"),
        "servers": (Shape.LIST, "server"),
        "paths": (Shape.OPEN, "path-item"),
        "webhooks": (Shape.MAP, "path-item"),
        "components": (Shape.ONE, "components"),
        "tags": (Shape.LIST, "tag"),
    },
    "info": _INFO,
    "server": _SERVER,
    "components": {
        "schemas": (Shape.MAP, "schema"),
        "responses": (Shape.MAP, "response"),
        "parameters": (Shape.MAP, "parameter"),
        "examples": (Shape.MAP, "example"),
        "requestBodies": (Shape.MAP, "request-body"),
        "headers": (Shape.MAP, "header"),
        "securitySchemes": (Shape.MAP, "security-scheme"),
        "links": (Shape.MAP, "link"),
        "callbacks": (Shape.MAP, "callback"),
        "pathItems": (Shape.MAP, "path-item"),
    },
    "path-item": {
        **dict.fromkeys(METHODS, (Shape.ONE, "operation")),
        "parameters": (Shape.LIST, "parameter"),
        "servers": (Shape.LIST, "server"),
    },
    "operation": {
        "parameters": (Shape.LIST, "parameter"),
        "requestBody": (Shape.ONE, "request-body"),
        "responses": (Shape.OPEN, "response"),
        "callbacks": (Shape.MAP, "callback"),
        "servers": (Shape.LIST, "server"),
    },
    "callback": {ALL: (Shape.OPEN, "path-item")},
    "parameter": _VALUE,
    "header": _VALUE,
    "request-body": {"content": (Shape.MAP, "media-type")},
    "response": {
        "headers": (Shape.MAP, "header"),
        "content": (Shape.MAP, "media-type"),
        "links": (Shape.MAP, "link"),
    },
    "media-type": {
        "schema": (Shape.ONE, "schema"),
        "examples": (Shape.MAP, "example"),
        "encoding": (Shape.MAP, "encoding"),
    },
    "encoding": {"headers": (Shape.MAP, "header")},
    "schema": SCHEMA,
}

_MESSAGES: Below = {
    "messages": (Shape.LIST, "message"),
    "channel": (Shape.ONE, "channel"),
}

ASYNCAPI: Mapping[str, Below] = {
    "document": {
        "info": (Shape.ONE, "info"),
        "servers": (Shape.MAP, "server"),
        "channels": (Shape.OPEN, "channel"),
        "operations": (Shape.OPEN, "async-operation"),
        "components": (Shape.ONE, "components"),
        "tags": (Shape.LIST, "tag"),
    },
    "info": {**_INFO, "tags": (Shape.LIST, "tag")},
    "server": {**_SERVER, "security": (Shape.LIST, "security-scheme")},
    "components": {
        "schemas": (Shape.MAP, "schema"),
        "messages": (Shape.MAP, "message"),
        "channels": (Shape.MAP, "channel"),
        "operations": (Shape.MAP, "async-operation"),
        "servers": (Shape.MAP, "server"),
        "parameters": (Shape.MAP, "channel-parameter"),
        "securitySchemes": (Shape.MAP, "security-scheme"),
        "replies": (Shape.MAP, "reply"),
        "messageTraits": (Shape.MAP, "message-trait"),
        "operationTraits": (Shape.MAP, "operation-trait"),
    },
    "channel": {
        "messages": (Shape.MAP, "message"),
        "parameters": (Shape.MAP, "channel-parameter"),
        "servers": (Shape.LIST, "server"),
        "publish": (Shape.ONE, "async-operation"),
        "subscribe": (Shape.ONE, "async-operation"),
    },
    "channel-parameter": {"schema": (Shape.ONE, "schema")},
    "async-operation": {
        **_MESSAGES,
        "message": (Shape.ONE, "message"),
        "reply": (Shape.ONE, "reply"),
        "traits": (Shape.LIST, "operation-trait"),
        "security": (Shape.LIST, "security-scheme"),
    },
    "reply": _MESSAGES,
    "message": {
        "oneOf": (Shape.LIST, "message"),
        "payload": (Shape.ONE, "payload"),
        "headers": (Shape.ONE, "payload"),
        "traits": (Shape.LIST, "message-trait"),
    },
    "message-trait": {"headers": (Shape.ONE, "payload")},
    "schema": SCHEMA,
}
