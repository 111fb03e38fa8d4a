"""API keys: what they may do, and that they are refused when they should be."""

from dataclasses import replace
from typing import Any

import pytest

from altlas_chat.domain.api_keys import ApiKeyRequest
from altlas_chat.domain.errors import (
    AccountDeactivated,
    ApiKeyNotFound,
    ChatError,
    PermissionDenied,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    ValidationFailed,
)
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import accounts, administration, api_keys
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.api_keys import authenticate_key
from altlas_chat.services.known_keys import KnownKeys
from tests.support.world import World

Json = dict[str, Any]


async def make(world: World, actor: Actor, *scopes: str, **more: Any) -> Json:
    request = ApiKeyRequest.model_validate({"name": "rapor", "scopes": list(scopes), **more})
    return await api_keys.create_api_key(world.deps, actor, request)


async def test_a_key_acts_as_its_owner_within_its_scopes(world: World) -> None:
    (ayse,) = await world.people("ayse")
    key = await make(world, ayse, "message:create", "message:read")
    bot = await authenticate_key(world.deps, key["secret"])
    assert (bot.user_id, bot.session_id) == (ayse.user_id, None)
    assert bot.permissions == {"message:create", "message:read"}
    listed = [one.as_json() for one in await api_keys.list_api_keys(world.deps, ayse)]
    assert listed == [key["apiKey"]]
    assert key["secret"] not in str(listed)
    ruler = replace(ayse, permissions=frozenset({"account:manage", "message:create"}))
    with pytest.raises(PermissionDenied) as caught:
        await make(world, ruler, "message:create", "task:create")
    assert [one.pointer for one in caught.value.errors] == ["/scopes/1"]


async def test_a_key_makes_no_keys(world: World) -> None:
    (ayse,) = await world.people("ayse")
    key = await make(world, ayse, "account:manage", "message:read")
    bot = await authenticate_key(world.deps, key["secret"])
    with pytest.raises(PermissionDenied):
        await make(world, bot, "message:read")
    assert len(await api_keys.list_api_keys(world.deps, bot)) == 1
    await api_keys.revoke_api_key(world.deps, bot, key["apiKey"]["id"])


async def test_a_key_may_no_more_than_its_owner_does_now(world: World) -> None:
    (ayse,) = await world.people("ayse")
    await administration.set_user_role(world.deps, OPERATOR, ayse.user_id, "admin")
    other = await world.person("other")
    await administration.set_user_role(world.deps, OPERATOR, other.user_id, "admin")
    ruler = replace(ayse, role="admin", permissions=OPERATOR.permissions)
    key = await make(world, ruler, "admin:users", "message:read")
    assert (await authenticate_key(world.deps, key["secret"])).may("admin:users")
    await administration.set_user_role(world.deps, OPERATOR, ayse.user_id, "user")
    bot = await authenticate_key(world.deps, key["secret"])
    assert bot.permissions == {"message:read"}


async def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    key = await make(world, ayse, "message:read")
    await authenticate_key(world.deps, key["secret"])
    key_id = key["apiKey"]["id"]
    with pytest.raises(ApiKeyNotFound):
        await api_keys.revoke_api_key(world.deps, mehmet, key_id)
    await api_keys.revoke_api_key(world.deps, ayse, key_id)
    with pytest.raises(SessionRevoked):
        await authenticate_key(world.deps, key["secret"])
    assert key_id in world.ear.ended
    assert not await api_keys.list_api_keys(world.deps, ayse)
    with pytest.raises(ApiKeyNotFound):
        await api_keys.revoke_api_key(world.deps, ayse, key_id)


async def test_a_key_that_was_revoked_elsewhere_is_heard_of(world: World) -> None:
    (ayse,) = await world.people("ayse")
    key = await make(world, ayse, "message:read")
    await authenticate_key(world.deps, key["secret"])
    known, world.deps.credentials.api_keys = world.deps.credentials.api_keys, KnownKeys()
    await api_keys.revoke_api_key(world.deps, ayse, key["apiKey"]["id"])
    world.deps.credentials.api_keys = known
    world.deps.credentials._revoked.clear()  # as in a process that did not do it
    await authenticate_key(world.deps, key["secret"])
    await accounts.refresh_revocations(world.deps)
    with pytest.raises(SessionRevoked):
        await authenticate_key(world.deps, key["secret"])


async def test_an_end_is_kept(world: World) -> None:
    (ayse,) = await world.people("ayse")
    for moment in ("1999-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z"):
        with pytest.raises(ValidationFailed):
            await make(world, ayse, "message:read", expiresAt=moment)
    key = await make(world, ayse, "message:read", expiresAt="2027-01-01T00:00:00+03:00")
    assert key["apiKey"]["expiresAt"] == "2026-12-31T21:00:00.000Z"
    await authenticate_key(world.deps, key["secret"])
    world.clock.forward(365 * 24 * 3600)
    with pytest.raises(TokenExpired):
        await authenticate_key(world.deps, key["secret"])


async def test_a_closed_account_has_no_keys(world: World) -> None:
    (ayse,) = await world.people("ayse")
    key = await make(world, ayse, "message:read")
    await authenticate_key(world.deps, key["secret"])
    await administration.deactivate_user(world.deps, OPERATOR, ayse.user_id)
    with pytest.raises(AccountDeactivated):
        await authenticate_key(world.deps, key["secret"])
    with pytest.raises(AccountDeactivated):
        await make(world, ayse, "message:read")
    await administration.reactivate_user(world.deps, OPERATOR, ayse.user_id)
    with pytest.raises(SessionRevoked):
        await authenticate_key(world.deps, key["secret"])


async def test_the_last_use_is_written_down_together(world: World) -> None:
    (ayse,) = await world.people("ayse")
    key = await make(world, ayse, "message:read")
    for _ in range(3):
        await authenticate_key(world.deps, key["secret"])
    assert (await api_keys.list_api_keys(world.deps, ayse))[0].last_used_at is None
    await api_keys.keep_last_used(world.deps)
    used = (await api_keys.list_api_keys(world.deps, ayse))[0].last_used_at
    assert used is not None
    assert used <= world.clock.now_ms()
    await authenticate_key(world.deps, key["secret"])
    await api_keys.keep_last_used(world.deps)
    assert (await api_keys.list_api_keys(world.deps, ayse))[0].last_used_at != used


@pytest.mark.parametrize("secret", ["", "ack_", "ack_nothing", "ack_\udcff", "x" * 5000])
async def test_what_is_no_key_is_refused(world: World, secret: str) -> None:
    with pytest.raises(TokenInvalid):
        await authenticate_key(world.deps, secret)


async def test_there_is_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_KEYS", 2)
    (ayse,) = await world.people("ayse")
    for _ in range(2):
        await make(world, ayse, "message:read")
    with pytest.raises(ChatError):
        await make(world, ayse, "message:read")
