"""Whom one can name: also people with whom one never talked."""

import pytest

from altlas_chat.client.api import Api
from altlas_chat.client.directory import Directory, NotFound
from tests.support.devices import PASSWORD
from tests.support.running import Chat


@pytest.mark.parametrize("name", ["zeynep", "ZEYNEP", "Zeynep Çelik", "zeynep celik"])
async def test_a_stranger_is_found_by_name(chat: Chat, name: str) -> None:
    _, zeynep = await chat.people("ayse", "zeynep")
    await zeynep.gets("PUT", "/users/me", {"displayName": "Zeynep Çelik"})
    api = Api(chat.http, chat.url)
    await api.log_in("ayse", PASSWORD)
    view = await (await Directory.load(api)).direct_with(name)
    assert view["peer"]["id"] == zeynep.user_id


@pytest.mark.parametrize("name", ["zey", "çelik", "***"])
async def test_a_part_of_a_name_begins_no_conversation(chat: Chat, name: str) -> None:
    await chat.people("ayse", "zeynep")
    api = Api(chat.http, chat.url)
    await api.log_in("ayse", PASSWORD)
    with pytest.raises(NotFound):
        await (await Directory.load(api)).direct_with(name)
