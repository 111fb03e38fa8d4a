"""Documents of which something is not what it should be."""

import copy
from collections.abc import Iterator
from typing import Any

import yaml

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import Place

OPENAPI = """
openapi: 3.1.0
info: {title: T, version: "1", description: d, contact: {email: a@b.c}, license: {name: MIT, url: u}}
servers: [{url: "http://{a}.x.test/", variables: {a: {default: b, enum: [b]}}}]
tags: [{name: t, description: d}]
security: [{k: []}, {o: [read]}]
paths:
  /a/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, maximum: 9, minimum: 1}, example: 3}]
    get:
      operationId: getA
      summary: s
      tags: [t]
      parameters: [{$ref: "#/components/parameters/Limit"}]
      responses:
        "200":
          description: ok
          headers: {X-A: {schema: {type: string}, examples: {a: {value: v}}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/List"}, examples: {one: {$ref: "#/components/examples/E"}}}}
        "404": {$ref: "#/components/responses/No"}
      callbacks: {done: {"{$request.body#/u}": {post: {responses: {"200": {description: x}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/A"}, example: {kind: a}}}}
      responses: {"201": {description: made}, default: {description: no, content: {application/problem+json: {schema: {type: object}}}}}
webhooks: {w: {post: {responses: {"204": {description: x}}}}}
components:
  parameters: {Limit: {name: limit, in: query, schema: {type: integer, default: 5}}}
  examples: {E: {value: [{kind: a}]}}
  responses: {No: {description: no, content: {application/json: {schema: {allOf: [{$ref: "#/components/schemas/A"}]}}}}}
  securitySchemes: {k: {type: apiKey, in: query, name: k}, o: {type: oauth2, flows: {implicit: {authorizationUrl: u, scopes: {read: r}}}}}
  schemas:
    List: {type: array, items: {$ref: "#/components/schemas/Any"}}
    Any: {oneOf: [{$ref: "#/components/schemas/A"}, {$ref: "#/components/schemas/B"}], discriminator: {propertyName: kind, mapping: {a: A}}}
    A: {type: object, required: [kind], properties: {kind: {type: string, enum: [a, b], pattern: "^a"}, n: {type: [number, "null"], minimum: 1, maximum: 5, default: 2}}, examples: [{kind: a}]}
    B: {allOf: [{$ref: "#/components/schemas/A"}, {required: [z], properties: {z: {type: string, format: date}}}], additionalProperties: false}
"""

ASYNCAPI = """
asyncapi: 3.0.0
info: {title: T, version: "1", tags: [{name: a}]}
servers: {p: {host: x.example.com, protocol: ws, security: [{$ref: "#/components/securitySchemes/k"}], variables: {a: {default: x}}}}
channels:
  c:
    address: "a/{id}"
    parameters: {id: {description: d}}
    messages: {m: {$ref: "#/components/messages/M"}, n: {payload: {schemaFormat: application/vnd.aai.asyncapi+json;version=3.0.0, schema: {type: integer}}}}
operations:
  hear: {action: send, summary: s, channel: {$ref: "#/channels/c"}, messages: [{$ref: "#/channels/c/messages/m"}], reply: {channel: {$ref: "#/channels/c"}, messages: [{$ref: "#/channels/c/messages/n"}]}, traits: [{$ref: "#/components/operationTraits/t"}]}
components:
  securitySchemes: {k: {type: httpApiKey, in: query, name: x}}
  operationTraits: {t: {description: d}}
  messageTraits: {t: {headers: {type: object}}}
  messages: {M: {name: m, traits: [{$ref: "#/components/messageTraits/t"}], payload: {type: object, properties: {a: {$ref: "#/components/schemas/S"}}}, headers: {type: object}, examples: [{payload: {a: 1}, headers: {}}]}}
  schemas: {S: {type: integer, examples: [1], default: 3}}
"""

JUNK = [
    None,
    7,
    "x",
    [[1]],
    {},
    [None],
    {"$ref": 5},
    {"$ref": "#/nowhere"},
    {"a": None},
    True,
    [{"b": []}],
]


def steps_in(node: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = list(node.items()) if isinstance(node, dict) else []
    entries += enumerate(node) if isinstance(node, list) else []
    for key, value in entries:
        yield (*before, key)
        yield from steps_in(value, (*before, key))


def with_junk(data: Any, steps: tuple[Any, ...], junk: Any) -> Any:
    changed = copy.deepcopy(data)
    node = changed
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = junk
    return changed


def document(kind: Kind, data: Any) -> Document:
    def placed(pointer: str) -> Place:
        return Place("document.yaml", pointer=pointer)

    version = str(data.get(kind, "3.0"))
    return Document("document.yaml", kind, version, data, ("document.yaml",), placed)


def spoiled(kind: Kind, text: str, times: int) -> Iterator[Document]:
    """The document with junk at one place: at each place in turn, with every so many kinds of it."""
    data = yaml.safe_load(text)
    for number, steps in enumerate(list(steps_in(data))):
        for junk in JUNK[number % times :: times]:
            yield document(kind, with_junk(data, steps, junk))
