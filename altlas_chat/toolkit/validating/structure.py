"""What the text of OpenAPI's specification asks for and its JSON Schema can't say.

Each check names the section it comes from; none stops at the first finding.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from altlas_chat.specs.api import Api, Operation, object_at
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.findings import Finding, Severity
from altlas_chat.specs.grammar import OPENAPI, Part, parts_of
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.validating.unrolling import made_of_itself
from altlas_chat.toolkit.validating.wrongs import Wrong, finding_of, line_of

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
_RANGE_IN_SMALL = re.compile(r"[1-5]xx")


def structural_findings(document: Document) -> Iterator[Finding]:
    """All that the checks find in an OpenAPI document."""
    api = Api(document)
    for check in CHECKS:
        for wrong in check(api):
            yield finding_of(document, wrong)
    for part in parts_of(OPENAPI, document.data):
        for wrong in PART_CHECKS.get(part.kind, _nothing)(document, part):
            yield finding_of(document, wrong)


# -- the whole -------------------------------------------------------------------------


def duplicate_operation_ids(api: Api) -> Iterator[Wrong]:
    """Operation Object: the id "MUST be unique among all operations described in the API"."""
    seen: dict[str, str] = {}
    for operation in _all_operations(api):
        name = operation.operation_id
        pointer = joined(operation.pointer, "operationId")
        if name is None or seen.setdefault(name, pointer) == pointer:
            continue
        what = f"the operationId {name} is there already, in {line_of(api.document, seen[name])}"
        yield Wrong(pointer, "duplicate-operation-id", what, "Give one of them another.")


def _all_operations(api: Api) -> Iterator[Operation]:
    """Each operation once, however many paths refer to it; callbacks' too."""
    seen = set()
    todo = [*reversed(api.webhooks), *reversed(api.operations)]
    while todo:
        operation = todo.pop()
        if operation.pointer not in seen:
            seen.add(operation.pointer)
            yield operation
            todo += [one for called in operation.callbacks.values() for one in called]


def colliding_paths(api: Api) -> Iterator[Wrong]:
    """Paths Object: templates of the same hierarchy but different names are identical."""
    seen: dict[str, str] = {}
    for path in _mapping(api.document.data.get("paths")):
        shape = _EXPRESSION.sub("{}", path)
        first = seen.setdefault(shape, path)
        if first != path:
            pointer = joined("/paths", path)
            where = line_of(api.document, joined("/paths", first))
            what = f"the path {path} means the same as {first} in {where}"
            remedy = "Put the operations of both under one of them."
            yield Wrong(pointer, "colliding-paths", what, remedy)


def path_parameters(api: Api) -> Iterator[Wrong]:
    """Paths Object and Parameter Object: names in the template are path parameters, each once."""
    for operation in api.operations:
        names = _EXPRESSION.findall(operation.path)
        for name in sorted({name for name in names if names.count(name) > 1}):
            what = f"the path {operation.path} has {{{name}}} twice"
            yield Wrong(operation.item, "path-parameter", what, "Give one another name.")
        declared = {one.name: one for one in operation.parameters if one.where == "path"}
        for name in dict.fromkeys(names):
            if name not in declared:
                what = f"{operation.name} does not say what {{{name}}} is"
                remedy = f"Add a parameter with name: {name} and in: path."
                yield Wrong(operation.pointer, "path-parameter", what, remedy)
        for name, parameter in declared.items():
            if name not in names:
                what = f"the path of {operation.name} has no {{{name}}}"
                remedy = "Put it into the path, or take the parameter out."
                yield Wrong(parameter.pointer, "path-parameter", what, remedy)


def security_names(api: Api) -> Iterator[Wrong]:
    """Security Requirement Object: each name "MUST correspond to a security scheme"."""
    lists = [("/security", api.document.data.get("security"))]
    lists += [(joined(one.pointer, "security"), one.data.get("security")) for one in api.operations]
    for pointer, alternatives in lists:
        for number, one in enumerate(alternatives if isinstance(alternatives, list) else ()):
            for name in one if isinstance(one, dict) else ():
                if name not in api.security_schemes and not _is_address(api, name):
                    what = f"there is no security scheme {name}"
                    remedy = "Add it to components/securitySchemes, or mend the name."
                    place = joined(pointer, number, name)
                    yield Wrong(place, "unknown-security-scheme", what, remedy)


def _is_address(api: Api, name: str) -> bool:
    """OpenAPI 3.2 lets a requirement name a scheme by its address."""
    return api.document.version.startswith("3.2") and ("/" in name or "." in name)


def component_names(api: Api) -> Iterator[Wrong]:
    """Components Object: names are of letters, digits, dots, hyphens and underscores."""
    components = _mapping(api.document.data.get("components"))
    for section, entries in components.items():
        if not section.startswith("x-"):
            for name in _mapping(entries):
                if _NAME.fullmatch(name) is None:
                    what = f"the name {name!r} of a component has signs that it can't have"
                    remedy = "Use letters, digits, dots, hyphens and underscores."
                    yield Wrong(joined("/components", section, name), "wrong-name", what, remedy)


def duplicate_tags(api: Api) -> Iterator[Wrong]:
    """OpenAPI Object: "Each tag name in the list MUST be unique"."""
    seen: dict[str, int] = {}
    tags = api.document.data.get("tags")
    for number, tag in enumerate(tags if isinstance(tags, list) else ()):
        name = _mapping(tag).get("name")
        if isinstance(name, str) and seen.setdefault(name, number) != number:
            first = line_of(api.document, f"/tags/{seen[name]}")
            what = f"the tag {name} is there already, in {first}"
            yield Wrong(f"/tags/{number}", "duplicate-tag", what, "Take one of them out.")


