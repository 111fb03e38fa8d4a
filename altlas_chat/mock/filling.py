"""An error's words put into the shape that a contract has for errors."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.compiled import Spec
from altlas_chat.specs.pointers import steps_of
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction

LISTS = frozenset(
    {
        *("errors", "violations", "details", "issues", "fielderrors", "invalidparams"),
        *("validation", "validationerrors", "problems", "causes", "failures", "reasons"),
        *("messages",),
    }
)
TEXTS = frozenset(
    {
        *("detail", "message", "description", "errordescription", "errormessage", "msg"),
        *("reason", "usermessage", "text"),
    }
)
STATUSES = frozenset({"status", "statuscode", "httpstatus", "httpcode", "code", "errorcode"})
FIELDS = frozenset({"field", "name", "param", "parameter", "property", "key", "target"})
KEYWORDS = frozenset({"keyword", "rule", "code", "constraint", "type", "kind"})
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Words:
    """What is to be told."""

    status: int
    title: str
    detail: str
    path: str
    breaches: Sequence[Breach]


def has_list_of_violations(spec: Spec, schema: str) -> bool:
    """The schema has a place where single violations are told."""
    return any(
        _plain(name) in LISTS and spec.shapes.of(pointer).is_array
        for name, pointer in spec.shapes.of(schema).properties.items()
    )


def filled(spec: Spec, schema: str, value: Any, words: Words) -> Any:
    """The value with these words where its fields' names ask for them; valid if it was before."""
    told = _told(spec, schema, value, words, 0)
    return told if spec.schemas.is_valid(schema, told, Direction.ANSWER) else value


def _told(spec: Spec, schema: str, value: Any, words: Words, depth: int) -> Any:
    if isinstance(value, str) and depth == 0:
        return words.detail
    if not isinstance(value, dict) or depth > DEEPEST:
        return value
    found = dict(value)
    for name, pointer in spec.shapes.of(schema).properties.items():
        for meant in _meant(spec, name, pointer, found.get(name), words, depth):
            if spec.schemas.is_valid(pointer, meant, Direction.ANSWER):
                found[name] = meant
                break
    return found


def _meant(
    spec: Spec, name: str, pointer: str, now: Any, words: Words, depth: int
) -> Iterator[Any]:
    """What a field may be meant for, the likeliest first."""
    plain = _plain(name)
    if plain in LISTS:
        yield _list(spec, pointer, words)
    if isinstance(now, dict):
        yield _told(spec, pointer, now, words, depth + 1)
    elif plain in STATUSES:
        yield words.status
        if "status" in plain:
            yield str(words.status)
    elif plain in ("title", "error"):
        yield words.title
    elif plain in TEXTS:
        yield words.detail
    elif plain == "type" and now is not None:
        yield "about:blank"
    elif plain in ("instance", "path") and now is not None:
        yield words.path


def _list(spec: Spec, pointer: str, words: Words) -> Any:
    shape = spec.shapes.of(pointer)
    if not shape.is_array:
        return None
    item = spec.shapes.of(shape.items)
    if not item.is_object or shape.items is None:
        return [str(one) for one in words.breaches]
    return [_item(spec, shape.items, one) for one in words.breaches]


def _item(spec: Spec, schema: str, breach: Breach) -> Any:
    try:
        found = spec.sampler.sample(schema, key=str(breach), direction=Direction.ANSWER)
    except NoSample:
        found = {}
    if not isinstance(found, dict):
        return found
    for name, pointer in spec.shapes.of(schema).properties.items():
        for meant in _part(_plain(name), breach):
            if spec.schemas.is_valid(pointer, meant, Direction.ANSWER):
                found = {**found, name: meant}
                break
    return found


def _part(plain: str, breach: Breach) -> list[Any]:
    """What of a breach a field of its item is meant for, the likeliest first."""
    steps = [breach.where, *([breach.name] if breach.name else []), *steps_of(breach.pointer)]
    found: list[Any] = []
    if plain in ("in", "where", "source", "location"):
        found = [str(breach.where), steps]
    elif plain in FIELDS:
        found = [".".join(steps[1:]) or str(breach.where)]
    elif plain in ("pointer", "jsonpointer"):
        found = [breach.pointer, "#" + breach.pointer]
    elif plain in ("path", "loc", "instancepath"):
        found = [steps, breach.pointer, ".".join(steps)]
    elif plain in KEYWORDS:
        found = [breach.keyword]
    elif plain in TEXTS or plain in ("title", "error", "what"):
        found = [breach.what]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
