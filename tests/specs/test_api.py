"""Operations of documents, tidy and sloppy."""

import pytest

from altlas_chat.specs.api import Api
from altlas_chat.specs.loading import load_document

TIDY = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
servers: [{url: /v1}]
security: [{key: []}]
paths:
  /pets/{id}:
    parameters:
      - {name: id, in: path, schema: {type: string}}
      - {name: X-Trace, in: header, schema: {type: string}}
    get:
      operationId: getPet
      tags: [pets]
      deprecated: true
      security: []
      servers: [{url: /other}]
      parameters:
        - {name: x-trace, in: header, required: true, schema: {type: integer}}
        - {name: filter, in: query, style: deepObject, content: {application/json: {schema: true}}}
      responses:
        200: {$ref: '#/components/responses/Pet'}
        4XX: {description: No}
    post:
      requestBody: {$ref: '#/components/requestBodies/Pet'}
      responses: {204: {description: Done}}
      callbacks:
        born: {$ref: '#/components/callbacks/born'}
  /again: {$ref: '#/components/pathItems/Again', put: {responses: {}}}
webhooks:
  news: {post: {responses: {}}}
components:
  responses:
    Pet:
      description: It
      headers: {X-Rate: {schema: {type: integer}}}
      content:
        application/json:
          example: {name: Tekir}
          examples: {other: {value: 2}, far: {externalValue: x.json}, shared: {$ref: '#/components/examples/shared'}}
  requestBodies: {Pet: {required: true, content: {application/json: {schema: {type: object}}}}}
  examples: {shared: {value: 3}}
  callbacks: {born: {'{$request.body#/url}': {post: {responses: {}}}}}
  pathItems: {Again: {get: {responses: {}}, put: {responses: {}}}}
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    basic: {type: http, scheme: Basic}
"""


def api_of(tmp_path, text):
    file = tmp_path / "api.yaml"
    file.write_text(text)
    return Api(load_document(str(file)))


def test_a_tidy_document(tmp_path):
    api = api_of(tmp_path, TIDY)
    get, post, put, again = api.operations
    assert [one.name for one in api.operations] == [
        *("GET /pets/{id}", "POST /pets/{id}", "PUT /again", "GET /again")
    ]
    assert (get.operation_id, get.tags, get.deprecated, get.security) == (
        "getPet",
        ("pets",),
        True,
        (),
    )
    assert api.by_id == {"getPet": get}
    assert (get.servers, post.servers) == ("/paths/~1pets~1{id}/get/servers", "/servers")
    assert post.security == ({"key": []},)
    names = [(one.name, one.where, one.required, one.style, one.explode) for one in get.parameters]
    assert names == [
        ("id", "path", True, "simple", False),
        ("x-trace", "header", True, "simple", False),
        ("filter", "query", False, "deepObject", False),
    ]
    assert get.parameters[2].content.schema.endswith("/content/application~1json/schema")
    assert get.parameters[0].schema == "/paths/~1pets~1{id}/parameters/0/schema"
    answer = get.answers["200"]
    assert answer.pointer == "/components/responses/Pet"
    assert answer.headers["X-Rate"].schema == "/components/responses/Pet/headers/X-Rate/schema"
    assert answer.content["application/json"].examples(api.document) == {
        "": {"name": "Tekir"},
        "other": 2,
        "shared": 3,
    }
    assert post.body.required
    assert [one.name for one in post.callbacks["born"]] == ["POST {$request.body#/url}"]
    assert put.pointer == "/paths/~1again/put"
    assert again.pointer == "/components/pathItems/Again/get"
    assert [one.path for one in api.webhooks] == ["news"]
    key, basic = api.security_schemes.values()
    assert (key.kind, key.where, key.parameter) == ("apiKey", "header", "X-Key")
    assert (basic.kind, basic.scheme) == ("http", "basic")


SLOPPY = """
openapi: 3.0.0
paths:
  no-slash: {get: {}}
  x-own: 1
  /null:
  /text: hello
  /a:
    parameters:
    get:
    post: text
    put:
      operationId: 5
      tags: pets
      parameters:
        - null
        - {name: a}
        - {in: query}
        - {name: b, in: body}
        - {name: c, in: query, style: null, explode: maybe, schema: null}
        - {name: d, in: query, content: null}
      requestBody:
      responses:
        200:
        201: {content: null, headers: null}
        202: {content: {application/json: null, text/plain: {schema: text, examples: [1]}}}
        x-own: {description: none}
      callbacks: []
      security: [null, {key: null}]
    delete: {responses: [], parameters: {}}
    patch: {}
components: null
tags: null
security: null
"""


def test_a_sloppy_document(tmp_path):
    api = api_of(tmp_path, SLOPPY)
    put, delete, patch = api.operations
    assert (put.operation_id, put.tags, put.body, put.callbacks) == (None, (), None, {})
    assert [(one.name, one.style, one.explode, one.schema) for one in put.parameters] == [
        ("c", "form", True, None),
        ("d", "form", True, None),
    ]
    assert list(put.answers) == ["201", "202"]
    assert put.answers["201"].content == put.answers["201"].headers == {}
    content = put.answers["202"].content
    assert [one.schema for one in content.values()] == [None, None]
    assert content["text/plain"].examples(api.document) == {}
    assert put.security == ({"key": []},)
    for operation in (delete, patch):
        assert (operation.answers, operation.parameters, operation.security) == ({}, (), ())
    assert api.webhooks == ()
    assert api.security_schemes == {}


@pytest.mark.parametrize("paths", ["null", "[]", "text", "{/a: {get: {$ref: '#/nowhere'}}}"])
def test_paths_that_are_none(tmp_path, paths):
    file = tmp_path / "api.yaml"
    file.write_text(f"openapi: 3.0.0\npaths: {paths}\n")
    operations = Api(load_document(str(file), lenient=True)).operations
    assert [one.answers for one in operations] == ([{}] if "get" in paths else [])


def test_methods_of_openapi_3_2(tmp_path):
    api = api_of(
        tmp_path,
        "openapi: 3.2.0\npaths: {/a: {query: {}, additionalOperations: {COPY: {operationId: copy}}}}\n",
    )
    assert [one.name for one in api.operations] == ["QUERY /a", "COPY /a"]
    assert api.by_id["copy"].pointer == "/paths/~1a/additionalOperations/COPY"
