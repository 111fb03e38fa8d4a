"""What the official JSON Schemas of OpenAPI and AsyncAPI find, in plain words.

OpenAPI's come with openapi-spec-validator, AsyncAPI's are in ``contract/vendored``.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

import altlas_chat.contract
from altlas_chat.specs.documents import Document, Json, Kind
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.grammar import Part, grammar_of, parts_of
from altlas_chat.toolkit.validating.wording import Leaf, Worded, leaves_of

VENDORED = Path(altlas_chat.contract.__file__).parent / "vendored"

_NEWEST_ASYNCAPI = {"2": "2.6", "3": "3.1"}
_DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
_DIALECTS = (
    _DRAFT_2020,
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-04/schema",
)


def official_findings(document: Document) -> Iterator[Finding]:
    """All that the official schema of the document's version finds."""
    yield from _worded(document, _whole(document.kind, document.version), document.data, "")
    if document.kind is Kind.OPENAPI and not document.is_3_0:
        yield from _schemas(document)


def _schemas(document: Document) -> Iterator[Finding]:
    """What is wrong with schemas, which the official schema of 3.1 leaves to their dialect."""
    default = document.data.get("jsonSchemaDialect")
    grammar = grammar_of(document.kind, document.version)
    for part in outermost_schemas(parts_of(grammar, document.data)):
        own = part.node.get("$schema") if isinstance(part.node, dict) else None
        judge = _dialect(str(own or default or _DRAFT_2020).rstrip("#"))
        if judge is not None:
            yield from _worded(document, judge, part.node, part.pointer)


def outermost_schemas(parts: Iterator[Part]) -> Iterator[Part]:
    """The schemas that are in no other schema."""
    around = None
    for part in parts:
        if part.kind == "schema" and not (around and part.pointer.startswith(around)):
            around = f"{part.pointer}/"
            yield part


def _worded(document: Document, judge: Any, node: Any, pointer: str) -> Iterator[Finding]:
    leaves = [leaf for error in judge.iter_errors(node) for leaf in leaves_of(error)]
    wording = Worded(document, pointer)
    told = set()
    for leaf in _without_echoes(leaves):
        for finding in wording.findings(leaf):
            if (finding.place, finding.what) not in told:
                told.add((finding.place, finding.what))
                yield finding


def _without_echoes(leaves: list[Leaf]) -> Iterator[Leaf]:
    """Without what is wrong only because something else is, at the same place or just below."""
    wrong: dict[tuple[str | int, ...], set[str]] = {}
    for leaf in leaves:
        for path in (leaf.path, leaf.path[:-1]):
            wrong.setdefault(path, set()).add(leaf.keyword)
    types = {leaf.path for leaf in leaves if leaf.keyword == "type"}
    for leaf in leaves:
        beside = wrong[leaf.path] - {leaf.keyword}
        if leaf.keyword == "oneOf" and beside:
            continue
        if leaf.keyword == "unevaluatedProperties" and beside and _all_known(leaf):
            continue
        if (leaf.keyword != "type" and leaf.path in types) or _told_better(leaf):
            continue
        yield leaf


def _all_known(leaf: Leaf) -> bool:
    """Each field is one of some object: it may be known here, too, were nothing else wrong."""
    return set(leaf.error.kind.unexpected) <= _field_names()


def _told_better(leaf: Leaf) -> bool:
    """``structure`` finds it, too, and says which one; or it is none."""
    if leaf.keyword == "not":
        return bool(leaf.error.kind.schema == {"required": ["example", "examples"]})
    if leaf.keyword == "format":  # 3.1's schema forgets that addresses of servers are templates
        return leaf.path[-1:] == ("url",) and "{" in str(leaf.error.instance)
    return leaf.keyword == "uniqueItems" and leaf.path[-1] in ("parameters", "tags")


# -- judges ----------------------------------------------------------------------------


def _whole(kind: Kind, version: str) -> Any:
    minor = ".".join(version.partition("-")[0].split(".")[:2])
    if kind is Kind.ASYNCAPI:
        newest = _NEWEST_ASYNCAPI[version[0]]
        known = (VENDORED / f"asyncapi-{minor}.0.json").exists()
        return _asyncapi(minor if known else newest)
    return _openapi(minor)


@cache
def _openapi(minor: str) -> Any:
    # Loaded here: it takes a third of a second.
    from openapi_spec_validator.schemas import schema_v30, schema_v31, schema_v32  # noqa: PLC0415

    if minor == "3.0":
        return jsonschema_rs.Draft7Validator(_with_choices(dict(schema_v30)), offline=True)
    schema = dict(schema_v31 if minor == "3.1" else schema_v32)
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)


@cache
def _field_names() -> frozenset[str]:
    """The names of all fields of all objects of OpenAPI."""
    from openapi_spec_validator.schemas import schema_v32  # noqa: PLC0415

    found: set[str] = set()
    todo: list[Any] = [dict(schema_v32)]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            properties = node.get("properties")
            found.update(properties if isinstance(properties, dict) else ())
            todo.extend(node.values())
        elif isinstance(node, list):
            todo.extend(node)
    return frozenset(found)


@cache
def _asyncapi(minor: str) -> Any:
    schema = orjson.loads((VENDORED / f"asyncapi-{minor}.0.json").read_bytes())
    return jsonschema_rs.Draft7Validator(_with_choices(schema), offline=True)


@cache
def _dialect(uri: str) -> Any:
    """The judge of a dialect's schemas; None for dialects that only others know."""
    if uri.startswith("https://spec.openapis.org/oas/3."):
        uri = _DRAFT_2020
    if uri not in _DIALECTS:
        return None
    return jsonschema_rs.validator_for({"$schema": uri, "$ref": uri})


def _with_choices(node: Any) -> Any:
    """An official schema of an early draft, which says "a thing, or a reference" by ``oneOf``.

    Said by ``if`` it allows the same, and what is wrong with a thing is told and not that it
    could have been a reference.
    """
    if isinstance(node, list):
        return [_with_choices(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {
        key: _with_choices(value)
        for key, value in node.items()
        if key not in ("id", "$schema") or not isinstance(value, str)
    }
    if made.get("exclusiveMinimum") is True:
        made["exclusiveMinimum"] = made.pop("minimum")
    branches = made.get("oneOf")
    if isinstance(branches, list) and any(map(_is_reference, branches)):
        made.pop("oneOf")
        things = [branch for branch in branches if not _is_reference(branch)]
        made |= {
            "if": {"type": "object", "required": ["$ref"]},
            "then": next(filter(_is_reference, branches)),
            "else": things[0] if len(things) == 1 else {"oneOf": things},
        }
    return made


def _is_reference(branch: Json) -> bool:
    return str(branch.get("$ref", "")).endswith(("/Reference", "Reference.json"))
