"""Reads a plan of weather from a file of YAML or JSON; mistakes are told with line and column."""

from pathlib import Path
from typing import Any

import yaml

from altlas_chat.mock.plans import ALIASES, PRESETS, Json, PlanUnreadable
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.pointers import joined, steps_of

DEEPEST = 8
LARGEST_BYTES = 1_000_000
MOST_PARTS = 20_000

_REMEDY = "Write YAML or JSON; put quotes around what begins with * or has a colon."


def read_plan_file(path: Path) -> Json:
    """What the file says, as ``plans.read_plan`` takes it; mistakes in it are found by that.

    Raises:
        DocumentUnusable: it can't be read, or is no YAML.
    """
    return _read(path)[0]


def findings_in_plan(path: Path, error: PlanUnreadable) -> DocumentUnusable:
    """The mistakes of a plan that was read from a file, with their places in it."""
    places = _read(path)[1]
    return DocumentUnusable(
        [
            Finding(_nearest(path, places, one.pointer), "weather", one.what, one.remedy)
            for one in error.problems
        ]
    )


def _read(path: Path) -> tuple[Json, dict[str, Place]]:
    where = Place(str(path))
    try:
        raw = path.read_bytes()
    except OSError as error:
        remedy = f"Name a file, or one of: {', '.join(PRESETS)}."
        raise _unusable(where, f"it can't be read: {error.strerror}", remedy) from error
    if len(raw) > LARGEST_BYTES:
        raise _unusable(where, "it is larger than 1 MB", "Name the file of the weather.")
    places: dict[str, Place] = {}
    try:
        loader = yaml.CSafeLoader(raw)
        node = loader.get_single_node()
        data = _value(str(path), loader, node, "", places) if node else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark:
            where = Place(str(path), mark.line + 1, mark.column + 1)
        raise _unusable(where, f"it is no YAML: {error.problem}", _REMEDY) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unusable(where, f"it is no YAML: {error}", _REMEDY) from error
    return data, places


def _value(file: str, loader: Any, node: Any, pointer: str, places: dict[str, Place]) -> Any:
    """A node's value; keys are text as they stand there, also ``on`` and ``off``."""
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1, pointer)
    places.setdefault(pointer, place)
    if pointer.count("/") > DEEPEST or len(places) > MOST_PARTS:
        raise _unusable(place, "it is too deep or too large", "Write rules as a flat list.")
    if isinstance(node, yaml.MappingNode):
        found = {}
        for key, value in node.value:
            below = joined(pointer, key.value)
            mark = key.start_mark
            places[below] = Place(file, mark.line + 1, mark.column + 1, below)
            found[str(key.value)] = _value(file, loader, value, below, places)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(file, loader, value, joined(pointer, number), places)
            for number, value in enumerate(node.value)
        ]
    return loader.construct_object(node, deep=True)


def _nearest(path: Path, places: dict[str, Place], pointer: str) -> Place:
    """The place of a key by whatever name it was written, else of what holds it."""
    plain = {"/".join(_proper(key)): at for key, at in places.items()}
    steps = _proper(pointer)
    for end in range(len(steps), -1, -1):
        found = plain.get("/".join(steps[:end]))
        if found is not None:
            return found
    return Place(str(path))


def _proper(pointer: str) -> list[str]:
    names = (step.replace("_", "-") for step in steps_of(pointer))
    return [ALIASES.get(name, name) for name in names]


def _unusable(place: Place, what: str, remedy: str) -> DocumentUnusable:
    return DocumentUnusable([Finding(place, "weather", what, remedy)])
