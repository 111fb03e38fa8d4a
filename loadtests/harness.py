"""What every benchmark needs: processes on a core of their own, their CPU, medians, tables.

Linux only: CPU time and memory of a process are read from ``/proc``.
"""

import contextlib
import importlib.util
import json
import os
import platform
import select
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

HERE = Path(__file__).resolve().parent
COMMAND = (sys.executable, "-m", "altlas_chat_cli.main")
SAYS_SOMETHING_WITHIN_SECONDS = 180.0
"""A floor says what it measured when it is through; on a slow disk that takes its time."""
TICKS = os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """Tell how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


# -- what was measured -------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """The same thing measured several times."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    def __str__(self) -> str:
        return f"{_number(self.median)} ({_number(min(self.runs))}–{_number(max(self.runs))})"

    def as_json(self) -> dict[str, Any]:
        low, high = min(self.runs), max(self.runs)
        return {"median": self.median, "min": low, "max": high, "runs": list(self.runs)}


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


@dataclass
class Row:
    """One line of the table: what was measured, its floor, and what is wanted of the ratio.

    Each run has its own floor, measured right beside it; the ratio is the
    median of the runs' ratios. Without a floor the target is for the figure.
    """

    benchmark: str
    case: str
    unit: str
    measured: Figure
    floor: Figure | None = None
    at_least: float | None = None
    at_most: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> Figure | None:
        if self.floor is None:
            return None
        pairs = zip(self.measured.runs, self.floor.runs, strict=True)
        return Figure(tuple(one / max(floor, 1e-9) for one, floor in pairs))

    @property
    def is_met(self) -> bool | None:
        judged = (self.ratio or self.measured).median
        if self.at_least is not None:
            return judged >= self.at_least
        return None if self.at_most is None else judged <= self.at_most

    @property
    def target(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}"

    def as_json(self) -> dict[str, Any]:
        ratio = self.ratio
        return {
            "benchmark": self.benchmark,
            "case": self.case,
            "unit": self.unit,
            "measured": self.measured.as_json(),
            "floor": None if self.floor is None else self.floor.as_json(),
            "ratio": None if ratio is None else ratio.as_json(),
            "target": self.target,
            "isMet": self.is_met,
            "notes": self.notes,
        }


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, with the notes below."""
    head = ("benchmark", "case", "unit", "measured", "floor", "ratio", "target", "met")
    lines = [head, tuple("---" for _ in head)]
    met = {True: "yes", False: "NO", None: ""}
    for row in rows:
        ratio = "" if row.ratio is None else str(row.ratio)
        floor = "" if row.floor is None else str(row.floor)
        figures = (str(row.measured), floor, ratio, row.target, met[row.is_met])
        lines.append((row.benchmark, row.case, row.unit, *figures))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    notes = [f"- {row.benchmark}, {row.case}: {note}" for row in rows for note in row.notes]
    return "\n".join([*text, "", *notes])


# -- where it is measured ----------------------------------------------------------


@dataclass(frozen=True)
class Cores:
    """One core for the server and its floor, another for who makes the load."""

    server: int
    generator: int

    @classmethod
    def find(cls) -> "Cores":
        usable = sorted(os.sched_getaffinity(0))
        return cls(usable[0], usable[-1])

    def claim(self) -> None:
        """Keep this process, which makes the load, off the server's core."""
        os.sched_setaffinity(0, {self.generator})


def machine(folder: Path) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "platform": platform.platform(),
        "disk": _file_system(folder),
        "loadAverage": round(os.getloadavg()[0], 2),
        "uvloop": importlib.util.find_spec("uvloop") is not None,
    }


