"""Writes documents as people read them: YAML in blocks, or indented JSON; the same each time."""

import re
from typing import Any

import orjson
import yaml

_LOOKS_LIKE_MORE = re.compile(
    r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0[oxb][\da-fA-F_]+|[yYnN]|[-+]?\.(inf|nan)", re.I
)
"""What readers of YAML 1.2, or strict ones of 1.1, take for no text although PyYAML does."""


_OTHER_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")
"""Line breaks to some readers and text to others: written as escapes."""


def as_yaml(value: Any) -> str:
    """The value as YAML: blocks, texts of several lines as they stand, everything in its order.

    What is read back is equal to it, by YAML 1.1 and 1.2 alike; keys are texts.
    """
    return str(
        yaml.dump(
            _with_text_keys(value),
            Dumper=_Readable,
            allow_unicode=True,
            default_flow_style=False,
            sort_keys=False,
            width=1_000_000,
        )
    )


def as_json(value: Any) -> bytes:
    """The value as JSON, indented by two, with a line feed at its end; keys are texts."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, default=str, option=options)


class _Readable(yaml.SafeDumper):
    """PyYAML's own emitter: libyaml's writes an emoji as its number."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _OTHER_BREAKS.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif _LOOKS_LIKE_MORE.fullmatch(text):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text)


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {_key(key): _with_text_keys(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(one) for one in value]
    return value


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return str(key)
