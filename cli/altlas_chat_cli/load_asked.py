"""What a command line of ``altlas-chat loadtest`` asks for, and whether it may be done."""

import json
import math
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import typer

from altlas_chat.loadtest.by_locust import (
    MASTER_PORT,
    WEB_PORT,
    Manner,
    Work,
    is_free,
    require_locust,
)
from altlas_chat.loadtest.crowds import Login
from altlas_chat.loadtest.hosts import LOOPBACK, is_of_this_machine
from altlas_chat.loadtest.results import Result, ResultUnreadable
from altlas_chat.loadtest.running import Wanted
from altlas_chat.loadtest.scenarios import SCENARIOS, Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asked for."""

    scenario: str
    users: int | None = None
    rate: float | None = None
    seconds: float
    runs: int = 1
    seed: int = 1
    url: str | None = None
    people: Path | None = None
    remote: bool = False
    admin: str | None = None
    admin_password: str | None = None
    metrics_token: str | None = None
    slo: Path | None = None
    baseline: tuple[Path, ...] = ()
    out: Path | None = None
    as_json: bool = False
    quiet: bool = False
    engine: str = "asyncio"
    processes: int | None = None
    web: bool = False
    web_port: int = WEB_PORT
    master: bool = False
    expect_workers: int | None = None
    worker: bool = False
    master_host: str | None = None
    master_port: int = MASTER_PORT

    @property
    def is_quiet(self) -> bool:
        """Whether nobody looks at how far it is."""
        return self.quiet or self.as_json


class WrongUse(Exception):
    """The command line asks for what can't be."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy


def scenario_of(name: str) -> Scenario:
    """The scenario of that name.

    Raises:
        WrongUse: there is none.
    """
    if name in SCENARIOS:
        return SCENARIOS[name]
    near = get_close_matches(name, SCENARIOS, n=1)
    hint = f"Is `{near[0]}` meant? " if near else ""
    remedy = f"{hint}`altlas-chat loadtest scenarios` lists them."
    raise WrongUse(f"There is no scenario {name}.", remedy)


def wanted_of(asked: Asked, scenario: Scenario) -> Wanted:
    """What is to be run.

    Raises:
        WrongUse: it can't be, or is not allowed.
        LocustMissing: it is to run, and is not there.
    """
    _require_together(asked)
    logins = logins_of(asked.people) if asked.people else []
    if asked.users is not None and logins and asked.users > len(logins):
        detail = f"{asked.people} has {len(logins):,} people, and --users {asked.users:,} are asked"
        raise WrongUse(f"{detail} for.", "Add people to the file, or ask for fewer.")
    if asked.engine == "locust":
        require_locust()
    if asked.out is not None:
        _require_writable(asked.out)
    if asked.url:
        require_allowed(asked.url, remote=asked.remote)
    admin = Login(asked.admin, _password(asked, asked.admin)) if asked.admin else None
    users = asked.users or len(logins) or scenario.users
    return Wanted(
        scenario,
        users=users,
        rate=asked.rate or scenario.rate,
        seconds=asked.seconds,
        runs=asked.runs,
        seed=asked.seed,
        url=asked.url.rstrip("/") if asked.url else None,
        logins=logins[:users],
        admin=admin,
        metrics_token=asked.metrics_token,
        locust=_manner(asked) if asked.engine == "locust" else None,
    )


def _manner(asked: Asked) -> Manner:
    """How Locust is to run.

    Raises:
        WrongUse: others may not reach it, or a port is taken.
    """
    host = asked.master_host or "127.0.0.1"
    if asked.master and asked.master_host and host not in LOOPBACK:
        require_typed(host, "let workers in at", remote=asked.remote)
    if asked.master and not is_free(host, asked.master_port):
        remedy = "Name another port with --master-port, at the workers as well."
        raise WrongUse(f"{host}:{asked.master_port} is in use, or not of this machine.", remedy)
    if asked.web and not is_free("127.0.0.1", asked.web_port):
        remedy = "Name another port with --web-port."
        raise WrongUse(f"Port {asked.web_port} for Locust's page is in use.", remedy)
    return Manner(
        processes=asked.processes or 1,
        web=asked.web,
        web_port=asked.web_port,
        workers=(asked.expect_workers or 1) if asked.master else 0,
        host=host,
        port=asked.master_port,
    )


