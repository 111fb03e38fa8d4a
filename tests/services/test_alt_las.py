"""Tokens of ALT_LAS: who is believed, and who is made known here."""

import asyncio
import dataclasses
from typing import Any

import jwt
import pytest

from altlas_chat.domain.errors import (
    AccountDeactivated,
    ChatError,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
)
from altlas_chat.domain.permissions import ROLE_PERMISSIONS
from altlas_chat.services import users
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.credentials import Credentials
from altlas_chat.storage.database import Transaction
from tests.support.world import World

SECRET = "the secret that ALT_LAS and the chat share, long enough for any algorithm"
OWN_KEY = "the chat's own key of more than thirty-two bytes"


@pytest.fixture
def platform(world: World) -> World:
    """A world that accepts ALT_LAS's tokens."""
    settings = dataclasses.replace(world.deps.settings, alt_las_token_secret=SECRET)
    credentials = Credentials(settings, world.clock, OWN_KEY)
    world.deps = dataclasses.replace(world.deps, settings=settings, credentials=credentials)
    return world


def claims(world: World, **changes: Any) -> dict[str, Any]:
    now = world.clock.now_ms() // 1000
    given = {
        "userId": "ALT-42",
        "username": "ayse",
        "roles": ["user"],
        "permissions": ["message:create"],
        "iss": "alt-las-api",
        "aud": "alt-las-client",
        "iat": now,
        "exp": now + 3600,
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def token(world: World, key: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(world, **changes), key, algorithm)


async def test_who_comes_for_the_first_time_is_made_known(platform: World) -> None:
    actor = await authenticate(platform.deps, token(platform))
    assert (actor.user_id, actor.role, actor.session_id) == ("ALT-42", "user", None)
    me = await users.get_current_user(platform.deps, actor)
    assert (me["id"], me["username"], me["displayName"]) == ("ALT-42", "ayse", "ayse")
    again = await authenticate(platform.deps, token(platform, username="renamed"))
    assert again.user_id == "ALT-42"
    assert (await users.get_current_user(platform.deps, again))["username"] == "ayse"


async def test_they_talk_with_people_from_here(platform: World) -> None:
    guest = await authenticate(platform.deps, token(platform))
    mehmet = await platform.person("mehmet")
    room = await platform.direct(guest, mehmet)
    await platform.says(guest, room, "selam")
    assert [one["senderId"] for one in await platform.history(mehmet, room)] == ["ALT-42"]


async def test_the_first_visit_may_be_made_many_times_at_once(platform: World) -> None:
    actors = await asyncio.gather(
        *(authenticate(platform.deps, token(platform)) for _ in range(10))
    )
    assert {actor.user_id for actor in actors} == {"ALT-42"}


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["user"], "user"),
        (["guest", "user"], "user"),
        (["user", "admin"], "admin"),
        (["moderator"], "moderator"),
        (["service"], "service"),
        ([], "guest"),
        (["emperor"], "guest"),
        (["ADMIN"], "guest"),
        ([5, None, ["admin"]], "guest"),
        ("admin", "guest"),
        ({"admin": True}, "guest"),
        (None, "guest"),
    ],
)
async def test_the_strongest_role_that_is_known_here(
    platform: World, roles: Any, role: str
) -> None:
    actor = await authenticate(platform.deps, token(platform, roles=roles))
    assert (actor.role, actor.permissions) == (role, ROLE_PERMISSIONS[role])


async def test_a_role_is_as_the_token_of_now_says(platform: World) -> None:
    assert (await authenticate(platform.deps, token(platform, roles=["admin"]))).role == "admin"
    assert (await authenticate(platform.deps, token(platform, roles=["guest"]))).role == "guest"


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "refresh"},
        {"type": "something"},
        {"type": 5},
        {"iss": "somebody-else"},
        {"iss": ["alt-las-api"]},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"aud": 5},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": [1]},
        {"userId": None},
        {"userId": ""},
        {"userId": 42},
        {"userId": "x" * 129},
        {"userId": "a\x00b"},
        {"userId": "a\nb"},
        {"userId": "\ud800"},
        {"userId": {"$ne": None}},
    ],
)
async def test_what_is_no_access_token_of_the_platform(
    platform: World, changes: dict[str, Any]
) -> None:
    made = claims(platform, **changes)
    with pytest.raises(TokenInvalid):
        await authenticate(platform.deps, signed(made))


def signed(made: dict[str, Any], key: str = SECRET) -> str:
    """Also what an encoder would refuse to sign."""
    return jwt.PyJWS().encode(jwt.api_jwt.json.dumps(made).encode(), key, "HS256")


async def test_an_access_token_may_say_that_it_is_one(platform: World) -> None:
    assert await authenticate(platform.deps, token(platform, type="access"))
    both = token(platform, aud=["alt-las-client", "another"])
    assert await authenticate(platform.deps, both)


async def test_its_time_is_over(platform: World) -> None:
    made = token(platform)
    platform.clock.forward(3600 + 10)
    with pytest.raises(TokenExpired):
        await authenticate(platform.deps, made)


