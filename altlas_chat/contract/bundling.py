"""Makes one file of each contract's many: the bundles in ``contracts/generated``.

References stay references, so a bundle is small and recursion is no matter: what another file
holds becomes a component, named like its key there (``altlas_chat.specs.joining`` does that for
any document; docs/decisions/0006-contract-tooling.md). Here is what is our own: no two things of
one name, sections in order, and marks for what is planned. ``python -m
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
from altlas_chat.specs.borrowing import with_borrowed
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.pointers import joined, steps_of

Json = dict[str, Any]

SECTIONS = (
    "securitySchemes",
    "correlationIds",
    "messages",
    "responses",
    "examples",
    "schemas",
    "headers",
    "parameters",
)
"""The order of what bundles have in common."""

AS_WRITTEN = ("securitySchemes", "correlationIds")
"""What stands in the order in which it is written."""


class BundlingFailed(Exception):
    """The sources can't be put together; the message says where and why."""


def _joined(root: Path) -> Json:
    """The document of many files in one piece, its components in the order of their names."""
    try:
        document = load_document(root)
    except DocumentUnusable as unusable:
        raise BundlingFailed("\n".join(map(str, unusable.findings))) from unusable
    _refuse_two_of_one_name(document)
    data = with_borrowed(document)
    components = data["components"]
    ordered = sorted(components, key=lambda one: (SECTIONS.index(one), one))
    data["components"] = {
        one: components[one] if one in AS_WRITTEN else dict(sorted(components[one].items()))
        for one in ordered
    }
    return data


def _refuse_two_of_one_name(document: Document) -> None:
    """Joining gives one of them another name, which nobody chose."""
    for section, entries in document.data["components"].items():
        for name in entries:
            place = document.place(joined("/components", section, name))
            own = steps_of(place.pointer)[-1]
            if own != name:
                raise BundlingFailed(f"{own} in {place} is there twice: give one another name")


@cache
def _load(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def bundle_openapi(folder: Path) -> Json:
    """The REST contract as one document; planned operations carry ``x-planned``.

    Raises:
        BundlingFailed: the sources do not fit together.
    """
    document = _joined(folder / "openapi" / "openapi.yaml")
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
    document = _joined(folder / "asyncapi.yaml")
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
