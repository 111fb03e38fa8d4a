"""A small API that has one of everything a collection tells of."""

from pathlib import Path

from altlas_chat.specs.documents import Document
from altlas_chat.specs.loading import load_document

SHOP = """
openapi: 3.0.3
info: {title: Shop, version: "2.1", description: Sells things.}
servers:
  - url: https://{place}.shop.test/v1/
    variables: {place: {default: eu}}
tags: [{name: orders, description: What was bought.}]
security: [{bearer: []}]
paths:
  /login:
    post:
      security: []
      summary: Log in
      requestBody:
        content: {application/json: {schema: {$ref: "#/components/schemas/Login"}}}
      responses:
        "200":
          description: A token.
          content:
            application/json:
              schema: {type: object, properties: {access_token: {type: string}}}
  /orders:
    get:
      tags: [orders]
      operationId: listOrders
      parameters:
        - {name: limit, in: query, required: true, schema: {type: integer}, example: 20, description: How many.}
        - {name: state, in: query, schema: {type: array, items: {type: string}}, example: [open, paid]}
        - {name: ids, in: query, explode: false, schema: {type: array, items: {type: integer}}, example: [1, 2]}
        - {name: made, in: query, style: deepObject, schema: {type: object}, example: {after: "2026"}}
        - {name: X-Trace, in: header, schema: {type: string}, example: abc}
        - {name: Authorization, in: header, schema: {type: string}}
        - {name: tea, in: cookie, schema: {type: string}, example: green}
      responses:
        "200":
          description: The orders.
          content:
            application/json:
              schema: {type: array, items: {type: integer}}
              examples: {none: {value: []}, some: {value: [1, 2]}}
        "404": {description: None., content: {application/problem+json: {schema: {type: object}}}}
        default: {description: Broken.}
    post:
      tags: [orders]
      security: [{basic: []}]
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {type: object, required: [sum], properties: {sum: {type: integer}, words: {type: array, items: {type: string}}}}
            example: {sum: 7, words: [a, b]}
      responses: {"201": {description: Made.}}
  /orders/{id}/files/{name}.{ending}:
    servers: [{url: https://files.shop.test}]
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}, example: 7}
      - {name: name, in: path, required: true, schema: {type: string}, example: bill}
      - {name: ending, in: path, required: true, schema: {type: string}, example: pdf}
    put:
      security: [{key: [], header: []}, {bearer: []}]
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties: {file: {type: string, format: binary}, title: {type: string}}
            example: {title: Bill}
      responses: {"204": {description: Kept.}}
    post:
      security: [{oauth: [write]}]
      requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary}}}}
      responses: {"204": {description: Kept.}}
    delete:
      security: [{cookie: []}]
      requestBody: {content: {application/xml: {example: <a/>}}}
      responses: {4XX: {description: No.}}
components:
  schemas:
    Login: {type: object, required: [name], properties: {name: {type: string}}, example: {name: ayse}}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    basic: {type: http, scheme: basic}
    key: {type: apiKey, in: query, name: api_key}
    header: {type: apiKey, in: header, name: X-Key}
    cookie: {type: apiKey, in: cookie, name: session}
    oauth:
      type: oauth2
      flows:
        clientCredentials: {tokenUrl: "https://shop.test/token", scopes: {write: Change.}}
"""


def shop(folder: Path, text: str = SHOP) -> Document:
    file = folder / "shop.yaml"
    file.write_text(text, encoding="utf-8")
    return load_document(file)
