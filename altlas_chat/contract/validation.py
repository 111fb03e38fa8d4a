"""Is the contract a contract? ``python -m altlas_chat.contract.validation`` says all that is wrong.

It judges the sources by what others wrote (prance and openapi-spec-validator, the official
JSON Schemas of OpenAPI and AsyncAPI), then by the rules of ``rest_rules`` and ``live_rules``. The
bundles are made anew; whether those in the repository are fresh is said by ``bundling --check``.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import prance
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator
from prance.util.url import ResolutionError

from altlas_chat.contract import live_rules, rest_rules
from altlas_chat.contract.bundling import BundlingFailed, bundle_asyncapi, bundle_openapi
from altlas_chat.contract.findings import Finding, pointer
from altlas_chat.data import data_folder
from altlas_chat.specs.wording import innermost, shortened

Json = dict[str, Any]

VENDORED = Path(__file__).parent / "vendored"
PLANS = (
    "operations",
    "parameters",
    "properties",
    "values",
    "securitySchemes",
    "commands",
    "events",
)


def validate(folder: Path) -> list[Finding]:
    """Everything that is wrong with the contract's sources in ``folder``, in order of place."""
    found = list(_check_sources(folder))
    if not found:
        try:
            rest, live = bundle_openapi(folder), bundle_asyncapi(folder)
        except BundlingFailed as failure:
            return [Finding(str(folder), str(failure), "Mend the reference or the name.")]
        planned = yaml.safe_load((folder / "planned.yaml").read_text(encoding="utf-8"))
        found = validate_bundles(rest, live, planned)
    return sorted(found)


def validate_bundles(rest: Json, live: Json, planned: Json) -> list[Finding]:
    """Everything that is wrong with two bundles.

    The rules of our own ask for sound documents; they are left out where the
    official judges have findings.
    """
    found = [*_judge_openapi(rest), *_judge_references(rest, rest_rules.FILE)]
    if not found:
        found += rest_rules.check_rest(rest, planned)
    found_live = [*_judge_asyncapi(live), *_judge_references(live, live_rules.FILE)]
    if not found_live:
        found_live += live_rules.check_live(live)
    return found + found_live


# -- sources ---------------------------------------------------------------------------


def _check_sources(folder: Path) -> Iterator[Finding]:
    for file in sorted(folder.rglob("*.yaml")):
        try:
            root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = 0 if mark is None else mark.line + 1
            what = f"it is no YAML: {getattr(error, 'problem', error)}"
            yield Finding(f"{file}:{line}", what, "Mend the line.")
        else:
            yield from _repeated_keys(file, root)
    planned = folder / "planned.yaml"
    kinds = yaml.safe_load(planned.read_text(encoding="utf-8")) if planned.exists() else {}
    for kind in PLANS:
        if kind not in kinds:
            yield Finding(str(planned), f"it has no {kind}", "Add it, empty if need be.")


def _repeated_keys(file: Path, node: yaml.Node | None) -> Iterator[Finding]:
    """YAML takes the last of two equal keys without a word."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                place = f"{file}:{key.start_mark.line + 1}"
                yield Finding(place, f"the key {key.value} is there twice", "Take one out.")
            seen.add(key.value)
            yield from _repeated_keys(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(file, item)


# -- official judges -------------------------------------------------------------------


def _judge_openapi(document: Json) -> Iterator[Finding]:
    findings = False
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        findings = True
        place = rest_rules.FILE + pointer(*error.absolute_path)
        yield Finding(place, f"openapi-spec-validator: {shortened(error.message)}", "Mend it.")
    if findings:
        return
    try:
        prance.ResolvingParser(
            spec_string=orjson.dumps(document).decode(), backend="openapi-spec-validator"
        )
    except (prance.ValidationError, ResolutionError) as error:
        yield Finding(rest_rules.FILE, f"prance: {shortened(str(error))}", "Mend it.")


def _judge_asyncapi(document: Json) -> Iterator[Finding]:
    schema = orjson.loads((VENDORED / "asyncapi-3.0.0.json").read_bytes())
    for outermost in jsonschema_rs.Draft7Validator(schema).iter_errors(document):
        for error in innermost(outermost):
            place = live_rules.FILE + pointer(*error.instance_path)
            yield Finding(place, f"AsyncAPI's schema: {shortened(error.message)}", "Mend it.")
    for name, one in document.get("components", {}).get("schemas", {}).items():
        try:
            jsonschema_rs.meta.validate(
                {"$schema": "http://json-schema.org/draft-07/schema#"} | one
            )
        except jsonschema_rs.ValidationError as error:
            place = live_rules.FILE + pointer("components", "schemas", name)
            yield Finding(
                place, f"it is no schema of draft-07: {shortened(error.message)}", "Mend it."
            )


def _judge_references(document: Json, file: str) -> Iterator[Finding]:
    """Every reference of a bundle leads somewhere inside it."""
    for place, reference in _references(document, ()):
        target: Any = document
        for step in reference.removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            target = target.get(key) if isinstance(target, dict) else None
        if not reference.startswith("#/") or target is None:
            yield Finding(file + pointer(*place), f"{reference} leads nowhere", "Mend it.")


def _references(node: Any, place: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            yield place, reference
        for key, value in node.items():
            yield from _references(value, (*place, key))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _references(item, (*place, number))


def main() -> int:
    """Print the findings, one on a line; the exit code."""
    found = validate(data_folder("contracts"))
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    if not found:
        sys.stdout.write("The contract is valid.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
