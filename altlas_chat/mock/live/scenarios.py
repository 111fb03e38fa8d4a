"""Scenario files: what a mock says by itself on its sockets, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from altlas_chat.data import data_folder
from altlas_chat.mock.amounts import AmountUnreadable, Times, read_times
from altlas_chat.mock.live.templates import BadTemplate, check_template, has_template
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.pointers import joined

To = Literal["sender", "all", "others"]
RECEIVERS: Sequence[str] = ("sender", "all", "others")
FLOW_KEYS = {"on", "where", "channel", "steps"}
TOP_KEYS = {"scenario", "description", "seed", "channel", "flows"}
STEP_KEYS: Mapping[str, set[str]] = {
    "wait": set(),
    "send": {"example", "with", "to"},
    "expect": {"within", "otherwise"},
    "repeat": {"steps"},
    "close": {"reason"},
    "cut": set(),
}
MOST_DEPTH = 10
LONGEST_FILE = 1_048_576


@dataclass(frozen=True, slots=True)
class Wait:
    """Let a time pass."""

    times: Times


@dataclass(frozen=True, slots=True)
class Send:
    """Say something, to whom ``to`` names."""

    message: str
    example: str | None
    changes: Json
    to: To
    place: Place


@dataclass(frozen=True, slots=True)
class Expect:
    """Wait until the client says something; if it does not in time, do something else."""

    message: str
    seconds: float
    otherwise: tuple["Step", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Repeat:
    """Do steps again and again; ``times`` None is for ever."""

    times: int | None
    steps: tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection, with a close frame, or without one (``code`` None)."""

    code: int | None
    reason: str


Step = Wait | Send | Expect | Repeat | Close


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps, and what begins them: ``connect``, a message of a client, or an ``operationId``."""

    on: str
    where: Json
    channel: str | None
    steps: tuple[Step, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file that could be read; whether it fits a contract is another question."""

    name: str
    source: str
    seed: int
    flows: tuple[Flow, ...]


def ready_made() -> dict[str, Path]:
    """The scenarios for our own contract that come along, by name."""
    folder = data_folder("fixtures") / "scenarios"
    return {one.stem: one for one in sorted(folder.glob("*.yaml"))}


def chosen_scenario(wanted: str) -> Scenario:
    """The one that comes along under that name, else that of the file.

    Raises:
        DocumentUnusable: as ``load_scenario``.
    """
    return load_scenario(ready_made().get(wanted, Path(wanted)))


