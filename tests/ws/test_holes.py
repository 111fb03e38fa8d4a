"""An event that is in the log and was never told: a later one brings it, or everybody comes again."""

from dataclasses import replace

from altlas_chat.domain.messages import MessageDraft
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.seeding.quiet import Nobody
from altlas_chat.services.posting import post_message
from altlas_chat.storage.database import Transaction
from tests.support.running import Chat, Json, Person


def draft(room: str, text: str) -> Json:
    return {"conversationId": room, "clientId": f"client {text}", "text": text}


async def says_unheard(chat: Chat, person: Person, room: str, text: str) -> int:
    """A message that is kept, and of which this server tells nobody; its place."""
    deps = replace(chat.running.parts.deps, publisher=Nobody())
    actor = Actor(person.user_id, "user", ROLE_PERMISSIONS["user"])
    sent = await post_message(deps, actor, MessageDraft.model_validate(draft(room, text)))
    return sent.message.seq


async def test_a_later_event_brings_the_one_that_was_not_told(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await mehmet.connects()
    await says_unheard(chat, ayse, room, "one")
    await says_unheard(chat, ayse, room, "two")
    await ayse.gets("POST", "/messages", draft(room, "three"))
    heard = [(await wire.next_of("message.created"))["data"]["message"] for _ in range(3)]
    assert [message["text"] for message in heard] == ["one", "two", "three"]


async def test_what_the_log_has_lost_makes_everybody_come_again(chat_on_each: Chat) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room = await chat.direct(ayse, mehmet)
    wire = await mehmet.connects()
    seq = await says_unheard(chat, ayse, room, "lost")
    stream = f"conversation:{room}"

    async def lose(tx: Transaction) -> None:
        await tx.execute("DELETE FROM events WHERE stream = ? AND seq <= ?", stream, seq)
        await tx.execute("UPDATE streams SET trimmed_seq = ? WHERE stream = ?", seq, stream)

    await chat.running.parts.deps.database.write(lose, lane="test")
    await ayse.gets("POST", "/messages", draft(room, "next"))
    assert await wire.close_code() == 1012
    assert f"has no event {seq}" in chat.complaints.pop().getMessage()
    again = await mehmet.connects({"cursor": wire.ready["data"]["cursor"]})
    assert (await again.next_of("resync_required"))["data"]["reason"] == "log_trimmed"