def _file_system(folder: Path) -> str:
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    found = [(mount[1], mount[2]) for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    return max(found, key=lambda mount: len(mount[0]))[1] if found else "unknown"


@contextlib.contextmanager
def temporary_folder(parent: Path) -> Iterator[Path]:
    """A folder for databases, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="altlas-chat-bench-", dir=parent) as name:
        yield Path(name)


# -- processes ---------------------------------------------------------------------


def environment(settings: Mapping[str, object]) -> dict[str, str]:
    """The environment of a server with these settings and no others."""
    kept = {name: value for name, value in os.environ.items() if "ALTLAS_CHAT" not in name}
    places = [HERE.parent]
    for package in ("altlas_chat", "altlas_chat_cli"):
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            places.append(Path(spec.origin).parent.parent)
        else:  # a bare checkout
            places.append(HERE.parent / "cli")
    paths = [str(place) for place in places] + [kept.get("PYTHONPATH", "")]
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, dict.fromkeys(paths)))
    return kept | {f"ALTLAS_CHAT_{name.upper()}": str(value) for name, value in settings.items()}


class Process:
    """A child on one core. Its first line of stdout is one of JSON, in ``hello``."""

    def __init__(self, command: Sequence[str], folder: Path, core: int, **settings: object) -> None:
        self._log = folder / "stderr.log"
        self._words = " ".join(command)
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                command,
                cwd=folder,
                env=environment(settings),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}),
            )
        self.pid = self._child.pid
        try:
            self.hello: dict[str, Any] = json.loads(self._first_line())
            if "error" in self.hello:
                raise RuntimeError(f"{self._words} did not start: {self.hello['error']}")
        except BaseException:
            self._child.kill()
            self._child.wait()
            raise

    def _first_line(self) -> bytes:
        out: IO[bytes] | None = self._child.stdout
        if out is None or not select.select([out], [], [], SAYS_SOMETHING_WITHIN_SECONDS)[0]:
            raise TimeoutError(
                f"{self._words} said nothing in {SAYS_SOMETHING_WITHIN_SECONDS:.0f} s"
            )
        line = out.readline()
        if not line:
            raise RuntimeError(f"{self._words} did not start:\n{self.log()}")
        return line

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def cpu_seconds(self) -> float:
        """What all its threads took so far, in user and system mode (a tick is 10 ms)."""
        values = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(values[11]) + int(values[12])) / TICKS

    def memory_kib(self) -> float:
        """Memory that is this process's own: what would come back if it ended."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith("Private_"))

    def peak_kib(self, *, from_now: bool = False) -> float:
        """The most memory that it had at a time; ``from_now`` forgets what was before."""
        if from_now:
            Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM:"))

    def stop(self) -> None:
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


SERVER_SETTINGS = {
    "argon2_time_cost": 1,
    "argon2_memory_kib": 1024,
    "access_token_seconds": 86400,
    "drain_seconds": 0,
    # Hardly a ping falls into a measurement, and who does not answer one is not dropped.
    "heartbeat_seconds": 3600,
    "pong_timeout_seconds": 3600,
    "log_level": "warning",
}
"""What differs from the defaults; neither the limits of a socket nor durability do."""


def served(
    database: Path | str, core: int, folder: Path | None = None, **settings: object
) -> Process:
    """``altlas-chat serve`` on a database, a file or a URL, listening.

    ``settings`` differ from the usual ones.
    """
    if isinstance(database, Path):
        database, folder = f"sqlite:///{database}", folder or database.parent
    folder = folder or Path(tempfile.gettempdir())
    arguments = ("serve", "--json", "--port", "0", "--database", database)
    return Process((*COMMAND, *arguments), folder, core, **(SERVER_SETTINGS | settings))


def floor_program(name: str, folder: Path, core: int, *arguments: object) -> Process:
    """One of the floors beside this file, on the server's core."""
    command = (sys.executable, str(HERE / f"floor_{name}.py"), *map(str, arguments))
    return Process(command, folder, core)


@dataclass(frozen=True)
class Spent:
    """What a stretch of time cost."""

    seconds: float
    server_cpu: float
    generator_cpu: float

    @property
    def generator_share(self) -> float:
        return self.generator_cpu / self.seconds


class Stopwatch:
    """Time, and CPU of a server and of this process, from when it is made."""

    def __init__(self, server: Process) -> None:
        self._server = server
        self._server_cpu = server.cpu_seconds()
        self._own_cpu = time.process_time()
        self._at = time.perf_counter()

    def spent(self) -> Spent:
        seconds = time.perf_counter() - self._at
        own = time.process_time() - self._own_cpu
        return Spent(seconds, self._server.cpu_seconds() - self._server_cpu, own)


@dataclass(frozen=True)
class Plan:
    """How much to measure, and where."""

    folder: Path
    cores: Cores
    runs: int = 3
    scale: float = 1.0
    kept: Path | None = None
    """Where the largest database is kept, and found again."""

    database: str | None = None
    """A database of PostgreSQL that is read instead: filled if it is empty, and left as it is."""

    def count(self, full: int, *, least: int = 1) -> int:
        return max(least, int(full * self.scale))