@pytest.mark.parametrize("exp", [float("inf"), float("nan"), 10**30])
async def test_a_token_for_ever_is_none(platform: World, exp: float) -> None:
    with pytest.raises(TokenInvalid):
        await authenticate(platform.deps, signed(claims(platform, exp=exp)))


async def test_only_the_shared_key_and_the_pinned_algorithm_count(platform: World) -> None:
    forged = [
        token(platform, key="another secret that nobody shares here"),
        token(platform, algorithm="HS512"),
        token(platform, algorithm="HS384"),
        jwt.encode(claims(platform), "", "none"),
        token(platform)[:-2] + "AA",
        token(platform).rsplit(".", 1)[0] + ".",
        token(platform, key=OWN_KEY),
    ]
    for one in forged:
        with pytest.raises(TokenInvalid):
            await authenticate(platform.deps, one)


async def test_the_two_kinds_of_tokens_do_not_pass_for_each_other(platform: World) -> None:
    own = {"sub": "ALT-42", "sid": "s", "role": "admin", "typ": "access"}
    for made in (
        token(platform, iss="altlas-chat", aud="altlas-chat", **own),
        token(platform, key=OWN_KEY, iss="alt-las-api"),
        token(platform, key=OWN_KEY, iss="altlas-chat", aud="altlas-chat", typ="refresh"),
        token(platform, key=OWN_KEY, iss="altlas-chat", aud="altlas-chat"),
        token(platform, key=OWN_KEY, iss="altlas-chat", aud="altlas-chat", **{**own, "role": "x"}),
        token(platform, key=OWN_KEY, iss="altlas-chat", aud="altlas-chat", **{**own, "sid": None}),
    ):
        with pytest.raises(TokenInvalid):
            await authenticate(platform.deps, made)


async def test_without_a_key_none_is_accepted(world: World) -> None:
    for key in (SECRET, "x", "None"):
        with pytest.raises(TokenInvalid) as refused:
            await authenticate(world.deps, token(world, key=key.ljust(32)))
        assert "not accepted here" in refused.value.detail


async def test_somebody_from_here_is_not_taken_over_by_an_id(platform: World) -> None:
    mehmet = await platform.person("mehmet")
    with pytest.raises(TokenInvalid):
        await authenticate(platform.deps, token(platform, userId=mehmet.user_id))


async def test_a_user_name_that_somebody_has_gets_a_number(platform: World) -> None:
    await platform.person("ayse")
    names = []
    for number in range(3):
        actor = await authenticate(
            platform.deps, token(platform, userId=f"ALT-{number}", username="Ayse")
        )
        names.append((await users.get_current_user(platform.deps, actor))["username"])
    assert names == ["Ayse-2", "Ayse-3", "Ayse-4"]


@pytest.mark.parametrize(
    ("username", "shown"),
    [
        ("Ayşe Öz", "Ayşe Öz"),
        ("a\x00b", "a b"),
        ("a\ud800b", "a b"),
        ("  a\n\tb  ", "a b"),
        ("", "ALT-42"),
        ("   ", "ALT-42"),
        ("\x00", "ALT-42"),
        (None, "ALT-42"),
        (5, "ALT-42"),
        ("x" * 500, "x" * 100),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("ayse@example.org", "ayse@example.org"),
    ],
)
async def test_unusual_user_names_do_not_keep_anybody_out(
    platform: World, username: Any, shown: str
) -> None:
    actor = await authenticate(platform.deps, signed(claims(platform, username=username)))
    me = await users.get_current_user(platform.deps, actor)
    assert me["displayName"] == shown
    assert 1 <= len(me["username"]) <= 32


async def test_a_closed_account_is_kept_out(platform: World) -> None:
    await authenticate(platform.deps, token(platform))

    async def close(tx: Transaction) -> None:
        await tx.execute("UPDATE users SET is_active = FALSE WHERE user_id = 'ALT-42'")

    await platform.deps.database.write(close, lane="test")
    with pytest.raises(AccountDeactivated):
        await authenticate(platform.deps, token(platform))


@pytest.mark.parametrize(
    "word",
    ["", ".", "..", "...", "a.b.c", "é.é.é", "\x00", "x" * 16_384, "e30.e30.e30", "e30.W10.e30"],
)
async def test_what_is_no_token_at_all(platform: World, word: str) -> None:
    with pytest.raises(ChatError) as refused:
        await authenticate(platform.deps, word)
    assert refused.value.code == "AUTH_TOKEN_INVALID"


async def test_an_ended_session_is_none_of_theirs(platform: World) -> None:
    actor = await authenticate(platform.deps, token(platform))
    platform.deps.credentials.revoke("some session", platform.clock.now_ms())
    assert (await authenticate(platform.deps, token(platform, sid="some session"))) == actor
    with pytest.raises(SessionRevoked):
        own = {"sub": "x", "sid": "some session", "role": "user", "typ": "access"}
        made = token(platform, key=OWN_KEY, iss="altlas-chat", aud="altlas-chat", **own)
        await authenticate(platform.deps, made)
