"""Somebody who is in more conversations than a statement may have parameters."""

from altlas_chat.domain.cursor import Cursor
from altlas_chat.services import sync
from altlas_chat.storage.database import Transaction
from tests.support.world import World

MANY = 33_000


async def test_a_person_in_very_many_conversations_has_a_snapshot(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    sent = await world.says(ayse, room)
    ids = [f"many-{number:05}" for number in range(MANY)]

    async def fill(tx: Transaction) -> None:
        await tx.execute_many(
            "INSERT INTO conversations (conversation_id, kind, name, search_name, created_by,"
            " member_count, created_at, updated_at) VALUES (?, 'group', ?, ?, ?, 1, 0, 0)",
            [(one, one, one, ayse.user_id) for one in ids],
        )
        await tx.execute_many(
            "INSERT INTO streams (stream, seq, message_count, last_message_seq, changed_at,"
            " trimmed_seq) VALUES (?, 0, 0, 0, 0, 0)",
            [(f"conversation:{one}",) for one in ids],
        )
        await tx.execute_many(
            "INSERT INTO members (conversation_id, user_id, role, joined_at, joined_seq,"
            " read_position, read_seq, delivered_seq) VALUES (?, ?, 'owner', 0, 0, 0, 0, 0)",
            [(one, ayse.user_id) for one in ids],
        )

    await world.deps.database.write(fill, lane="test")
    snapshot = await sync.take_snapshot(world.deps, ayse)
    assert len(snapshot["conversations"]) == MANY + 1
    views = {view["id"]: view for view in snapshot["conversations"]}
    assert views[room]["lastMessage"]["id"] == sent["id"]
    assert views[room]["peer"]["id"] == mehmet.user_id
    changes = await sync.changes_after(
        world.deps, ayse, Cursor.decode(snapshot["cursor"]), limit=1000
    )
    assert isinstance(changes, sync.Changes)
    assert changes.announcements == []
