"""Writes documents as people read them: YAML in blocks, or indented JSON; the same each time.

Values are those of JSON. The YAML is written here and not by PyYAML, which takes twenty times as
long for documents of megabytes, and libyaml, which writes emojis as numbers.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson
import yaml

_LOOKS_LIKE_MORE = re.compile(
    r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0[oxb][\da-fA-F_]+|[yYnN]|[-+]?\.(inf|nan)", re.I
)
"""What readers of YAML 1.2, or strict ones of 1.1, take for no text although PyYAML does."""

_NEVER_PLAIN = re.compile(
    r"""[-?:,\[\]{}#&*!|>'"%@`\s]      # begins with a sign of YAML's own
    |.*(?::\s|:$|\s\#|\s$)              # or has one within
    |\.\.\.|$""",
    re.VERBOSE,
)
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What has to be an escape, or is a line break to some readers and text to others."""

_LONGEST_KEY = 1000
_STEP = "  "


def as_yaml(value: Any) -> str:
    """The value as YAML: blocks, texts of several lines as they stand, everything in its order.

    What is read back is equal to it, by YAML 1.1 and 1.2 alike; keys are texts.
    """
    lines = _lines(value, "")
    return "".join(chain.from_iterable((line, "\n") for line in lines))


def as_json(value: Any) -> bytes:
    """The value as JSON, indented by two, with a line feed at its end; keys are texts."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, default=str, option=options)


def _lines(node: Any, indent: str) -> Iterator[str]:
    """Its lines, the first without its indent where it follows a ``-``."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _entry(_key(key), value, indent)
    elif isinstance(node, list) and node:
        for value in node:
            inner = _lines(value, indent + _STEP)
            first = next(inner)
            yield f"{indent}- {first.removeprefix(indent + _STEP)}"
            yield from inner
    else:
        first, *more = _scalar(node, indent or _STEP)
        yield indent + first
        yield from more


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:
    if len(key) > _LONGEST_KEY:
        yield f"{indent}? {key}"
        head = f"{indent}:"
    else:
        head = f"{indent}{key}:"
    if isinstance(value, dict | list) and value:
        yield head
        yield from _lines(value, indent + _STEP)
    else:
        first, *more = _scalar(value, indent + _STEP)
        yield f"{head} {first}"
        yield from more


@lru_cache(maxsize=4096)
def _key(key: Any) -> str:
    if isinstance(key, bool):
        return '"true"' if key else '"false"'
    return _one_line(str(key))


def _scalar(value: Any, indent: str) -> list[str]:
    """A value that holds no others, in as many lines as it takes."""
    if isinstance(value, str):
        return _block(value, indent) if "\n" in value else [_one_line(value)]
    if isinstance(value, float):
        return [_number(value)]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    if value is None or isinstance(value, bool | dict | list):
        return [orjson.dumps(value).decode()]
    return [_one_line(str(value))]


def _number(value: float) -> str:
    """With a point, without which YAML 1.1 takes one with an exponent for a text."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    mantissa, exponent, power = repr(value).partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{exponent}{power}"


def _block(text: str, indent: str) -> list[str]:
    """Lines as they stand, where YAML lets them."""
    if _UNPRINTABLE.search(text) or text[0] in " \t\n" or not text.strip():
        return [_escaped(text)]
    ends = len(text) - len(text.rstrip("\n"))
    lines = text.split("\n")
    body = lines[:-1] if ends else lines
    chomping = "-" if not ends else "" if ends == 1 else "+"
    return [f"|{chomping}", *(indent + line if line else "" for line in body)]


def _one_line(text: str) -> str:
    if _UNPRINTABLE.search(text) or "\n" in text or "\t" in text:
        return _escaped(text)
    if _NEVER_PLAIN.match(text) or _means_more(text):
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    return text


def _means_more(text: str) -> bool:
    """A reader takes it for a number, a date, a truth, or nothing."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], ())
    return _LOOKS_LIKE_MORE.fullmatch(text) is not None or any(
        pattern.match(text) for _, pattern in resolvers
    )


def _escaped(text: str) -> str:
    """In double quotes; JSON's escapes are YAML's, too."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    quoted = quoted.replace("\t", "\\t")
    escaped = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    return f'"{escaped}"'
