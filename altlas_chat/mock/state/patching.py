"""Changes of JSON values: JSON Merge Patch (RFC 7396) and JSON Patch (RFC 6902)."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from altlas_chat.specs.pointers import steps_of

MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class PatchRefused(Exception):
    """A patch can't be applied; says why."""


def merged(target: Any, patch: Any) -> Any:
    """The target with a merge patch applied (RFC 7396, section 2); neither is changed."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found


def patched(target: Any, operations: Any) -> Any:
    """The target with the operations of a JSON Patch applied, all or none of them.

    Raises:
        PatchRefused: one of them is none, leads nowhere, or its test fails.
    """
    if not isinstance(operations, list):
        raise PatchRefused("a JSON Patch is an array of operations (RFC 6902)")
    found = deepcopy(target)
    for number, operation in enumerate(operations):
        try:
            found = _applied(found, operation)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise PatchRefused(f"/{number}: the operation can't be applied: {error}") from error
    return found


def _applied(target: Any, operation: Any) -> Any:
    name, path = operation["op"], steps_of(operation["path"])
    if name == "add":
        return _added(target, path, deepcopy(operation["value"]))
    if name == "remove":
        return _removed(target, path)
    if name == "replace":
        if not path:
            return deepcopy(operation["value"])
        return _added(_removed(target, path), path, deepcopy(operation["value"]))
    if name in ("move", "copy"):
        source = steps_of(operation["from"])
        value = deepcopy(_at(target, source))
        rest = _removed(target, source) if name == "move" else target
        return _added(rest, path, value)
    if name == "test":
        if not same_json(_at(target, path), operation["value"]):
            raise ValueError(f"{operation['path']} has another value than the test says")
        return target
    raise ValueError(f"there is no operation {name!r}")


def same_json(one: Any, other: Any) -> bool:
    """Equal as JSON: ``true`` is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_json, one, other))
    return bool(one == other)


def _at(target: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        target = target[_index(step)] if isinstance(target, list) else target[step]
    return target


def _index(step: str) -> int:
    if not step.isdecimal() or (step != "0" and step.startswith("0")):
        raise LookupError(f"{step!r} is no index")
    return int(step)


def _added(target: Any, steps: Sequence[str], value: Any) -> Any:
    if not steps:
        return value
    holder = _at(target, steps[:-1])
    if isinstance(holder, list):
        at = len(holder) if steps[-1] == "-" else _index(steps[-1])
        if at > len(holder):
            raise LookupError(f"there are only {len(holder)} items")
        holder.insert(at, value)
    elif isinstance(holder, dict):
        holder[steps[-1]] = value
    else:
        raise TypeError("what should hold it is neither object nor array")
    return target


def _removed(target: Any, steps: Sequence[str]) -> Any:
    if not steps:
        return None
    holder = _at(target, steps[:-1])
    del holder[_index(steps[-1]) if isinstance(holder, list) else steps[-1]]
    return target
