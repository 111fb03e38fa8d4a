"""The same scenarios by Locust: its users, its web page, its processes; the same result."""

import importlib.util
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from altlas_chat.data import data_folder
from altlas_chat.loadtest.engine import Plan
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat.settings import environment_with

NEEDED = ("locust", "websocket", "requests")


class LocustMissing(Exception):
    """Locust is not installed beside altlas-chat."""

    detail = "Locust is not installed."
    remedy = "Install it with `pip install 'altlas-chat[loadtest]'`, or leave out --engine."


@dataclass(frozen=True, slots=True)
class Manner:
    """How Locust is to run: in how many processes, and whether with its web page."""

    processes: int = 1
    web: bool = False


def require_locust() -> None:
    """Raises:
    LocustMissing: it is not there.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise LocustMissing


def run_locust(plan: Plan, manner: Manner) -> Result:
    """Run Locust to its end, which with its web page is Ctrl-C; its result.

    Locust patches the standard library, so it has a process of its own.

    Raises:
        TargetUnusable: it ended without a result; with its last words.
    """
    with tempfile.TemporaryDirectory(prefix="altlas-chat-locust-") as name:
        folder = Path(name)
        people = [
            {"userId": one.user_id, "token": one.token, "conversations": one.conversations}
            for one in plan.people
        ]
        (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")
        given = {
            "SCENARIO": plan.scenario.name,
            "PEOPLE": folder / "people.json",
            "RATE": plan.rate,
            "SEED": plan.seed,
            "RESULTS": folder,
        }
        environment = environment_with({}) | {
            f"ALTLAS_LOADTEST_{key}": str(value) for key, value in given.items()
        }
        process = subprocess.Popen(  # noqa: S603 - our own command
            _command(plan, manner),
            env=environment,
            stderr=None if manner.web else subprocess.PIPE,
            stdout=None if manner.web else subprocess.DEVNULL,
            text=True,
        )
        is_partial = False
        try:
            _, words = process.communicate()
        except KeyboardInterrupt:  # Locust was interrupted as well, and writes what it has
            is_partial = not manner.web
            _, words = process.communicate()
        result = _merged(folder, words or "")
        result.is_partial |= is_partial
        return result


def _command(plan: Plan, manner: Manner) -> list[str]:
    users = str(len(plan.people))
    command = [
        *(sys.executable, "-m", "locust", "-f", str(data_folder("loadtests") / "locustfile.py")),
        *("--host", plan.base, "--users", users, "--spawn-rate", users),
        *("--stop-timeout", "10", "--run-time", f"{max(1, round(plan.seconds))}s"),
    ]
    if manner.processes > 1:
        command += ["--processes", str(manner.processes)]
    return command if manner.web else [*command, "--headless", "--only-summary"]


def _merged(folder: Path, words: str) -> Result:
    """What all processes found, as one."""
    files = sorted(folder.glob("result-*.json"))
    found = [Result.from_json(json.loads(file.read_text(encoding="utf-8"))) for file in files]
    if not found:
        last = "\n".join(words.strip().splitlines()[-5:])
        raise TargetUnusable(f"Locust ended without a result: {last}")
    first, *others = found
    for other in others:
        first.merge(other)
    return first
