"""A token that was checked before is refused as soon as one that was not."""

import pytest

from altlas_chat.domain.errors import ChatError, SessionRevoked, TokenExpired, TokenInvalid
from altlas_chat.domain.permissions import Actor
from altlas_chat.services import administration, known_tokens, sessions
from altlas_chat.services.administration import OPERATOR
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.known_tokens import KnownToken, KnownTokens
from tests.support.world import World


async def known_token(world: World) -> tuple[Actor, str]:
    """Somebody and an access token that comes for the second time next."""
    ayse = await world.person("ayse")
    token = world.deps.credentials.access_token(ayse.user_id, "user", str(ayse.session_id))
    assert (await authenticate(world.deps, token, comes_again=True)).user_id == ayse.user_id
    return ayse, token


async def refusal(world: World, token: str) -> type[ChatError]:
    with pytest.raises(ChatError) as caught:
        await authenticate(world.deps, token, comes_again=True)
    return caught.type


async def test_it_expires(world: World) -> None:
    _, token = await known_token(world)
    world.clock.forward(world.deps.settings.access_token_seconds - 1)
    assert await authenticate(world.deps, token, comes_again=True)
    world.clock.forward(10)
    assert await refusal(world, token) is TokenExpired


async def test_it_ends_with_its_session(world: World) -> None:
    ayse, token = await known_token(world)
    await sessions.end_own_session(world.deps, ayse, str(ayse.session_id))
    assert await refusal(world, token) is SessionRevoked


async def test_it_ends_with_the_account(world: World) -> None:
    ayse, token = await known_token(world)
    await administration.deactivate_user(world.deps, OPERATOR, ayse.user_id)
    assert await refusal(world, token) is SessionRevoked


async def test_its_role_is_the_present_one(world: World) -> None:
    ayse, token = await known_token(world)
    await administration.set_user_role(world.deps, OPERATOR, ayse.user_id, "moderator")
    for _ in range(2):
        assert (await authenticate(world.deps, token, comes_again=True)).role == "moderator"
    await administration.set_user_role(world.deps, OPERATOR, ayse.user_id, "user")
    assert (await authenticate(world.deps, token, comes_again=True)).role == "user"


async def test_another_signature_under_the_same_claims_is_checked(world: World) -> None:
    _, token = await known_token(world)
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims, signature[::-1]))
    assert await refusal(world, forged) is TokenInvalid
    assert await refusal(world, forged) is TokenInvalid


async def test_what_was_refused_is_not_known(world: World) -> None:
    ayse, token = await known_token(world)
    await sessions.end_own_session(world.deps, ayse, str(ayse.session_id))
    other = await world.person("mehmet")
    late = world.deps.credentials.access_token(other.user_id, "user", str(ayse.session_id))
    for one in (token, late):
        assert await refusal(world, one) is SessionRevoked
    assert world.deps.credentials._known.get(late) is None


def test_the_first_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_tokens, "MOST", 3)
    known = KnownTokens()
    for name in "abcad":
        known.keep(name, KnownToken({"sub": name}, None))
    assert [known.get(name) for name in "ab"] == [None, KnownToken({"sub": "b"}, None)]
    assert known.get("d") == KnownToken({"sub": "d"}, None)
