"""Messages for later: kept, changed, cancelled, and sent once."""

import asyncio

import pytest

from altlas_chat.domain.drafts import DraftUpdate, ScheduledUpdate
from altlas_chat.domain.errors import (
    ClientIdReused,
    ConversationNotFound,
    MessageNotFound,
    MessageTooLong,
    ResourceAlreadyExists,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.domain.times import rfc3339
from altlas_chat.services import due, groups, posting, saved_drafts, scheduled
from tests.support.world import Json, World

HOUR = 3600


def later(world: World, seconds: int = HOUR) -> str:
    return rfc3339(world.clock.now_ms() + seconds * 1000)


async def keep(world: World, actor: Actor, room: str, text: str = "sonra", **more: object) -> Json:
    draft = world.draft(room, text, **{"scheduledAt": later(world), **more})
    kept, _ = await scheduled.schedule_message(world.deps, actor, draft)
    return kept.as_json()


async def mine(world: World, actor: Actor) -> list[Json]:
    page = await scheduled.list_scheduled(world.deps, actor, None, None, 50)
    return list(page["items"])


async def change(world: World, actor: Actor, one: Json, **more: object) -> Json:
    update = ScheduledUpdate.model_validate(more, by_alias=True, by_name=False)
    return (await scheduled.update_scheduled(world.deps, actor, one["id"], update)).as_json()


async def test_a_message_waits_and_is_sent_at_its_time(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    async with world.state_equals_events():
        kept = await keep(world, ayse, room, "sonra", mentions=[mehmet.user_id])
    assert kept["state"] == "waiting"
    assert kept["draft"]["text"] == "sonra"
    assert "scheduledAt" not in kept["draft"]
    async with world.state_equals_events():
        assert await due.send_due(world.deps) is not None
    assert await world.history(mehmet, room) == []
    world.clock.forward(HOUR)
    async with world.state_equals_events():
        assert await due.send_due(world.deps) is None
        assert await due.send_due(world.deps) is None
    (message,) = await world.history(mehmet, room)
    assert (message["text"], message["senderId"]) == ("sonra", ayse.user_id)
    assert message["mentions"] == [mehmet.user_id]
    (done,) = await mine(world, ayse)
    assert (done["state"], done["sentMessageId"]) == ("sent", message["id"])
    assert await mine(world, mehmet) == []


async def test_two_who_send_at_the_same_moment_send_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for number in range(5):
        await keep(world, ayse, room, f"sonra {number}")
    world.clock.forward(HOUR)
    async with world.state_equals_events():
        await asyncio.gather(*(due.send_due(world.deps) for _ in range(4)))
    texts = [one["text"] for one in await world.history(mehmet, room)]
    assert sorted(texts) == [f"sonra {number}" for number in range(5)]


async def test_the_same_draft_again_is_one_message_for_later(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    at = later(world)
    draft = world.draft(room, "sonra", scheduledAt=at)
    first, was_kept = await scheduled.schedule_message(world.deps, ayse, draft)
    again, is_repeat = await scheduled.schedule_message(world.deps, ayse, draft)
    assert (again, was_kept, is_repeat) == (first, False, True)
    other = draft.model_copy(update={"text": "başka"})
    with pytest.raises(ClientIdReused):
        await scheduled.schedule_message(world.deps, ayse, other)
    sent = world.draft(room)
    await posting.post_message(world.deps, ayse, sent)
    with pytest.raises(ClientIdReused):
        await scheduled.schedule_message(
            world.deps, ayse, sent.model_copy(update={"scheduled_at": at})
        )


async def test_what_waits_can_be_changed_and_cancelled(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    first, second = await keep(world, ayse, room), await keep(world, ayse, room)
    async with world.state_equals_events():
        changed = await change(world, ayse, first, text="başka", scheduledAt=later(world, 9 * HOUR))
        await change(world, ayse, first, text="başka")
    assert len(world.ear.told) == 1
    assert changed["draft"]["text"] == "başka"
    assert [one["id"] for one in await mine(world, ayse)] == [second["id"], first["id"]]
    async with world.state_equals_events():
        await scheduled.cancel_scheduled(world.deps, ayse, second["id"])
    with pytest.raises(MessageNotFound):
        await scheduled.cancel_scheduled(world.deps, ayse, second["id"])
    for nobody in (mehmet,):
        with pytest.raises(MessageNotFound):
            await change(world, nobody, first, text="benim")
        with pytest.raises(MessageNotFound):
            await scheduled.get_scheduled(world.deps, nobody, first["id"])
        with pytest.raises(MessageNotFound):
            await scheduled.cancel_scheduled(world.deps, nobody, first["id"])
    world.clock.forward(HOUR * 10)
    await due.send_due(world.deps)
    assert [one["text"] for one in await world.history(mehmet, room)] == ["başka"]
    with pytest.raises(ResourceAlreadyExists):
        await change(world, ayse, first, text="zu spät")
    with pytest.raises(ResourceAlreadyExists):
        await scheduled.cancel_scheduled(world.deps, ayse, first["id"])


async def test_who_left_meanwhile_sends_nothing(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    group = await world.group(mehmet, ayse)
    kept = await keep(world, ayse, group)
    await groups.leave_group(world.deps, ayse, group)
    world.clock.forward(HOUR)
    async with world.state_equals_events():
        await due.send_due(world.deps)
    told = [one for one in world.ear.told if one.event.kind == "notification.created"]
    assert [(one.event.stream, one.data["notification"]["kind"]) for one in told] == [
        (f"user:{ayse.user_id}", "scheduled_failed")
    ]
    (failed,) = await mine(world, ayse)
    assert (failed["state"], failed["failedCode"]) == ("failed", "CONVERSATION_NOT_FOUND")
    assert "sonra" not in [one["text"] for one in await world.history(mehmet, group)]
    async with world.state_equals_events():
        await due.send_due(world.deps)
    assert world.ear.told == []
    with pytest.raises(ResourceAlreadyExists):
        await change(world, ayse, kept, text="yine")
    async with world.state_equals_events():
        await scheduled.cancel_scheduled(world.deps, ayse, kept["id"])
    assert await mine(world, ayse) == []


async def test_a_client_id_that_was_used_meanwhile_fails(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    kept = await keep(world, ayse, room)
    await world.says(ayse, room, "şimdi", clientId=kept["draft"]["clientId"])
    world.clock.forward(HOUR)
    await due.send_due(world.deps)
    (failed,) = await mine(world, ayse)
    assert failed["failedCode"] == "CLIENT_ID_REUSED"
    assert [one["text"] for one in await world.history(mehmet, room)] == ["şimdi"]


async def test_one_that_fails_holds_up_no_other(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, group = await world.direct(ayse, mehmet), await world.group(mehmet, ayse)
    await keep(world, ayse, group)
    await keep(world, ayse, room)
    await groups.leave_group(world.deps, ayse, group)
    world.clock.forward(HOUR)
    await due.send_due(world.deps)
    assert [one["state"] for one in await mine(world, ayse)] == ["failed", "sent"]


async def _rename_stream(world: World, name: str, other: str) -> None:
    """Damage that no rule foresees: whatever needs the stream breaks."""
    await world.deps.database.write(
        lambda tx: tx.execute("UPDATE streams SET stream = ? WHERE stream = ?", other, name),
        lane="test",
    )


async def test_one_that_breaks_is_marked_and_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, broken = await world.direct(ayse, mehmet), await world.group(ayse)
    lost = [await keep(world, ayse, broken, f"kayıp {number}") for number in range(3)]
    for number in range(2):
        await keep(world, ayse, room, f"sonra {number}")
    await _rename_stream(world, f"conversation:{broken}", "elsewhere")
    world.clock.forward(HOUR)
    world.ear.told.clear()
    outcomes = due.Outcomes()
    assert await due.send_due(world.deps, outcomes) is None
    assert outcomes.counts == {"failed": 3, "sent": 2}
    found = [(one["state"], one["failedCode"]) for one in await mine(world, ayse)]
    assert found == [("failed", "SERVER_ERROR")] * 3 + [("sent", None)] * 2
    told = [one for one in world.ear.told if one.event.kind == "notification.created"]
    notified = [one for one in told if one.event.stream == f"user:{ayse.user_id}"]
    assert [one.data["notification"]["kind"] for one in notified] == ["scheduled_failed"] * 3
    assert [one["text"] for one in await world.history(mehmet, room)] == ["sonra 0", "sonra 1"]
    assert all(one["id"] in caplog.text for one in lost)
    assert "Traceback" in caplog.text


async def test_one_that_can_not_even_be_marked_is_left_for_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 1)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await keep(world, ayse, room, "takılan")
    await keep(world, mehmet, room, "giden")
    # There is no stream in which to tell of it, so nothing can become of it at all.
    own = f"user:{ayse.user_id}"
    await _rename_stream(world, own, "elsewhere")
    world.clock.forward(HOUR)
    outcomes = due.Outcomes()
    for _ in range(3):
        assert await due.send_due(world.deps, outcomes) is None
    assert outcomes.counts == {"stuck": 1, "sent": 1}
    await _rename_stream(world, "elsewhere", own)
    world.clock.forward(due.STUCK_MS / 1000)
    await due.send_due(world.deps, outcomes)
    assert outcomes.counts == {"stuck": 1, "sent": 2}
    history = await world.history(mehmet, room)
    assert [one["text"] for one in history] == ["giden", "takılan"]


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-13-01T00:00:00Z",
        "2026-11-24T05:00:00.000",
        "tomorrow at ten o'clock",
        "+002026-11-24T05:00:00Z",
    ],
)
async def test_a_time_that_is_none_or_not_to_come_is_refused(world: World, moment: str) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    with pytest.raises(ValidationFailed) as refused:
        await keep(world, ayse, room, scheduledAt=moment)
    assert refused.value.errors[0].pointer == "/scheduledAt"
    kept = await keep(world, ayse, room)
    with pytest.raises(ValidationFailed):
        await change(world, ayse, kept, scheduledAt=moment)


async def test_what_could_not_be_sent_now_is_not_kept(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    room, foreign = await world.direct(ayse, mehmet), await world.direct(mehmet, zeynep)
    elsewhere = await world.says(mehmet, foreign)
    with pytest.raises(ConversationNotFound):
        await keep(world, ayse, foreign)
    with pytest.raises(MessageNotFound):
        await keep(world, ayse, room, replyToId=elsewhere["id"])
    with pytest.raises(MessageTooLong):
        await keep(world, ayse, room, "x" * 4001)
    with pytest.raises(ValidationFailed):
        await keep(world, ayse, room, "")
    kept = await keep(world, ayse, room)
    with pytest.raises(ValidationFailed):
        await change(world, ayse, kept, text="")
    with pytest.raises(MessageTooLong):
        await change(world, ayse, kept, text="x" * 4001)


async def test_so_many_can_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "MAX_WAITING", 2)
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    for _ in range(2):
        await keep(world, ayse, room)
    with pytest.raises(ValidationFailed):
        await keep(world, ayse, room)


async def test_scheduling_drops_the_draft_and_sending_leaves_it(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    begun = DraftUpdate.model_validate({"text": "begun"})
    await saved_drafts.save_draft(world.deps, ayse, room, begun)
    async with world.state_equals_events():
        await keep(world, ayse, room)
    assert (await saved_drafts.get_draft(world.deps, ayse, room)).text == ""
    await saved_drafts.save_draft(world.deps, ayse, room, begun)
    world.clock.forward(HOUR)
    async with world.state_equals_events():
        await due.send_due(world.deps)
    assert (await saved_drafts.get_draft(world.deps, ayse, room)).text == "begun"


async def test_what_is_done_leaves_the_list_after_a_while(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    await keep(world, ayse, room)
    world.clock.forward(HOUR)
    await due.send_due(world.deps)
    await due.drop_done(world.deps)
    assert len(await mine(world, ayse)) == 1
    world.clock.forward(31 * 24 * HOUR)
    async with world.state_equals_events():
        await due.drop_done(world.deps)
    assert await mine(world, ayse) == []


async def test_a_list_goes_by_pages_and_by_conversation(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room, group = await world.direct(ayse, mehmet), await world.group(ayse, mehmet)
    first, second = await keep(world, ayse, room), await keep(world, ayse, group)
    page = await scheduled.list_scheduled(world.deps, ayse, None, None, 1)
    assert page["items"] == [first]
    page = await scheduled.list_scheduled(world.deps, ayse, None, page["nextCursor"], 1)
    assert (page["items"], page["nextCursor"]) == ([second], None)
    page = await scheduled.list_scheduled(world.deps, ayse, group, None, 9)
    assert page["items"] == [second]
    with pytest.raises(ConversationNotFound):
        await scheduled.list_scheduled(world.deps, ayse, "nothing", None, 9)