def load_scenario(source: str | Path) -> Scenario:
    """The scenario of a file.

    Raises:
        DocumentUnusable: it can't be read, is no YAML or no scenario; with
            every finding.
    """
    path = Path(source)
    try:
        if path.stat().st_size > LONGEST_FILE:
            _fail(Place(str(source)), "too-large", "it has more than 1 MiB", "Split it.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"it can't be read: {getattr(error, 'strerror', None) or error}"
        _fail(Place(str(source)), "no-file", what, "Check the name of the file.")
    return read_scenario(text, str(source))


def _fail(place: Place, rule: str, what: str, remedy: str) -> None:
    raise DocumentUnusable([Finding(place, rule, what, remedy)])


def read_scenario(text: str, source: str) -> Scenario:
    """The scenario of a text that came from ``source``.

    Raises:
        DocumentUnusable: as ``load_scenario``.
    """
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(source, mark.line + 1, mark.column + 1) if mark else Place(source)
        what = f"it is no YAML: {getattr(error, 'problem', None) or error}"
        raise DocumentUnusable([Finding(place, "no-yaml", what, "Mend the YAML.")]) from error
    reader = _Reader(source, _positions(node))
    found = reader.scenario(data)
    if reader.findings:
        raise DocumentUnusable(reader.findings)
    return found


def _positions(node: Any, pointer: str = "", depth: int = 0) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    if node is None or depth > 4 * MOST_DEPTH:
        return found
    found[pointer] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = joined(pointer, key.value)
            found.update(_positions(value, inner, depth + 1))
            found[inner] = (key.start_mark.line + 1, key.start_mark.column + 1)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            found.update(_positions(value, joined(pointer, number), depth + 1))
    return found


@dataclass(slots=True)
class _Reader:
    source: str
    positions: Mapping[str, tuple[int, int]]
    findings: list[Finding] = field(default_factory=list)

    def place(self, pointer: str) -> Place:
        line, column = self.positions.get(pointer, (0, 0))
        return Place(self.source, line, column, pointer)

    def find(self, pointer: str, what: str, remedy: str) -> None:
        self.findings.append(Finding(self.place(pointer), "scenario", what, remedy))

    def scenario(self, data: Any) -> Scenario:
        if not isinstance(data, dict) or not isinstance(data.get("flows"), list):
            remedy = "Begin with `flows:` and a list; docs/mock.md has examples."
            self.find("", "it is no scenario", remedy)
            return Scenario("", self.source, 0, ())
        self._only(data, TOP_KEYS, "")
        seed = data.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool):
            self.find("/seed", "the seed is no whole number", "Write a number, 7 say.")
            seed = 0
        flows = [
            self._flow(one, joined("/flows", number), data.get("channel"))
            for number, one in enumerate(data["flows"])
        ]
        name = data.get("scenario") or Path(self.source).stem
        return Scenario(str(name), self.source, seed, tuple(one for one in flows if one))

    def _flow(self, data: Any, pointer: str, channel: Any) -> Flow | None:
        if not isinstance(data, dict):
            self.find(pointer, "it is no flow", "Write `on:` and `steps:`.")
            return None
        self._only(data, FLOW_KEYS, pointer)
        # YAML 1.1 takes a bare ``on`` for true.
        on = data.get("on", data.get(True))
        if not isinstance(on, str):
            remedy = "Write `on: connect`, the name of a message, or an operationId."
            self.find(pointer, "it does not say what begins it", remedy)
            on = ""
        where = data.get("where") or {}
        if not isinstance(where, dict):
            self.find(joined(pointer, "where"), "it is no object", "Write `data.text: hello`, say.")
            where = {}
        channel = data.get("channel", channel)
        steps = self._steps(data.get("steps"), joined(pointer, "steps"), 0)
        return Flow(
            on, where, None if channel is None else str(channel), steps, self.place(pointer)
        )

    def _steps(self, data: Any, pointer: str, depth: int) -> tuple[Step, ...]:
        if not isinstance(data, list) or not data:
            self.find(pointer, "there are no steps", "Write a list: `- send: NAME`, say.")
            return ()
        if depth > MOST_DEPTH:
            self.find(pointer, "steps within steps are too deep", "Write them flatter.")
            return ()
        found = (self._step(one, joined(pointer, at), depth) for at, one in enumerate(data))
        return tuple(one for one in found if one is not None)

    def _step(self, data: Any, pointer: str, depth: int) -> Step | None:
        kinds = [one for one in STEP_KEYS if isinstance(data, dict) and one in data]
        if len(kinds) != 1:
            self.find(pointer, "it is no step", f"A step has one of {', '.join(STEP_KEYS)}.")
            return None
        kind = kinds[0]
        self._only(data, STEP_KEYS[kind] | {kind}, pointer)
        if kind == "wait":
            return self._wait(data["wait"], joined(pointer, "wait"))
        if kind == "send":
            return self._send(data, pointer)
        if kind == "expect":
            return self._expect(data, pointer, depth)
        if kind == "repeat":
            return self._repeat(data, pointer, depth)
        return self._end(data, pointer)

    def _wait(self, data: Any, pointer: str) -> Wait | None:
        try:
            return Wait(read_times(data))
        except AmountUnreadable as error:
            self.find(pointer, error.what, error.remedy)
            return None

    def _send(self, data: Json, pointer: str) -> Send:
        to = data.get("to", "sender")
        if to not in RECEIVERS:
            self.find(joined(pointer, "to"), f"nobody is called {to!r}", f"{', '.join(RECEIVERS)}.")
            to = "sender"
        changes = data.get("with") or {}
        if not isinstance(changes, dict):
            self.find(joined(pointer, "with"), "it is no object", "Write what is put in.")
            changes = {}
        self._templates(changes, joined(pointer, "with"))
        example = data.get("example")
        name = None if example is None else str(example)
        return Send(str(data["send"]), name, changes, to, self.place(pointer))

    def _templates(self, value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                self._templates(one, joined(pointer, name))
        elif isinstance(value, list):
            for number, one in enumerate(value):
                self._templates(one, joined(pointer, number))
        elif has_template(value):
            try:
                check_template(value)
            except BadTemplate as error:
                self.find(pointer, str(error), "docs/mock.md says what may stand in {{ }}.")

    def _expect(self, data: Json, pointer: str, depth: int) -> Expect:
        within = self._wait(data.get("within", "10s"), joined(pointer, "within"))
        otherwise: tuple[Step, ...] = ()
        if "otherwise" in data:
            otherwise = self._steps(data["otherwise"], joined(pointer, "otherwise"), depth + 1)
        seconds = within.times.high if within else 0.0
        return Expect(str(data["expect"]), seconds, otherwise, self.place(pointer))

    def _repeat(self, data: Json, pointer: str, depth: int) -> Repeat | None:
        times = data["repeat"]
        steps = self._steps(data.get("steps"), joined(pointer, "steps"), depth + 1)
        if times == "forever":
            if not _pauses(steps):
                remedy = "Put a `wait:` into it."
                self.find(pointer, "it would be repeated for ever without a pause", remedy)
            return Repeat(None, steps)
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            self.find(joined(pointer, "repeat"), "it is no number", "Write 3 or forever.")
            return None
        return Repeat(times, steps)

    def _end(self, data: Json, pointer: str) -> Close | None:
        if "cut" in data:
            return Close(None, "")
        code, reason = data["close"], str(data.get("reason", ""))
        if not isinstance(code, int) or not _is_close_code(code):
            remedy = "Write 1000..1003, 1007..1014 or 3000..4999 (RFC 6455, section 7.4)."
            self.find(joined(pointer, "close"), f"{code!r} is no close code", remedy)
            return None
        if len(reason.encode()) > 123:
            self.find(joined(pointer, "reason"), "it has more than 123 bytes", "Write less.")
            return None
        return Close(code, reason)

    def _only(self, data: Json, known: set[str], pointer: str) -> None:
        for name in data:
            if str(name) not in {*known, "True"}:
                remedy = f"There are {', '.join(sorted(known))}."
                self.find(joined(pointer, name), f"nothing is called {name!r} here", remedy)


def _pauses(steps: Sequence[Step]) -> bool:
    """Whether some time passes each time."""
    return any(
        (isinstance(one, Wait) and one.times.high > 0)
        or isinstance(one, Expect | Close)
        or (isinstance(one, Repeat) and _pauses(one.steps))
        for one in steps
    )


def _is_close_code(code: int) -> bool:
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999
