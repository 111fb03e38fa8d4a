"""Our own server behind a mock that passes everything on: by our own contract nothing is wrong."""

import contextlib
import uuid

import aiohttp

from altlas_chat.mock.app import listening
from altlas_chat.mock.compiled import Compiled, compile_documents
from altlas_chat.mock.contracts import load_contracts
from altlas_chat.mock.equipment import Equipment, Options
from altlas_chat.mock.pipeline import Mock
from altlas_chat.mock.real_server import ProxySettings
from altlas_chat.mock.settings import MockSettings, Validate
from altlas_chat.system import SystemClock
from tests.support.running import Chat
from tests.support.waiting import until


def load() -> Compiled:
    return compile_documents(load_contracts([]))


PLAIN = (
    "/users/me", "/sessions", "/conversations", "/messages/starred", "/drafts", "/preferences",
    "/scheduled-messages", "/notifications", "/notifications/counts", "/tasks", "/sync",
    "/users/me/blocks", "/users/search?q=ay", "/healthz", "/readyz", "/docs", "/openapi.json",
    "/client.js", "/metrics", "/api-keys", "/admin/users", "/users/nobody",
)  # fmt: skip


async def test_a_chat_through_the_proxy_keeps_the_contract(chat: Chat) -> None:
    mock = Mock(load(), MockSettings(validate=Validate.WARN))
    options = Options(proxy=ProxySettings(url=chat.url), watch=False)
    equipment = Equipment(mock, options, load, SystemClock())
    assert equipment.forwarder is not None
    async with listening(mock) as running, contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(equipment.forwarder.close)
        through = Chat(chat.running, chat.http, chat.complaints)
        through.url = running.url
        ayse, mehmet = await through.people("ayse", "mehmet")
        wire = await mehmet.connects()
        room = await through.direct(ayse, mehmet)
        message = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": "merhaba"}
        sent = await ayse.gets("POST", "/messages", message)
        heard = await wire.next_of("message.created")
        assert heard["data"]["message"]["text"] == "merhaba"
        await wire.sends("ping", {}, 1)
        assert (await wire.next_of("pong"))["id"] == 1
        await mehmet.gets("PUT", f"/messages/{sent['id']}/reactions/👍")
        await mehmet.gets("PUT", f"/messages/{sent['id']}/star")
        await ayse.gets("PUT", f"/messages/{sent['id']}", {"text": "merhabalar"})
        history = await mehmet.gets("GET", f"/conversations/{room}/messages", limit=10)
        assert [one["text"] for one in history["items"]] == ["merhabalar"]
        file = await ayse.uploads(bytes(200_000), "notes.txt")
        assert (await ayse.gets("GET", f"/files/{file['id']}/info"))["name"] == "notes.txt"
        answers = {path: await asked(running.url, path, ayse.token) for path in PLAIN}
        refused = {path: status for path, status in answers.items() if status != 200}
        assert refused == {"/metrics": 403, "/admin/users": 403, "/users/nobody": 404}
        count = equipment.summary.exchanges
        assert equipment.summary.lines == [f"{count} exchanges, none broke the contract."]
        assert count > len(PLAIN) + 8
        await wire.sends("no.such.command", {}, 2)
        assert (await wire.next_of("error"))["id"] == 2
        await wire.ws.close()
        select = equipment.journal.select
        await until(lambda: select()[-1].path == "/v1/ws" and not select()[-1].broken)
        assert equipment.summary.broken == 1, "frames are looked at, too"
        frame, socket = select()[-2:]
        assert (frame.request_breaches[0].keyword, frame.status) == ("unknown", 101)
        assert (socket.operation, socket.status) == ("socket", 101)


async def asked(url: str, path: str, token: str) -> int:
    """The status of an answer, whatever it holds."""
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(f"{url}/v1{path}") as one:
        await one.read()
        return one.status
