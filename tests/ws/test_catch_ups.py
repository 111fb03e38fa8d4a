"""Who joins a stream late is brought up to date from the log, or told to come again."""

import logging

import pytest

from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.hub import Hub
from altlas_chat.services.hearing import CatchUps
from altlas_chat.storage.database import Transaction
from tests.realtime.test_hub import Ear
from tests.support.waiting import until
from tests.support.world import World


class Node:
    """A hub that hears of what the world does."""

    def __init__(self, world: World) -> None:
        self.hub = Hub()
        self.catch_ups = CatchUps(world.deps, self.hub)
        self.hub.use_log(fill_hole=lambda *_: None, catch_up=self.catch_ups.ask)

    async def listens(self, actor: Actor) -> Ear:
        ear = Ear(actor.user_id)
        self.hub.add(ear)
        self.hub.release(ear, {f"user:{actor.user_id}": 0})
        return ear


async def test_what_was_told_before_it_joined_comes_from_the_log(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    seqs = [(await world.says(ayse, room))["seq"] for _ in range(5)]
    node, stream = Node(world), f"conversation:{room}"
    ear = await node.listens(mehmet)
    ear.hold()
    node.hub.attach(ear, [stream])
    node.catch_ups.ask(ear, stream, seqs[1])
    await until(lambda: ear.held is None)
    assert ear.heard(stream) == seqs[2:]
    world.ear.told.clear()
    await world.says(ayse, room)
    node.hub.publish(world.ear.told)
    assert ear.heard(stream) == [*seqs[2:], seqs[-1] + 1]


async def test_what_was_told_while_the_log_is_read_is_not_told_twice(world: World) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    node, stream = Node(world), f"conversation:{room}"
    seqs = [(await world.says(ayse, room))["seq"] for _ in range(3)]
    ear = await node.listens(mehmet)
    ear.hold()
    node.hub.attach(ear, [stream])
    node.hub.place({stream: seqs[0]})
    node.catch_ups.ask(ear, stream, seqs[0])
    node.hub.publish([one for one in world.ear.told if one.event.stream == stream])
    await until(lambda: ear.held is None)
    assert ear.heard(stream) == seqs[1:]


async def test_who_cannot_be_brought_up_to_date_comes_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ayse, mehmet = await world.people("ayse", "mehmet")
    room = await world.direct(ayse, mehmet)
    node = Node(world)
    ear = await node.listens(mehmet)

    async def lose_the_log(tx: Transaction) -> None:
        await tx.execute("ALTER TABLE events RENAME TO lost")

    await world.deps.database.write(lose_the_log, lane="test")
    caplog.set_level(logging.CRITICAL, "altlas_chat.services.hearing")
    ear.hold()
    node.catch_ups.ask(ear, f"conversation:{room}", 0)
    await until(lambda: ear.held is None)
    assert (ear.failed, ear.ended) == (True, False)
