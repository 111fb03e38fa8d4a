"""Bodies of requests, and the answers that are kept beside them."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from altlas_chat.specs.api import Answer, MediaType, Operation
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.schemas import Direction
from altlas_chat.toolkit.collecting.requests import Field, RequestBody, SavedAnswer
from altlas_chat.toolkit.collecting.values import Values, as_text, pretty

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/"
TEXTS = ("text/", "application/xml", "application/graphql", "application/javascript")
FIRST_ERROR = 400
ANY_ERROR = 500


def plain(name: str) -> str:
    """A media type without its parameters, in small letters."""
    return name.partition(";")[0].strip().lower()


def is_json(name: str) -> bool:
    return plain(name).endswith(("/json", "+json")) or plain(name) == "*/*"


def is_text(name: str) -> bool:
    return plain(name).startswith(TEXTS) or plain(name).endswith("+xml")


def request_body(operation: Operation, values: Values) -> RequestBody | None:
    """What an operation is sent: JSON before forms before other text before files."""
    body = operation.body
    if body is None or not body.content:
        return None
    media = min(body.content.values(), key=lambda one: _rank(one.name))
    name = "application/json" if plain(media.name) == "*/*" else media.name
    value, known = values.of_body(operation.name, media, Direction.REQUEST)
    if is_json(name):
        text = value if isinstance(value, str) and _was_written(media) else pretty(value)
        return RequestBody("text", name, text if known else "")
    if plain(name) == URLENCODED or plain(name).startswith(MULTIPART):
        kind = "urlencoded" if plain(name) == URLENCODED else "multipart"
        return RequestBody(
            "urlencoded" if kind == "urlencoded" else "multipart",
            name,
            fields=tuple(_form(media, value, values, files=kind == "multipart")),
        )
    if is_text(name):
        return RequestBody("text", name, value if isinstance(value, str) else "")
    return RequestBody("file", name)


def _rank(name: str) -> int:
    kinds = (is_json(name), plain(name) == URLENCODED, plain(name).startswith(MULTIPART))
    return kinds.index(True) if True in kinds else (3 if is_text(name) else 4)


def _was_written(media: MediaType) -> bool:
    """Its example may be JSON as text, which is sent as it is."""
    example = media.data.get("example")
    return isinstance(example, str) and example.lstrip()[:1] in ("{", "[")


def _form(media: MediaType, value: Any, values: Values, *, files: bool) -> Iterator[Field]:
    schemas = values.property_schemas(media.schema)
    given = value if isinstance(value, Mapping) else {}
    required = media.schema and schemas
    encodings = media.data.get("encoding")
    encodings = encodings if isinstance(encodings, dict) else {}
    for name in [*given, *(one for one in schemas if one not in given)]:
        schema = schemas.get(name, {})
        encoding = encodings.get(name)
        media_type = str(encoding.get("contentType", "")) if isinstance(encoding, dict) else ""
        about = schema.get("description")
        about = about if isinstance(about, str) else ""
        if files and _is_file(schema, media_type):
            yield Field(name, "", about, is_file=True, media_type=media_type)
            continue
        enabled = name in given or not required
        one = given.get(name)
        for item in one if isinstance(one, list) and one else [one]:
            yield Field(name, as_text(item), about, enabled, media_type=media_type)


def _is_file(schema: Json, media_type: str) -> bool:
    items = schema.get("items")
    if isinstance(items, dict) and _is_file(items, ""):
        return True
    if schema.get("format") == "binary":
        return True
    said = str(schema.get("contentMediaType") or media_type)
    wrapped = "contentEncoding" in schema or said.startswith("text/") or is_json(said)
    return bool(said) and not wrapped


# -- answers ---------------------------------------------------------------------------


def saved_answers(operation: Operation, document: Document, values: Values) -> list[SavedAnswer]:
    """Each example of answers when all is well, one of each other; made up where JSON has none."""
    return [
        saved
        for answer in operation.answers.values()
        for saved in _saved(operation, answer, document, values)
    ]


def _saved(
    operation: Operation, answer: Answer, document: Document, values: Values
) -> Iterator[SavedAnswer]:
    status = status_of(answer.status)
    said = answer.data.get("description")
    meaning = said.strip().partition("\n")[0][:80] if isinstance(said, str) else ""
    title = f"{status} {meaning or phrase_of(status)}"
    if not answer.content:
        yield SavedAnswer(title, status)
    for media in answer.content.values():
        examples = media.examples(document)
        told = len(examples) if status < FIRST_ERROR else 1
        for name, value in list(examples.items())[:told]:
            shown = value if isinstance(value, str) and not is_json(media.name) else pretty(value)
            yield SavedAnswer(f"{title} ({name})" if name else title, status, media.name, shown)
        if not examples and is_json(media.name):
            about = operation.name if status < FIRST_ERROR else "a refusal"
            value, known = values.of_body(about, media, Direction.ANSWER)
            yield SavedAnswer(title, status, media.name, pretty(value) if known else "")


def status_of(status: str) -> int:
    """A status that stands for ``4XX`` or ``default``."""
    if status.isdecimal():
        return int(status)
    return int(status[0]) * 100 if status[:1].isdecimal() else ANY_ERROR


def phrase_of(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Answer"
