"""Sessions: listed, ended, and told to the person's other devices; on both databases."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from altlas_chat.domain.accounts import ChangePasswordRequest, LoginRequest, Tokens
from altlas_chat.domain.errors import SessionNotFound, SessionRevoked, TokenReused
from altlas_chat.domain.events import user_stream
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import accounts, administration, sessions
from altlas_chat.services.accounts import Device
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.authentication import authenticate
from tests.support.world import PASSWORD, World

Json = dict[str, Any]


async def log_in(world: World, name: str, device: str = "phone") -> Tokens:
    request = LoginRequest.model_validate({"username": name, "password": PASSWORD})
    return await accounts.login(world.deps, request, Device(device, "tests/1"))


def told(world: World, actor: Actor) -> list[tuple[str, str]]:
    """What the person's devices heard of sessions."""
    return [
        (one.event.kind, one.data["sessionId"])
        for one in world.ear.told
        if one.event.stream == user_stream(actor.user_id) and one.event.kind.startswith("session.")
    ]


async def open_ids(world: World, actor: Actor) -> list[str]:
    return [one["id"] for one in await sessions.list_sessions(world.deps, actor)]


async def test_sessions_are_listed_the_last_used_first(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    phone = await log_in(world, "ayse")
    await log_in(world, "mehmet")
    listed = await sessions.list_sessions(world.deps, ayse)
    assert [one["id"] for one in listed] == [phone.session_id, ayse.session_id]
    assert [one["isCurrent"] for one in listed] == [False, True]
    assert (listed[0]["deviceName"], listed[0]["userAgent"]) == ("phone", "tests/1")
    assert listed[0]["createdAt"] == listed[0]["lastUsedAt"] < listed[0]["expiresAt"]
    # What has expired is over, though nobody ended it.
    world.clock.forward(world.deps.settings.refresh_token_seconds + 1)
    assert await open_ids(world, mehmet) == []


async def test_each_that_begins_or_ends_is_told_once(world: World) -> None:
    ayse = await world.person("ayse")
    async with world.state_equals_events():
        phone = await log_in(world, "ayse")
    assert told(world, ayse) == [("session.started", phone.session_id)]
    async with world.state_equals_events():
        await sessions.end_own_session(world.deps, ayse, phone.session_id)
    assert told(world, ayse) == [("session.ended", phone.session_id)]
    assert world.ear.ended == [phone.session_id]
    assert await open_ids(world, ayse) == [ayse.session_id]
    with pytest.raises(SessionRevoked):
        await authenticate(world.deps, phone.access_token)
    world.ear.told.clear()
    with pytest.raises(SessionNotFound):
        await sessions.end_own_session(world.deps, ayse, phone.session_id)
    assert told(world, ayse) == []


async def test_nobody_ends_another_persons_session(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    for session_id in (mehmet.session_id, "none", ""):
        with pytest.raises(SessionNotFound):
            await sessions.end_own_session(world.deps, ayse, str(session_id))
    assert await open_ids(world, mehmet) == [mehmet.session_id]
    assert world.ear.ended == []


async def test_all_are_ended_or_all_but_this_one(world: World) -> None:
    ayse = await world.person("ayse")
    others = [(await log_in(world, "ayse", f"{number}")).session_id for number in range(3)]
    world.ear.told.clear()
    await sessions.end_sessions(world.deps, ayse, ayse.session_id, "ended")
    assert sorted(told(world, ayse)) == sorted(("session.ended", one) for one in others)
    assert await open_ids(world, ayse) == [ayse.session_id]
    await accounts.logout_everywhere(world.deps, ayse)
    assert await open_ids(world, ayse) == []
    assert sorted(world.ear.ended) == sorted([*others, str(ayse.session_id)])


async def test_whatever_ends_a_session_tells_it(world: World) -> None:
    ayse = await world.person("ayse")
    phone, tablet = await log_in(world, "ayse"), await log_in(world, "ayse")

    async def tells(work: Awaitable[object]) -> list[str]:
        world.ear.told.clear()
        world.ear.ended.clear()
        await work
        ended = [session_id for kind, session_id in told(world, ayse) if kind == "session.ended"]
        assert sorted(ended) == sorted(one for one in world.ear.ended if one != ayse.user_id)
        return sorted(ended)

    body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
    change = ChangePasswordRequest.model_validate(body)
    both = sorted([phone.session_id, tablet.session_id])
    assert await tells(accounts.change_password(world.deps, ayse, change)) == both
    phone = await log_in(world, "ayse")
    again = await accounts.refresh(world.deps, phone.refresh_token)
    await accounts.refresh(world.deps, again.refresh_token)

    async def stolen() -> None:
        with pytest.raises(TokenReused):
            await accounts.refresh(world.deps, phone.refresh_token)

    assert await tells(stolen()) == [phone.session_id]
    phone = await log_in(world, "ayse")
    device = await authenticate(world.deps, phone.access_token)
    assert await tells(accounts.logout(world.deps, device)) == [phone.session_id]
    reset = administration.reset_password(world.deps, ayse.user_id, PASSWORD)
    assert await tells(reset) == [ayse.session_id]
    phone = await log_in(world, "ayse")
    closed = administration.deactivate_user(world.deps, OPERATOR, ayse.user_id)
    assert await tells(closed) == [phone.session_id]


async def test_who_logs_in_again_and_again_keeps_the_last_ones(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 3)
    ayse = await world.person("ayse")
    later = [(await log_in(world, "ayse")).session_id for _ in range(4)]
    assert await open_ids(world, ayse) == later[:0:-1]
    assert world.ear.ended == [ayse.session_id, later[0]]


async def test_at_once_they_leave_a_sound_end(world: World) -> None:
    """Ending, logging in and changing the password wait for each other and for nobody else."""
    ayse = await world.person("ayse")
    phones = [await log_in(world, "ayse") for _ in range(6)]
    body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
    change = ChangePasswordRequest.model_validate(body)
    await asyncio.gather(
        *(sessions.end_own_session(world.deps, ayse, one.session_id) for one in phones[:3]),
        accounts.change_password(world.deps, ayse, change),
        sessions.end_sessions(world.deps, ayse, ayse.session_id, "ended"),
        *(accounts.refresh(world.deps, one.refresh_token) for one in phones[3:]),
        return_exceptions=True,
    )
    assert await open_ids(world, ayse) == [ayse.session_id]
    ended = [session_id for kind, session_id in told(world, ayse) if kind == "session.ended"]
    assert sorted(ended) == sorted(one.session_id for one in phones)
