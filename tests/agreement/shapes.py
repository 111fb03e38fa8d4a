"""What two schemas of one thing disagree on.

Both pydantic's schemas and the contract's are brought to one plain form;
descriptions, patterns and formats are left out: those are tried by values.
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

BOUNDS = (
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)


def plain(schema: Json, resolved: Callable[[Json], Json]) -> Json:
    """A schema with its references followed and its alternatives laid together.

    Objects that exclude each other (a location, a voice) become one that may
    have the properties of all; what it must have is then not compared.
    """
    schema = resolved(schema)
    alternatives = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    form: Json = {"types": set(), "properties": {}}
    for alternative in alternatives:
        _merge(form, plain(alternative, resolved))
    kinds = schema.get("type", [])
    form["types"] |= {kinds} if isinstance(kinds, str) else set(kinds)
    if "const" in schema:
        form["enum"] = {schema["const"]}
    if "enum" in schema:
        form["enum"] = set(schema["enum"])
    if isinstance(form.get("enum"), set) and not form["types"]:
        form["types"] = {"string"}
    form.update({name: schema[name] for name in BOUNDS if name in schema})
    if "exclusiveMaximum" in schema and "integer" in form["types"]:
        form["maximum"] = schema["exclusiveMaximum"] - 1
    if "properties" in schema:
        own = {name: plain(one, resolved) for name, one in schema["properties"].items()}
        form["properties"] = {**form["properties"], **own}
    if "object" in form["types"]:
        form.setdefault("required", set())
        form.setdefault("closed", False)
        form["required"] |= set(schema.get("required", ()))
        extra = schema.get("additionalProperties")
        form["closed"] = form["closed"] or extra is False
        if isinstance(extra, dict):
            form["values"] = plain(extra, resolved)
    if "items" in schema:
        form["items"] = plain(schema["items"], resolved)
    return form


def _merge(form: Json, other: Json) -> None:
    if "object" in form["types"] and "object" in other["types"]:
        form["isMixed"] = True
    for name, value in other.items():
        if name == "types":
            form["types"] = form["types"] | value
        elif name == "properties":
            form["properties"] = {**value, **form["properties"]}
        else:
            form[name] = value


def disagreements(contract: Json, code: Json, place: str = "") -> Iterator[str]:
    """Every place where the two differ, as ``place: what``."""
    where = place or "/"
    if contract["types"] != code["types"]:
        yield f"{where}: {sorted(contract['types'])} in the contract, {sorted(code['types'])} here"
    for name in (*BOUNDS, "closed"):
        if contract.get(name) != code.get(name):
            yield f"{where}: {name} is {contract.get(name)} in the contract, {code.get(name)} here"
    for name in sorted(map(str, contract.get("enum", set()) ^ code.get("enum", set()))):
        side = "the contract" if name in contract.get("enum", ()) else "the code"
        yield f"{where}={name}: only in {side}"
    unlike = contract.get("required", set()) ^ code.get("required", set())
    for name in sorted(unlike if "isMixed" not in contract else ()):
        side = "the contract" if name in contract.get("required", ()) else "the code"
        yield f"{place}/{name}: required only by {side}"
    theirs, ours = contract["properties"], code["properties"]
    for name in sorted(theirs.keys() ^ ours.keys()):
        yield f"{place}/{name}: only in {'the contract' if name in theirs else 'the code'}"
    for name in sorted(theirs.keys() & ours.keys()):
        yield from disagreements(theirs[name], ours[name], f"{place}/{name}")
    for part in ("items", "values"):
        if (part in contract) != (part in code):
            yield f"{where}: {part} are told on one side only"
        elif part in contract:
            yield from disagreements(contract[part], code[part], f"{place}/*")
