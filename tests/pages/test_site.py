"""The documentation as files: for any document, opened from the disk or at a mock."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from playwright.async_api import Browser, expect

from altlas_chat.contract.documents import load_openapi, operations_of
from altlas_chat.mock.app import running_mock
from altlas_chat.mock.documentation import mount_documentation
from altlas_chat.mock.settings import MockSettings
from altlas_chat.pages.servers import origins_of, served_here
from altlas_chat.pages.site import Site
from altlas_chat.specs.documents import Document
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.documentation import export_documentation
from altlas_chat.toolkit.own import own_asyncapi, own_openapi
from tests.support.browser import open_tab

ZOO: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Küçük Hayvan Dükkânı", "version": "2.1.0", "description": "İstanbul'da."},
    "servers": [
        {
            "url": "https://{region}.example.com/api/{v}",
            "variables": {"region": {"default": "eu"}, "v": {"default": "v3"}},
        }
    ],
    "paths": {
        "/pets/{petId}": {
            "get": {
                "operationId": "getPet",
                "tags": ["hayvanlar"],
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "integer"},
                        "example": 7,
                    }
                ],
                "responses": {
                    "200": {
                        "description": "Hayvan",
                        "content": {"application/json": {"example": {"name": "Boncuk"}}},
                    }
                },
            }
        },
        "/elsewhere": {
            "servers": [{"url": "http://other.example:8080"}],
            "get": {"responses": {"200": {"description": "x"}}},
        },
    },
}
LIGHTS = {
    "asyncapi": "2.6.0",
    "info": {"title": "Işıklar", "version": "1"},
    "channels": {"lights": {"publish": {"message": {"name": "measured", "payload": {}}}}},
}


def documents_in(folder: Path, *contents: dict[str, Any]) -> list[Document]:
    documents = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.json"
        path.write_bytes(orjson.dumps(content))
        documents.append(load_document(path))
    return documents


def test_servers_are_moved_to_who_shows_the_page() -> None:
    moved = served_here(ZOO)
    assert moved["servers"] == [{"url": "/api/{v}", "variables": {"v": {"default": "v3"}}}]
    assert moved["paths"]["/elsewhere"]["servers"] == [{"url": "/"}]
    assert ZOO["servers"][0]["url"].startswith("https://"), "what was given is left alone"
    assert origins_of(ZOO) == ["http://other.example:8080", "https://eu.example.com"]


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("/v1", "/v1"),
        ("v1", "/v1"),
        ("//host/v1", "/v1"),
        ("https://host", "/"),
        ("{scheme}://host:{port}/v1/", "/v1/"),
        ("{whole}/v1", "/v1"),
    ],
)
def test_addresses_of_servers(url: str, here: str) -> None:
    server = {"url": url, "variables": {"whole": {"default": "https://a.example/b"}}}
    (moved,) = served_here({"servers": [server]})["servers"]
    assert moved["url"] == ("/b/v1" if "whole" in url else here)


def test_of_one_kind_there_is_one_page(tmp_path: Path) -> None:
    rest, live = documents_in(tmp_path, ZOO, LIGHTS)
    assert "events.html" not in Site([rest]).names
    only = Site([live])
    assert b"measured" in only.file("index.html").content
    assert "openapi.json" not in only.names
    assert "assets/swagger-ui-bundle.js" not in only.names
    both = Site([rest, live])
    assert {"index.html", "events.html", "openapi.yaml", "asyncapi.json"} <= set(both.names)
    assert yaml.safe_load(both.file("openapi.yaml").content) == ZOO
    with pytest.raises(KeyError):
        both.file("../secret")


def test_each_of_several_documents_has_its_page(tmp_path: Path) -> None:
    tea = {**ZOO, "info": {"title": "Çay", "version": "1"}}
    site = Site(documents_in(tmp_path, ZOO, LIGHTS, tea))
    pages = [name for name in site.names if name.endswith(".html")]
    assert pages == ["index.html", "rest-2.html", "events.html"]
    second = site.file("rest-2.html").content.decode()
    assert 'src="openapi-2.js"' in second
    assert '<a href="rest-2.html">REST: Çay</a>' in second
    assert orjson.loads(site.file("openapi-2.json").content) == tea


def test_a_script_that_brings_the_document_brings_all_of_it(tmp_path: Path) -> None:
    evil = {
        **ZOO,
        "info": {"title": "</script>\u2028`${x}`", "version": "1"},
        "__proto__": {"a": 1},
    }
    text = Site(documents_in(tmp_path, evil)).file("openapi.js").content.decode()
    inner = re.fullmatch(r"window\.apiDocument = JSON\.parse\((.*)\);\n", text, re.S)
    assert inner
    assert orjson.loads(orjson.loads(inner[1])) == evil


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
async def test_from_the_disk_in_a_browser(tmp_path: Path, browser: Browser, *, phone: bool) -> None:
    site = export_documentation([own_openapi(), own_asyncapi()], tmp_path / "docs")
    assert "unsafe" not in site.policy
    tab = await open_tab(browser)
    if phone:
        await tab.page.set_viewport_size({"width": 390, "height": 844})
    await tab.page.goto((tmp_path / "docs" / "index.html").as_uri())
    operations = list(operations_of(load_openapi()))
    await expect(tab.page.locator(".opblock")).to_have_count(len(operations))
    await tab.page.goto((tmp_path / "docs" / "events.html").as_uri())
    await expect(tab.page.locator("h3#MessageCreated")).to_be_visible()
    width = await tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], "the page is wider than its window"
    assert [url for url in tab.asked_for if not url.startswith(("file:", "data:"))] == []
    assert tab.complaints == []


async def test_at_a_mock_operations_can_be_tried(tmp_path: Path, browser: Browser) -> None:
    async with running_mock(documents_in(tmp_path, ZOO, LIGHTS), MockSettings()) as running:
        mount_documentation(running.mock)
        tab = await open_tab(browser, language="tr-TR")
        await tab.page.goto(f"{running.url}/docs")
        await expect(tab.page.locator("h1, h2.title").first).to_contain_text("Küçük Hayvan Dükkânı")
        pet = tab.page.locator("#operations-hayvanlar-getPet")
        await pet.locator(".opblock-summary-control").click()
        await pet.locator("button.execute").click()
        await expect(pet.locator(".live-responses-table")).to_contain_text("Boncuk")
        assert f"{running.url}/api/v3/pets/7" in tab.asked_for
        await tab.page.get_by_role("link", name="Events").click()
        await expect(tab.page.locator("h1")).to_contain_text("Işıklar")
        ours = (running.url, "data:")
        assert [url for url in tab.asked_for if not url.startswith(ours)] == []
        assert tab.complaints == []
