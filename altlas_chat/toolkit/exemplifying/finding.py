"""Which examples a document lacks, and which do not fit their schemas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from altlas_chat.specs.api import Api, MediaType, Operation, Parameter
from altlas_chat.specs.dialects import Direction
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding
from altlas_chat.specs.pointers import joined
from altlas_chat.specs.sampling import NoSample, Sampler
from altlas_chat.specs.schemas import Schemas

UNREADABLE_MEDIA = ("multipart/", "image/", "audio/", "video/", "font/")


class Where(StrEnum):
    """What has examples."""

    MEDIA_TYPES = "media-types"
    PARAMETERS = "parameters"
    HEADERS = "headers"
    SCHEMAS = "schemas"


USUAL = (Where.MEDIA_TYPES, Where.PARAMETERS)


@dataclass(frozen=True, slots=True)
class Holder:
    """A part of a document that may have examples of a schema's values."""

    where: Where
    pointer: str
    schema: str
    direction: Direction
    about: str
    """What its values are about: the operation, or the parameter."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An example that is not there, and one that could be; ``key`` is the property it goes into."""

    holder: Holder
    key: str
    value: Any


@dataclass(frozen=True, slots=True)
class Examples:
    """How a document's examples are."""

    missing: tuple[Missing, ...]
    wrong: tuple[Finding, ...]
    impossible: tuple[Finding, ...]
    """Of what no example can be made up."""
    present: int


def examples_of(document: Document, sampler: Sampler, where: Sequence[Where] = USUAL) -> Examples:
    """Look through a document for examples in all the places of some kinds.

    A media type or a parameter whose schema has an example of its own needs none.
    """
    schemas = Schemas(document)
    missing: list[Missing] = []
    wrong: list[Finding] = []
    impossible: list[Finding] = []
    present = 0
    for holder in _holders(document, where):
        if _is_binary(document, holder):
            continue
        known = _known(document, holder)
        if known:
            present += 1
            wrong += _wrong(document, schemas, holder, known)
            continue
        try:
            value = sampler.sample(holder.schema, key=holder.about, direction=holder.direction)
        except NoSample as error:
            place = document.place(holder.pointer)
            what = f"no example can be made up: {error.why}"
            remedy = "Write an example, or change what the schema says."
            impossible.append(Finding(place, "no-example", what, remedy))
            continue
        missing.append(_missing(document, holder, value))
    return Examples(tuple(missing), tuple(wrong), tuple(impossible), present)


def _is_binary(document: Document, holder: Holder) -> bool:
    schema = document.resolved(holder.schema)
    return isinstance(schema, dict) and schema.get("format") == "binary"


def _missing(document: Document, holder: Holder, value: Any) -> Missing:
    if holder.where is Where.SCHEMAS and not document.is_3_0:
        return Missing(holder, "examples", [value])
    return Missing(holder, "example", value)


def _holders(document: Document, where: Sequence[Where]) -> Iterator[Holder]:
    """All that may have examples, each once."""
    seen: set[str] = set()
    for operation in _operations(Api(document)):
        for holder in _of_operation(operation):
            if holder.where in where and holder.pointer not in seen:
                seen.add(holder.pointer)
                yield holder
    if Where.SCHEMAS in where:
        schemas = (document.data.get("components") or {}).get("schemas") or {}
        for name, schema in schemas.items():
            pointer = joined("/components/schemas", name)
            if isinstance(schema, dict) and "$ref" not in schema:
                yield Holder(Where.SCHEMAS, pointer, pointer, Direction.ANSWER, name)


def _operations(api: Api) -> Iterator[Operation]:
    for operation in (*api.operations, *api.webhooks):
        yield operation
        for called in operation.callbacks.values():
            yield from called


def _of_operation(operation: Operation) -> Iterator[Holder]:
    for parameter in operation.parameters:
        yield from _of_parameter(parameter, Where.PARAMETERS, Direction.REQUEST, parameter.name)
    if operation.body:
        for media_type in operation.body.content.values():
            yield from _of_media_type(media_type, Direction.REQUEST, operation)
    for answer in operation.answers.values():
        for media_type in answer.content.values():
            yield from _of_media_type(media_type, Direction.ANSWER, operation)
        for header in answer.headers.values():
            yield from _of_parameter(header, Where.HEADERS, Direction.ANSWER, header.name)


def _of_parameter(
    parameter: Parameter, where: Where, direction: Direction, about: str
) -> Iterator[Holder]:
    if parameter.schema:
        yield Holder(where, parameter.pointer, parameter.schema, direction, about)


def _of_media_type(
    media_type: MediaType, direction: Direction, operation: Operation
) -> Iterator[Holder]:
    unreadable = media_type.name.lower().startswith(UNREADABLE_MEDIA)
    if media_type.schema and not unreadable:
        about = operation.name
        yield Holder(Where.MEDIA_TYPES, media_type.pointer, media_type.schema, direction, about)


def _known(document: Document, holder: Holder) -> dict[str, Any]:
    """The examples that are there, by the pointer of each; of the schema, where it has some."""
    found = _in(document, holder.pointer)
    if not found and holder.where is not Where.SCHEMAS:
        found = _in(document, document.target(holder.schema))
    return found


def _in(document: Document, pointer: str) -> dict[str, Any]:
    node = document.at(pointer)
    if not isinstance(node, dict):
        return {}
    found: dict[str, Any] = {}
    if "example" in node:
        found[joined(pointer, "example")] = node["example"]
    examples = node.get("examples")
    if isinstance(examples, list):
        found.update({joined(pointer, "examples", n): one for n, one in enumerate(examples)})
    elif isinstance(examples, dict):
        for name in examples:
            found.update(_named(document, document.target(joined(pointer, "examples", name))))
    return found


def _named(document: Document, pointer: str) -> dict[str, Any]:
    example: Json | Any = document.at(pointer)
    if isinstance(example, dict) and "value" in example:
        return {joined(pointer, "value"): example["value"]}
    # An external one is an example as well; what it says can't be seen from here.
    return {pointer: _UNSEEN}


_UNSEEN = object()


def _wrong(
    document: Document, schemas: Schemas, holder: Holder, known: dict[str, Any]
) -> Iterator[Finding]:
    for pointer, value in known.items():
        if value is _UNSEEN:
            continue
        for one in schemas.violations(holder.schema, value, holder.direction):
            what = f"the example does not fit: {one.pointer or '/'}: {one.what}"
            yield Finding(
                document.place(pointer), "example-valid", what, "Mend the example or the schema."
            )
