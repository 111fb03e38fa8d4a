"""Each kind of bad input is a finding with its rule, place and remedy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altlas_chat.specs.api import Api
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sources import Limits

HEAD = 'openapi: 3.0.3\ninfo: {title: Pets, version: "1"}\npaths: {}\n'
JSON = '{"openapi": "3.0.3",\n "info": {"title": "Pets", "version": "1"},\n "paths": {}'


def the_finding(source, **wishes):
    with pytest.raises(DocumentUnusable) as caught:
        load_document(source, **wishes)
    (finding,) = caught.value.findings
    assert finding.remedy.endswith(".")
    assert caught.value.remedy == finding.remedy
    return finding


@pytest.mark.parametrize(
    ("name", "content", "rule", "line", "column"),
    [
        ("a.yaml", "", "empty-file", 0, 0),
        ("a.yaml", " \n\n", "empty-file", 0, 0),
        ("a.yaml", "# nothing\n", "not-openapi", 1, 1),
        ("a.yaml", "- a\n", "not-openapi", 1, 1),
        ("a.yaml", "<html></html>", "not-openapi", 1, 1),
        ("a.json", '{"title": 1}', "not-openapi", 1, 1),
        ("a.yaml", 'info: {}\nswagger: "2.0"\n', "swagger-2", 2, 1),
        ("a.yaml", "info: {}\nopenapi: 4.0.0\n", "unsupported-version", 2, 1),
        ("a.json", '{"info": {},\n "asyncapi": "1.2.0"}', "unsupported-version", 2, 2),
        ("a.yaml", HEAD + "x: y: z\n", "invalid-yaml", 4, 5),
        ("a.json", JSON + ",}", "invalid-json", 3, 13),
        ("a.yaml", JSON + ",, }", "invalid-json", 3, 14),
        ("a.json", JSON + ', "x": NaN}', "invalid-json", 3, 20),
        ("a.json", JSON + ', "x": "\\ud800"}', "invalid-json", 3, 21),
        ("a.json", JSON + ', "x": ' + "[" * 300 + "]" * 300 + "}", "nested-too-deep", 3, 270),
        ("a.json", JSON + ', "x": ' + "[" * 100_000, "nested-too-deep", 3, 1044),
        ("a.yaml", HEAD + "x-\xe7: 1\n", "not-text", 4, 3),
        ("a.yaml", b"\x7fELF\0\0\xff", "not-text", 1, 7),
        ("a.yaml", HEAD + "---\n" + HEAD, "several-documents", 4, 1),
    ],
)
def test_files_that_can_not_be_used(tmp_path, name, content, rule, line, column):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    finding = the_finding(str(file))
    place = finding.place
    assert (place.file, finding.rule, place.line, place.column) == (str(file), rule, line, column)


def test_there_is_no_file(tmp_path):
    assert the_finding(tmp_path / "none.yaml").rule == "no-such-file"
    assert the_finding(tmp_path).rule == "is-a-folder"
    assert the_finding(tmp_path / "a" / ("x" * 300)).rule in ("no-such-file", "unreadable-file")


def test_a_large_file_is_not_read(tmp_path):
    file = tmp_path / "a.yaml"
    with file.open("wb") as new:
        new.truncate(100 << 20)
    finding = the_finding(str(file))
    assert (finding.rule, finding.what) == ("file-too-large", "it is larger than 50 MiB")
    file.write_text(HEAD)
    assert the_finding(str(file), limits=Limits(largest_file=10)).rule == "file-too-large"


def test_too_many_files(tmp_path):
    (tmp_path / "a.yaml").write_text(HEAD + "components: {schemas: {A: {$ref: b.yaml}}}\n")
    (tmp_path / "b.yaml").write_text("type: string\n")
    finding = the_finding(str(tmp_path / "a.yaml"), limits=Limits(most_files=1))
    assert finding.rule == "too-many-files"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [HEAD, JSON + "}"])
def test_encodings(tmp_path, encoding, text):
    file = tmp_path / "a.yaml"
    file.write_bytes(text.replace("Pets", "Çınar").encode(encoding))
    document = load_document(str(file))
    assert document.data["info"]["title"] == "Çınar"
    assert document.place("/paths").line == 3


def test_a_version_may_be_a_number(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(HEAD.replace("3.0.3", "3.1"))
    assert load_document(str(file)).version == "3.1"


@pytest.mark.parametrize(
    ("name", "text", "places"),
    [
        ("a.yaml", HEAD + "x: 1\nx-y:\n  k: 1\n  k: 2\nx: 3\n", [(7, 3, 6), (8, 1, 4)]),
        ("a.json", JSON + ',\n "x": {"a" : 1, "a" : 2},\n "paths": {}}', [(4, 17, 4), (5, 2, 3)]),
    ],
)
def test_keys_that_are_twice_are_told_and_the_last_one_counts(tmp_path, name, text, places):
    file = tmp_path / name
    file.write_text(text)
    document = load_document(str(file))
    found = [(one.place.line, one.place.column) for one in document.findings]
    assert found == [(line, column) for line, column, _ in places]
    for one, (_, _, first) in zip(document.findings, places, strict=True):
        assert one.rule == "duplicate-key"
        assert f"in line {first};" in one.what


def test_json_with_blanks_before_colons_has_no_keys_twice(tmp_path):
    file = tmp_path / "a.json"
    file.write_text(JSON.replace('"paths":', '"paths" :') + ', "x": "\\":"}')
    assert load_document(str(file)).findings == ()


def test_places_of_a_file_that_changed_are_not_told(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(HEAD)
    document = load_document(str(file))
    file.write_text("# more\n" + HEAD)
    assert (document.place("/paths").line, document.place("/paths").pointer) == (0, "/paths")


WHOLE = b"""openapi: 3.1.0
info: &info {title: "Pets", version: '1'}
paths:
  /a:
    get: {responses: {200: {$ref: '#/components/responses/A'}}}
components:
  responses: {A: {description: |
    text}}
x: *info
"""
PIECES = [*b" \t\n:-[]{}&*!|>'\"%#,?<", *b"ac0"]


@settings(max_examples=150, deadline=None)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(PIECES), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_a_file_holds_it_is_read_or_told(cuts, tmp_path_factory):
    raw = bytearray(WHOLE)
    for start, piece, length in cuts:
        raw[start : start + length] = bytes([piece])
    file = tmp_path_factory.getbasetemp() / "mangled.yaml"
    file.write_bytes(raw)
    findings, operations = read_or_told(str(file))
    assert all(one.place.file == str(file) for one in findings)
    assert all(operation.answers is not None for operation in operations)


def read_or_told(file):
    try:
        document = load_document(file, lenient=True)
    except DocumentUnusable as unusable:
        return unusable.findings, ()
    return document.findings, Api(document).operations
