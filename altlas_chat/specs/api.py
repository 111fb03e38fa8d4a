"""An OpenAPI document as operations with parameters, bodies and answers.

Everything is looked up when it is first asked for, so that a document with
thousands of operations costs nothing until one of them is called. A schema is
named by its JSON pointer into the document.

Nothing here fails on a sloppy document: a part that is missing, null or of the wrong
type counts as not there. ``contract validate`` tells of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

LATER_METHODS = ("query",)
"""Of OpenAPI 3.2."""

PLACES = ("path", "query", "header", "cookie")

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
        for name in _mapping(self.data.get("examples")):
            example = object_at(document, joined(self.pointer, "examples", name))
            if "value" in example:
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


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """One of the document's security schemes.

    ``kind`` is its type: apiKey, http, oauth2, openIdConnect, mutualTLS. ``scheme`` is that of
    http, in small letters; ``where`` and ``parameter`` say where an API key is.
    """

    name: str
    kind: str
    scheme: str
    where: str
    parameter: str
    pointer: str
    data: Json


class Operation:
    """One operation of the document.

    ``item`` is the pointer of the path item that has it, ``path`` what it is
    known by there: a path template, a callback's expression or a webhook's name.
    """

    def __init__(self, document: Document, path: str, method: str, item: str) -> None:
        self.document = document
        self.path = path
        self.method = method
        self.item = item
        self.pointer = _end(document, joined(item, method))
        self.data: Json = object_at(document, self.pointer)

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

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(tag for tag in _list(self.data.get("tags")) if isinstance(tag, str))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of its path and its own, which take the place of the path's of the same name."""
        found: dict[tuple[str, str], Parameter] = {}
        for holder in (self.item, self.pointer):
            for number in range(len(_list(_object(self.document, holder).get("parameters")))):
                one = parameter_at(self.document, joined(holder, "parameters", number))
                if one is not None:
                    found[one.where, one.name.lower() if one.where == "header" else one.name] = one
        return tuple(found.values())

    @cached_property
    def body(self) -> Body | None:
        if not isinstance(self.data.get("requestBody"), dict):
            return None
        pointer = _end(self.document, joined(self.pointer, "requestBody"))
        data = object_at(self.document, pointer)
        content = content_at(self.document, pointer)
        return Body(data.get("required") is True, pointer, content)

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """By status, as the document names it, in its order."""
        responses = _end(self.document, joined(self.pointer, "responses"))
        return {
            status: answer_at(self.document, status, joined(responses, status))
            for status, answer in object_at(self.document, responses).items()
            if not status.startswith("x-") and isinstance(answer, dict)
        }

    @property
    def security(self) -> tuple[Mapping[str, list[str]], ...]:
        """The alternatives of which one must be met; empty when nothing is asked for."""
        found = self.data.get("security", self.document.data.get("security"))
        return tuple(
            {name: _list(scopes) for name, scopes in one.items()}
            for one in _list(found)
            if isinstance(one, dict)
        )

    @property
    def servers(self) -> str:
        """The pointer of the list of servers that counts for it: its own, its path's, all's."""
        for holder in (self.pointer, self.item):
            if _list(_object(self.document, holder).get("servers")):
                return joined(holder, "servers")
        return "/servers"

    @cached_property
    def callbacks(self) -> Mapping[str, tuple["Operation", ...]]:
        """The operations of its callbacks, by the name of the callback."""
        found = {}
        for name in _mapping(self.data.get("callbacks")):
            callback = _end(self.document, joined(self.pointer, "callbacks", name))
            found[name] = tuple(
                operation
                for expression in object_at(self.document, callback)
                if not expression.startswith("x-")
                for operation in _operations(self.document, callback, expression)
            )
        return found


class Api:
    """The operations of an OpenAPI document."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of a path, in the document's order."""
        return tuple(
            operation
            for path in _mapping(self.document.data.get("paths"))
            if path.startswith("/")
            for operation in _operations(self.document, "/paths", path)
        )

    @cached_property
    def webhooks(self) -> tuple[Operation, ...]:
        """The operations of webhooks; their ``path`` is the webhook's name."""
        return tuple(
            operation
            for section in ("webhooks", "x-webhooks")
            for name in _mapping(self.document.data.get(section))
            for operation in _operations(self.document, f"/{section}", name)
        )

    @cached_property
    def by_id(self) -> Mapping[str, Operation]:
        """The operations of paths that have an ``operationId``; the first of equal ones."""
        found: dict[str, Operation] = {}
        for operation in self.operations:
            if operation.operation_id is not None:
                found.setdefault(operation.operation_id, operation)
        return found

    @cached_property
    def security_schemes(self) -> Mapping[str, SecurityScheme]:
        """By name."""
        components = _mapping(self.document.data.get("components"))
        return {
            name: _security_scheme(self.document, name)
            for name in _mapping(components.get("securitySchemes"))
        }


