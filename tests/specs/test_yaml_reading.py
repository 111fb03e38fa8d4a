"""YAML is read as JSON's values, as the core schema of YAML 1.2 says."""

import pytest

from altlas_chat.specs.yaml_reading import Unreadable, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, word) for word in ("yes", "no", "on", "off", "y", "1_000", "12:30", "0b11", "-a")],
        *[(word, word) for word in ("2020-01-01", "2020-01-01T10:00:00Z", "1.2.3", "0x", "+", ".")],
        *[(word, None) for word in ("~", "null", "Null", "NULL", "")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[("1", 1), ("-1", -1), ("+1", 1), ("017", 17), ("0o17", 15), ("0x1F", 31)],
        *[("1.0", 1.0), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-1.5E-1", -0.15)],
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", 18446744073709551616.0),
        *[("'1'", "1"), ('"true"', "true"), ("!!str 1", "1"), ('!!int "1"', 1), ("! 1", "1")],
        *[(".nan", ".nan"), ("-.inf", "-.inf"), ("1e999", "1e999")],
    ],
)
def test_values(text, value):
    found = read_yaml(f"a: {text}").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text_as_they_are_written():
    read = read_yaml("200: a\non: b\n1.0: c\nnull: d\n0x1F: e\ntrue: f\n~: g\n'': h\n")
    assert read.data == dict(
        zip(["200", "on", "1.0", "null", "0x1F", "true", "~", ""], "abcdefgh", strict=True)
    )


def test_merges():
    read = read_yaml(
        "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc:\n  z: 0\n  <<: [*a, {y: 9, w: 4}]\nd: {'<<': 1}\n"
    )
    assert read.data["b"] == {"x": 1, "y": 3}
    assert read.data["c"] == {"z": 0, "x": 1, "y": 2, "w": 4}
    assert read.data["d"] == {"<<": 1}


def test_blocks_and_aliases_are_what_they_stand_for():
    read = read_yaml(
        "a: |\n  one\n  two\nb: &b\n- 1\n- c: >-\n    x\n    y\nc: *b\nd: &k key\ne: {*k : 1}\n"
    )
    assert read.data["a"] == "one\ntwo\n"
    assert read.data["b"] == read.data["c"] == [1, {"c": "x y"}]
    assert read.data["e"] == {"key": 1}
    assert read.shared


def test_oddities_are_told_and_lived_with():
    read = read_yaml("a: .nan\nb: [!include x.yaml]\na: 2\n")
    assert [(one.rule, one.line, one.column) for one in read.oddities] == [
        ("no-json-number", 1, 4),
        ("unknown-tag", 2, 5),
    ]
    assert (read.data, read.repeated) == ({"a": 2, "b": ["x.yaml"]}, True)


BOMB = "a: &a [0,0,0,0,0,0,0,0,0]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
LONG_BOMB = f'a: &a "{"x" * 100_000}"\nb: [{",".join(["*a"] * 2_000)}]\n'


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("a: b: c\n", "invalid-yaml", 1, 5),
        ("a:\n\tb: c\n", "invalid-yaml", 2, 1),
        ("a: [1\nb: 2\n", "invalid-yaml", 2, 2),
        ("a: {{ b }}\n", "no-text-key", 1, 5),
        ("[a]: 1\n", "no-text-key", 1, 1),
        ("a: &a [1]\n*a : 1\n", "no-text-key", 2, 1),
        ("a: *b\n", "undefined-alias", 1, 4),
        ("a: &a\n  b: *a\n", "circular-alias", 2, 6),
        ("a: {<<: 1}\n", "invalid-yaml", 1, 10),
        ("a: 1\n---\nb: 1\n", "several-documents", 2, 1),
        ("a:\n  - \x07\n", "not-text", 2, 5),
        ("ç: ğ\nş: \x07\n", "not-text", 2, 4),
        ("%YAML 3.0\n---\na: 1\n", "invalid-yaml", 1, 1),
        (f"a:\n  {'[' * 300}{']' * 300}\n", "nested-too-deep", 2, 252),
        (f"a: {'[' * 5000}", "nested-too-deep", 1, 1003),
        (BOMB, "yaml-bomb", 7, 8),
        (LONG_BOMB, "yaml-bomb", 2, 3002),
    ],
)
def test_what_can_not_be_read_has_its_place(text, rule, line, column):
    with pytest.raises(Unreadable) as caught:
        read_yaml(text)
    trouble = caught.value.trouble
    assert (trouble.rule, trouble.line, trouble.column) == (rule, line, column)
    assert trouble.remedy.endswith(".")


@pytest.mark.parametrize("text", ["---\na: 1\n...\n", "a: 1\n---\n", "a: 1\n---\n# nothing\n"])
def test_ends_of_a_document_are_no_other_one(text):
    assert read_yaml(text).data == {"a": 1}
