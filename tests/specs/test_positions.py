"""Places of parts are where an editor shows them."""

import json

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from altlas_chat.specs.pointers import joined
from altlas_chat.specs.positions import positions_of_json, positions_of_yaml

YAML = """\
openapi: 3.1.0
paths:
  /a~b:
    "get": &get
      - x
      - {y: 1, z: [2,
          3]}
    post: *get
  ? long key
  : 1
"""


def test_places_of_yaml():
    found = positions_of_yaml(YAML)
    spots = {
        "": (1, 1),
        "/openapi": (1, 1),
        "/paths/~1a~0b": (3, 3),
        "/paths/~1a~0b/get": (4, 5),
        "/paths/~1a~0b/get/0": (5, 9),
        "/paths/~1a~0b/get/1/z": (6, 16),
        "/paths/~1a~0b/get/1/z/1": (7, 11),
        "/paths/~1a~0b/post": (8, 5),
        "/paths/~1a~0b/post/1/z": (8, 5),
        "/paths/long key": (9, 5),
        "/nothing/here": (1, 1),
    }
    assert {pointer: found.of(pointer) for pointer in spots} == spots


def test_places_of_json():
    text = '{\n  "a": [1, {"b\\u00e7\\"": null}],\r\n  "ş\\ud83d\\ude00": "x,{}[]",  "c" : [ ]\n}'
    found = positions_of_json(text)
    spots = {
        "/a": (2, 3),
        "/a/0": (2, 9),
        "/a/1": (2, 12),
        '/a/1/bç"': (2, 13),
        "/ş😀": (3, 3),
        "/c": (3, 31),
        "/c/0": (3, 31),
    }
    assert {pointer: found.of(pointer) for pointer in spots} == spots


def test_keys_that_are_twice_have_both_places():
    (one,) = positions_of_json('{"a": {"k": 1,\n "k": {"x": 2}}}').repeated
    assert (one.pointer, one.key, one.first, one.again) == ("/a", "k", (1, 8), (2, 2))
    (one,) = positions_of_yaml("a:\n  k: 1\n  j: 2\n  k:\n    - 1\n").repeated
    assert (one.pointer, one.key, one.first, one.again) == ("/a", "k", (2, 3), (4, 3))
    assert not positions_of_yaml("a: &a {x: 1}\nb:\n  <<: *a\n  <<: {y: 1}\n").repeated


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"), max_size=6)
"""Without what YAML 1.1 takes for ends of lines."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def pointers_of(node, pointer=""):
    yield pointer, node
    steps = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for step, inner in steps:
        yield from pointers_of(inner, joined(pointer, step))


@settings(max_examples=40, deadline=None)
@given(data=st.dictionaries(TEXTS, JSON, max_size=4), indent=st.sampled_from([None, 2]))
def test_at_each_place_of_json_its_key_or_value_stands(data, indent):
    text = json.dumps(data, ensure_ascii=False, indent=indent)
    found = positions_of_json(text)
    lines = text.split("\n")
    for pointer, node in pointers_of(data):
        line, column = found.of(pointer)
        rest = lines[line - 1][column - 1 :]
        last = pointer.rpartition("/")[2]
        holder = dict(pointers_of(data))[pointer.rpartition("/")[0]] if pointer else None
        if isinstance(holder, dict):
            key = last.replace("~1", "/").replace("~0", "~")
            assert rest.startswith(json.dumps(key, ensure_ascii=False))
        else:
            assert rest.startswith(
                json.dumps(node, ensure_ascii=False, indent=indent).split("\n")[0]
            )


@settings(max_examples=30, deadline=None)
@given(data=st.dictionaries(st.text("abc-0", min_size=1, max_size=6), JSON, max_size=4))
def test_yaml_has_a_place_for_every_part(data):
    found = positions_of_yaml(yaml.dump(data, sort_keys=False, allow_unicode=True))
    spots = [found.of(pointer) for pointer, _ in pointers_of(data)]
    assert spots == sorted(spots)
