"""An OpenAPI document as operations with parameters, bodies and answers.

Everything is looked up when it is first asked for, so that a document with
thousands of operations costs nothing until one of them is called. A schema is
named by its JSON pointer into the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

DEFAULT_STYLES: Mapping[str, str] = {
    "query": "form",
    "cookie": "form",
    "path": "simple",
    "header": "simple",
}


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a body of one media type looks like; ``name`` may be a range such as ``image/*``.

    ``schema`` is the pointer of its schema, None where there is none.
    """

    name: str
    pointer: str
    data: Json
    schema: str | None

    def examples(self, document: Document) -> dict[str, Any]:
        """Its examples by name; the one without a name is called "".

        Only those whose value is in the document (``externalValue`` is not).
        """
        found: dict[str, Any] = {}
        if "example" in self.data:
            found[""] = self.data["example"]
        for name in self.data.get("examples", ()):
            example = document.resolved(joined(self.pointer, "examples", name))
            if isinstance(example, dict) and "value" in example:
                found[name] = example["value"]
        return found


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, or a header of an answer (``where`` is then "header").

    ``where`` is path, query, header or cookie. Either ``schema`` (a pointer) or
    ``content`` says what its values are.
    """

    name: str
    where: str
    required: bool
    style: str
    explode: bool
    pointer: str
    data: Json
    schema: str | None
    content: MediaType | None


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation takes."""

    required: bool
    pointer: str
    content: Mapping[str, MediaType]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response of an operation; ``status`` is ``200``, ``4XX`` or ``default``."""

    status: str
    pointer: str
    data: Json
    headers: Mapping[str, Parameter]
    content: Mapping[str, MediaType]


class Operation:
    """One operation of the document."""

    def __init__(self, document: Document, path: str, method: str, item: str) -> None:
        self.document = document
        self.path = path
        self.method = method
        self.item = item
        self.pointer = joined(item, method)
        self.data: Json = document.at(self.pointer)

    @property
    def operation_id(self) -> str | None:
        found = self.data.get("operationId")
        return found if isinstance(found, str) else None

    @property
    def name(self) -> str:
        """What people know it by: its method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def deprecated(self) -> bool:
        return self.data.get("deprecated") is True

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of its path and its own, which take the place of the path's of the same name."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (self.item, self.pointer):
            for number in range(len(self.document.at(holder).get("parameters") or ())):
                one = parameter_at(self.document, joined(holder, "parameters", number))
                found[one.where, one.name.lower() if one.where == "header" else one.name] = one
        return tuple(found.values())

    @cached_property
    def body(self) -> Body | None:
        if "requestBody" not in self.data:
            return None
        pointer = self.document.target(joined(self.pointer, "requestBody"))
        data = self.document.at(pointer)
        content = content_at(self.document, pointer)
        return Body(data.get("required") is True, pointer, content)

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """By status, as the document names it, in its order."""
        return {
            str(status): answer_at(
                self.document, str(status), joined(self.pointer, "responses", status)
            )
            for status in self.data.get("responses") or ()
            if not str(status).startswith("x-")
        }

    @property
    def security(self) -> tuple[Mapping[str, list[str]], ...]:
        """The alternatives of which one must be met; empty when nothing is asked for."""
        found = self.data.get("security", self.document.data.get("security"))
        return tuple(found or ())


class Api:
    """The operations of an OpenAPI document."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the document's order."""
        return tuple(self._operations())

    def _operations(self) -> Iterator[Operation]:
        for path in self.document.data.get("paths") or ():
            if not path.startswith("/"):
                continue
            item = self.document.target(joined("/paths", path))
            for method in self.document.at(item):
                if method in METHODS:
                    yield Operation(self.document, path, method, item)


def parameter_at(document: Document, pointer: str) -> Parameter:
    """The parameter at a pointer, or at the end of its references."""
    pointer = document.target(pointer)
    data = document.at(pointer)
    return _parameter(document, pointer, data["name"], data["in"])


def _parameter(document: Document, pointer: str, name: str, where: str) -> Parameter:
    data = document.at(pointer)
    style = data.get("style", DEFAULT_STYLES.get(where, "form"))
    content = list(content_at(document, pointer).values())
    return Parameter(
        name=name,
        where=where,
        required=data.get("required") is True or where == "path",
        style=style,
        explode=data.get("explode", style == "form"),
        pointer=pointer,
        data=data,
        schema=joined(pointer, "schema") if "schema" in data else None,
        content=content[0] if content else None,
    )


def answer_at(document: Document, status: str, pointer: str) -> Answer:
    """The response at a pointer, or at the end of its references."""
    pointer = document.target(pointer)
    data = document.at(pointer)
    headers = {
        name: _parameter(
            document, document.target(joined(pointer, "headers", name)), name, "header"
        )
        for name in data.get("headers") or ()
    }
    return Answer(status, pointer, data, headers, content_at(document, pointer))


def content_at(document: Document, pointer: str) -> dict[str, MediaType]:
    """The media types below the ``content`` of what lies at a pointer, in the document's order."""
    found = {}
    for name in document.at(pointer).get("content") or ():
        place = document.target(joined(pointer, "content", name))
        data = document.at(place) or {}
        schema = joined(place, "schema") if "schema" in data else None
        found[name] = MediaType(name, place, data, schema)
    return found
