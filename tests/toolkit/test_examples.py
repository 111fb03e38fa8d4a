"""Examples that a document lacks are put into its files, and nothing else of them changes."""

import difflib
from pathlib import Path

import pytest
import yaml

from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Schemas
from altlas_chat.toolkit.exemplifying.filling import filled
from altlas_chat.toolkit.exemplifying.finding import Examples, Where, examples_of
from altlas_chat.toolkit.exemplifying.inserting import Insertion, NotInsertable, with_insertions

SHOP = """\
# The shop.
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /users/{id}:
    parameters:
      - name: id      # who
        in: path
        required: true
        schema: {type: integer}
    get:
      responses:
        "200":
          description: Them.
          content:
            application/json:   # what
              schema:
                $ref: "#/components/schemas/User"

        default: {description: no, content: {text/plain: {schema: {type: string}}}}
    put:
      requestBody:
        content:
          application/json:
            example: {name: 5}
            schema: {$ref: "#/components/schemas/User"}
          application/octet-stream:
            schema: {type: string, format: binary}
          application/vnd.shop+json:
            schema:
              type: object
              description: |
                # no comment
components:
  schemas:
    User:
      type: object
      required: [name]
      properties:
        name: {type: string}
        email: {type: string, format: email}
# the end
"""


def looked_through(file: Path, where: tuple[Where, ...] = tuple(Where)) -> Examples:
    document = load_document(file)
    return examples_of(document, Sampler(document, Schemas(document)), where)


def test_what_is_missing_and_what_is_wrong_is_found(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    found = looked_through(file)
    assert [(one.holder.where.value, one.holder.about) for one in found.missing] == [
        ("parameters", "id"),
        ("media-types", "GET /users/{id}"),
        ("media-types", "GET /users/{id}"),
        ("media-types", "PUT /users/{id}"),
        ("schemas", "User"),
    ]
    (wrong,) = found.wrong
    assert (wrong.rule, wrong.place.line) == ("example-valid", 25)
    assert "/name: must be a string" in wrong.what


def test_files_get_their_examples_and_keep_all_else(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP, encoding="utf-8")
    document = load_document(file)
    changed = filled(document, looked_through(file).missing)
    text = changed.files[str(file)]
    assert changed.refused == ()
    told = list(difflib.ndiff(SHOP.splitlines(), text.splitlines()))
    assert [line for line in told if line.startswith("- ")] == [
        "-         default: {description: no, content: {text/plain: {schema: {type: string}}}}"
    ]
    file.write_text(text, encoding="utf-8")
    again = looked_through(file)
    assert again.missing == ()
    assert len(again.wrong) == 1
    media = yaml.safe_load(text)["paths"]["/users/{id}"]["get"]["responses"]["200"]["content"]
    assert set(media["application/json"]["example"]) == {"name", "email"}


def test_the_file_that_holds_a_part_gets_its_example(tmp_path):
    (tmp_path / "api.yaml").write_text(
        'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths:\n  /a:\n    $ref: paths.yaml#/a\n',
        encoding="utf-8",
    )
    other = tmp_path / "paths.yaml"
    other.write_text(
        "a:\n  get:\n    responses:\n      '200':\n        description: It.\n"
        "        content:\n          application/json:\n            schema: {type: integer}\n",
        encoding="utf-8",
    )
    document = load_document(tmp_path / "api.yaml")
    changed = filled(document, looked_through(tmp_path / "api.yaml").missing)
    assert [Path(name).name for name in changed.files] == ["paths.yaml"]
    (text,) = changed.files.values()
    assert text.startswith(other.read_text(encoding="utf-8").rstrip("\n"))
    assert text.splitlines()[-1].startswith("            example: ")


@pytest.mark.parametrize(
    ("before", "pointer", "after"),
    [
        ("a:\n  b: 1 # c\n\n# d\ne: 2\n", "/a", "a:\n  b: 1 # c\n  x: [1]\n\n# d\ne: 2\n"),
        ("a: {b: 1}\n", "/a", "a: {b: 1, x: [1]}\n"),
        ("a: {}\n", "/a", "a: {x: [1]}\n"),
        ("a:\n  - b: 1\n    c: 2\n", "/a/0", "a:\n  - b: 1\n    c: 2\n    x: [1]\n"),
        ("a:\n  b: |\n    # t\n", "/a", "a:\n  x: [1]\n  b: |\n    # t\n"),
        ("a:\n  b:\nc: 1\n", "/a", "a:\n  b:\n  x: [1]\nc: 1\n"),
        ("a:\n  b: 'ü'", "/a", "a:\n  b: 'ü'\n  x: [1]"),
        ('{"a": {"b": 1}}', "/a", '{"a": {"b": 1, "x": [1]}}'),
        ('{"a": {}}', "/a", '{"a": {"x": [1]}}'),
        ('{\n  "a": {\n    "b": "}"\n  }\n}', "/a", '{\n  "a": {\n    "b": "}",\n    "x": [1]\n  }\n}'),
        ('{\n\t"a": {\n\t\t"b": 1\n\t}\n}', "/a", '{\n\t"a": {\n\t\t"b": 1,\n\t\t"x": [1]\n\t}\n}'),
    ],
)  # fmt: skip
def test_a_property_is_put_in_where_the_text_has_room_for_it(before, pointer, after):
    found = with_insertions(before, [Insertion(pointer, "x", [1])])
    assert yaml.safe_load(found.replace("\t", " ")) == yaml.safe_load(after.replace("\t", " "))
    if before.startswith("{"):
        assert "".join(found.split()) == "".join(after.split())
    kept = [line for line in before.splitlines() if line in found.splitlines()]
    assert len(kept) >= len(before.splitlines()) - 1


def test_ends_of_lines_stay_as_they_are():
    found = with_insertions("a:\r\n  b: 1\r\nc: 2\r\n", [Insertion("/a", "x", {"z": 1})])
    assert found == "a:\r\n  b: 1\r\n  x:\r\n    z: 1\r\nc: 2\r\n"


def test_objects_that_end_together_get_theirs_each():
    text = "a:\n  b:\n    c: 1\n"
    found = with_insertions(text, [Insertion("/a", "x", 1), Insertion("/a/b", "x", 2)])
    assert found == "a:\n  b:\n    c: 1\n    x: 2\n  x: 1\n"


def test_what_an_alias_shares_is_not_touched():
    text = "a: &one {b: 1}\nc: *one\n"
    with pytest.raises(NotInsertable):
        with_insertions(text, [Insertion("/a", "x", 1)])
    with pytest.raises(NotInsertable):
        with_insertions(text, [Insertion("/c", "x", 1)])
