"""Accounts and sessions: who gets in, for how long, and who is put out."""

import asyncio
import dataclasses

import pytest

from altlas_chat.domain.accounts import (
    ChangePasswordRequest,
    LoginRequest,
    ProfileUpdate,
    RegisterRequest,
    Tokens,
)
from altlas_chat.domain.errors import (
    AccountDeactivated,
    ChatError,
    EmailTaken,
    InvalidCredentials,
    PermissionDenied,
    RateLimitExceeded,
    SessionRevoked,
    TokenExpired,
    TokenInvalid,
    TokenReused,
    UsernameTaken,
)
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.services import accounts, users
from altlas_chat.services.accounts import Device
from altlas_chat.services.authentication import authenticate
from altlas_chat.services.credentials import load_credentials
from altlas_chat.storage.database import Transaction
from altlas_chat.system import Randomness
from tests.support.world import PASSWORD, World

HERE = Device("phone", "test", "192.0.2.1")
GRACE_SECONDS = 30


async def register(world: World, username: str, **more: object) -> Tokens:
    body = {"username": username, "password": PASSWORD, **more}
    return await accounts.register(world.deps, RegisterRequest.model_validate(body), HERE)


async def log_in(world: World, password: str = PASSWORD, at: Device = HERE, **name: str) -> Tokens:
    request = LoginRequest.model_validate({**name, "password": password})
    return await accounts.login(world.deps, request, at)


def actor_of(tokens: Tokens) -> Actor:
    return Actor(tokens.user.user_id, "user", ROLE_PERMISSIONS["user"], tokens.session_id)


async def deactivate(world: World, user_id: str) -> None:
    async def change(tx: Transaction) -> None:
        await tx.execute("UPDATE users SET is_active = FALSE WHERE user_id = ?", user_id)

    await world.deps.database.write(change, lane="test")


# -- registering -------------------------------------------------------------------------


async def test_a_new_account_is_logged_in_at_once(world: World) -> None:
    tokens = await register(world, "ayse", displayName="Ayşe Öz", language="tr")
    actor = await authenticate(world.deps, tokens.access_token)
    assert (actor.user_id, actor.role) == (tokens.user.user_id, "user")
    me = await users.get_current_user(world.deps, actor)
    assert (me["displayName"], me["language"], me["email"]) == ("Ayşe Öz", "tr", None)


@pytest.mark.parametrize("name", ["irem", "İREM", "IREM", "ırem", "Irem"])
async def test_a_name_is_taken_in_whatever_case(world: World, name: str) -> None:
    await register(world, "İrem")
    with pytest.raises(UsernameTaken):
        await register(world, name)


async def test_an_address_is_taken_in_whatever_case(world: World) -> None:
    await register(world, "ayse", email="Ayse@Example.org")
    with pytest.raises(EmailTaken):
        await register(world, "mehmet", email="ayse@example.ORG")
    mehmet = await register(world, "mehmet", email="mehmet@example.org")
    with pytest.raises(EmailTaken):
        update = ProfileUpdate.model_validate({"email": "AYSE@example.org"})
        await users.update_profile(world.deps, actor_of(mehmet), update)
    me = await users.get_current_user(world.deps, actor_of(mehmet))
    assert me["email"] == "mehmet@example.org"


