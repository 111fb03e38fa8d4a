"""CPU time of ``altlas-chat --help``, and of ``serve`` from its start to its first answer."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from loadtests.harness import (
    COMMAND,
    Figure,
    Plan,
    Row,
    environment,
    say,
    served,
    temporary_folder,
)
from loadtests.world import make_world

HELP_AT_MOST = 0.3
SERVE_AT_MOST = 1.5


def cpu_of(command: Sequence[str], folder: Path, core: int) -> float:
    """User and system time of a program that ends by itself."""
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment({}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def cpu_until_answer(file: Path, core: int) -> float:
    """What ``serve`` takes on an existing database until ``/v1/healthz`` answers."""
    with served(file, core) as server:
        while not _answers(f"{server.hello['url']}/v1/healthz"):
            time.sleep(0.005)
        return server.cpu_seconds()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


def measure(plan: Plan) -> list[Row]:
    """Two rows; the first start of each, which may write byte code, is not counted."""
    core = plan.cores.server
    python, helped, started = [], [], []
    with temporary_folder(plan.folder) as folder:
        world = make_world(folder, people=2, directs=1)
        for run in range(plan.runs + 1):
            python.append(cpu_of([sys.executable, "-c", "pass"], folder, core))
            helped.append(cpu_of([*COMMAND, "--help"], folder, core))
            started.append(cpu_until_answer(world.copy(folder), core))
            say(f"startup, run {run}: --help {helped[-1]:.2f} s, serve {started[-1]:.2f} s")
    bare = Figure(tuple(python[1:])).median
    note = f"of which {bare:.2f} s for Python alone"
    return [
        _row("altlas-chat --help", helped[1:], HELP_AT_MOST, note),
        _row("serve until its first answer", started[1:], SERVE_AT_MOST, note),
    ]


def _row(case: str, seconds: Sequence[float], at_most: float, note: str) -> Row:
    return Row(
        benchmark="startup",
        case=case,
        unit="CPU seconds",
        measured=Figure(tuple(seconds)),
        at_most=at_most,
        notes=[note],
    )
