"""What stands at an address is looked at before it is loaded; ports and files are had, or it is told."""

import asyncio
import json
import resource
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from altlas_chat.loadtest.dialling import Dialler, require_descriptors
from altlas_chat.loadtest.targets import TargetUnusable, check_target, is_reachable
from altlas_chat.loadtest.wires import Wire
from tests.support.running import Chat

ServeText = Callable[[str, int], Awaitable[str]]


@pytest.fixture
def serve_text(aiohttp_server: Any) -> ServeText:
    """Serves one text, whatever is asked for."""

    async def serve(text: str, status: int = 200) -> str:
        async def answer(request: web.Request) -> web.Response:
            return web.Response(text=text, status=status)

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        server = await aiohttp_server(app)
        return f"http://127.0.0.1:{server.port}/v1"

    return serve


async def test_a_server_of_this_contract_is_taken(chat: Chat) -> None:
    await check_target(f"{chat.url}/v1")


def contract(title: str, version: str) -> str:
    return json.dumps({"openapi": "3.1.0", "info": {"title": title, "version": version}})


@pytest.mark.parametrize(
    ("text", "status", "words", "remedy"),
    [
        ("<!doctype html><html>", 200, "a page of HTML", "/v1"),
        ("[]", 200, "status 200, no contract", "/v1"),
        ("not found", 404, "status 404", "/v1"),
        ("oh", 500, "answered with 500", "log"),
        (contract("Pets", "1.0.0"), 200, "another API: Pets", "/v1"),
        (contract("altlas-chat", "2.0.0"), 200, "speaks version 2.0.0", "its own version"),
    ],
)
async def test_what_is_no_altlas_chat_is_told(
    serve_text: ServeText, text: str, status: int, words: str, remedy: str
) -> None:
    base = await serve_text(text, status)
    with pytest.raises(TargetUnusable, match=words) as told:
        await check_target(base)
    assert remedy in told.value.remedy


async def test_nobody_and_what_speaks_no_http_are_told() -> None:
    def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        with pytest.raises(TargetUnusable, match="does not speak HTTP"):
            await check_target(base)
        assert await is_reachable(base)
    with pytest.raises(TargetUnusable, match="Nobody listens"):
        await check_target(base)
    assert not await is_reachable(base)


async def test_other_sources_are_taken_when_one_has_no_port_left(chat: Chat) -> None:
    # An address that this machine has not is refused in the same words as one without ports.
    dialler = Dialler(urlsplit(f"{chat.url}/v1"), ("192.0.2.1", "127.0.0.2"))
    wires = [Wire(dialler.address, {"token": "x"}, lambda _: None) for _ in "ab"]
    await asyncio.gather(*(dialler.connect(wire) for wire in wires))
    assert {wire.connected.getsockname()[0] for wire in wires if wire.connected} == {"127.0.0.2"}
    for wire in wires:
        wire.close()
    with pytest.raises(TargetUnusable, match="no free local ports"):
        await Dialler(dialler.address, ("192.0.2.1",)).connect(wires[0])


async def test_a_small_receive_buffer_is_had(chat: Chat) -> None:
    dialler = Dialler(urlsplit(f"{chat.url}/v1"))
    small, usual = (Wire(dialler.address, {"token": "x"}, lambda _: None) for _ in "ab")
    await dialler.connect(small, is_slow=True)
    await dialler.connect(usual)
    for wire, is_small in ((small, True), (usual, False)):
        assert wire.connected is not None
        bytes_ = wire.connected.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        assert (bytes_ < 20_000) == is_small
        wire.close()


def test_the_limit_of_open_files_is_raised_or_told() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        require_descriptors(300, 50)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 550
        if hard != resource.RLIM_INFINITY:
            with pytest.raises(TargetUnusable, match=f"a process may have {hard:,}") as told:
                require_descriptors(hard, 50)
            assert f"ulimit -Hn {hard + 250}" in told.value.remedy
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
