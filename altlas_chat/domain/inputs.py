"""What comes from outside is one of these: strict, closed, camelCase."""

from typing import Annotated, Any, Self, TypeVar

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from altlas_chat.domain.errors import FieldError, MalformedJson, ValidationFailed
from altlas_chat.domain.findings import told
from altlas_chat.domain.language import say

MAX_LISTED = 1000


class Input(BaseModel):
    """The base of every request body and command."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        defer_build=True,  # at its first use: all of them at the start take long
    )


class Update(Input):
    """The base of what changes a part and leaves the rest; it changes something."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(say("there is nothing to change"))
        return self


AnInput = TypeVar("AnInput", bound=Input)

_T = TypeVar("_T")


class _NoNull:
    """Takes null out of the JSON Schema of what may be left out."""

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        form = handler(schema)
        kept = [one for one in form.get("anyOf", ()) if one != {"type": "null"}]
        return kept[0] if len(kept) == 1 else form


def _refuse_null(value: Any) -> Any:
    if value is None:
        raise ValueError(say("null is no value here; leave it out"))
    return value


MayBeLeftOut = Annotated[_T | None, BeforeValidator(_refuse_null), _NoNull()]
"""What need not be given, and is no null if it is. Its default is None."""


def clean_text(text: str) -> str:
    """Refuse what no database keeps and no screen shows.

    Halves of surrogate pairs never come so far: they are no JSON.

    Raises:
        ValueError: there is a NUL character.
    """
    if "\x00" in text:
        raise ValueError(say("NUL characters can't be stored; remove them"))
    return text


OpaqueId = Annotated[
    str, StringConstraints(min_length=1, max_length=128), AfterValidator(clean_text)
]


def parse_json(raw: bytes | str) -> Any:
    """The JSON value of a request body or a frame.

    Raises:
        MalformedJson: it is not JSON, or not UTF-8.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(
            say(
                "The text is not JSON: see line {line}, column {column}.",
                line=error.lineno,
                column=error.colno,
            )
        ) from error


def check_input(shape: type[AnInput], value: object, within: str = "") -> AnInput:
    """``value`` as a ``shape``.

    Raises:
        ValidationFailed: with one entry for each thing that is wrong; the
            pointers begin with ``within``.
    """
    try:
        return shape.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ValidationFailed(
            say("The input has errors, listed in `errors`."), errors=field_errors(error, within)
        ) from error


def field_errors(error: ValidationError, within: str = "") -> list[FieldError]:
    """Pydantic's findings, each with its JSON pointer (RFC 6901).

    Of a thousand and more only the number is told: listing them would take long.
    """
    count = error.error_count()
    if count > MAX_LISTED:
        return [
            FieldError("TOO_MANY_ERRORS", say("{count} things are wrong here", count=count), within)
        ]
    found = []
    for finding in error.errors(include_url=False, include_input=False):
        steps = (str(step).replace("~", "~0").replace("/", "~1") for step in finding["loc"])
        pointer = within + "".join(f"/{step}" for step in steps)
        code = finding["type"].upper()
        found.append(FieldError(code=code, detail=told(finding), pointer=pointer))
    return found
