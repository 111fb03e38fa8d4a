"""Each rule by its own samples, and by what is not as simple as those."""

from pathlib import Path

import pytest

from altlas_chat.specs.documents import Kind
from altlas_chat.toolkit.linting.registry import all_rules, checked_names
from tests.toolkit.linting.samples import document_of, found_by

SAMPLES = [(rule.id, rule.kinds[0]) for rule in all_rules().values()]


def test_what_is_checked_is_explained():
    assert checked_names() == set(all_rules())


@pytest.mark.parametrize(("rule", "kind"), SAMPLES)
def test_the_bad_sample_is_found_and_the_good_one_is_not(tmp_path: Path, rule: str, kind: Kind):
    told = all_rules()[rule]
    assert found_by(rule, document_of(tmp_path, told.bad, kind))
    assert found_by(rule, document_of(tmp_path, told.good, kind)) == []


@pytest.mark.parametrize("rule", list(all_rules()))
def test_a_rule_is_told_in_full(rule: str):
    told = all_rules()[rule]
    for text in (told.meaning, told.why, told.remedy):
        assert text.endswith((".", ")", "…")), text
        assert "\n" not in text
    assert told.good != told.bad


CASES: list[tuple[str, str, list[str]]] = [
    # ids
    (
        "operation-operationId-unique",
        "{paths: {/a: {get: {operationId: x}}}, webhooks: {b: {post: {operationId: x}}}}",
        ["/webhooks/b/post/operationId"],
    ),
    (
        "operation-operationId-style",
        "paths: {/a: {get: {operationId: repos/list}, put: {operationId: repos/set-one}, post: {operationId: addRepo}}}",
        ["/paths/~1a/post/operationId"],
    ),
    # answers
    ("operation-2xx-response", "paths: {/a: {get: {responses: {'101': {description: Up}}}}}", []),
    (
        "operation-4xx-response",
        "webhooks: {a: {post: {responses: {'200': {description: Ok}}}}}",
        [],
    ),
    ("operation-4xx-response", "paths: {/a: {get: {responses: {4XX: {description: No}}}}}", []),
    ("operation-4xx-response", "paths: {/a: {get: {responses: {default: {description: No}}}}}", []),
    (
        "operation-401-response",
        "{security: [{k: []}], paths: {/a: {get: {security: [], responses: {'200': {description: x}}}, put: {security: [{}, {k: []}], responses: {}}}}}",
        [],
    ),
    # paths
    (
        "path-parameters-defined",
        "paths: {'/a/{b}': {parameters: [{$ref: '#/components/parameters/B'}], get: {responses: {}}}}\ncomponents: {parameters: {B: {name: b, in: path, required: true}}}",
        [],
    ),
    (
        "path-parameters-defined",
        "paths: {/a: {get: {parameters: [{name: b, in: path, required: true}], responses: {}}}}",
        ["/paths/~1a/get/parameters/0"],
    ),
    (
        "path-parameters-defined",
        "paths: {'/a/{b}': {get: {parameters: [{name: b, in: path, required: true}, {name: b, in: query}], responses: {}}}}",
        [],
    ),
    ("no-ambiguous-paths", "paths: {'/a/{b}': {get: {}}, '/{a}/c': {post: {}}}", []),
    ("no-ambiguous-paths", "paths: {'/{a}/c': {}, '/b/{c}/d': {}, '/b/d': {}}", []),
    ("no-identical-paths", "paths: {'/a/{b}': {}, '/a/{c}/': {}}", []),
    # errors
    (
        "error-media-type-consistent",
        "paths: {/a: {get: {responses: {'400': {description: x, content: {application/json: {}, text/plain: {}}}, '404': {description: x, content: {application/json: {}}}, '409': {description: x, content: {application/json: {}}}}}}}",
        [],
    ),
    # names
    (
        "parameter-names-style",
        "paths: {/a: {get: {parameters: [{name: 'page[sortBy]', in: query}, {name: $filter, in: query}, {name: order.sortBy, in: query}, {name: lastName, in: query}, {name: first_name, in: query}], responses: {}}}}",
        ["/paths/~1a/get/parameters/4/name"],
    ),
    (
        "operation-operationId-style",
        "paths: {/a: {get: {operationId: shop.ordersOf.list}, put: {operationId: status}, post: {operationId: shop.add}, head: {operationId: Shop_add}}}",
        ["/paths/~1a/head/operationId"],
    ),
    # security
    (
        "security-scopes-declared",
        "{security: [{o: [any]}], components: {securitySchemes: {o: {type: openIdConnect, openIdConnectUrl: /o}}}}",
        [],
    ),
    ("operation-security", "{security: [], paths: {/a: {get: {responses: {}}}}}", []),
    # examples
    (
        "media-example-valid",
        "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer, readOnly: true}}}, example: {}}}}, responses: {}}}}",
        [],
    ),
    (
        "media-example-valid",
        "paths: {/a: {get: {responses: {'200': {description: x, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: integer, readOnly: true}}}, examples: {one: {value: {}}}}}}}}}}",
        [
            "/paths/~1a/get/responses/200/content/application~1json/examples/one/value",
        ],
    ),
    (
        "media-example-valid",
        "paths: {/a: {get: {responses: {'200': {description: x, content: {application/xml: {schema: {type: object}, example: <a/>}}}}}}}",
        [],
    ),
    (
        "schema-example-valid",
        "{openapi: 3.0.3, components: {schemas: {A: {type: string, nullable: true, example: null}}}}",
        [],
    ),
    (
        "schema-example-valid",
        "components: {schemas: {A: {type: object, required: [a, b], properties: {a: {readOnly: true}, b: {writeOnly: true}}, examples: [{a: 1}, {b: 2}]}}}",
        [],
    ),
    # schemas
    (
        "typed-enum",
        "{openapi: 3.0.3, components: {schemas: {A: {type: string, nullable: true, enum: [a, null]}}}}",
        [],
    ),
    (
        "typed-enum",
        "components: {schemas: {A: {type: [integer, 'null'], enum: [1, 1.0, null]}}}",
        [],
    ),
    (
        "no-duplicate-enum",
        "components: {schemas: {A: {enum: [1, '1', true]}}}",
        [],
    ),
    (
        "required-properties-exist",
        "components: {schemas: {A: {properties: {a: {}}}, B: {allOf: [{$ref: '#/components/schemas/A'}, {required: [a]}], required: [a, z], properties: {b: {}}}}}",
        ["/components/schemas/B/required/1"],
    ),
    (
        "required-properties-exist",
        "components: {schemas: {A: {required: [a], properties: {b: {}}, additionalProperties: {type: string}}, B: {properties: {x: {}, y: {}}, anyOf: [{required: [x]}, {required: [y]}]}}}",
        [],
    ),
    (
        "required-properties-exist",
        "components: {schemas: {A: {required: [a], properties: {self: {$ref: '#/components/schemas/A'}}, allOf: [{$ref: '#/components/schemas/A'}]}}}",
        ["/components/schemas/A/required/0"],
    ),
    (
        "discriminator-property",
        "components: {schemas: {Pet: {required: [kind], properties: {kind: {}}, discriminator: {propertyName: kind}, oneOf: [{$ref: '#/components/schemas/Cat'}]}, Cat: {type: object}}}",
        [],
    ),
    (
        "no-$ref-siblings",
        "{openapi: 3.1.0, components: {schemas: {A: {type: string}, B: {$ref: '#/components/schemas/A', maxLength: 5}}}}",
        [],
    ),
    (
        "no-$ref-siblings",
        "{paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/A', required: true}]}}}, components: {parameters: {A: {name: a, in: query}}}}",
        ["/paths/~1a/get/parameters/0"],
    ),
    ("pattern-valid", "components: {schemas: {A: {type: string, pattern: '^[\\w- ]*$'}}}", []),
    # pagination
    (
        "list-paginated",
        "paths: {/a: {get: {responses: {'200': {description: x, content: {application/json: {schema: {properties: {data: {type: array}}}}}}}}}}",
        ["/paths/~1a/get"],
    ),
    (
        "list-paginated",
        "paths: {/a: {parameters: [{name: 'page[size]', in: query}], get: {responses: {'200': {description: x, content: {application/json: {schema: {type: array}}}}}}}}",
        [],
    ),
    (
        "list-paginated",
        "paths: {/a: {get: {responses: {'200': {description: x, content: {application/json: {schema: {type: array, maxItems: 12}}}}}}}}",
        [],
    ),
    # components
    (
        "no-unused-components",
        "{paths: {/a: {get: {responses: {}}}}, components: {schemas: {A: {properties: {b: {$ref: '#/components/schemas/B'}}}, B: {properties: {a: {$ref: '#/components/schemas/A'}}}}}}",
        ["/components/schemas/A", "/components/schemas/B"],
    ),
    (
        "no-unused-components",
        "{security: [{k: []}], paths: {/a: {get: {responses: {'200': {description: x, content: {application/json: {schema: {oneOf: [], discriminator: {propertyName: t, mapping: {a: A, b: '#/components/schemas/B'}}}}}}}}}}, components: {schemas: {A: {}, B: {}}, securitySchemes: {k: {type: http, scheme: bearer}}}}",
        [],
    ),
    ("no-unused-components", "{components: {schemas: {A: {type: string}}}, paths: {}}", []),
    # bounds
    (
        "bounded-strings",
        "{paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}, responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}}}}}, components: {schemas: {A: {properties: {a: {type: string}, id: {type: string, readOnly: true}}}, B: {type: string}}}}",
        ["/components/schemas/A/properties/a"],
    ),
    # servers
    ("no-server-trailing-slash", "servers: [{url: /}]", []),
    (
        "server-variables-defined",
        "servers: [{url: '/{v}', variables: {v: {default: v3, enum: [v1, v2]}}}]",
        ["/servers/0/variables/v/default"],
    ),
    # references to where no components are
    (
        "typed-enum",
        "{x-shared: {A: {type: string, enum: [1]}}, paths: {/a: {get: {responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/x-shared/A'}}}}}}}}}",
        ["/x-shared/A/enum/0"],
    ),
]