def work_of(asked: Asked) -> Work:
    """What a worker is to do.

    Raises:
        WrongUse: it can't be, or is not allowed.
        LocustMissing: it is not there.
    """
    _require_together(asked)
    require_locust()
    given = {
        "--url": asked.url, "--people": asked.people, "--users": asked.users, "--rate": asked.rate,
        "--slo": asked.slo, "--out": asked.out, "--baseline": asked.baseline, "--web": asked.web,
    }  # fmt: skip
    for name, value in given.items():
        if value:
            raise WrongUse(f"{name} is the master's to know.", "Leave it out at a worker.")
    host = asked.master_host or "127.0.0.1"
    if host not in LOOPBACK:
        require_typed(host, "work for", remote=asked.remote)
    return Work(asked.scenario, host, asked.master_port, asked.processes or 1, asked.remote)


def _require_together(asked: Asked) -> None:
    """Options that say nothing without another one."""
    name_it = "Name it with --url as well."
    if asked.people and not asked.url:
        raise WrongUse("--people is for a server that is named.", name_it)
    if asked.admin and not asked.url:
        raise WrongUse("--admin is for a server that is named.", name_it)
    if asked.admin and asked.metrics_token:
        detail = "--admin and ALTLAS_CHAT_METRICS_TOKEN are for the same."
        raise WrongUse(detail, "Leave one of them out.")
    of_locust = {
        "--web": asked.web, "--processes": asked.processes, "--master": asked.master,
        "--worker": asked.worker,
    }  # fmt: skip
    for name, value in of_locust.items():
        if value and asked.engine != "locust":
            raise WrongUse(f"{name} is Locust's.", "Add --engine locust.")
    if asked.master and asked.worker:
        raise WrongUse("--master and --worker are two processes.", "Start each by itself.")
    if asked.expect_workers and not asked.master:
        raise WrongUse("--expect-workers is for a master.", "Add --master.")
    if asked.master_host and not (asked.master or asked.worker):
        raise WrongUse("--master-host is for --master and --worker.", "Add one of them.")
    if asked.master and asked.processes:
        raise WrongUse("A master has no users itself.", "Give --processes to the workers.")


def _password(asked: Asked, name: str) -> str:
    if asked.admin_password:
        return asked.admin_password
    if not sys.stdin.isatty():
        remedy = "Set ALTLAS_CHAT_PASSWORD, or run it in a terminal, where it is asked for."
        raise WrongUse(f"The password of {name} is not known.", remedy)
    return str(typer.prompt(f"Password of {name}", hide_input=True, err=True))


def require_allowed(url: str, *, remote: bool) -> None:
    """Load goes to this machine; elsewhere only for who says so twice.

    Raises:
        WrongUse: the address is none, or nobody said so.
    """
    try:
        address = urlsplit(url)
        is_one = address.scheme in ("http", "https") and address.port != 0
    except ValueError:  # a port that is none, brackets that stay open
        is_one = False
    if not is_one or not address.hostname:
        remedy = "Write it as http://127.0.0.1:8765/v1."
        raise WrongUse(f"{url} is no address of a server.", remedy)
    if not is_of_this_machine(url):
        require_typed(address.hostname, "load", remote=remote)


def require_typed(host: str, what: str, *, remote: bool) -> None:
    """Have the name of a host typed that is not this machine.

    Raises:
        WrongUse: it was not.
    """
    if not remote:
        remedy = "If it is yours and may be used for this, add --remote."
        raise WrongUse(f"{host} is not this machine.", remedy)
    if not sys.stdin.isatty():
        remedy = "Run it in a terminal, where the name of the host can be typed."
        raise WrongUse(f"To {what} {host} has to be confirmed by hand.", remedy)
    typed = typer.prompt(f"Type the host's name to {what} {host}", err=True)
    if typed.strip() != host:
        raise WrongUse("That was not the host's name.", "Nothing was sent.")


