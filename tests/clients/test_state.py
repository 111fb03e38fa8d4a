"""Both clients know the same after the same events, and that is what a fresh snapshot says."""

import subprocess
from copy import deepcopy

import orjson

from altlas_chat.client.state import RECEIPTS, State
from altlas_chat.data import client_folder
from tests.support.driving import DRIVERS, Begin, node
from tests.support.running import Chat, Json, Person
from tests.support.wire_proxy import WireProxy
from tests.support.world import plain


async def events_of_a_day(chat: Chat, ayse: Person) -> str:
    """Things of every kind that Ayşe hears of; the group in which they happen."""
    mehmet, zeynep = await chat.people("mehmet", "zeynep")
    group = await chat.group(mehmet, ayse)
    direct = await chat.direct(ayse, mehmet)

    async def says(person: Person, room: str, text: str, **more: object) -> str:
        draft = {"conversationId": room, "clientId": f"{room} {text}", "text": text, **more}
        return str((await person.gets("POST", "/messages", draft))["id"])

    first = await says(mehmet, group, "first")
    await mehmet.gets("PUT", f"/messages/{first}", {"text": "first, " + "çok uzun 😀 " * 40})
    answer = await says(ayse, group, "answer", replyToId=first)
    second = await says(mehmet, group, "second", mentions=[ayse.user_id])
    third = await says(ayse, group, "quotes it", replyToId=first)
    await mehmet.gets("PUT", f"/messages/{first}", {"text": "again, " + "çok uzun 😀 " * 40})
    await says(mehmet, group, "in the thread", replyToId=third)
    await mehmet.gets("PUT", f"/messages/{second}/reactions/👍")
    await ayse.gets("PUT", f"/messages/{second}/reactions/👍")
    await mehmet.gets("DELETE", f"/messages/{second}/reactions/👍")
    await mehmet.gets("PUT", f"/messages/{first}/pin")
    await ayse.gets("PUT", f"/messages/{first}/star")
    await ayse.gets("PUT", f"/messages/{second}/star")
    await ayse.gets("PUT", f"/conversations/{group}/read", {"seq": 3})
    await says(mehmet, group, "third")
    await mehmet.gets("DELETE", f"/messages/{second}")
    await ayse.gets("DELETE", f"/messages/{answer}", scope="me")
    await mehmet.gets("POST", f"/groups/{group}/members", {"userIds": [zeynep.user_id]})
    await mehmet.gets("PUT", f"/groups/{group}/members/{ayse.user_id}/role", {"role": "admin"})
    await mehmet.gets("DELETE", f"/groups/{group}/members/{zeynep.user_id}")
    await mehmet.gets("PUT", f"/groups/{group}", {"name": "Kahve"})
    await ayse.gets("PUT", f"/conversations/{group}/settings", {"isFavourite": True})
    await ayse.gets("PUT", f"/conversations/{direct}/draft", {"text": "yarın"})
    await ayse.gets("PUT", f"/conversations/{group}/draft", {"text": "bugün"})
    await ayse.gets("DELETE", f"/conversations/{group}/draft")
    await ayse.gets("PUT", f"/users/me/blocks/{zeynep.user_id}")
    await ayse.gets("PUT", "/users/me", {"displayName": "Ayşe Y."})
    await ayse.gets("PUT", "/notifications/read")
    task = await ayse.gets("POST", "/tasks", {"title": "Çay", "conversationId": group})
    await ayse.gets("PUT", f"/tasks/{task['id']}", {"title": "Kahve"})
    await says(mehmet, direct, "to be cleared")
    await ayse.gets("DELETE", f"/conversations/{direct}")
    await says(mehmet, direct, "after it")
    left = await chat.group(mehmet, ayse)
    await says(mehmet, left, "left")
    await ayse.gets("POST", f"/groups/{left}/leave")
    return group


