"""Makes one file of each contract's many: the bundles in ``contracts/generated``.

References stay references, so a bundle is small and recursion is no matter: what another file
holds becomes a component, named like its key there. (prance inlines everything, and loses what
stands beside a ``$ref``; docs/decisions/0006-contract-tooling.md.) ``python -m
altlas_chat.contract.bundling --check`` says which bundle is stale, ``--write`` writes them; run in
a checkout.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml

from altlas_chat.contract.documents import METHODS
from altlas_chat.data import data_folder

Json = dict[str, Any]

OPENAPI_SECTIONS = ("schemas", "parameters", "headers", "responses", "examples")
"""The folders, or names, of files whose content becomes components; others' takes its place."""

ASYNCAPI_SECTIONS = ("schemas", "messages")


class BundlingFailed(Exception):
    """The sources can't be put together; the message says where and why."""


class _Bundler:
    """Puts a document and all that it refers to into one."""

    def __init__(self, root: Path, sections: Collection[str]) -> None:
        self._root = root
        self._sections = sections
        self._components: dict[str, dict[str, Any]] = {}
        self._homes: dict[tuple[str, str], tuple[Path, str]] = {}

    def bundle(self) -> Json:
        document: Json = self._resolved(_load(self._root), self._root)
        components: dict[str, dict[str, Any]] = document.setdefault("components", {})
        for section, entries in self._components.items():
            own = components.get(section, {})
            components[section] = dict(sorted({**own, **entries}.items()))
        return document

    def _resolved(self, node: Any, file: Path) -> Any:
        if isinstance(node, list):
            return [self._resolved(item, file) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference, node, file)
        return {key: self._value(key, value, file) for key, value in node.items()}

    def _value(self, key: str, value: Any, file: Path) -> Any:
        resolved = self._resolved(value, file)
        if key == "discriminator" and isinstance(resolved, dict) and "mapping" in resolved:
            mapping = resolved["mapping"].items()
            resolved["mapping"] = {name: self._pointer(target, file) for name, target in mapping}
        return resolved

    def _referred(self, reference: str, node: Json, file: Path) -> Any:
        """What takes the place of ``{$ref: …}``, with what stands beside it."""
        target, pointer = _target(reference, file)
        if target != self._root and self._section(target, pointer) is None:
            return self._resolved(_at(target, pointer), target)
        beside = {key: self._resolved(value, file) for key, value in node.items() if key != "$ref"}
        return {"$ref": self._pointer(reference, file), **beside}

    def _pointer(self, reference: str, file: Path) -> str:
        """Where the target of a reference is in the bundle; it is taken in if it is new."""
        target, pointer = _target(reference, file)
        section = None if target == self._root else self._section(target, pointer)
        if section is None:
            return f"#{pointer}"
        name, _, rest = pointer.removeprefix("/").partition("/")
        home = self._homes.setdefault((section, name), (target, name))
        if home[0] != target:
            raise BundlingFailed(f"{name} is in {home[0]} and in {target}: give one another name")
        entries = self._components.setdefault(section, {})
        if name not in entries:
            entries[name] = None
            entries[name] = self._resolved(_at(target, f"/{name}"), target)
        return f"#/components/{section}/{name}" + (f"/{rest}" if rest else "")

    def _section(self, file: Path, pointer: str) -> str | None:
        """The components that a part of a file belongs to; None for what is put in its place."""
        if pointer.startswith("/x-"):
            return None
        folder = file.parent.name if file.parent.name != "problems" else file.parent.parent.name
        if folder in self._sections:
            return folder
        return file.stem if folder == "openapi" and file.stem in self._sections else None


def _target(reference: str, file: Path) -> tuple[Path, str]:
    place, _, pointer = reference.partition("#")
    return ((file.parent / place).resolve() if place else file), pointer


@cache
def _load(file: Path) -> Any:
    try:
        return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError as error:
        raise BundlingFailed(f"{file} is referred to, but is not there") from error
    except yaml.YAMLError as error:
        raise BundlingFailed(f"{file} is no YAML: {error}") from error


def _at(file: Path, pointer: str) -> Any:
    """The value at a JSON pointer (RFC 6901) of a file."""
    value = _load(file)
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            raise BundlingFailed(f"{file} has nothing at {pointer}")
    return value


