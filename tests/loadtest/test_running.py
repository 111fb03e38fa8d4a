"""Runs against a server that is named: its own figures, and for how long it lets people in."""

import asyncio
import sys

import pytest

from altlas_chat.loadtest.crowds import Login
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.running import Wanted, run_all
from altlas_chat.loadtest.scenarios import SCENARIOS
from altlas_chat.loadtest.targets import TargetUnusable
from tests.rest.test_metrics import admin_of
from tests.support.devices import PASSWORD
from tests.support.running import Chat


async def runs_of(chat: Chat, **more: object) -> list[Result]:
    """Runs in a thread, for the server is in this loop."""
    wanted = Wanted(SCENARIOS["posting"], users=3, rate=20, seconds=2, url=f"{chat.url}/v1", **more)

    def run() -> list[Result]:
        command = (sys.executable, "-m", "altlas_chat_cli.main")
        return list(run_all(wanted, command, told=lambda _: None, ticked=lambda _: None))

    return await asyncio.to_thread(run)


async def test_an_administrator_reads_the_figures_of_a_named_server(chat: Chat) -> None:
    await admin_of(chat)
    (found,) = await runs_of(chat, admin=Login("ayse", PASSWORD))
    figures = [one.server for one in found.seconds_of if one.server]
    assert figures
    assert figures[-1]["sockets"] == 3
    assert figures[-1]["commits_a_second"] > 0
    assert figures[-1]["commit_ms"] > 0
    assert figures[-1]["cpu"] > 0


async def test_a_token_does_as_well(chat: Chat) -> None:
    admin = await admin_of(chat)
    (found,) = await runs_of(chat, metrics_token=admin.token)
    assert any(one.server for one in found.seconds_of)
    assert {"altlas-chat", "Python", "machine"} == set(found.about)


async def test_who_may_not_read_them_is_told_before_the_run(chat: Chat) -> None:
    mehmet = await chat.person("mehmet")
    with pytest.raises(TargetUnusable, match="403") as refused:
        await runs_of(chat, metrics_token=mehmet.token)
    assert "admin:system" in refused.value.remedy
    with pytest.raises(TargetUnusable, match="mehmet can't log in: 401"):
        await runs_of(chat, admin=Login("mehmet", "wrong-password"))


async def test_a_run_longer_than_people_are_let_in_for_is_not_begun(chat: Chat) -> None:
    wanted = Wanted(SCENARIOS["posting"], users=2, rate=5, seconds=10_000, url=f"{chat.url}/v1")

    def run() -> None:
        next(run_all(wanted, (), told=lambda _: None, ticked=lambda _: None))

    with pytest.raises(TargetUnusable, match="Access tokens last"):
        await asyncio.to_thread(run)
