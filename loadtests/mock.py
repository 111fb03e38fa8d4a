"""The mock server: CPU until its first answer, memory, and requests a second on one core."""

import itertools
import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.contracts import LARGE_SCHEMAS, large_contract, small_contract, write_contract
from loadtests.harness import (
    COMMAND,
    Figure,
    Plan,
    Process,
    Row,
    floor_program,
    say,
    temporary_folder,
)
from loadtests.requests import seconds_for

SMALL_CPU, LARGE_JSON_CPU, LARGE_YAML_CPU, YAML_AGAIN_CPU = 0.6, 1.5, 3.0, 1.0
MEMORY_KIB = 90 * 1024
STATIC_RATIO, DYNAMIC_RATIO, LARGE_RATIO = 0.5, 0.2, 0.9
REQUESTS = 20_000
FIRST = "/pets/1"


def mocked(contract: Path, plan: Plan, *options: str, cache: Path | None = None) -> Process:
    """``altlas-chat mock`` of a contract, listening."""
    arguments = ("mock", str(contract), "--json", "--quiet", "--port", "0", *options)
    kept = str(cache or contract.parent / "cache")
    return Process((*COMMAND, *arguments), contract.parent, plan.cores.server, document_cache=kept)


@dataclass
class Starts:
    """CPU seconds, and KiB of memory, of mocks that gave their first answer."""

    cpu: list[float] = field(default_factory=list)
    kib: list[float] = field(default_factory=list)

    def add(self, contract: Path, plan: Plan, cache: Path) -> None:
        with mocked(contract, plan, cache=cache) as mock:
            with urllib.request.urlopen(mock.hello["url"] + FIRST, timeout=30) as answer:
                assert answer.status == 200
            self.cpu.append(mock.cpu_seconds())
            lines = Path(f"/proc/{mock.pid}/status").read_text().splitlines()
            self.kib.append(next(float(one.split()[1]) for one in lines if "VmRSS" in one))


def measure(plan: Plan) -> list[Row]:
    """What a start costs, then how quickly answers come."""
    with temporary_folder(plan.folder) as folder:
        small = write_contract(small_contract(), folder / "small.json")
        large = large_contract(plan.count(LARGE_SCHEMAS, least=20))
        as_json = write_contract(large, folder / "large.json")
        as_yaml = write_contract(large, folder / "large.yaml")
        return [
            *_starts(plan, small, as_json, as_yaml),
            *_rates(plan, small, as_json),
        ]


def _starts(plan: Plan, small: Path, as_json: Path, as_yaml: Path) -> list[Row]:
    Starts().add(small, plan, small.parent / "cache")
    found = {name: Starts() for name in ("small", "json", "yaml", "again")}
    for run in range(plan.runs):
        cache = small.parent / f"cache-{run}"
        found["small"].add(small, plan, cache)
        found["json"].add(as_json, plan, cache)
        found["yaml"].add(as_yaml, plan, cache)
        found["again"].add(as_yaml, plan, cache)
        told = ", ".join(f"{name} {one.cpu[-1]:.2f} s" for name, one in found.items())
        say(f"mock, start {run}: {told}")
    size = as_json.stat().st_size / 1e6
    notes = [f"{size:.1f} MB of JSON; the first start, which may write byte code, is not counted"]
    return [
        _cpu_row("small contract, to the first answer", found["small"], SMALL_CPU, []),
        _cpu_row("large contract of JSON", found["json"], LARGE_JSON_CPU, notes),
        _cpu_row("the same of YAML, first time", found["yaml"], LARGE_YAML_CPU, []),
        _cpu_row("the same of YAML, again", found["again"], YAML_AGAIN_CPU, []),
        Row(
            "mock",
            "memory, small contract",
            "KiB",
            Figure(tuple(found["small"].kib)),
            at_most=MEMORY_KIB,
        ),
    ]


def _cpu_row(case: str, starts: Starts, at_most: float, notes: list[str]) -> Row:
    return Row("mock", case, "CPU seconds", Figure(tuple(starts.cpu)), None, None, at_most, notes)


@dataclass
class Rates:
    """Requests a second of one server, a figure for each run."""

    server: Process
    paths: Callable[[int], str]
    found: list[float] = field(default_factory=list)
    busy: float = 0.0

    def add(self, count: int) -> None:
        own = time.process_time()
        seconds = seconds_for(self.server.hello["url"], self.paths, count)
        self.found.append(count / seconds)
        self.busy = max(self.busy, (time.process_time() - own) / seconds)

    def figure(self) -> Figure:
        return Figure(tuple(self.found[1:]))


def _one(number: int) -> str:
    del number
    return FIRST


def _each() -> Callable[[int], str]:
    """Another thing each time, in every run, so that every answer is made anew."""
    numbers = itertools.count(2)
    return lambda _: f"/pets/{next(numbers)}"


def _rates(plan: Plan, small: Path, large: Path) -> list[Row]:
    body = json.dumps(small_contract()["paths"]["/pets/{id}"]["get"]["responses"]["200"])
    count = plan.count(REQUESTS, least=100)
    with (
        floor_program("get", small.parent, plan.cores.server, body) as floor,
        mocked(small, plan) as static,
        mocked(large, plan) as static_large,
        mocked(small, plan, "--dynamic") as dynamic,
        mocked(large, plan, "--dynamic") as dynamic_large,
    ):
        rates = {
            "floor": Rates(floor, _one),
            "static": Rates(static, _one),
            "static, large": Rates(static_large, _one),
            "dynamic": Rates(dynamic, _one),
            "dynamic, large": Rates(dynamic_large, _one),
            "each": Rates(dynamic, _each()),
            "each, large": Rates(dynamic_large, _each()),
        }
        for run in range(plan.runs + 1):
            for rate in rates.values():
                rate.add(count)
            told = ", ".join(f"{name} {one.found[-1]:,.0f}/s" for name, one in rates.items())
            say(f"mock, run {run}: {told}")
    return [
        _rate_row("static", rates["static"], rates["floor"], STATIC_RATIO),
        _rate_row("static, large contract", rates["static, large"], rates["static"], LARGE_RATIO),
        _rate_row("dynamic", rates["dynamic"], rates["floor"], DYNAMIC_RATIO),
        _rate_row(
            "dynamic, large contract", rates["dynamic, large"], rates["dynamic"], LARGE_RATIO
        ),
        _rate_row("dynamic, another thing each time", rates["each"], rates["floor"], DYNAMIC_RATIO),
        _rate_row("the same, large contract", rates["each, large"], rates["each"], LARGE_RATIO),
    ]


def _rate_row(case: str, rate: Rates, floor: Rates, at_least: float) -> Row:
    notes = [f"the generator was busy for at most {max(rate.busy, floor.busy):.0%} of the time"]
    return Row("mock", case, "requests/s", rate.figure(), floor.figure(), at_least, None, notes)
