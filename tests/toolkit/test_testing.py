"""A server held to its contract: a fault is found, a true server passes, and so does a mock."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from aiohttp import web

from altlas_chat.mock.app import running_mock
from altlas_chat.mock.settings import MockSettings
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.testing import (
    NothingChosen,
    Plan,
    ServerNotThere,
    basic,
    chosen,
    is_of_this_machine,
    run_tests,
)
from tests.support.waiting import until

TEA: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Tea", "version": "1.0.0"},
    "paths": {
        "/teas/{number}": {
            "get": {
                "operationId": "getTea",
                "tags": ["teas"],
                "parameters": [
                    {
                        "name": "number",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 1, "maximum": 9},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "Tea",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Tea"}}
                        },
                    },
                    "default": {
                        "description": "No",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                },
            }
        },
        "/health": {
            "get": {
                "operationId": "getHealth",
                "responses": {"200": {"description": "Well"}, "default": {"description": "No"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Tea": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "minLength": 3}},
            }
        }
    },
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "tea.json"
    path.write_bytes(orjson.dumps(TEA))
    return path


class Kettle:
    """A small server that keeps its contract but where it is told not to."""

    def __init__(self) -> None:
        self.name = "çay"
        self.seen: list[web.Request] = []

    async def get_tea(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        number = request.match_info["number"]
        if number.isdecimal() and 1 <= int(number) <= 9 and str(int(number)) == number:
            return web.json_response({"name": self.name})
        return web.json_response({}, status=400)

    async def get_health(self, request: web.Request) -> web.Response:
        del request
        return web.Response()


@pytest.fixture
async def kettle() -> AsyncIterator[tuple[Kettle, str]]:
    kettle = Kettle()
    app = web.Application()
    app.router.add_get("/v1/teas/{number}", kettle.get_tea)
    app.router.add_get("/v1/health", kettle.get_health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield kettle, f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    await runner.cleanup()


async def ran(document: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command, while the server of the test goes on."""

    command = [
        sys.executable,
        "-m",
        "altlas_chat_cli.main",
        "contract",
        "test",
        str(document),
        *words,
    ]
    return await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, cwd=document.parent, check=False
    )


def options(url: str) -> tuple[str, ...]:
    return ("--url", url, "--seed", "1", "--max-examples", "3", "--phases", "coverage", "--json")


async def test_a_server_that_keeps_its_contract_passes(
    document: Path, kettle: tuple[Kettle, str]
) -> None:
    server, url = kettle
    junit = document.parent / "report.xml"
    done = await ran(document, *options(url), "--header", "X-Cup: a: b", "--junit", str(junit))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"]
    assert told["operations"] == 2
    assert told["cases"] > 5
    assert told["seed"] == 1
    assert told["failures"] == []
    assert "Tested: 2" in done.stderr, "people see how it goes"
    assert {case.get("name") for case in ET.parse(junit).iter("testcase")} >= {"GET /health"}
    assert "a: b" in {one.headers.get("X-Cup") for one in server.seen}


async def test_a_fault_is_found(document: Path, kettle: tuple[Kettle, str]) -> None:
    server, url = kettle
    server.name = "x"
    done = await ran(document, *options(url), "--include", "teas", "--auth", "ayse:secret")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["operations"] == 1
    assert [one["operations"] for one in told["failures"]] == [["GET /teas/{number}"]]
    assert "schema" in told["failures"][0]["title"].lower()
    assert server.seen[-1].headers["Authorization"] == basic("ayse:secret")


async def test_the_mock_keeps_its_contract(document: Path) -> None:
    async with running_mock([load_document(document)], MockSettings()) as running:
        done = await ran(document, *options(running.url))
    assert done.returncode == 0, done.stdout + done.stderr


async def test_an_interruption_still_reports(document: Path, kettle: tuple[Kettle, str]) -> None:
    server, url = kettle
    words = ["contract", "test", str(document), "--url", url, "--max-time", "60", "--json"]
    command = [sys.executable, "-m", "altlas_chat_cli.main", *words, "--include", "getTea"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        await until(lambda: len(server.seen) > 20)
        process.send_signal(signal.SIGINT)
        await until(lambda: process.poll() is not None)
        told = json.loads(process.stdout.read() if process.stdout else "")
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert told["interrupted"]
    assert not told["passed"]
    assert told["cases"] > 0


@pytest.mark.parametrize(
    ("include", "exclude", "names"),
    [
        ((), (), ["getTea", "getHealth"]),
        (("teas",), (), ["getTea"]),
        (("GET /h*",), (), ["getHealth"]),
        ((), ("/teas/*",), ["getHealth"]),
        (("get*",), ("getTea",), ["getHealth"]),
    ],
)
def test_operations_are_chosen(
    document: Path, include: tuple[str, ...], exclude: tuple[str, ...], names: list[str]
) -> None:
    plan = Plan("http://x", include=include, exclude=exclude)
    assert [one.operation_id for one in chosen(load_document(document), plan)] == names
    with pytest.raises(NothingChosen):
        chosen(load_document(document), Plan("http://x", exclude=("*",)))


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8", True),
        ("http://localhost", True),
        ("http://app.localhost", True),
        ("http://10.0.0.1", False),
        ("https://localhost.example.org", False),
        ("http://127.0.0.1.example.org", False),
    ],
)
def test_which_servers_are_of_this_machine(url: str, own: bool) -> None:
    assert is_of_this_machine(url) is own


def test_a_server_that_is_not_there(document: Path) -> None:
    with pytest.raises(ServerNotThere, match="No server answers"):
        run_tests(load_document(document), Plan("http://127.0.0.1:1"))


REFUSALS = {
    "another machine": (("--url", "http://chat.example.org"), 2, "add --remote"),
    "no server": (("--url", "http://127.0.0.1:1"), 3, "Start it"),
    "no phase": (("--url", "http://127.0.0.1:1", "--phases", "all"), 2, "is no phase"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused(document: Path, case: str) -> None:
    words, code, remedy = REFUSALS[case]
    command = [sys.executable, "-m", "altlas_chat_cli.main", "contract", "test", str(document)]
    done = subprocess.run(
        [*command, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr
