"""The figures of a server."""

import asyncio
import gc
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from altlas_chat.domain.times import rfc3339
from altlas_chat.server.stalls import Stalls
from altlas_chat.system import SystemClock
from tests.support.devices import PASSWORD
from tests.support.running import Chat, Person
from tests.support.streams import hearing
from tests.support.waiting import until

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def admin_of(chat: Chat) -> Person:
    """Somebody who may see the figures."""
    ayse = await chat.person("ayse")
    database = chat.running.parts.deps.database
    await database.write(
        lambda tx: tx.execute("UPDATE users SET role = 'admin' WHERE user_id = ?", ayse.user_id),
        lane="test",
    )
    body = {"login": "ayse", "password": PASSWORD}
    async with chat.http.post(f"{chat.url}/v1/auth/login", json=body) as response:
        token = (await response.json())["accessToken"]
    return Person(chat.http, chat.url, ayse.user_id, token)


async def figures(chat: Chat, admin: Person) -> Figures:
    headers = {"Authorization": f"Bearer {admin.token}"}
    async with chat.http.get(f"{chat.url}/v1/metrics", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figure(found: Figures, name: str, **labels: str) -> float:
    return found.get((f"altlas_chat_{name}", frozenset(labels.items())), 0.0)


async def test_what_is_counted(chat_on_each: Chat) -> None:
    chat = chat_on_each
    admin = await admin_of(chat)
    mehmet = await chat.person("mehmet")
    before = await figures(chat, admin)
    wire = await mehmet.connects()
    group = await chat.group(admin, mehmet)
    await wire.next_of("conversation.joined")
    for _ in range(3):
        await mehmet.gets("GET", f"/conversations/{group}")
    await mehmet.call("GET", "/conversations/none")
    await mehmet.call("GET", "/nothing")
    after = await figures(chat, admin)

    def more(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert more("requests_total", operation="getConversation", status="200") == 3
    assert more("requests_total", operation="getConversation", status="404") == 1
    assert more("requests_total", operation="none", status="404") == 1
    assert more("request_seconds_count", operation="getConversation") == 4
    assert more("request_seconds_bucket", operation="getConversation", le="+Inf") == 4
    assert more("request_seconds_sum", operation="getConversation") > 0
    assert more("sockets") == 1
    assert more("commit_changes_count") >= 1
    assert more("commit_changes_sum") >= more("commit_changes_count")
    assert more("commit_seconds_count") == more("commit_changes_count")
    assert more("commit_seconds_sum") > 0
    assert more("database_wait_seconds_count") >= 3
    assert more("database_wait_seconds_sum") > 0
    assert figure(after, "changes_waiting") == 0
    assert figure(after, "database_connections") >= 1
    assert figure(after, "outbox_frames") == figure(after, "outbox_bytes") == 0
    assert figure(after, "event_streams") == figure(after, "long_polls") == 0
    assert after["process_resident_memory_bytes", frozenset()] > 2**20
    assert ("process_cpu_seconds_total", frozenset()) in after


async def test_what_became_of_messages_for_later(chat: Chat) -> None:
    admin = await admin_of(chat)
    group = await chat.group(admin)
    at = rfc3339(SystemClock().now_ms() + 300)
    body = {"conversationId": group, "clientId": "later", "text": "sonra", "scheduledAt": at}
    await admin.gets("POST", "/messages", body)
    await until(lambda: bool(chat.running.parts.later.counts))
    found = await figures(chat, admin)
    assert figure(found, "scheduled_messages_total", outcome="sent") == 1


async def test_why_sockets_were_closed_and_the_delay_of_the_loop(chat: Chat) -> None:
    admin = await admin_of(chat)
    wire = await admin.connects()
    await wire.sends("ping", {})
    await admin.gets("POST", "/auth/logout")
    assert await wire.close_code() == 4003
    mehmet = await chat.person("mehmet")
    assert mehmet.token
    flusher = chat.running.parts.sockets.flusher
    assert flusher.closings == {4003: 1}
    lag = chat.running.parts.stalls.lag
    await until(lambda: sum(lag.counts) > 0)


async def test_no_stall_is_hidden_between_two_askings(chat: Chat) -> None:
    admin = await admin_of(chat)
    await figures(chat, admin)
    ends_at = time.perf_counter() + 0.2
    while time.perf_counter() < ends_at:
        pass
    gc.collect()
    stalls = chat.running.parts.stalls
    tried = sum(stalls.lag.counts)
    await until(lambda: sum(stalls.lag.counts) > tried + 1)
    after = await figures(chat, admin)
    assert figure(after, "event_loop_lag_longest_seconds") >= 0.18
    assert figure(after, "gc_pause_seconds_count") >= 1
    longest = figure(after, "gc_pause_longest_seconds")
    assert 0 < longest <= figure(after, "gc_pause_seconds_sum")
    later = await figures(chat, admin)
    assert figure(later, "event_loop_lag_longest_seconds") < 0.18


def test_who_has_stopped_counts_no_collections() -> None:
    async def count() -> int:
        stalls = Stalls()
        stalls.start()
        gc.collect()
        stalls.stop()
        counted = sum(stalls.pauses.counts)
        gc.collect()
        assert sum(stalls.pauses.counts) == counted
        return counted

    assert asyncio.run(count()) >= 1


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nothing"}])
async def test_figures_are_not_for_everybody(chat: Chat, header: dict[str, str]) -> None:
    async with chat.http.get(f"{chat.url}/v1/metrics", headers=header) as response:
        assert response.status == 401
    ayse = await chat.person("ayse")
    status, problem = await ayse.call("GET", "/metrics")
    assert (status, problem["code"]) == (403, "PERMISSION_DENIED")


async def test_streams_and_waits_are_counted_and_are_no_requests(chat: Chat) -> None:
    admin, mehmet = await admin_of(chat), await chat.person("mehmet")
    cursor = (await mehmet.gets("GET", "/sync"))["cursor"]
    async with hearing(mehmet) as stream:
        await stream.next_of("ready")
        waiting = asyncio.create_task(mehmet.gets("GET", "/sync", cursor=cursor, wait=20))
        await until(lambda: chat.running.parts.streams.waiting == 1)
        now = await figures(chat, admin)
        assert figure(now, "event_streams") == figure(now, "long_polls") == 1
        await chat.running.parts.streams.drain(0)
        await waiting
        await stream.rest()
    await until(lambda: not chat.running.parts.streams.open)
    now = await figures(chat, admin)
    assert figure(now, "event_streams") == figure(now, "long_polls") == 0
    assert figure(now, "socket_closings_total", code="1012") == 1
    assert figure(now, "requests_total", operation="getSync", status="200") == 1
    assert not [one for one in now if ("operation", "streamEvents") in one[1]]