async def test_one_name_is_given_once_however_many_want_it(world: World) -> None:
    outcomes = await asyncio.gather(
        *(register(world, "ayse") for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(one, Tokens) for one in outcomes) == 1
    assert sum(isinstance(one, UsernameTaken) for one in outcomes) == 7


async def test_registration_can_be_closed(world: World) -> None:
    settings = dataclasses.replace(world.deps.settings, registration="closed")
    world.deps = dataclasses.replace(world.deps, settings=settings)
    with pytest.raises(PermissionDenied):
        await register(world, "ayse")


# -- logging in ----------------------------------------------------------------------------


async def test_a_person_logs_in_by_name_address_or_either(world: World) -> None:
    known = await register(world, "Ayşe", email="ayse@example.org")
    for name in (
        {"username": "ayşe"},
        {"username": "AYŞE"},
        {"email": "AYSE@example.org"},
        {"login": "ayşe"},
        {"login": " ayse@EXAMPLE.org "},
    ):
        tokens = await log_in(world, **name)
        assert tokens.user.user_id == known.user.user_id
        assert tokens.session_id != known.session_id
        assert (await authenticate(world.deps, tokens.access_token)).session_id == tokens.session_id


async def test_a_wrong_password_and_an_unknown_name_are_not_told_apart(world: World) -> None:
    await register(world, "ayse")
    refusals = []
    for name, password in (("ayse", "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(InvalidCredentials) as refused:
            await log_in(world, password, username=name)
        refusals.append(refused.value.as_problem())
    assert refusals[0] == refusals[1]


async def test_a_closed_account_is_told_so_only_to_its_owner(world: World) -> None:
    tokens = await register(world, "ayse")
    await deactivate(world, tokens.user.user_id)
    with pytest.raises(AccountDeactivated):
        await log_in(world, username="ayse")
    with pytest.raises(InvalidCredentials):
        await log_in(world, "wrong", username="ayse")
    with pytest.raises(AccountDeactivated):
        await accounts.refresh(world.deps, tokens.refresh_token)


async def fails(world: World, times: int, name: str = "ayse", at: Device = HERE) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await log_in(world, "wrong", at, username=name)


async def test_too_many_failed_logins_have_to_wait(world: World) -> None:
    await register(world, "ayse")
    await fails(world, 10)
    for password in ("wrong", PASSWORD):
        with pytest.raises(RateLimitExceeded) as refused:
            await log_in(world, password, username="AYSE")
        assert refused.value.retry_after_seconds is not None
        assert 0 < refused.value.retry_after_seconds <= 300
    world.clock.forward(refused.value.retry_after_seconds)
    assert await log_in(world, username="ayse")


async def test_failed_logins_of_others_and_from_elsewhere_do_not_count(world: World) -> None:
    await register(world, "ayse")
    await fails(world, 10)
    await fails(world, 1, name="mehmet")
    assert await log_in(world, at=Device(address="192.0.2.2"), username="ayse")


async def test_a_login_that_works_forgets_the_failed_ones(world: World) -> None:
    await register(world, "ayse")
    await fails(world, 9)
    await log_in(world, username="ayse")
    await fails(world, 9)
    assert await log_in(world, username="ayse")


async def test_guessing_many_at_once_gets_no_more_tries(world: World) -> None:
    await register(world, "ayse")
    outcomes = await asyncio.gather(
        *(log_in(world, "wrong", username="ayse") for _ in range(60)), return_exceptions=True
    )
    assert sum(isinstance(one, InvalidCredentials) for one in outcomes) == 10
    assert sum(isinstance(one, RateLimitExceeded) for one in outcomes) == 50


async def test_many_devices_may_log_in_at_once(world: World) -> None:
    await register(world, "ayse")
    tokens = await asyncio.gather(*(log_in(world, username="ayse") for _ in range(20)))
    assert len({one.session_id for one in tokens}) == 20


# -- keeping a session going ------------------------------------------------------------------


async def refresh(world: World, tokens: Tokens) -> Tokens:
    return await accounts.refresh(world.deps, tokens.refresh_token)


async def is_over(world: World, tokens: Tokens) -> None:
    """The session of these tokens is ended, everywhere."""
    assert tokens.session_id in world.ear.ended
    with pytest.raises(SessionRevoked):
        await authenticate(world.deps, tokens.access_token)
    with pytest.raises(SessionRevoked):
        await refresh(world, tokens)


async def test_a_refresh_token_is_exchanged_for_a_new_pair(world: World) -> None:
    first = await register(world, "ayse")
    second = await refresh(world, first)
    third = await refresh(world, second)
    assert len({one.refresh_token for one in (first, second, third)}) == 3
    assert first.session_id == second.session_id == third.session_id
    for tokens in (first, second, third):
        assert (await authenticate(world.deps, tokens.access_token)).user_id == first.user.user_id


@pytest.mark.parametrize("secret", ["", "nonsense", "é", "x" * 512, "\x00"])
async def test_what_is_no_refresh_token(world: World, secret: str) -> None:
    with pytest.raises(TokenInvalid):
        await accounts.refresh(world.deps, secret)


async def test_a_token_that_was_not_used_for_too_long(world: World) -> None:
    tokens = await register(world, "ayse")
    world.clock.forward(world.deps.settings.refresh_token_seconds - 60)
    tokens = await refresh(world, tokens)
    world.clock.forward(world.deps.settings.refresh_token_seconds + 1)
    with pytest.raises(TokenExpired):
        await refresh(world, tokens)


async def test_a_used_token_that_comes_again_ends_the_session(world: World) -> None:
    stolen = await register(world, "ayse")
    other = await log_in(world, username="ayse")
    present = await refresh(world, stolen)
    world.clock.forward(GRACE_SECONDS + 1)
    with pytest.raises(TokenReused):
        await refresh(world, stolen)
    await is_over(world, present)
    assert await refresh(world, other)


async def test_a_token_whose_successor_was_used_ends_the_session_at_once(world: World) -> None:
    first = await register(world, "ayse")
    second = await refresh(world, first)
    third = await refresh(world, second)
    with pytest.raises(TokenReused):
        await refresh(world, first)
    await is_over(world, third)


async def test_a_client_whose_answer_was_lost_may_ask_again(world: World) -> None:
    first = await register(world, "ayse")
    await refresh(world, first)
    world.clock.forward(GRACE_SECONDS / 3)
    again = await refresh(world, first)
    assert await refresh(world, again)


async def test_the_answer_to_the_retry_may_be_lost_too(world: World) -> None:
    first = await register(world, "ayse")
    for _ in range(4):
        again = await refresh(world, first)
    assert await refresh(world, again)
    with pytest.raises(TokenReused):
        await refresh(world, first)
    await is_over(world, again)


async def test_the_lost_answer_may_come_late(world: World) -> None:
    first = await register(world, "ayse")
    lost = await refresh(world, first)
    await refresh(world, first)
    late = await refresh(world, lost)
    assert await refresh(world, late)


async def test_the_grace_does_not_grow_with_retries(world: World) -> None:
    first = await register(world, "ayse")
    await refresh(world, first)
    world.clock.forward(GRACE_SECONDS - 5)
    await refresh(world, first)
    world.clock.forward(10)
    with pytest.raises(TokenReused):
        await refresh(world, first)


async def test_without_a_grace_every_repetition_ends_the_session(world: World) -> None:
    settings = dataclasses.replace(world.deps.settings, refresh_grace_seconds=0)
    world.deps = dataclasses.replace(world.deps, settings=settings)
    first = await register(world, "ayse")
    second = await refresh(world, first)
    with pytest.raises(TokenReused):
        await refresh(world, first)
    await is_over(world, second)


async def test_many_tabs_that_refresh_at_once_stay_logged_in(world: World) -> None:
    first = await register(world, "ayse")
    answers = await asyncio.gather(*(refresh(world, first) for _ in range(6)))
    assert len({one.refresh_token for one in answers}) == 6
    assert await refresh(world, answers[-1])


# -- ending it ----------------------------------------------------------------------------------


async def test_logging_out_ends_this_session_only(world: World) -> None:
    phone, laptop = await register(world, "ayse"), await log_in(world, username="ayse")
    await accounts.logout(world.deps, actor_of(phone))
    await is_over(world, phone)
    assert await authenticate(world.deps, laptop.access_token)
    await accounts.logout(world.deps, actor_of(phone))
    assert await refresh(world, laptop)


async def test_logging_out_everywhere_ends_all_of_ones_own(world: World) -> None:
    phone, laptop = await register(world, "ayse"), await log_in(world, username="ayse")
    mehmet = await register(world, "mehmet")
    await accounts.logout_everywhere(world.deps, actor_of(phone))
    await is_over(world, phone)
    await is_over(world, laptop)
    assert await refresh(world, mehmet)


async def test_another_password_ends_the_other_sessions(world: World) -> None:
    phone, laptop = await register(world, "ayse"), await log_in(world, username="ayse")
    wish = {"currentPassword": PASSWORD, "newPassword": "another-horse-7"}
    request = ChangePasswordRequest.model_validate(wish)
    await accounts.change_password(world.deps, actor_of(phone), request)
    await is_over(world, laptop)
    assert await refresh(world, phone)
    with pytest.raises(InvalidCredentials):
        await log_in(world, username="ayse")
    assert await log_in(world, "another-horse-7", username="ayse")


async def test_no_login_by_the_old_password_outlives_it(world: World) -> None:
    phone = await register(world, "ayse")
    wish = {"currentPassword": PASSWORD, "newPassword": "another-horse-7"}
    request = ChangePasswordRequest.model_validate(wish)
    changing = asyncio.create_task(accounts.change_password(world.deps, actor_of(phone), request))
    logins = []
    while not changing.done() and len(logins) < 200:
        device = Device("elsewhere", "test", f"192.0.2.{len(logins)}")
        logins.append(asyncio.create_task(log_in(world, at=device, username="ayse")))
        await asyncio.sleep(0)
    await changing
    outcomes = await asyncio.gather(*logins, return_exceptions=True)
    assert {type(one) for one in outcomes} <= {Tokens, InvalidCredentials}
    for outcome in outcomes:
        if isinstance(outcome, Tokens):
            await is_over(world, outcome)
    assert await refresh(world, phone)


async def test_of_two_new_passwords_at_once_one_counts(world: World) -> None:
    phone = await register(world, "ayse")
    words = [f"another-horse-{number}" for number in range(2)]
    wishes = [{"currentPassword": PASSWORD, "newPassword": word} for word in words]
    requests = [ChangePasswordRequest.model_validate(wish) for wish in wishes]
    outcomes = await asyncio.gather(
        *(accounts.change_password(world.deps, actor_of(phone), one) for one in requests),
        return_exceptions=True,
    )
    assert {type(one) for one in outcomes} == {type(None), InvalidCredentials}
    assert await log_in(world, words[outcomes.index(None)], username="ayse")


async def test_a_password_does_not_change_without_ending_the_sessions(world: World) -> None:
    phone, laptop = await register(world, "ayse"), await log_in(world, username="ayse")
    wish = {"currentPassword": PASSWORD, "newPassword": "another-horse-7"}
    request = ChangePasswordRequest.model_validate(wish)
    await renamed(world, "sessions", "away")
    with pytest.raises(Exception, match="sessions"):
        await accounts.change_password(world.deps, actor_of(phone), request)
    await renamed(world, "away", "sessions")
    assert await log_in(world, username="ayse")
    assert await refresh(world, laptop)


async def renamed(world: World, table: str, name: str) -> None:
    await world.deps.database.write(
        lambda tx: tx.execute(f"ALTER TABLE {table} RENAME TO {name}"), lane="test"
    )


async def test_who_does_not_know_the_present_password_changes_nothing(world: World) -> None:
    phone = await register(world, "ayse")
    wish = {"currentPassword": "wrong", "newPassword": "another-horse-7"}
    request = ChangePasswordRequest.model_validate(wish)
    outcomes = await asyncio.gather(
        *(accounts.change_password(world.deps, actor_of(phone), request) for _ in range(14)),
        return_exceptions=True,
    )
    kinds = [type(one) for one in outcomes]
    assert (kinds.count(InvalidCredentials), kinds.count(RateLimitExceeded)) == (10, 4)
    assert await log_in(world, username="ayse")


async def test_a_session_that_another_node_ended_is_refused_here(world: World) -> None:
    tokens = await register(world, "ayse")
    deps = world.deps
    credentials = await load_credentials(deps.settings, deps.database, deps.clock, Randomness())
    elsewhere = dataclasses.replace(deps, credentials=credentials)
    assert await authenticate(elsewhere, tokens.access_token)
    await accounts.logout(deps, actor_of(tokens))
    await accounts.refresh_revocations(elsewhere)
    with pytest.raises(SessionRevoked):
        await authenticate(elsewhere, tokens.access_token)
    credentials.close()


async def test_what_ended_long_ago_need_not_be_remembered(world: World) -> None:
    tokens = await register(world, "ayse")
    await accounts.logout(world.deps, actor_of(tokens))
    world.clock.forward(world.deps.settings.access_token_seconds + 60)
    await accounts.refresh_revocations(world.deps)
    with pytest.raises(ChatError) as refused:
        await authenticate(world.deps, tokens.access_token)
    assert refused.value.code == "AUTH_TOKEN_EXPIRED"