def _require_writable(folder: Path) -> None:
    """Before a run of an hour, and not after it."""
    trial = folder / ".loadtest"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        remedy = "Name a folder that can be made and written in with --out."
        raise WrongUse(f"{folder} can't be written: {error.strerror}.", remedy) from error


# -- files ----------------------------------------------------------------------------


def logins_of(file: Path) -> list[Login]:
    """The people of a file: a user name and a password on each line.

    Raises:
        WrongUse: it can't be read, or a line is none of that.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise WrongUse(f"{file} can't be read: {reason}.", "Check the path.") from error
    logins = []
    for number, line in enumerate(lines, start=1):
        parts = line.split(None, 1)
        if len(parts) == 2:
            logins.append(Login(parts[0], parts[1].rstrip()))
        elif parts:
            remedy = "Write a user name, a space and the password on each line."
            raise WrongUse(f"{file}:{number}: it is no name with its password.", remedy)
    if len(logins) < 2:
        raise WrongUse(f"{file} names {len(logins)} people.", "Two at least have to take part.")
    return logins


def results_of(paths: Sequence[Path]) -> list[Result]:
    """The results in these files; a folder stands for all runs that were kept in it.

    Raises:
        ResultUnreadable: one can't be read, or is none.
    """
    found: list[Result] = []
    for path in paths:
        files = sorted(path.glob("run-*.json")) if path.is_dir() else [path]
        if not files:
            raise ResultUnreadable(f"{path}: no run-N.json is in it")
        found += map(_result_of, files)
    return found


def _result_of(file: Path) -> Result:
    try:
        return Result.from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ResultUnreadable(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise ResultUnreadable(f"{file}: it is no JSON") from error
    except ResultUnreadable as error:
        raise ResultUnreadable(f"{file}: {error.detail}") from error


Deed = tuple[str, str, int, float]
"""What a run did: scenario, engine, people, actions a second."""


def deeds_of(results: Sequence[Result]) -> set[Deed]:
    return {(one.scenario, one.engine, one.users, round(one.rate, 1)) for one in results}


def deed_of(wanted: Wanted) -> Deed:
    engine = "asyncio" if wanted.locust is None else "locust"
    return wanted.scenario.name, engine, wanted.users, round(wanted.rate, 1)


def require_alike(deeds: set[Deed]) -> None:
    """Runs are compared when they did the same.

    Raises:
        WrongUse: one did something else.
    """
    if len(deeds) > 1:
        told = "; ".join(
            f"{scenario} by {engine}, {users} users, {rate:g} a second"
            for scenario, engine, users, rate in sorted(deeds)
        )
        remedy = "Compare runs of one scenario with the same --users and --rate."
        raise WrongUse(f"These are no runs of the same: {told}.", remedy)


def require_sound(before: Sequence[Result]) -> None:
    """Nothing is compared with runs that say nothing of their server.

    Raises:
        WrongUse: one is void, or was broken off.
    """
    bad = sum(one.is_void or one.is_partial or bool(one.broken_off) for one in before)
    if bad:
        remedy = "Run the baseline again; such a run says nothing of its server."
        raise WrongUse(f"{bad} of the baseline's {len(before)} runs are void or partial.", remedy)


# -- values ---------------------------------------------------------------------------

_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")
LONGEST_SECONDS = 7 * 86_400
HIGHEST_RATE = 1_000_000


def seconds_of(text: str) -> float:
    """The seconds in ``30``, ``30s``, ``10m``, ``1h30m``."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None or not any(found.groups()):
        raise typer.BadParameter(f"{text!r} is no duration such as 30, 30s, 10m or 1h30m")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if not 1 <= total <= LONGEST_SECONDS:
        raise typer.BadParameter(f"{text} is not between a second and a week")
    return total


def rate_of(text: str) -> float:
    """A number of actions a second."""
    try:
        rate = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number") from None
    if not math.isfinite(rate) or not 0.1 <= rate <= HIGHEST_RATE:
        raise typer.BadParameter(f"{text} is not between 0.1 and {HIGHEST_RATE:,} a second")
    return rate
