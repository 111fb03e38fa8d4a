"""The contract's bundles, as the server and the toolkit load them.

A bundle is one JSON file without references to others, made of the sources by
:mod:`altlas_chat.contract.bundling`. Loading reads that file and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson

from altlas_chat.data import data_folder

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the REST contract; ``planned`` ones are not built yet.

    ``path`` is below the base path, with parameters in braces; ``query`` are
    the names of the parameters that its query may have.
    """

    operation_id: str
    method: str
    path: str
    permission: str
    planned: bool
    query: frozenset[str] = frozenset()


def openapi_bytes() -> bytes:
    """The OpenAPI bundle, as it is served."""
    return _bundle("openapi")


def asyncapi_bytes() -> bytes:
    """The AsyncAPI bundle, as it is served."""
    return _bundle("asyncapi")


@cache
def _bundle(name: Literal["openapi", "asyncapi"]) -> bytes:
    return bundle_path(name).read_bytes()


def bundle_path(name: Literal["openapi", "asyncapi"]) -> Path:
    """Where a bundle lies."""
    return data_folder("contracts") / "generated" / f"{name}.json"


def load_openapi() -> Json:
    """The OpenAPI bundle; a new copy at each call."""
    document: Json = orjson.loads(openapi_bytes())
    return document


def load_asyncapi() -> Json:
    """The AsyncAPI bundle; a new copy at each call."""
    document: Json = orjson.loads(asyncapi_bytes())
    return document


@cache
def load_operations() -> tuple[Operation, ...]:
    """Every operation of the REST contract, in the document's order."""
    document = load_openapi()
    return tuple(
        Operation(
            operation_id=operation["operationId"],
            method=method,
            path=path,
            permission=operation["x-permission"],
            planned=operation.get("x-planned", False),
            query=frozenset(_query_parameters(document, operation)),
        )
        for path, method, operation in operations_of(document)
    )


def _query_parameters(document: Json, operation: Json) -> Iterator[str]:
    shared = document["components"]["parameters"]
    for parameter in operation.get("parameters", ()):
        reference = parameter.get("$ref")
        named = parameter if reference is None else shared[reference.rpartition("/")[2]]
        if named["in"] == "query":
            yield named["name"]


def operations_of(openapi: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation object of each operation."""
    for path, item in openapi["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]
