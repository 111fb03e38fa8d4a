"""Administrators: roles, closed accounts, lists; and who owns a group that was left alone."""

import asyncio

import pytest

from altlas_chat.domain.accounts import LoginRequest
from altlas_chat.domain.errors import (
    AccountDeactivated,
    ChatError,
    CursorInvalid,
    SessionRevoked,
    UserNotFound,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import accounts, administration
from altlas_chat.services.accounts import Device
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.authentication import authenticate
from altlas_chat.storage.accounts import AccountFilter
from tests.support.world import PASSWORD, World


async def admins(world: World, *names: str) -> list[Actor]:
    people = await world.people(*names)
    for person in people:
        await administration.set_user_role(world.deps, OPERATOR, person.user_id, "admin")
    return people


async def token_of(world: World, name: str) -> str:
    request = LoginRequest.model_validate({"username": name, "password": PASSWORD})
    return (await accounts.login(world.deps, request, Device())).access_token


async def test_a_role_holds_from_the_next_request_on(world: World) -> None:
    (mehmet,) = await world.people("mehmet")
    token = await token_of(world, "mehmet")
    assert (await authenticate(world.deps, token)).role == "user"
    async with world.state_equals_events():
        user = await administration.set_user_role(world.deps, OPERATOR, mehmet.user_id, "moderator")
    assert user.role == "moderator"
    assert (await authenticate(world.deps, token)).may("content:moderate")
    assert world.ear.reconnected == [mehmet.user_id]
    await administration.set_user_role(world.deps, OPERATOR, mehmet.user_id, "guest")
    assert not (await authenticate(world.deps, token)).may("task:create")
    # Said again it changes nothing.
    await administration.set_user_role(world.deps, OPERATOR, mehmet.user_id, "guest")
    assert len(world.ear.reconnected) == 2


async def test_the_last_administrator_stays_one(world: World) -> None:
    ayse, mehmet = await admins(world, "ayse", "mehmet")
    tries = [
        administration.set_user_role(world.deps, ayse, mehmet.user_id, "user"),
        administration.deactivate_user(world.deps, mehmet, ayse.user_id),
    ]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["PermissionDenied", "User"]
    with pytest.raises(UserNotFound):
        await administration.set_user_role(world.deps, ayse, "nobody", "user")


async def test_a_closed_account_is_shut_out_at_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.group(ayse, mehmet)
    await world.says(mehmet, room, "eski söz")
    token = await token_of(world, "mehmet")
    async with world.state_equals_events():
        user = await administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id)
    assert not user.is_active
    assert mehmet.user_id in world.ear.ended
    with pytest.raises(SessionRevoked):
        await authenticate(world.deps, token)
    with pytest.raises(AccountDeactivated):
        await token_of(world, "mehmet")
    assert [one["text"] for one in await world.history(ayse, room)][-1] == "eski söz"
    assert await administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id) == user
    async with world.state_equals_events():
        await administration.reactivate_user(world.deps, OPERATOR, mehmet.user_id)
    await token_of(world, "mehmet")
    with pytest.raises(SessionRevoked):
        await authenticate(world.deps, token)


async def test_who_logs_in_while_the_account_is_closed_is_put_out(world: World) -> None:
    (mehmet,) = await world.people("mehmet")
    outcomes = await asyncio.gather(
        *(token_of(world, "mehmet") for _ in range(4)),
        administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id),
        return_exceptions=True,
    )
    for token in outcomes[:-1]:
        if isinstance(token, str):
            with pytest.raises(SessionRevoked):
                await authenticate(world.deps, token)
        else:
            assert isinstance(token, ChatError)


async def test_a_group_gets_another_owner(world: World) -> None:
    ayse, mehmet, zeynep = await world.people("ayse", "mehmet", "zeynep")
    with_others = await world.group(ayse, mehmet, zeynep)
    alone = await world.group(ayse)
    async with world.state_equals_events():
        await administration.deactivate_user(world.deps, OPERATOR, ayse.user_id)
    roles = {
        one.user_id: (await world.view(one, with_others))["membership"]["role"]
        for one in (ayse, mehmet, zeynep)
    }
    assert roles[ayse.user_id] == "admin"
    assert sorted(roles.values()) == ["admin", "member", "owner"]
    assert (await world.view(ayse, alone))["membership"]["role"] == "owner"
    told = (await world.history(mehmet, with_others))[-1]
    assert (told["content"]["action"], told["content"]["role"]) == ("role_changed", "owner")


async def test_accounts_are_listed_by_name(world: World) -> None:
    await world.people("Çan", "can", "irem", "İsmail", "ali")
    (mehmet,) = await world.people("mehmet")
    await administration.deactivate_user(world.deps, OPERATOR, mehmet.user_id)
    await admins(world, "aslı")

    async def names(**wanted: object) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = await administration.list_users(
                world.deps,
                AccountFilter(**wanted),
                cursor,
                2,  # type: ignore[arg-type]
            )
            found += [one["username"] for one in page["items"]]
            cursor = page["nextCursor"]
            if cursor is None:
                return found

    assert await names() == ["ali", "aslı", "can", "irem", "İsmail", "mehmet", "Çan"]
    assert await names(beginning="I") == ["irem", "İsmail"]
    assert await names(beginning="ç") == ["Çan"]
    assert await names(is_active=False) == ["mehmet"]
    assert await names(role="admin") == ["aslı"]
    assert await names(role="admin", is_active=False) == []
    with pytest.raises(CursorInvalid):
        await administration.list_users(world.deps, AccountFilter(), "x", 2)


async def test_a_password_can_be_set_anew(world: World) -> None:
    (mehmet,) = await world.people("mehmet")
    token = await token_of(world, "mehmet")
    await administration.reset_password(world.deps, mehmet.user_id, "battery-staple-7")
    with pytest.raises(SessionRevoked):
        await authenticate(world.deps, token)
    with pytest.raises(ChatError):
        await token_of(world, "mehmet")


async def test_old_sessions_are_forgotten(world: World) -> None:
    await world.people("ayse")
    token = await token_of(world, "ayse")
    assert await accounts.forget_old_sessions(world.deps) == 0
    await accounts.logout(world.deps, await authenticate(world.deps, token))
    world.clock.forward(8 * 24 * 3600)
    # The ended one goes, with its token; the other is still good.
    assert await accounts.forget_old_sessions(world.deps) == 1
    world.clock.forward(40 * 24 * 3600)
    assert await accounts.forget_old_sessions(world.deps) == 2
    assert await accounts.forget_old_sessions(world.deps) == 0


async def test_another_process_is_heard_of(world: World) -> None:
    """What the command line did to the database, a running server hears within seconds."""
    (mehmet,) = await world.people("mehmet")
    token = await token_of(world, "mehmet")
    await administration.set_user_role(world.deps, OPERATOR, mehmet.user_id, "moderator")
    world.deps.credentials._roles.clear()
    assert (await authenticate(world.deps, token)).role == "user"
    world.ear.reconnected.clear()
    for _ in range(2):
        await accounts.refresh_revocations(world.deps)
        assert (await authenticate(world.deps, token)).role == "moderator"
    assert world.ear.reconnected == [mehmet.user_id]
