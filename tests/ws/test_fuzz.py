"""Frames that nobody thought of: each command is answered, and nothing breaks."""

import asyncio
import json
import random
import uuid
from collections import Counter
from typing import Any

import pytest

from tests.support.running import Chat, Json, Person, Wire

FRAMES = 3000
STRINGS = [
    "",
    " ",
    "x",
    "a\x00b",
    "\x00",
    "x" * 129,
    "x" * 4001,
    "👩‍👩‍👧‍👦",
    "\u202eabc",
    "İIıi",
    "' OR 1=1 --",
    "../../etc/passwd",
    "null",
    "\ufeff",
    "\x7f\x1b[2J",
]
NUMBERS = [
    0,
    -1,
    1,
    1.5,
    -0.0,
    1e308,
    2**31,
    2**53,
    2**53 - 1,
    2**63 - 1,
    2**63,
    2**64 - 1,
    -(2**63),
]
PLAIN = [None, True, False]


def value(chance: random.Random, known: list[str], depth: int = 0) -> Any:
    """Any JSON, now and then something that means something."""
    kind = chance.randrange(8 if depth < 3 else 5)
    if kind < 2:
        return chance.choice(known)
    if kind == 2:
        return chance.choice(STRINGS)
    if kind == 3:
        return chance.choice(NUMBERS)
    if kind == 4:
        return chance.choice(PLAIN)
    inner = [value(chance, known, depth + 1) for _ in range(chance.randrange(4))]
    if kind == 5:
        return inner
    if kind == 6:
        return {chance.choice([*STRINGS, "text", "id", "$ref"]): one for one in inner}
    deep: Any = chance.choice(PLAIN)
    for _ in range(chance.choice([1, 5, 100, 500])):
        deep = [deep]
    return deep


def mutated(chance: random.Random, data: Json, known: list[str]) -> Any:
    """A command's data with something else in one or two places."""
    changed: Any = dict(data)
    for _ in range(chance.randrange(3)):
        what = chance.randrange(4)
        name = chance.choice([*data, "unknown", "a/b~c"])
        if what == 0:
            changed.pop(name, None)
        elif what == 1:
            return value(chance, known)
        else:
            changed[name] = value(chance, known)
    return changed


class Town:
    """What frames can be about."""

    def __init__(
        self, room: str, group: str, message: str, other: str, people: list[Person]
    ) -> None:
        self.ids = [room, group, message, other, *(person.user_id for person in people), "nothing"]
        self.commands: dict[str, Json] = {
            "message.send": {
                "conversationId": room,
                "clientId": "c",
                "text": "hello",
                "kind": "text",
                "replyToId": message,
                "mentions": [people[0].user_id],
            },
            "message.edit": {"messageId": message, "text": "changed", "mentions": []},
            "message.delete": {"messageId": other, "scope": "me"},
            "conversation.read": {"conversationId": room, "seq": 1},
            "conversation.delivered": {"conversationId": group, "seq": 1},
            "typing.start": {"conversationId": room},
            "nonsense": {},
        }

    def frame(self, chance: random.Random, number: int) -> Json:
        name = chance.choice(list(self.commands))
        data = mutated(chance, self.commands[name], self.ids)
        if isinstance(data, dict) and data.get("clientId") == "c" and chance.random() < 0.7:
            data["clientId"] = str(uuid.UUID(int=chance.getrandbits(128)))
        return {"event": name, "data": data, "id": number}


async def answered(wire: Wire, count: int) -> Counter[str]:
    """Read until so many commands are answered; how."""
    found: Counter[str] = Counter()
    ids = set()
    while len(ids) < count:
        frame = await wire.next()
        if frame["event"] in ("reply", "error"):
            assert frame["id"] not in ids, frame
            ids.add(frame["id"])
            found["reply" if frame["event"] == "reply" else frame["data"]["code"]] += 1
            assert frame["event"] == "reply" or frame["data"]["remedy"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_each_command_is_answered_whatever_is_in_it(chat_on_each: Chat, seed: int) -> None:
    chat, chance = chat_on_each, random.Random(seed)
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room, group = await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet)
    body = {"conversationId": room, "clientId": "first", "text": "hello"}
    message = await ayse.gets("POST", "/messages", body)
    other = await ayse.gets("POST", "/messages", {**body, "clientId": "second"})
    town = Town(room, group, message["id"], other["id"], [ayse, mehmet])
    wire, listening = await ayse.connects(), await mehmet.connects()
    # Who does not read answers no ping, and is dropped in time.
    alive = asyncio.create_task(listening.next_of("pong"))
    found: Counter[str] = Counter()
    for start in range(0, FRAMES, 50):
        for number in range(start, start + 50):
            await wire.ws.send_str(json.dumps(town.frame(chance, number)))
        found += await answered(wire, 50)
    assert not {"SERVER_ERROR", "SERVICE_UNAVAILABLE"} & set(found), found
    assert found["reply"] > 200, found
    assert len(found) > 5, found
    await listening.sends("ping", {}, "alive")
    assert (await alive)["id"] == "alive"
    assert (await chat.direct(ayse, mehmet)) == room


async def test_texts_that_are_nearly_frames(chat: Chat) -> None:
    chance = random.Random(3)
    ayse = await chat.person("ayse")
    wire = await ayse.connects()
    plain = '{"event":"ping","data":{"a":[1,"\\u00e9",null]},"id":7}'
    for _ in range(600):
        signs = list(plain)
        for _ in range(chance.randrange(1, 4)):
            place = chance.randrange(len(signs))
            what = chance.randrange(3)
            if what == 0:
                del signs[place]
            elif what == 1:
                signs.insert(place, chance.choice('{}[]",:\\u0é\x00\x1f5eE+-.'))
            else:
                signs[place] = chance.choice('{}[]",:\\u0é\x00\x1f5eE+-.')
        await wire.ws.send_str("".join(signs))
        frame = await wire.next()
        assert frame["event"] in ("pong", "error"), frame
        if frame["event"] == "error":
            assert frame["data"]["code"] in (
                "MALFORMED_JSON",
                "VALIDATION_ERROR",
                "UNKNOWN_COMMAND",
            ), ("".join(signs), frame)
