"""The JavaScript client in a real browser, on a page of another origin that imports it from the server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.support.devices import PASSWORD, Device, register
from tests.support.process import ServerProcess, free_port

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Chat</title>
<p id="status"></p>
<ul id="timeline"></ul>
<ul id="unsent"></ul>
<script type="module" src="/chat.js"></script>
"""

SCRIPT = """
import { Chat, IndexedDbStore, LocalSessions, LocalStore } from "SERVER/v1/client.js";

const store = location.hash === "#indexed" ? new IndexedDbStore() : new LocalStore();
const chat = new Chat("SERVER", { sessions: new LocalSessions(), store, backoff: { firstMs: 50, longestMs: 300 } });
const show = (id, words) =>
  document.getElementById(id).replaceChildren(
    ...words.map((one) => Object.assign(document.createElement("li"), { textContent: one })),
  );
chat.on("change", () => {
  const conversations = Object.values(chat.state?.conversations ?? {});
  show("timeline", conversations.flatMap((one) => one.timeline.map((message) => message.text)));
  show("unsent", chat.unsent.map((draft) => draft.text));
});
chat.on("status", (status) => (document.getElementById("status").textContent = status));
window.chat = chat;
if (!chat.isLoggedIn) await chat.logIn("mehmet", "PASSWORD");
await chat.start();
"""


@asynccontextmanager
async def platform(port: int, server: str) -> AsyncIterator[str]:
    """A web site of somebody else's; its address."""
    script = SCRIPT.replace("SERVER", server).replace("PASSWORD", PASSWORD)

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def code(_: web.Request) -> web.Response:
        return web.Response(text=script, content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/chat.js", code)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        await runner.cleanup()


async def open_page(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await page.goto(address)
    return page, errors


async def send(page: Page, room: str, *texts: str) -> None:
    """Say something, without waiting for it to arrive."""
    script = "([room, texts]) => { for (const text of texts) chat.send(room, text); }"
    await page.evaluate(script, [room, list(texts)])


@pytest.mark.slow
@pytest.mark.parametrize("store", ["local", "indexed"])
async def test_a_page_of_the_platform_chats_across_restarts_and_reloads(
    browser: Browser, tmp_path: Path, store: str
) -> None:
    port = free_port()
    options = {"cors_origins": f"http://127.0.0.1:{port}"}
    server = ServerProcess(f"sqlite:///{tmp_path}/chat.db", tmp_path, options=options)
    await server.start()
    try:
        mehmet = [await register(server.url, name) for name in ("ayse", "mehmet")][1]
        async with platform(port, server.url) as address, Device(server.url, "ayse") as ayse:
            view = await ayse.api.call("POST", "/conversations", {"userId": mehmet["id"]})
            room = view["id"]
            context = await browser.new_context()
            page, errors = await open_page(context, f"{address}#{store}")
            status = page.locator("#status")
            await expect(status).to_have_text("online", timeout=20_000)
            await ayse.says(room, "Merhaba Mehmet")
            timeline = page.locator("#timeline li")
            await expect(timeline).to_have_text(["Merhaba Mehmet"])
            await send(page, room, "Merhaba Ayşe")
            await ayse.hears("Merhaba Ayşe")
            await expect(page.locator("#unsent li")).to_have_count(0)

            await server.kill()
            await expect(status).to_have_text("offline", timeout=20_000)
            await send(page, room, "in the dark")
            await expect(page.locator("#unsent li")).to_have_text(["in the dark"])
            await server.start()
            await ayse.hears("in the dark")
            await expect(page.locator("#unsent li")).to_have_count(0)
            await expect(status).to_have_text("online")

            await server.stop()
            await expect(status).to_have_text("offline", timeout=20_000)
            await send(page, room, "before the reload", "and another")
            await expect(page.locator("#unsent li")).to_have_count(2)
            await page.close()
            await server.start()
            page, more_errors = await open_page(context, f"{address}#{store}")
            await ayse.hears("and another")
            await expect(page.locator("#unsent li")).to_have_count(0)
            await page.evaluate(f"chat.loadEarlier('{room}')")
            said = ["Merhaba Mehmet", "Merhaba Ayşe", "in the dark", "before the reload"]
            await expect(page.locator("#timeline li")).to_have_text([*said, "and another"])
            assert errors + more_errors == []
            async with asyncio.timeout(20):
                await page.evaluate("chat.logOut()")
            assert await page.evaluate("localStorage.length") == 0
            await context.close()
    finally:
        if server.process is not None:
            await server.stop()
