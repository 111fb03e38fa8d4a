"""How many sockets a person may have; what goes makes room."""

from tests.support.running import Chat, ServeChat, open_wire
from tests.support.waiting import until


async def test_a_person_has_so_many_sockets_and_others_have_their_own(
    serve_chat: ServeChat,
) -> None:
    chat: Chat = await serve_chat(max_sockets_per_user=2)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    first, second = await ayse.connects(), await ayse.connects()
    wire = await open_wire(chat.http, chat.url)
    await wire.sends("auth", {"token": ayse.token}, 1)
    error = await wire.next()
    assert (error["data"]["code"], error["id"]) == ("TOO_MANY_SOCKETS", 1)
    assert await wire.close_code() == 4011
    await mehmet.connects()
    await first.sends("ping", {})
    await first.next_of("pong")
    await second.ws.close()
    hub = chat.running.parts.hub
    await until(lambda: len(hub.listeners_of(ayse.user_id)) == 1)
    third = await ayse.connects()
    assert third.ready["event"] == "ready"