def _operations(document: Document, holder: str, name: str) -> Iterator[Operation]:
    """The operations of a path item; what stands beside its ``$ref`` goes before what is there."""
    own = joined(holder, name)
    seen = set()
    for item in dict.fromkeys((own, _end(document, own))):
        node = _object(document, item)
        more = _mapping(node.get("additionalOperations"))
        for method in node:
            known = method in METHODS or method in LATER_METHODS
            if known and method not in seen and isinstance(node[method], dict):
                seen.add(method)
                yield Operation(document, name, method, item)
        for method in more:
            yield Operation(document, name, method, joined(item, "additionalOperations"))


def _security_scheme(document: Document, name: str) -> SecurityScheme:
    pointer = _end(document, joined("/components/securitySchemes", name))
    data = object_at(document, pointer)
    kind, scheme, where, parameter = (
        str(data.get(field) or "") for field in ("type", "scheme", "in", "name")
    )
    return SecurityScheme(name, kind, scheme.lower(), where, parameter, pointer, data)


def parameter_at(document: Document, pointer: str) -> Parameter | None:
    """The parameter at a pointer, or at the end of its references; None for what is none."""
    pointer = _end(document, pointer)
    data = object_at(document, pointer)
    name, where = data.get("name"), data.get("in")
    if not isinstance(name, str) or where not in PLACES:
        return None
    return _parameter(document, pointer, name, str(where))


def _parameter(document: Document, pointer: str, name: str, where: str) -> Parameter:
    data = object_at(document, pointer)
    style = data.get("style")
    if not isinstance(style, str):
        style = DEFAULT_STYLES[where]
    explode = data.get("explode")
    content = list(content_at(document, pointer).values())
    return Parameter(
        name=name,
        where=where,
        required=data.get("required") is True or where == "path",
        style=style,
        explode=explode if isinstance(explode, bool) else style == "form",
        pointer=pointer,
        data=data,
        schema=_schema_of(data, pointer),
        content=content[0] if content else None,
    )


def answer_at(document: Document, status: str, pointer: str) -> Answer:
    """The response at a pointer, or at the end of its references."""
    pointer = _end(document, pointer)
    data = object_at(document, pointer)
    headers = {
        name: _parameter(document, _end(document, joined(pointer, "headers", name)), name, "header")
        for name in _mapping(data.get("headers"))
    }
    return Answer(status, pointer, data, headers, content_at(document, pointer))


def content_at(document: Document, pointer: str) -> dict[str, MediaType]:
    """The media types below the ``content`` of what lies at a pointer, in the document's order."""
    found = {}
    for name in _mapping(object_at(document, pointer).get("content")):
        place = _end(document, joined(pointer, "content", name))
        data = object_at(document, place)
        found[name] = MediaType(name, place, data, _schema_of(data, place))
    return found


def object_at(document: Document, pointer: str) -> Json:
    """The object at a pointer, or at the end of its references; an empty one where there is none.

    What stands beside a reference is not in it.
    """
    try:
        return _mapping(document.resolved(pointer))
    except LookupError:
        return {}


def _schema_of(data: Json, pointer: str) -> str | None:
    """A schema is an object, or since 3.1 true or false."""
    there = isinstance(data.get("schema"), dict | bool)
    return joined(pointer, "schema") if there else None


def _end(document: Document, pointer: str) -> str:
    """The end of the references at a pointer; the pointer itself where they lead nowhere."""
    try:
        return document.target(pointer)
    except LookupError:
        return pointer


def _object(document: Document, pointer: str) -> Json:
    """The object that stands at a pointer, its references unfollowed."""
    try:
        return _mapping(document.at(pointer))
    except LookupError:
        return {}


def _mapping(node: Any) -> Json:
    return node if isinstance(node, dict) else {}


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []
