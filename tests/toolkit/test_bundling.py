"""Bundles: one file that says all that many said, and is written so that people can read it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from altlas_chat.specs.embedding import references_in
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.writing import as_yaml
from altlas_chat.toolkit.bundling import bundled, written

FILES = {
    "api.yaml": """
openapi: 3.1.0
info: {title: Çay ocağı, version: 2.3.4, description: "Sıcak.\\n\\nŞekersiz.\\n"}
paths:
  /tea/{name}:
    $ref: paths.yaml#/tea
  /cup:
    get:
      responses:
        200: {$ref: "parts/answers.yaml#/Cup", description: Beside}
components:
  schemas:
    Tea: {type: string}
x-note: {$ref: "parts/note.json"}
""",
    "paths.yaml": """
tea:
  get:
    parameters: [{$ref: "parts/parameters.yaml#/Name"}]
    responses:
      "200": {$ref: "parts/answers.yaml#/Tea"}
""",
    "parts/parameters.yaml": """
Name: {name: name, in: path, required: true, schema: {$ref: "schemas.yaml#/Tea"}}
""",
    "parts/answers.yaml": """
Cup: {description: A cup, content: {application/json: {schema: {$ref: "schemas.yaml#/Cup"}}}}
Tea:
  description: Tea
  content:
    application/json:
      schema: {$ref: "schemas.yaml#/Tea"}
      example: {$ref: "note.json"}
""",
    "parts/schemas.yaml": """
Tea:
  oneOf: [{$ref: "#/Black"}, {$ref: "#/Green"}]
  discriminator: {propertyName: kind, mapping: {black: "#/Black", green: "#/Green"}}
Black: {type: object, properties: {kind: {const: black}, next: {$ref: "#/Tea", description: The next}}}
Green: {type: object, properties: {kind: {const: green}}}
Cup: {type: object, properties: {of: {$ref: "#/Tea"}}}
""",
    "parts/note.json": '{"text": "demli"}',
}


@pytest.fixture
def api(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "api.yaml"


def read(content: bytes) -> Any:
    return yaml.load(content, Loader=yaml.CSafeLoader)


def test_what_other_files_hold_is_a_component_under_its_name(api: Path) -> None:
    made = bundled(load_document(api))
    assert sorted(made["components"]["schemas"]) == ["Black", "Cup", "Green", "Tea", "parts_Tea"]
    assert sorted(made["components"]["responses"]) == ["Cup", "Tea"]
    assert list(made["components"]["parameters"]) == ["Name"]
    tea = made["components"]["schemas"]["parts_Tea"]
    assert tea["discriminator"]["mapping"]["black"] == "#/components/schemas/Black"
    following = made["components"]["schemas"]["Black"]["properties"]["next"]
    assert following == {"$ref": "#/components/schemas/parts_Tea", "description": "The next"}
    cup = made["paths"]["/cup"]["get"]["responses"]["200"]
    assert cup == {"$ref": "#/components/responses/Cup", "description": "Beside"}


def test_values_that_are_borrowed_stand_in_their_place(api: Path) -> None:
    made = bundled(load_document(api))
    note = {"text": "demli"}
    assert made["x-note"] == note
    content = made["components"]["responses"]["Tea"]["content"]
    assert content["application/json"]["example"] == note


def test_a_bundle_needs_no_other_file_and_stays_as_it_is(api: Path, tmp_path: Path) -> None:
    content = written(bundled(load_document(api)), "yaml")
    assert all(one.startswith("#/") for one in references_in(read(content)))
    alone = tmp_path / "alone" / "bundle.yaml"
    alone.parent.mkdir()
    alone.write_bytes(content)
    assert written(bundled(load_document(alone)), "yaml") == content
    assert read(written(bundled(load_document(alone)), "json")) == read(content)


def test_people_can_read_it(api: Path) -> None:
    text = written(bundled(load_document(api)), "yaml").decode()
    assert text.startswith("# Çay ocağı 2.3.4. Made by")
    assert "description: |\n    Sıcak.\n\n    Şekersiz.\n" in text
    assert "'200':" in text
    assert "{" not in text.replace("/tea/{name}", "")


def test_the_order_of_references_does_not_matter(api: Path) -> None:
    before = written(bundled(load_document(api)), "yaml").decode()
    answers = api.parent / "parts" / "schemas.yaml"
    lines = answers.read_text("utf-8").strip().split("\n")
    answers.write_text("\n".join([*lines[4:], *lines[:4]]), "utf-8")
    assert written(bundled(load_document(api)), "yaml").decode() == before


TEXTS = some.text(some.characters(codec="utf-8"), max_size=12) | some.text(
    "ab \n\t:#-'\"|>%@&*!?{}[],.0123456789eExXoyYnN~=<", max_size=12
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | TEXTS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_what_is_read_back_is_what_was_written(value: Any) -> None:
    text = as_yaml(value)
    assert yaml.load(text, Loader=yaml.CSafeLoader) == value
    assert yaml.safe_load(text) == value


@pytest.mark.parametrize(
    "text", ["1e3", "0o17", "y", "N", "0x1F", "1_0", "no", "12:30", "~", "=", ""]
)
def test_texts_stay_texts_to_every_reader(text: str) -> None:
    assert as_yaml(text).strip() in (f"'{text}'", f'"{text}"')


def test_an_emoji_is_written_as_one() -> None:
    assert as_yaml({"mood": "👍 güzel"}) == "mood: 👍 güzel\n"
