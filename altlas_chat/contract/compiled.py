"""The schemas of a contract document, compiled when they are first needed.

Says all that is wrong with a value, in words that name the place.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import jsonschema_rs

from altlas_chat.specs.wording import innermost, shortened

Json = dict[str, Any]


class Schemas:
    """The schemas of one bundle.

    OpenAPI 3.1 speaks JSON Schema 2020-12, AsyncAPI 3.0 draft-07.
    """

    def __init__(self, document: Json, dialect: Literal["2020-12", "draft-07"]) -> None:
        self._document = document
        self._components = document["components"]
        self._dialect = dialect
        self._compiled: dict[int, Any] = {}

    def resolved(self, node: Json) -> Json:
        """What a reference within the document refers to; what is none, as it is."""
        while "$ref" in node:
            found: Any = self._document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def violations(self, schema: Json, value: Any, place: str = "") -> list[str]:
        """All that a schema of this document finds wrong with a value.

        ``schema`` is a part of the document itself; ``place`` is what the
        value is called in front of the JSON pointers into it.
        """
        return [f"{where}: {what}" for where, what in self._found(schema, value, place)]

    def _found(self, schema: Json, value: Any, place: str) -> Iterator[tuple[str, str]]:
        compiled = self._compiled.get(id(schema))
        if compiled is None:
            compiled = self._compiled[id(schema)] = self._validator(schema)
        for error in compiled.iter_errors(value):
            for finding in innermost(error):
                steps = "".join(f"/{step}" for step in finding.instance_path)
                yield place + steps or "/", shortened(finding.message)

    def _validator(self, schema: Json) -> Any:
        whole = {"allOf": [schema], "components": self._components}
        if self._dialect == "draft-07":
            return jsonschema_rs.Draft7Validator(whole, validate_formats=True)
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def from_text(schemas: Schemas, schema: Json, text: str) -> Any:
    """A parameter's text as the JSON value that its schema is about.

    A text that is no such value stays text, which the schema then refuses.
    """
    plain: Mapping[str, Any] = schemas.resolved(schema)
    kind = plain.get("type")
    if kind == "array":
        return [from_text(schemas, plain["items"], part) for part in text.split(",")]
    if kind == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
