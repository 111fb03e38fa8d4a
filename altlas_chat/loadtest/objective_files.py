"""Objectives as a file says them: read strictly, with the line of each mistake.

A file of YAML or JSON: under ``objectives`` one line a figure, with how it is
compared and a number::

    objectives:
      requests.p95_ms: <= 200
      requests.error_rate: <= 0.0005
      postMessage.p99_ms: <= 100
      delivery.p99_ms: <= 100
      messages.lost: 0
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from altlas_chat.contract.documents import load_asyncapi, load_operations
from altlas_chat.loadtest.objectives import (
    MEASURES,
    PERCENTILE,
    PLAIN_FIGURES,
    Objective,
    ObjectivesUnreadable,
)
from altlas_chat.loadtest.results import is_request

_WANTED = re.compile(
    r"(?P<sign><=|<|>=|>|==?)?\s*(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>\S.*)?"
)
_MILLISECONDS: Mapping[str, float] = {
    "us": 0.001, "µs": 0.001, "ms": 1, "s": 1000, "sec": 1000, "min": 60_000, "m": 60_000,
}  # fmt: skip
OTHER_NAMES = frozenset({"requests", "socket"})
"""What is measured beside operations, commands, deliveries and the fates of sockets."""


class _Mistake(Exception):
    """What is wrong with a line."""


def load_objectives(path: Path) -> list[Objective]:
    """The objectives of a file, in its order.

    Raises:
        ObjectivesUnreadable: it can't be read, something in it is no objective,
            or names a figure that no run can have.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ObjectivesUnreadable([f"{path}: {reason}"]) from error
    except yaml.YAMLError as error:
        raise ObjectivesUnreadable([_no_yaml(path, error)]) from error
    mistakes: list[str] = []
    objectives = list(_objectives(path, root, mistakes))
    if mistakes:
        raise ObjectivesUnreadable(mistakes)
    return objectives


def _no_yaml(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"{path}: it is no YAML"
    lines = path.read_text(encoding="utf-8").splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    hint = "; put a comparison with > in quotes: '>= 200'" if re.search(r":\s*>", line) else ""
    return f"{path}:{mark.line + 1}:{mark.column + 1}: it is no YAML{hint}"


def _objectives(path: Path, root: yaml.Node | None, mistakes: list[str]) -> Iterator[Objective]:
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    found = None
    for key, value in entries:
        if key.value == "objectives" and found is None:
            found = value
        else:
            mistakes.append(
                f"{path}:{_line(key)}: `{key.value}` is unknown or there twice;"
                " only `objectives` is read"
            )
    if not isinstance(found, yaml.MappingNode) or not found.value:
        mistakes.append(f"{path}: it has no `objectives` with a figure on each line")
        return
    seen: set[str] = set()
    for key, value in found.value:
        figure = str(key.value)
        try:
            if figure in seen:
                raise _Mistake(f"{figure} is there twice")
            seen.add(figure)
            _require_known(figure)
            yield _objective(figure, value)
        except _Mistake as mistake:
            mistakes.append(f"{path}:{_line(key)}: {mistake}")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _objective(figure: str, node: yaml.Node) -> Objective:
    text = str(node.value) if isinstance(node, yaml.ScalarNode) else "a list or a table"
    matched = _WANTED.fullmatch(text.strip())
    if matched is None:
        raise _Mistake(f"{figure}: {text!r} is no comparison such as `<= 200`")
    is_exact = matched["sign"] in (None, "=", "==")
    sign, number = "=" if is_exact else matched["sign"], float(matched["number"])
    if matched["unit"]:
        raise _Mistake(_about_unit(figure, sign, number, matched["unit"]))
    if number < 0:
        raise _Mistake(f"{figure}: {text!r} is below zero, and no figure is")
    if figure.endswith(".error_rate") and number > 1:
        raise _Mistake(
            f"{figure}: {text!r} is more than all; it is a share, {number:g} % are {number / 100:g}"
        )
    if is_exact and number and not (figure.startswith("messages.") or figure.endswith(".count")):
        raise _Mistake(
            f"{figure}: {text!r} would have to be met to the last digit: is `<= {number:g}` meant?"
        )
    return Objective(figure, sign, number)


def _about_unit(figure: str, sign: str, number: float, unit: str) -> str:
    sign = "<=" if sign == "=" else sign
    written = f"`{number:g} {unit}`"
    if figure.endswith("_ms") and unit.lower() in _MILLISECONDS:
        right = number * _MILLISECONDS[unit.lower()]
        return f"{figure}: {written} has a unit; it is in milliseconds: `{sign} {right:g}`"
    if figure.endswith(".error_rate") and unit == "%":
        return f"{figure}: {written} has a unit; it is a share: `{sign} {number / 100:g}`"
    return f"{figure}: {written} is no comparison such as `<= 200`: a number has no unit here"


# -- names that there are ---------------------------------------------------------------


@cache
def _names() -> frozenset[str]:
    """What can be asked: operations, and commands of the socket."""
    commands = load_asyncapi()["components"]["messages"].values()
    named = {str(one.get("name")) for one in commands}
    return frozenset({one.operation_id for one in load_operations()} | named | OTHER_NAMES)


def _require_known(figure: str) -> None:
    if figure in PLAIN_FIGURES:
        return
    name, _, measure = figure.rpartition(".")
    if figure.startswith("server."):
        if measure in ("max", "mean"):
            return
        raise _Mistake(f"{figure}: of a server's figure there are `.max` and `.mean`")
    percentile = next((one for one in _prefixes(figure) if PERCENTILE.fullmatch(one[1])), None)
    if percentile is not None:
        name, measure = percentile
    is_name = name in _names() or not is_request(name)
    if is_name and (measure in MEASURES or percentile is not None):
        return
    every = {*PLAIN_FIGURES, *(f"{one}.{what}" for one in _names() for what in MEASURES)}
    every |= {f"delivery.{what}" for what in MEASURES}
    near = difflib.get_close_matches(figure, every, n=3)
    hint = f"; is {' or '.join(f'`{one}`' for one in near)} meant?" if near else ""
    raise _Mistake(f"{figure}: there is no such figure{hint}")


def _prefixes(figure: str) -> Iterator[tuple[str, str]]:
    """Every way to part a figure into a name and a measure; a percentile may have a dot."""
    for at, sign in enumerate(figure):
        if sign == ".":
            yield figure[:at], figure[at + 1 :]
