"""A running server held to a document by Schemathesis, which runs as a program of its own."""

import base64
import ipaddress
import json
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from altlas_chat.specs.api import Api, Operation
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.toolkit.bundling import bundled

Json = dict[str, Any]

PHASES = ("examples", "coverage", "fuzzing", "stateful")
ENDS = frozenset({"logout", "logoutEverywhere", "changePassword", "endAllSessions", "streamEvents"})
"""Operations of our own contract that end the session of who tests, or never end themselves."""

REFUSED_BY_MEANING = ("positive_data_acceptance",)
"""Checks that our own contract does not promise: a cursor may fit its schema and be none."""

_RUN = "from schemathesis.cli import schemathesis; schemathesis()"
_CONNECT_SECONDS = 5.0
_ENDING_SECONDS = 20.0


class NotInstalled(Exception):
    """Schemathesis is not there."""

    detail = "Schemathesis is not installed, which does the testing."
    remedy = "Install it with the program: pip install 'altlas-chat[contract-test]'."


class ServerNotThere(Exception):
    """Nobody listens at the address."""

    def __init__(self, url: str, why: str) -> None:
        self.detail = f"No server answers at {url}: {why}."
        self.remedy = "Start it, or name its address with --url."
        super().__init__(self.detail)


class NothingChosen(Exception):
    """No operation is left to test."""

    detail = "No operation fits --include and --exclude."
    remedy = "Name operationIds, tags, paths or `GET /path`; * stands for anything."


class RunFailed(Exception):
    """Schemathesis itself could not do its work; it has said why."""

    def __init__(self, code: int) -> None:
        self.detail = f"Schemathesis ended without a report (exit code {code})."
        self.remedy = "What it printed says why; `schemathesis run --help` explains its options."
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tested and how; what is None or empty is left to Schemathesis.

    ``url`` is the API's address with its base path. ``include`` and ``exclude``
    are patterns of operationIds, tags, paths or ``GET /path``.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    phases: Sequence[str] = ()
    checks: Sequence[str] = ()
    without_checks: Sequence[str] = ()
    seed: int | None = None
    max_examples: int | None = None
    max_seconds: int | None = None
    request_seconds: float = 30.0
    workers: int = 1
    junit: Path | None = None
    html: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found; ``failures`` are kinds, each with the operations that it was seen on."""

    passed: bool
    interrupted: bool
    operations: int
    cases: int
    seed: int | None
    failures: tuple[Json, ...]
    errors: tuple[str, ...]

    def as_json(self) -> Json:
        return {
            "passed": self.passed,
            "interrupted": self.interrupted,
            "operations": self.operations,
            "cases": self.cases,
            "seed": self.seed,
            "failures": list(self.failures),
            "errors": list(self.errors),
        }


def is_of_this_machine(url: str) -> bool:
    """Whether an address is one of the loopback."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def basic(user_and_password: str) -> str:
    """The Authorization header of a user's name and password, ``name:password`` (RFC 7617)."""
    return f"Basic {base64.b64encode(user_and_password.encode()).decode()}"


def chosen(document: Document, plan: Plan) -> list[Operation]:
    """The operations that are tested, in the document's order.

    Raises:
        NothingChosen: there are none.
    """
    found = [
        one
        for one in Api(document).operations
        if not one.data.get("x-planned")
        and (not plan.include or _fits(one, plan.include))
        and not _fits(one, plan.exclude)
    ]
    if not found:
        raise NothingChosen
    return found


def _fits(operation: Operation, patterns: Sequence[str]) -> bool:
    names = [operation.name, operation.path, *map(str, operation.data.get("tags") or ())]
    if operation.operation_id:
        names.append(operation.operation_id)
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def run_tests(document: Document, plan: Plan) -> Outcome:
    """Test a server; what Schemathesis prints goes to stderr as it comes.

    An interruption (KeyboardInterrupt) ends the run early; what was found until
    then is reported all the same.

    Raises:
        DocumentUnusable: it is no OpenAPI document.
        NotInstalled, ServerNotThere, NothingChosen, RunFailed: see there.
    """
    if document.kind is not Kind.OPENAPI:
        what, remedy = "Schemathesis tests OpenAPI, and this is AsyncAPI", "Name another document."
        raise DocumentUnusable([Finding(Place(document.source), "not-openapi", what, remedy)])
    if find_spec("schemathesis") is None:
        raise NotInstalled
    operations = chosen(document, plan)
    require_server(plan.url)
    with tempfile.TemporaryDirectory(prefix="altlas-chat-test-") as name:
        folder = Path(name)
        (folder / "openapi.json").write_bytes(orjson.dumps(bundled(document)))
        lines = [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in plan.headers.items()]
        (folder / "schemathesis.toml").write_text("\n".join(["[headers]", *lines]) + "\n", "utf-8")
        every = len(operations) == len(Api(document).operations)
        names = [] if every else [one.name for one in operations]
        code, interrupted = _finished(_command(plan, names), folder)
        return _outcome(folder / "report.json", code, interrupted=interrupted)


def require_server(url: str) -> None:
    """Somebody listens there.

    Raises:
        ServerNotThere: nobody does.
    """
    address = urlsplit(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), _CONNECT_SECONDS).close()
    except OSError as error:
        raise ServerNotThere(url, error.strerror or str(error)) from error


def _command(plan: Plan, names: Sequence[str]) -> list[str]:
    words = [sys.executable, "-c", _RUN, "--config-file", "schemathesis.toml"]
    words += ["run", "openapi.json", "--continue-on-failure"]
    reports = ["json", *(["junit"] if plan.junit else []), *(["html"] if plan.html else [])]
    options = {
        "--url": plan.url,
        "--report": ",".join(reports),
        "--report-json-path": "report.json",
        "--report-junit-path": plan.junit and plan.junit.absolute(),
        "--report-html-path": plan.html and plan.html.absolute(),
        "--phases": ",".join(plan.phases),
        "--checks": ",".join(plan.checks),
        "--exclude-checks": ",".join(plan.without_checks),
        "--seed": plan.seed,
        "--max-examples": plan.max_examples,
        "--max-time": plan.max_seconds,
        "--request-timeout": plan.request_seconds,
        "--workers": plan.workers,
    }
    for option, value in options.items():
        if value not in (None, ""):
            words += [option, str(value)]
    for name in names:
        words += ["--include-name", name]
    return words


def _finished(command: Sequence[str], folder: Path) -> tuple[int, bool]:
    """Run it to its end; its exit code, and whether it was interrupted."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True
    )
    try:
        return process.wait(), False
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(_ENDING_SECONDS), True
        except (KeyboardInterrupt, subprocess.TimeoutExpired):
            return -1, True
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _outcome(report: Path, code: int, *, interrupted: bool) -> Outcome:
    if not report.exists():
        if not interrupted:
            raise RunFailed(code)
        return Outcome(False, True, 0, 0, None, (), ())
    told = json.loads(report.read_bytes())  # its seed is too large for orjson
    is_complete = told.get("stop_reason") != "interrupted" and not interrupted
    return Outcome(
        passed=code == 0 and is_complete,
        interrupted=not is_complete,
        operations=told["operations"]["tested"],
        cases=told["test_cases"]["generated"],
        seed=told.get("seed"),
        failures=tuple(_failures(told["failures"])),
        errors=tuple(_said(one) for one in told.get("errors", ())),
    )


def _failures(told: Sequence[Json]) -> Iterator[Json]:
    for one in told:
        yield {key: one.get(key) for key in ("title", "severity", "count", "operations", "code")}


def _said(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return ": ".join(str(error[key]) for key in ("label", "title", "message") if error.get(key))