def known_by_javascript(snapshot: Json, loaded: list[Json], frames: list[Json]) -> Json:
    command = [*node(), str(DRIVERS / "state.mjs"), (client_folder() / "client.js").as_uri()]
    given = orjson.dumps({"snapshot": snapshot, "loaded": loaded, "frames": frames})
    done = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return told(orjson.loads(done.stdout))


def told(known: Json) -> Json:
    """What a client knows, as far as numbered events tell it (``plain`` of tests/support/world.py)."""
    names = ("user", "tasks", "starred", "drafts", "scheduled", "preferences", "blocked")
    found = {name: known[name] for name in (*names, "unreadNotifications")}
    found["conversations"] = {
        one: {
            "view": without_receipts(there["view"]),
            "messages": {name: without(it, "state") for name, it in there["messages"].items()},
            "members": {
                name: {key: it[key] for key in ("userId", "role", "joinedAt")}
                for name, it in there["members"].items()
            },
        }
        for one, there in known["conversations"].items()
    }
    return found


def without(thing: Json, *names: str) -> Json:
    return {name: value for name, value in thing.items() if name not in names}


def without_receipts(view: Json) -> Json:
    view = without(view, "peer")
    view["membership"] = without(view["membership"], *RECEIPTS)
    if view["lastMessage"] is not None:
        view["lastMessage"] = without(view["lastMessage"], "state")
    return view


async def test_both_know_the_same_after_the_same_events(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    other = await chat.person("kemal")
    room = await chat.direct(ayse, other)
    draft = {"conversationId": room, "clientId": "1", "text": "here before"}
    await other.gets("POST", "/messages", draft)
    snapshot = await ayse.gets("GET", "/sync")
    path = f"/conversations/{room}"
    loaded = [
        {
            "view": snapshot["conversations"][0],
            "messages": (await ayse.gets("GET", f"{path}/messages"))["items"],
            "members": (await ayse.gets("GET", f"{path}/members"))["items"],
        }
    ]
    wire = await ayse.connects({"cursor": snapshot["cursor"]})
    await events_of_a_day(chat, ayse)
    await wire.sends("ping", {}, "the end")
    live = []
    while (frame := await wire.next())["event"] != "pong":
        live.append(frame)
    assert len({frame["event"] for frame in live}) >= 25
    replayed = (await ayse.gets("GET", "/sync", cursor=snapshot["cursor"]))["events"]
    for frames in (live, [*live, *live], replayed):
        by_python = State(deepcopy(snapshot))
        for one in loaded:
            by_python.load(**deepcopy(one))
        for frame in frames:
            by_python.apply(deepcopy(frame))
        assert known_by_javascript(snapshot, loaded, frames) == told(
            {**plain(by_python), "blocked": sorted(by_python.blocked)}
        )


async def test_what_is_known_is_what_a_fresh_snapshot_says(chat: Chat, begin: Begin) -> None:
    """Also when the connection broke meanwhile."""
    ayse = await chat.person("ayse")
    async with WireProxy(chat.url) as proxy:
        device = await begin(proxy.url, "ayse")
        group = await events_of_a_day(chat, ayse)
        proxy.cut()
        kemal = await chat.person("kemal")
        new = await chat.direct(ayse, kemal)
        for person, room in ((kemal, new), (ayse, group)):
            draft = {"conversationId": room, "clientId": "last", "text": "the last"}
            await person.gets("POST", "/messages", draft)
        await device.waits_for(lambda: "the last" in device.texts(group))
        data = {
            "conversationId": group,
            "seq": 1,
        }  # says nothing new; its answer comes after the rest
        await device.does("request", event="conversation.read", data=data)
        known = told(await device.does("state"))
        fresh = await ayse.gets("GET", "/sync")
        assert known["user"] == fresh["user"]
        assert known["unreadNotifications"] == fresh["unreadNotifications"]
        assert known["blocked"] == fresh["blockedUserIds"]
        assert {one: there["view"] for one, there in known["conversations"].items()} == {
            view["id"]: without_receipts(view) for view in fresh["conversations"]
        }