CHECKS: tuple[Callable[[Api], Iterator[Wrong]], ...] = (
    duplicate_operation_ids,
    colliding_paths,
    path_parameters,
    security_names,
    component_names,
    duplicate_tags,
)


# -- parts -----------------------------------------------------------------------------


def _nothing(_document: Document, _part: Part) -> Iterator[Wrong]:
    return iter(())


def _parameters(document: Document, part: Part) -> Iterator[Wrong]:
    """Operation Object: the list of parameters "MUST NOT include duplicated parameters"."""
    seen: dict[tuple[str, str], int] = {}
    parameters = _mapping(part.node).get("parameters")
    for number in range(len(parameters) if isinstance(parameters, list) else 0):
        pointer = joined(part.pointer, "parameters", number)
        one = object_at(document, pointer)
        where, name = one.get("in"), one.get("name")
        if not isinstance(where, str) or not isinstance(name, str):
            continue
        if seen.setdefault((where, name), number) != number:
            what = f"the {where} parameter {name} is in this list twice"
            yield Wrong(pointer, "duplicate-parameter", what, "Take one of them out.")


def _responses(_document: Document, part: Part) -> Iterator[Wrong]:
    """Responses Object: an HTTP status code, 1XX to 5XX, or default."""
    for status in _mapping(part.node):
        if status.startswith("x-") or status == "$ref" or _STATUS.fullmatch(status):
            continue
        known = _RANGE_IN_SMALL.fullmatch(status) is not None
        remedy = f"Write {status.upper()}." if known else "Write 200, 4XX or default, for example."
        what = f"{status} is no HTTP status"
        yield Wrong(joined(part.pointer, status), "wrong-status", what, remedy)


def _both_examples(_document: Document, part: Part) -> Iterator[Wrong]:
    """Media Type, Parameter and Header Object: example and examples are mutually exclusive."""
    node = _mapping(part.node)
    if "example" in node and "examples" in node:
        what = "example and examples exclude each other"
        pointer = joined(part.pointer, "example")
        yield Wrong(pointer, "both-examples", what, "Put the one among the others.")


def _servers(node: Json, pointer: str) -> Iterator[Wrong]:
    servers = node.get("servers")
    for number, server in enumerate(servers if isinstance(servers, list) else ()):
        yield from _server(_mapping(server), joined(pointer, "servers", number))


def _server(server: Json, pointer: str) -> Iterator[Wrong]:
    """Server Variable Object: defaults are among the values; names in the address are declared."""
    variables = _mapping(server.get("variables"))
    for name in dict.fromkeys(_EXPRESSION.findall(str(server.get("url", "")))):
        if name not in variables:
            what = f"the server's address has {{{name}}}, and no variable of that name"
            yield Wrong(pointer, "server-variable", what, f"Add {name} to variables.")
    for name, variable in variables.items():
        values = _mapping(variable).get("enum")
        default = _mapping(variable).get("default")
        if isinstance(values, list) and default is not None and default not in values:
            what = f"the default {default} of the variable {name} is none of its values"
            place = joined(pointer, "variables", name)
            yield Wrong(place, "server-variable", what, "Take one that is in enum.")


def _whole(_document: Document, part: Part) -> Iterator[Wrong]:
    yield from _servers(_mapping(part.node), part.pointer)


def _operation(document: Document, part: Part) -> Iterator[Wrong]:
    yield from _parameters(document, part)
    yield from _servers(_mapping(part.node), part.pointer)


def _schema(document: Document, part: Part) -> Iterator[Wrong]:
    """Schemas of 3.1 that say something in the words of 3.0, which then means nothing."""
    node = _mapping(part.node)
    if not document.is_3_0 and node.get("nullable") is True:
        what = "nullable means nothing since OpenAPI 3.1"
        remedy = 'Write a list of types with "null" in it.'
        pointer = joined(part.pointer, "nullable")
        yield Wrong(pointer, "nullable", what, remedy, Severity.WARNING)
    if (
        document.is_3_0
        and node.get("type") == "array"
        and "items" not in node
        and "$ref" not in node
    ):
        what = "an array must say what its items are"
        yield Wrong(part.pointer, "missing-field", what, "Add items; {} allows any.")
    if "allOf" in node and made_of_itself(document, part.pointer):
        what = "the schema is made of itself by allOf, so that judging a value never ends"
        remedy = "Let it refer to itself below properties or items only."
        yield Wrong(joined(part.pointer, "allOf"), "circular-reference", what, remedy)
    mapping = _mapping(_mapping(node.get("discriminator")).get("mapping"))
    for value, name in mapping.items():
        if isinstance(name, str) and not _is_schema(document, name):
            pointer = joined(part.pointer, "discriminator", "mapping", value)
            what = f"the discriminator's mapping names {name}, and there is no such schema"
            yield Wrong(pointer, "discriminator-mapping", what, "Mend the name or the reference.")


def _is_schema(document: Document, name: str) -> bool:
    pointer = name[1:] if name.startswith("#/") else joined("/components/schemas", name)
    try:
        document.at(pointer)
    except LookupError:
        return False
    return True


PART_CHECKS: dict[str, Callable[[Document, Part], Iterator[Wrong]]] = {
    "document": _whole,
    "pathItem": _operation,
    "operation": _operation,
    "responses": _responses,
    "parameter": _both_examples,
    "header": _both_examples,
    "mediaType": _both_examples,
    "schema": _schema,
}


def _mapping(node: Any) -> Json:
    return node if isinstance(node, dict) else {}
