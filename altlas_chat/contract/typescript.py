"""The contract as TypeScript declarations, for the JavaScript client.

``python -m altlas_chat.contract.typescript --write`` makes ``contract.d.ts``
anew of the bundles; ``--check`` says whether it is fresh.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from altlas_chat.contract.documents import load_asyncapi, load_openapi
from altlas_chat.data import client_folder

Json = dict[str, Any]

FILE = client_folder() / "client" / "contract.d.ts"
_HEAD = """\
// Made of the contract by `python -m altlas_chat.contract.typescript --write`; not to be edited.
"""
_PLAIN = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_METHODS = ("get", "put", "post", "patch", "delete")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


def declarations() -> str:
    """The whole file."""
    openapi, asyncapi = load_openapi(), load_asyncapi()
    schemas = openapi["components"]["schemas"] | asyncapi["components"]["schemas"]
    parts = [_HEAD, *(_declared(name, schemas[name]) for name in sorted(schemas))]
    parts.append(_interface("Operations", "Calls of REST, by `operationId`.", _operations(openapi)))
    messages = list(asyncapi["components"]["messages"].values())
    parts.append(_interface("Commands", "What a client sends on the socket.", _commands(messages)))
    told = "What a client hears: `data` of each event."
    parts.append(_interface("Events", told, _events(messages)))
    return "\n".join(parts)


def _declared(name: str, schema: Json) -> str:
    return f"{_comment(schema)}export type {name} = {_type_of(schema)};\n"


def _comment(schema: Json, indent: str = "") -> str:
    words = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    return f"{indent}/** {words} */\n" if words else ""


def _union(types: Any) -> str:
    return " | ".join(dict.fromkeys(types)) or "never"


def _name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def _type_of(schema: Json) -> str:
    """A schema's type. What TypeScript can't say (lengths, formats) is left out."""
    if "$ref" in schema:
        return _name_of(schema["$ref"])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return _union(json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    parts = [_type_of(one) for one in schema.get("allOf", ())]
    variants = [one for one in schema.get("oneOf", ()) if set(one) - {"required"}]
    if variants:
        parts.append(f"({_union(_type_of(one) for one in variants)})")
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds or "properties" in schema:
        parts.append(_union(_of_kind(kind, schema) for kind in kinds or ["object"]))
    return " & ".join(part for part in parts if len(parts) == 1 or part != "{}") or "unknown"


def _of_kind(kind: str, schema: Json) -> str:
    if kind == "array":
        return f"Array<{_type_of(schema.get('items', {}))}>"
    if kind != "object":
        return _PLAIN[kind]
    others = schema.get("additionalProperties", True)
    if "properties" not in schema:
        value = _type_of(others) if isinstance(others, dict) else "unknown"
        return "Record<string, never>" if others is False else f"Record<string, {value}>"
    required = schema.get("required", ())
    lines = [
        f"{_comment(one, '  ')}  {_key(name)}{'' if name in required else '?'}: {_type_of(one)};\n"
        for name, one in schema["properties"].items()
    ]
    return "{\n" + "".join(lines) + "}"


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) else json.dumps(name)


def _interface(name: str, words: str, members: Iterator[tuple[str, str]]) -> str:
    lines = "".join(f"  {_key(key)}: {value};\n" for key, value in members)
    return f"/** {words} */\nexport interface {name} {{\n{lines}}}\n"


def _operations(openapi: Json) -> Iterator[tuple[str, str]]:
    for path, methods in openapi["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                place = f"method: {json.dumps(method.upper())}; path: {json.dumps(path)}"
                words = f"body: {_body_of(operation)}; answer: {_answer_of(operation)}"
                yield operation["operationId"], f"{{ {place}; {words} }}"


def _body_of(operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    return _content(content) if content else "undefined"


def _answer_of(operation: Json) -> str:
    answers = [one for status, one in operation["responses"].items() if status.startswith("2")]
    return _union(_content(one.get("content", {})) for one in answers)


def _content(content: Json) -> str:
    if not content:
        return "Record<string, never>"
    return _type_of(content.get("application/json", {}).get("schema", {}))


def _data_of(message: Json) -> str:
    for part in message["payload"].get("allOf", ()):
        if "data" in part.get("properties", {}):
            return _type_of(part["properties"]["data"])
    return "Record<string, never>"


def _commands(messages: list[Json]) -> Iterator[tuple[str, str]]:
    replies = {one["x-reply-to"]: _data_of(one) for one in messages if "x-reply-to" in one}
    for one in messages:
        if one["x-kind"] == "command":
            reply = replies.get(one["name"], "Record<string, never>")
            yield one["name"], f"{{ data: {_data_of(one)}; reply: {reply} }}"


def _events(messages: list[Json]) -> Iterator[tuple[str, str]]:
    for one in messages:
        is_told = one["x-kind"] in ("event", "passing")
        if is_told or one["name"] in ("ready", "resync_required"):
            yield one["name"], _data_of(one)


def main(words: list[str]) -> int:
    """Write or check the file; the exit code."""
    made = declarations()
    if words == ["--write"]:
        FILE.write_text(made, encoding="utf-8")
        return 0
    if words == ["--check"]:
        is_fresh = FILE.exists() and FILE.read_text(encoding="utf-8") == made
        if not is_fresh:
            sys.stderr.write(
                f"{FILE} is stale: python -m altlas_chat.contract.typescript --write\n"
            )
        return 0 if is_fresh else 1
    sys.stderr.write("usage: python -m altlas_chat.contract.typescript --write | --check\n")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
