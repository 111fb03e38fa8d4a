"""The messages of an AsyncAPI document, as its operations and channels name them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined, steps_of

PAYLOAD = "$message.payload#"
JSON_SCHEMAS = ("asyncapi", "schema+json", "schema+yaml", "openapi")
ERROR_WORDS = ("error", "problem", "refus", "reject", "failure", "nack", "fault", "exception")


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    ``name`` is what it calls itself (``message.created``), ``key`` what the
    document calls it. ``payload`` is the pointer of its schema, None where
    anything goes or the schema is in no dialect of JSON Schema.
    ``correlation`` are the steps in the payload to what ties a reply to its
    command. ``examples`` are payloads by name.
    """

    name: str
    key: str
    pointer: str
    payload: str | None
    is_json: bool
    correlation: tuple[str, ...]
    examples: tuple[tuple[str, Any], ...]
    data: Json

    def is_called(self, wanted: str) -> bool:
        return wanted in (self.name, self.key)

    @property
    def tells_of_an_error(self) -> bool:
        """It says that a command failed, by its name."""
        words = f"{self.name} {self.key}".lower()
        return any(one in words for one in ERROR_WORDS)


def message_at(document: Document, pointer: str, key: str = "") -> Message:
    """The message at a pointer, or at the end of its references.

    Traits say what the message itself does not.
    """
    pointer = document.target(pointer)
    data: Json = document.at(pointer)
    whole = _with_traits(document, pointer, data)
    key = key or whole.get("messageId") or steps_of(pointer)[-1]
    content_type = whole.get("contentType") or document.data.get("defaultContentType") or "json"
    return Message(
        name=str(whole.get("name") or whole.get("messageId") or key),
        key=key,
        pointer=pointer,
        payload=_payload(document, pointer, data),
        is_json="json" in content_type or content_type in ("*/*", ""),
        correlation=_correlation(document, whole),
        examples=tuple(_examples(data)),
        data=data,
    )


def messages_at(document: Document, pointer: str, key: str = "") -> Iterator[Message]:
    """The messages of a 2.x operation: one, or several of ``oneOf``."""
    target = document.target(pointer)
    node = document.at(target)
    if isinstance(node, dict) and isinstance(node.get("oneOf"), list):
        for number in range(len(node["oneOf"])):
            yield message_at(
                document, joined(target, "oneOf", number), _key_of(document, target, number)
            )
    else:
        yield message_at(document, pointer, key or _last_of_reference(document.at(pointer)))


def _key_of(document: Document, target: str, number: int) -> str:
    return _last_of_reference(document.at(joined(target, "oneOf", number)))


def _last_of_reference(node: Any) -> str:
    reference = node.get("$ref") if isinstance(node, dict) else None
    return steps_of(reference)[-1] if isinstance(reference, str) and "/" in reference else ""


def _with_traits(document: Document, pointer: str, data: Json) -> Json:
    found: Json = {}
    for number in range(len(data.get("traits") or ())):
        trait = document.resolved(joined(pointer, "traits", number))
        if isinstance(trait, dict):
            found.update(trait)
    return {**found, **data}


def _payload(document: Document, pointer: str, data: Json) -> str | None:
    if "payload" not in data:
        return None
    place = joined(pointer, "payload")
    schema_format = data.get("schemaFormat")
    node = document.resolved(place)
    if isinstance(node, dict) and "schemaFormat" in node and "schema" in node:
        place, schema_format = joined(document.target(place), "schema"), node["schemaFormat"]
    if isinstance(schema_format, str) and not any(one in schema_format for one in JSON_SCHEMAS):
        return None
    return place if isinstance(document.resolved(place), dict | bool) else None


def _correlation(document: Document, whole: Json) -> tuple[str, ...]:
    found = whole.get("correlationId")
    if isinstance(found, dict) and "$ref" in found:
        found = document.resolved(found["$ref"].removeprefix("#"))
    location = found.get("location") if isinstance(found, dict) else None
    if not isinstance(location, str) or not location.startswith(PAYLOAD):
        return ()
    return tuple(steps_of(location.removeprefix(PAYLOAD)))


def _examples(data: Json) -> Iterable[tuple[str, Any]]:
    for number, one in enumerate(data.get("examples") or ()):
        if isinstance(one, dict) and "payload" in one:
            yield str(one.get("name") or number), one["payload"]
