"""The headers that an answer declares, with values."""

from collections.abc import Iterator
from typing import Any

import orjson

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.specs.api import Answer, Parameter
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction

OURS = frozenset(
    {
        "content-type",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "date",
    }
)
"""Headers that tell how this very answer is sent: a made-up value would be a lie."""


def header_pairs(endpoint: Endpoint, answer: Answer, key: str) -> tuple[tuple[str, str], ...]:
    """A value for each declared header: its example's, else one that its schema allows."""
    return tuple(
        (header.name, _as_text(value, explode=header.explode))
        for header, value in header_values(endpoint, answer, key)
    )


def header_values(endpoint: Endpoint, answer: Answer, key: str) -> Iterator[tuple[Parameter, Any]]:
    """The headers that are sent, each with its value before it is written as text."""
    for name, header in answer.headers.items():
        if name.lower() not in OURS:
            value = _value(endpoint, header, key)
            if value is not None:
                yield header, value


def _value(endpoint: Endpoint, header: Parameter, key: str) -> Any:
    if "example" in header.data:
        return header.data["example"]
    examples = header.data.get("examples")
    if isinstance(examples, dict):
        for one in examples.values():
            if isinstance(one, dict) and "value" in one:
                return one["value"]
    schema = header.content.schema if header.content else header.schema
    if schema is None:
        return None
    try:
        return endpoint.spec.sampler.sample(
            schema, key=f"{key} {header.name}", direction=Direction.ANSWER
        )
    except NoSample:
        return None


def _as_text(value: Any, *, explode: bool) -> str:
    """Style ``simple``; what a header can't hold (line ends, signs beyond Latin-1) goes."""
    if isinstance(value, dict):
        between = "=" if explode else ","
        text = ",".join(f"{name}{between}{_scalar(one)}" for name, one in value.items())
    elif isinstance(value, list):
        text = ",".join(map(_scalar, value))
    else:
        text = _scalar(value)
    return "".join(sign for sign in text if " " <= sign <= "~" or "\xa0" <= sign <= "\xff").strip()


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
