"""What is wrong with a document is found once, at its place, in plain words."""

from pathlib import Path

import pytest

from altlas_chat.specs.findings import Severity
from altlas_chat.toolkit.validating import validate_file

HEAD_3_0 = 'openapi: 3.0.3\ninfo: {title: Pets, version: "1"}\n'
HEAD_3_1 = HEAD_3_0.replace("3.0.3", "3.1.0")
OK = "responses: {200: {description: Fine}}"


def report_of(folder: Path, text: str, name: str = "api.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return validate_file(str(file))


def found_in(folder: Path, text: str):
    return [
        (one.rule, one.place.line, one.place.column) for one in report_of(folder, text).findings
    ]


MISTAKES = {
    "no version": ("openapi: 3.0.3\ninfo: {title: x}\npaths: {}\n", [("missing-field", 2, 1)]),
    "no info": ("openapi: 3.1.0\npaths: {}\n", [("missing-field", 1, 1)]),
    "a number for a version": (
        'openapi: 3.1\ninfo: {title: x, version: "1"}\npaths: {}\n',
        [("wrong-type", 1, 1)],
    ),
    "an unknown field": (HEAD_3_0 + "paths: {}\nfoo: 1\n", [("unknown-field", 4, 1)]),
    "an unknown field of 3.1": (HEAD_3_1 + "paths: {}\nfoo: 1\n", [("unknown-field", 4, 1)]),
    "a path without a slash": (HEAD_3_0 + "paths:\n  a: {}\n", [("wrong-name", 4, 3)]),
    "no description of an answer": (
        HEAD_3_0 + "paths:\n  /a:\n    get:\n      responses:\n        200: {}\n",
        [("missing-field", 7, 9)],
    ),
    "a place for parameters that is none": (
        HEAD_3_0 + "paths:\n  /a:\n    parameters:\n    - {name: b, in: boddy, schema: {}}\n",
        [("wrong-value", 6, 17)],
    ),
    "an unknown type": (
        HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {type: strin}}}\n",
        [("wrong-value", 4, 28)],
    ),
    "an unknown type in 3.1": (
        HEAD_3_1 + "paths: {}\ncomponents: {schemas: {A: {properties: {b: {type: strin}}}}}\n",
        [("wrong-value", 4, 45)],
    ),
    "types of 3.1 in 3.0": (
        HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {type: [string, 'null']}}}\n",
        [("wrong-type", 4, 28)],
    ),
    "a security scheme of an unknown type": (
        HEAD_3_0 + "paths: {}\ncomponents: {securitySchemes: {A: {type: magic}}}\n",
        [("wrong-value", 4, 36)],
    ),
    "equal operationIds": (
        HEAD_3_0
        + f"paths:\n  /a:\n    get: {{operationId: x, {OK}}}\n    put: {{operationId: x, {OK}}}\n",
        [("duplicate-operation-id", 6, 11)],
    ),
    "paths that collide": (
        HEAD_3_0
        + "paths:\n  /a/{b}: {parameters: [&p {name: b, in: path, required: true, schema: {}}]}\n"
        + "  /a/{c}: {}\n",
        [("colliding-paths", 5, 3)],
    ),
    "a parameter of the path that is not declared": (
        HEAD_3_0 + f"paths:\n  /a/{{b}}:\n    get: {{{OK}}}\n",
        [("path-parameter", 5, 5)],
    ),
    "a parameter that the path does not have": (
        HEAD_3_0
        + f"paths:\n  /a:\n    parameters:\n    - {{name: b, in: path, required: true, schema: {{}}}}\n    get: {{{OK}}}\n",
        [("path-parameter", 6, 7)],
    ),
    "a parameter twice": (
        HEAD_3_0
        + "paths:\n  /a:\n    parameters:\n    - &b {name: b, in: query, schema: {}}\n    - *b\n",
        [("duplicate-parameter", 7, 7)],
    ),
    "a security scheme that is not there": (
        HEAD_3_0 + "paths: {}\nsecurity:\n- key: []\n",
        [("unknown-security-scheme", 5, 3)],
    ),
    "a status that is none": (
        HEAD_3_0 + "paths:\n  /a:\n    get:\n      responses: {2xx: {description: x}}\n",
        [("unknown-field", 6, 19), ("wrong-status", 6, 19)],
    ),
    "example and examples": (
        HEAD_3_0
        + "paths: {}\ncomponents: {parameters: {A: {name: a, in: query, schema: {}, example: 1, examples: {}}}}\n",
        [("both-examples", 4, 63)],
    ),
    "a name with a blank": (
        HEAD_3_0 + "paths: {}\ncomponents:\n  schemas:\n    a b: {}\n",
        [("wrong-name", 6, 5)],
    ),
    "a tag twice": (
        HEAD_3_0 + "paths: {}\ntags:\n- {name: a}\n- {name: a}\n",
        [("duplicate-tag", 6, 3)],
    ),
    "a variable that is not declared": (
        HEAD_3_0 + "paths: {}\nservers:\n- url: /{v}\n",
        [("server-variable", 5, 3)],
    ),
    "a default that is none": (
        HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {type: integer, default: x}}}\n",
        [("invalid-default", 4, 43)],
    ),
    "a mapping to nowhere": (
        HEAD_3_0
        + "paths: {}\ncomponents: {schemas: {A: {discriminator: {propertyName: a, mapping: {a: B}}}}}\n",
        [("discriminator-mapping", 4, 71)],
    ),
    "an array of nobody knows what": (
        HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {type: array}}}\n",
        [("missing-field", 4, 24)],
    ),
    "a reference to nowhere": (
        HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {$ref: '#/x'}}}\n",
        [("reference-to-nowhere", 4, 28)],
    ),
    "a reference to nowhere where something must be": (
        HEAD_3_0 + "paths:\n  /a:\n    parameters:\n    - $ref: none.yaml\n",
        [("reference-to-nowhere", 6, 7)],
    ),
    "a schema that is made of itself": (
        HEAD_3_0
        + "paths: {}\ncomponents:\n  schemas:\n    A: {allOf: [{$ref: '#/components/schemas/B'}]}\n"
        + "    B: {allOf: [{type: object}, {$ref: '#/components/schemas/A'}]}\n",
        [("circular-reference", 6, 9), ("circular-reference", 7, 9)],
    ),
    "a key twice": (HEAD_3_0 + "paths: {}\npaths: {}\n", [("duplicate-key", 4, 1)]),
    "nullable in 3.1": (
        HEAD_3_1 + "paths: {}\ncomponents: {schemas: {A: {nullable: true}}}\n",
        [("nullable", 4, 28)],
    ),
    "an unknown action": (
        (
            'asyncapi: 3.0.0\ninfo: {title: x, version: "1"}\nchannels: {a: {address: a}}\n'
            "operations:\n  b: {action: shout, channel: {$ref: '#/channels/a'}}\n"
        ),
        [("wrong-value", 5, 7)],
    ),
    "a message that the channel does not have": (
        (
            'asyncapi: 3.0.0\ninfo: {title: x, version: "1"}\nchannels: {a: {address: a}}\n'
            "operations:\n  b:\n    action: send\n    channel: {$ref: '#/channels/a'}\n"
            "    messages: [{$ref: '#/components/messages/m'}]\n"
            "components: {messages: {m: {payload: {type: string}}}}\n"
        ),
        [("message-of-channel", 8, 16)],
    ),
    "a parameter of a channel's address": (
        'asyncapi: 3.0.0\ninfo: {title: x, version: "1"}\nchannels:\n  a: {address: "a/{b}"}\n',
        [("channel-parameter", 4, 3)],
    ),
    "equal operationIds of AsyncAPI 2": (
        (
            'asyncapi: 2.6.0\ninfo: {title: x, version: "1"}\nchannels:\n'
            "  a:\n    publish: {operationId: x}\n    subscribe: {operationId: x}\n"
        ),
        [("duplicate-operation-id", 5, 15)],
    ),
    "no channels": (
        'asyncapi: 2.0.0\ninfo: {title: x, version: "1"}\n',
        [("missing-field", 1, 1)],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_at_its_place_and_once(tmp_path, name):
    text, expected = MISTAKES[name]
    assert found_in(tmp_path, text) == expected
    for finding in report_of(tmp_path, text).findings:
        assert finding.remedy.endswith(".")
        assert not finding.what.endswith(".")


def test_words_and_remedies(tmp_path):
    text = (
        HEAD_3_0
        + "paths: {}\ncomponents:\n  securitySchemes: {k: {type: magic}}\n"
        + "  schemas: {A: {type: [string], const: 1}}\n"
    )
    told = [(one.what, one.remedy) for one in report_of(tmp_path, text).findings]
    assert told == [
        (
            'type must be one of "apiKey", "http", "oauth2", "openIdConnect"',
            "Write a value that is allowed.",
        ),
        (
            "type must be a string",
            "OpenAPI 3.0 has one of these types; to allow null, write nullable: true.",
        ),
        (
            "the schema knows no field const",
            "OpenAPI 3.0 has no const: write enum with this one value.",
        ),
    ]


def test_places_are_in_the_file_that_holds_the_part(tmp_path):
    (tmp_path / "pet.yaml").write_text("type: object\nproperties:\n  a: {type: strin}\n")
    report = report_of(
        tmp_path, HEAD_3_0 + "paths: {}\ncomponents: {schemas: {A: {$ref: pet.yaml}}}\n"
    )
    (finding,) = report.findings
    assert str(finding.place) == f"{tmp_path}/pet.yaml:3:7"
    assert finding.place.pointer == "/properties/a/type"


RECURSIVE = """
paths:
  /a:
    get:
      responses:
        200: {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
components:
  schemas:
    A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}, b: {$ref: '#/components/schemas/B'}}}
    B: {allOf: [{$ref: '#/components/schemas/A'}, {type: object, properties: {c: {type: array, items: {$ref: '#/components/schemas/B'}}}}]}
"""


@pytest.mark.parametrize("head", [HEAD_3_0, HEAD_3_1])
def test_what_is_recursive_ends(tmp_path, head):
    report = report_of(tmp_path, head + RECURSIVE)
    assert [one for one in report.findings if one.severity is Severity.ERROR] == []


def test_what_would_unroll_without_end_is_not_unrolled(tmp_path):
    steps = "".join(
        f"    S{i}: {{oneOf: [{{$ref: '#/components/schemas/S{i + 1}'}},"
        f" {{type: array, items: {{$ref: '#/components/schemas/S{i + 1}'}}}}]}}\n"
        for i in range(40)
    )
    text = HEAD_3_0 + "paths: {}\ncomponents:\n  schemas:\n" + steps
    text += "    S40: {type: string}\n    A: {allOf: [{$ref: '#/components/schemas/S0'}]}\n"
    (finding,) = report_of(tmp_path, text).findings
    assert (finding.rule, finding.severity) == ("not-judged", Severity.INFO)


def test_what_others_judge_otherwise_is_told(tmp_path):
    text = HEAD_3_0 + (
        "paths: {}\ncomponents:\n  schemas:\n    A:\n      allOf: [{type: object}]\n"
        "      required: [x]\n"
    )
    (finding,) = report_of(tmp_path, text).findings
    assert (finding.rule, finding.place.line) == ("undeclared-property", 8)
    assert finding.severity is Severity.WARNING


def test_a_file_that_can_not_be_read(tmp_path):
    report = validate_file(str(tmp_path / "none.yaml"))
    assert report.document is None
    assert [one.rule for one in report.findings] == ["no-such-file"]
    assert not report.valid
