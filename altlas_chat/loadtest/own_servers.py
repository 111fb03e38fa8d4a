"""A server for a load test alone: a process with a database of its own, gone afterwards."""

import contextlib
import json
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from altlas_chat.loadtest.crowds import Login
from altlas_chat.loadtest.targets import TargetUnusable
from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.settings import environment_with

SETTINGS: Mapping[str, object] = {
    # Who takes part logs in before the clock starts: not the load that is asked about.
    "argon2_time_cost": 1,
    "argon2_memory_kib": 1024,
    "access_token_seconds": 365 * 86_400,
    "drain_seconds": 0,
    "log_level": "warning",
}
"""What differs from the defaults. Durability and every limit are as always."""

START_SECONDS = 60.0
STOP_SECONDS = 20.0
LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class World:
    """How much there is on the server before the load comes."""

    users: int
    conversations: int
    messages: int


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that listens: its address with the base path, its process, an administrator."""

    base: str
    pid: int
    admin: Login
    password: str


@contextlib.contextmanager
def own_server(
    command: Sequence[str], world: World, told: Callable[[str], None]
) -> Iterator[OwnServer]:
    """``altlas-chat serve`` on a database that is filled first; ``command`` is how to call it.

    Raises:
        TargetUnusable: it can't be filled or does not start; with its last words.
    """
    with tempfile.TemporaryDirectory(prefix="altlas-chat-loadtest-") as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'chat.db'}"
        told(f"making {world.users:,} people with {world.messages:,} messages")
        sizes = (
            *("--users", str(max(2, world.users))),
            *("--conversations", str(world.conversations)),
            *("--messages", str(world.messages)),
        )
        _run([*command, "seed", "--database", database, *sizes], folder)
        admin = Login(f"load-{secrets.token_hex(4)}", secrets.token_urlsafe(16))
        making = ("user", "create", admin.username, "--role", "admin", "--password-stdin")
        _run([*command, *making, "--database", database], folder, admin.password)
        with _serving(
            [*command, "serve", "--json", "--port", "0", "--database", database], folder
        ) as (
            process,
            hello,
        ):
            yield OwnServer(f"{hello['url']}/v1", process.pid, admin, DEMO_PASSWORD)


def _run(command: Sequence[str], folder: Path, given: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=folder,
        env=environment_with(SETTINGS),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TargetUnusable(f"the server's database could not be made: {done.stderr.strip()}")


@contextlib.contextmanager
def _serving(
    command: Sequence[str], folder: Path
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as words:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=folder,
            env=environment_with(SETTINGS),
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            # Ctrl-C is for who runs the load, who needs the server until he has judged.
            start_new_session=True,
        )
    patience = threading.Timer(START_SECONDS, process.kill)
    patience.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
        patience.cancel()
        if not line:
            said = log.read_text(encoding="utf-8").strip().splitlines()[-LAST_LINES:]
            raise TargetUnusable(f"The server did not start: {' / '.join(said)}")
        yield process, json.loads(line)
    finally:
        patience.cancel()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