@pytest.mark.parametrize(
    ("rule", "part", "pointers"), CASES, ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(CASES)]
)
def test_a_rule_finds_just_this(tmp_path: Path, rule: str, part: str, pointers: list[str]):
    assert found_by(rule, document_of(tmp_path, part)) == pointers


ASYNC_CASES: list[tuple[str, str, list[str]]] = [
    (
        "message-payload",
        "{asyncapi: 2.6.0, channels: {a: {publish: {message: {oneOf: [{payload: {type: string}}, {name: b}]}}}}}",
        ["/channels/a/publish/message/oneOf/1"],
    ),
    (
        "message-example-valid",
        "{asyncapi: 2.6.0, channels: {a: {publish: {message: {schemaFormat: application/vnd.apache.avro;version=1.9.0, payload: {type: record}, examples: [{payload: {}}]}}}}}",
        [],
    ),
    (
        "message-example-valid",
        "channels: {a: {address: a, messages: {m: {payload: {schemaFormat: application/schema+json;version=draft-07, schema: {type: integer}}, examples: [{payload: x}]}}}}",
        ["/channels/a/messages/m/examples/0/payload"],
    ),
    (
        "async-operation-operationId",
        "{asyncapi: 2.6.0, channels: {a: {publish: {operationId: x}, subscribe: {operationId: x}}}}",
        ["/channels/a/subscribe/operationId"],
    ),
    (
        "message-name",
        "{channels: {a: {address: a, messages: {m: {traits: [{name: given}]}}}}}",
        [],
    ),
    (
        "no-unused-messages",
        "{channels: {a: {address: a, messages: {m: {}}}}, operations: {hear: {action: send, channel: {$ref: '#/channels/a'}}}}",
        [],
    ),
    (
        "path-parameters-defined",
        "channels: {a: {address: 'a/{x}/{y}', parameters: {x: {}, z: {}}}}",
        ["/channels/a", "/channels/a/parameters/z"],
    ),
    (
        "security-defined",
        "{asyncapi: 2.6.0, servers: {a: {url: x, protocol: ws, security: [{key: []}]}}, channels: {}}",
        ["/servers/a/security/0/key"],
    ),
]


@pytest.mark.parametrize(
    ("rule", "part", "pointers"),
    ASYNC_CASES,
    ids=[f"{rule}-{n}" for n, (rule, _, _) in enumerate(ASYNC_CASES)],
)
def test_a_rule_finds_just_this_in_asyncapi(
    tmp_path: Path, rule: str, part: str, pointers: list[str]
):
    assert found_by(rule, document_of(tmp_path, part, Kind.ASYNCAPI)) == pointers