def bundle_openapi(folder: Path) -> Json:
    """The REST contract as one document; planned operations carry ``x-planned``.

    Raises:
        BundlingFailed: the sources do not fit together.
    """
    root = (folder / "openapi" / "openapi.yaml").resolve()
    document = _Bundler(root, OPENAPI_SECTIONS).bundle()
    operations = [
        (item[method]["operationId"], item[method])
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    ]
    _mark_planned("operations", planned_of(folder, "operations"), operations)
    parts: dict[str, Json] = {**document["components"]["schemas"], **dict(operations)}
    _mark_parts("parameters", folder, parts)
    _mark_parts("properties", folder, parts)
    _mark_parts("values", folder, parts)
    schemes = document["components"]["securitySchemes"].items()
    _mark_planned("securitySchemes", planned_of(folder, "securitySchemes"), schemes)
    return document


def bundle_asyncapi(folder: Path) -> Json:
    """The WebSocket's contract as one document; planned messages carry ``x-planned``.

    Its schemas are REST's, without the ``discriminator``, which has another form in AsyncAPI.

    Raises:
        BundlingFailed: the sources do not fit together.
    """
    document = _Bundler((folder / "asyncapi.yaml").resolve(), ASYNCAPI_SECTIONS).bundle()
    for schema in document["components"]["schemas"].values():
        schema.pop("discriminator", None)
    messages = document["components"]["messages"].values()
    commands = [(one["name"], one) for one in messages if one["x-kind"] == "command"]
    events = [(one["name"], one) for one in messages if one["x-kind"] in ("event", "passing")]
    schemas = document["components"]["schemas"]
    _mark_parts("properties", folder, schemas)
    _mark_parts("values", folder, schemas)
    _mark_planned("commands", planned_of(folder, "commands"), commands)
    _mark_planned("events", planned_of(folder, "events"), events)
    return document


def _mark_planned(kind: str, planned: Collection[str], things: Iterable[tuple[str, Json]]) -> None:
    """Put ``x-planned`` on the things of these names.

    Raises:
        BundlingFailed: there is no thing of a planned name.
    """
    left = set(planned)
    for name, thing in things:
        if name in planned:
            thing["x-planned"] = True
            left.discard(name)
    if left:
        raise BundlingFailed(f"planned.yaml names {kind} that there are not: {sorted(left)}")


def _mark_parts(kind: str, folder: Path, things: Mapping[str, Json]) -> None:
    """Say of schemas and operations which of their parts are planned (``x-planned-…``).

    Names that are not there are left alone: each bundle has its own.
    """
    for name, parts in planned_of(folder, kind).items():
        if name in things:
            things[name][f"x-planned-{kind}"] = parts


def planned_of(folder: Path, kind: str) -> Any:
    """What ``planned.yaml`` lists of a kind."""
    return _load(folder / "planned.yaml")[kind]


BUNDLES: Mapping[str, Callable[[Path], Json]] = {
    "openapi.json": bundle_openapi,
    "asyncapi.json": bundle_asyncapi,
}


def bundled(name: str, folder: Path) -> bytes:
    """What the bundle of that name must be, made of the sources in ``folder``.

    Raises:
        BundlingFailed: the sources do not fit together.
    """
    return orjson.dumps(BUNDLES[name](folder), option=orjson.OPT_INDENT_2) + b"\n"


def stale_bundles(folder: Path) -> list[Path]:
    """The bundles below ``folder`` that are missing or not what they should be."""
    files = {name: folder / "generated" / name for name in BUNDLES}
    return [
        file
        for name, file in files.items()
        if not file.exists() or file.read_bytes() != bundled(name, folder)
    ]


def main(arguments: list[str]) -> int:
    """Check or write the bundles; the exit code."""
    folder = data_folder("contracts")
    try:
        if arguments == ["--write"]:
            (folder / "generated").mkdir(exist_ok=True)
            for name in BUNDLES:
                (folder / "generated" / name).write_bytes(bundled(name, folder))
            return 0
        if arguments != ["--check"]:
            sys.stderr.write("Use --check or --write.\n")
            return 2
        stale = stale_bundles(folder)
    except BundlingFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    for file in stale:
        sys.stderr.write(f"{file} is stale: run this with --write.\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
