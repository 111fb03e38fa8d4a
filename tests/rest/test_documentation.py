"""The pages of documentation, as they are served and as a browser shows them."""

import asyncio
import hashlib
import re
from urllib.request import urlopen

import pytest
from playwright.async_api import Browser, expect

from altlas_chat.contract.documents import load_asyncapi, load_openapi, operations_of
from altlas_chat.pages.event_page import event_page
from altlas_chat.pages.files import ASSETS
from altlas_chat.pages.frame import Surroundings
from tests.support.browser import open_tab
from tests.support.running import Chat, ServeChat

VENDORED = {
    "swagger-ui.css": "a6a4cf68f069eb89984d5d43644e6a812e749df08d2b1320c6e06e6973847d10",
    "swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "favicon-32x32.png": "3ed612f41e050ca5e7000cad6f1cbe7e7da39f65fca99c02e99e6591056e5837",
}
"""SHA-256 of what others wrote: swagger-ui-dist 5.35.0, without the lines that name source maps."""


AROUND = Surroundings("altlas-chat", "assets/")


@pytest.mark.parametrize("name", VENDORED)
def test_what_others_wrote_is_what_they_published(name: str) -> None:
    assert hashlib.sha256(ASSETS[name].path.read_bytes()).hexdigest() == VENDORED[name]


def test_the_licence_and_the_version_are_with_it() -> None:
    folder = ASSETS["swagger-ui.css"].path.parent
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert (folder / "NOTICE").read_text()
    assert "swagger-ui-dist` 5.35.0" in (folder.parent / "README.md").read_text()
    assert b"5.35.0" in ASSETS["swagger-ui-bundle.js"].path.read_bytes()


async def test_pages_let_nothing_in_from_elsewhere(chat: Chat) -> None:
    for path in ("/v1/docs", "/v1/docs/events"):
        async with chat.http.get(chat.url + path) as response:
            assert response.content_type == "text/html"
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            html = await response.text()
            assert not re.search(r"(src|href)=\"(https?:)?//", html)
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", html)


@pytest.mark.parametrize("name", ASSETS)
async def test_the_files_of_the_pages(chat: Chat, name: str) -> None:
    address = f"{chat.url}/v1/docs/assets/{name}"
    # These files are no operations, so the contract does not watch over them.
    with await asyncio.to_thread(urlopen, address) as response:
        assert response.status == 200
        assert response.headers.get_content_type() == ASSETS[name].content_type
        assert response.read() == ASSETS[name].path.read_bytes()
    async with chat.http.get(f"{chat.url}/v1/docs/assets/../../{name}") as response:
        assert response.status == 404


def test_the_page_of_events_has_everything_and_escapes_it() -> None:
    document = load_asyncapi()
    html = event_page(document, AROUND)
    for message in document["components"]["messages"].values():
        assert f"<code>{message['name']}" in html
    for code in (*document["x-close-codes"], *document["x-problems"]):
        assert code in html
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in html
    anchors = set(re.findall(r'id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= anchors
    message = document["components"]["messages"]["MessageCreated"]
    message["title"] = message["summary"] = "<script>alert(1)</script>"
    message["examples"][0]["payload"]["event"] = "</code><img src=x>"
    evil = event_page(document, AROUND)
    assert "<script>" not in evil
    assert "<img" not in evil


@pytest.mark.parametrize("base_path", ["/v1", "/chat/api"])
async def test_the_page_of_rest_in_a_browser(
    serve_chat: ServeChat, browser: Browser, base_path: str
) -> None:
    chat = await serve_chat(base_path=base_path)
    tab = await open_tab(browser)
    await tab.page.goto(f"{chat.url}{base_path}/docs")
    operations = tab.page.locator(".opblock")
    await expect(operations).to_have_count(len(list(operations_of(load_openapi()))))
    health = tab.page.locator("#operations-operation-getHealth")
    await health.locator(".opblock-summary-control").click()
    await health.locator("button.execute").click()
    answer = health.locator(".live-responses-table .response").first
    await expect(answer.locator(".response-col_status")).to_contain_text("200")
    await expect(answer).to_contain_text('"status": "ok"')
    assert f"{chat.url}{base_path}/healthz" in tab.asked_for
    assert [url for url in tab.asked_for if not url.startswith((chat.url, "data:"))] == []
    assert tab.complaints == []


async def test_an_access_token_can_be_used_there(chat: Chat, browser: Browser) -> None:
    ayse = await chat.person("ayse")
    tab = await open_tab(browser)
    await tab.page.goto(f"{chat.url}/v1/docs")
    await tab.page.locator("button.authorize").first.click()
    await tab.page.locator(".auth-container input").first.fill(ayse.token)
    await tab.page.locator(".auth-container button.authorize").first.click()
    await tab.page.locator("button.btn-done").first.click()
    own = tab.page.locator("#operations-accounts-getCurrentUser, #operations-users-getCurrentUser")
    await own.locator(".opblock-summary-control").click()
    await own.locator("button.execute").click()
    await expect(own.locator(".live-responses-table")).to_contain_text(ayse.user_id)
    assert tab.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
async def test_the_page_of_events_in_a_browser(
    chat: Chat, browser: Browser, *, scripts: bool
) -> None:
    tab = await open_tab(browser, scripts=scripts)
    await tab.page.goto(f"{chat.url}/v1/docs/events")
    heading = tab.page.locator("h3#MessageCreated")
    await expect(heading).to_contain_text("message.created")
    await expect(heading).to_be_visible()
    await expect(tab.page.locator("#close-codes + .wide table")).to_contain_text("4009")
    color = await tab.page.locator("nav.top").evaluate(
        "one => getComputedStyle(one).backgroundColor"
    )
    assert color == "rgb(27, 27, 31)", "the style was not loaded"
    assert tab.complaints == []
