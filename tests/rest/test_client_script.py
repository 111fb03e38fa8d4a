"""The JavaScript client, as the server gives it out."""

import asyncio
from urllib.request import urlopen

import pytest

from altlas_chat.contract.assets import CLIENT_FILES
from altlas_chat.data import client_folder
from tests.support.running import Chat, ServeChat


@pytest.mark.parametrize("name", CLIENT_FILES)
async def test_every_file_is_given_out_as_it_is(chat: Chat, name: str) -> None:
    # The parts are no operations, so the contract does not watch over them.
    with await asyncio.to_thread(urlopen, f"{chat.url}/v1/{name}") as response:
        assert response.status == 200
        kind = "text/javascript" if name.endswith(".js") else "text/plain"
        assert response.headers.get_content_type() == kind
        assert response.headers.get_content_charset() == "utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.read() == (client_folder() / name).read_bytes()


async def test_a_copy_that_is_still_good_is_not_sent_again(chat: Chat) -> None:
    address = f"{chat.url}/v1/client.js"
    async with chat.http.get(address) as response:
        etag = response.headers["ETag"]
    for given, status in ((etag, 304), (f'"x", W/{etag}', 304), ("*", 304), ('"another"', 200)):
        async with chat.http.get(address, headers={"If-None-Match": given}) as response:
            assert response.status == status
            assert response.headers["ETag"] == etag
            assert bool(await response.read()) is (status == 200)


async def test_nothing_else_lies_there(chat: Chat) -> None:
    for path in ("client/../client/package.json", "client/package.json", "client/state.py"):
        async with chat.http.get(f"{chat.url}/v1/{path}") as response:
            assert response.status == 404


async def test_pages_of_named_origins_may_import_it(serve_chat: ServeChat) -> None:
    chat = await serve_chat(cors_origins=("https://platform.example.org",))
    for origin, allowed in (("https://platform.example.org", True), ("https://evil.org", False)):
        async with chat.http.get(
            f"{chat.url}/v1/client.js", headers={"Origin": origin}
        ) as response:
            assert response.headers.get("Access-Control-Allow-Origin") == (
                origin if allowed else None
            )
