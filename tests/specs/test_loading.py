"""Documents are read in one piece, and what is wrong with them has its place."""

from pathlib import Path

import orjson
import pytest

from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document

HEAD = 'openapi: 3.1.0\ninfo: {title: Pets, version: "1"}\n'


def written(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return str(folder / next(iter(files)))


def test_other_files_become_components(tmp_path):
    root = written(
        tmp_path,
        {
            "api.yaml": HEAD
            + """
paths:
  /pets: {$ref: paths/pets.yaml}
components:
  schemas:
    Pet: {$ref: schemas/pet.yaml}
""",
            "paths/pets.yaml": """
get:
  responses:
    200:
      description: Them.
      content:
        application/json:
          schema: {type: array, items: {$ref: ../schemas/pet.yaml}}
          example: [{$ref: no reference}]
    default: {$ref: '../answers.json#/Problem'}
""",
            "schemas/pet.yaml": """
type: object
properties:
  $ref: {type: string}
  owner: {$ref: '../schemas/person.yaml#/definitions/Person', description: Who}
""",
            "schemas/person.yaml": """
definitions:
  Person: {type: object, properties: {pets: {type: array, items: {$ref: pet.yaml}}}}
""",
            "answers.json": '{"Problem": {"description": "Bad."}}',
        },
    )
    document = load_document(root)
    answers = document.data["paths"]["/pets"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"] == {
        "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
        "example": [{"$ref": "no reference"}],
    }
    assert answers["default"] == {"$ref": "#/components/responses/Problem"}
    components = document.data["components"]
    assert components["responses"] == {"Problem": {"description": "Bad."}}
    assert components["schemas"]["Pet"]["properties"] == {
        "$ref": {"type": "string"},
        "owner": {"$ref": "#/components/schemas/Person", "description": "Who"},
    }
    assert components["schemas"]["Person"]["properties"]["pets"]["items"] == {
        "$ref": "#/components/schemas/Pet"
    }
    assert {Path(file).name for file in document.files} == {
        *("api.yaml", "pets.yaml", "pet.yaml", "person.yaml", "answers.json")
    }
    place = document.place("/components/schemas/Person/properties/pets")
    assert str(place) == f"{tmp_path}/schemas/person.yaml:3:39"
    place = document.place("/paths/~1pets/get/responses/default")
    assert str(place) == f"{tmp_path}/paths/pets.yaml:10:5"
    assert str(document.place("/paths/~1pets")) == f"{tmp_path}/paths/pets.yaml:2:1"
    assert orjson.dumps(document.data)


@pytest.mark.parametrize(
    ("target", "rule", "line", "column"),
    [
        ("'#/components/schemas/Nobody'", "reference-to-nowhere", 6, 9),
        ("nobody.yaml", "reference-to-nowhere", 6, 9),
        ("https://example.org/pet.yaml", "reference-to-url", 6, 9),
        ("'#/components/schemas/A'", "circular-reference", 6, 9),
        ("'#nobody'", "reference-to-nowhere", 6, 9),
    ],
)
def test_a_bad_reference_has_its_place(tmp_path, target, rule, line, column):
    text = HEAD + f"paths: {{}}\ncomponents:\n  schemas:\n    A: {{$ref: {target}}}\n"
    root = written(tmp_path, {"api.yaml": text})
    with pytest.raises(DocumentUnusable) as caught:
        load_document(root)
    [finding] = caught.value.findings
    assert (finding.rule, finding.place.line, finding.place.column) == (rule, line, column)
    assert load_document(root, lenient=True).data["components"]["schemas"]["A"] == {}
