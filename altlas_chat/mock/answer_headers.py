"""The headers that an answer declares, with values."""

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
    found = []
    for name, header in answer.headers.items():
        if name.lower() in OURS:
            continue
        value = _value(endpoint, header, key)
        if value is not None:
            found.append((name, _as_text(value, explode=header.explode)))
    return tuple(found)


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
