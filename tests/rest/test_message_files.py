"""Messages with files over HTTP: every kind, and what is refused, on each database."""

from typing import Any

import pytest
from PIL import Image

from tests.support.images import photograph, written
from tests.support.running import Chat, Person

Json = dict[str, Any]

SOUND = b"OggS" + bytes(60)


async def post(person: Person, room: str, client_id: str, **more: Any) -> tuple[int, Json]:
    body = {"conversationId": room, "clientId": client_id, **more}
    return await person.call("POST", "/messages", body)


def ids(message: Json) -> list[str]:
    return [file["id"] for file in message["files"]]


@pytest.mark.parametrize(
    ("kind", "data", "more"),
    [
        ("file", b"%PDF-1.7 sozlesme", {"text": "sözleşme"}),
        ("image", photograph(), {"text": ""}),
        ("voice", SOUND, {"content": {"durationMs": 900, "waveform": [0, 128, 255]}}),
    ],
)
async def test_a_message_carries_files_and_all_hear_of_them(
    chat_on_each: Chat, kind: str, data: bytes, more: Json
) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    wire = await mehmet.connects()
    file = await ayse.uploads(data)
    assert (await mehmet.call("GET", f"/files/{file['id']}/info"))[0] == 404
    status, sent = await post(ayse, room, "c-1", kind=kind, fileIds=[file["id"]], **more)
    assert (status, sent["kind"]) == (201, kind)
    assert sent["files"] == [{**file, "conversationId": room}]
    told = await wire.next_of("message.created")
    assert told["data"]["message"]["files"] == sent["files"]
    assert (await mehmet.gets("GET", f"/messages/{sent['id']}"))["files"] == sent["files"]
    assert await mehmet.gets("GET", f"/files/{file['id']}/info") == sent["files"][0]
    shared = await mehmet.gets("GET", f"/conversations/{room}/files?kind={file['kind']}")
    assert [(one["id"], one["messageId"]) for one in shared["items"]] == [(file["id"], sent["id"])]


async def test_forwarded_changed_and_deleted(chat_on_each: Chat) -> None:
    ayse, mehmet, zeynep = await chat_on_each.people("ayse", "mehmet", "zeynep")
    room = await chat_on_each.direct(ayse, mehmet)
    other = await chat_on_each.direct(mehmet, zeynep)
    files = [await ayse.uploads(photograph()), await ayse.uploads(written(Image.new("L", (3, 2))))]
    wanted = [one["id"] for one in files]
    _, sent = await post(ayse, room, "c-1", kind="image", text="bak", fileIds=wanted)
    wire = await zeynep.connects()
    status, passed = await post(mehmet, other, "c-2", forwardFromId=sent["id"])
    assert (status, passed["kind"], ids(passed)) == (201, "image", wanted)
    told = (await wire.next_of("message.created"))["data"]["message"]
    assert [one["conversationId"] for one in told["files"]] == [other, other]
    edited = await ayse.gets("PUT", f"/messages/{sent['id']}", {"text": "baksana"})
    assert (edited["text"], edited["files"]) == ("baksana", sent["files"])

    await ayse.gets("DELETE", f"/messages/{sent['id']}")
    assert ids(await mehmet.gets("GET", f"/messages/{sent['id']}")) == []
    assert (await mehmet.gets("GET", f"/conversations/{room}/files"))["items"] == []
    assert len((await zeynep.gets("GET", f"/conversations/{other}/files"))["items"]) == 2

    await ayse.gets("DELETE", f"/files/{wanted[0]}")
    gone = await wire.next_of("file.deleted")
    assert gone["stream"] == f"conversation:{other}"
    assert gone["data"] == {"fileId": wanted[0], "conversationId": other}
    assert ids(await zeynep.gets("GET", f"/messages/{passed['id']}")) == wanted[1:]
    assert (await zeynep.call("GET", f"/files/{wanted[0]}/info"))[0] == 404


async def test_what_can_not_be_sent(chat_on_each: Chat) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    own, foreign = await ayse.uploads(b"bir"), await mehmet.uploads(b"iki")
    deleted = await ayse.uploads(b"uc")
    await ayse.gets("DELETE", f"/files/{deleted['id']}")
    many = [(await ayse.uploads(b"%d" % number))["id"] for number in range(11)]
    wire = await mehmet.connects()
    for file_ids, pointer in (
        ([foreign["id"]], "/fileIds/0"),
        ([own["id"], deleted["id"]], "/fileIds/1"),
        ([own["id"], "none"], "/fileIds/1"),
        ([own["id"], own["id"]], "/fileIds"),
        (many, "/fileIds"),
        ([own["id"], None], "/fileIds/1"),
        ([], "/fileIds"),
    ):
        status, problem = await post(ayse, room, "c-1", kind="file", fileIds=file_ids)
        assert (status, problem["code"]) == (422, "VALIDATION_ERROR"), file_ids
        assert [one["pointer"] for one in problem["errors"]] == [pointer]
    for kind in ("text", "image", "voice", "location"):
        assert (await post(ayse, room, "c-1", kind=kind, text="a", fileIds=[own["id"]]))[0] == 422
    assert (await ayse.gets("GET", f"/conversations/{room}/messages"))["items"] == []
    # Nobody heard of any of them: the first that is told is the one that is sound.
    status, sent = await post(ayse, room, "c-1", kind="file", fileIds=many[:10])
    assert (status, ids(sent)) == (201, many[:10])
    assert (await wire.next_of("message.created"))["data"]["message"]["id"] == sent["id"]


async def test_the_same_message_again_is_one(chat_on_each: Chat) -> None:
    """Also when its file was deleted between the two."""
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    room = await chat_on_each.direct(ayse, mehmet)
    file = await ayse.uploads(b"bir")
    draft = {"kind": "file", "fileIds": [file["id"]]}
    _, sent = await post(ayse, room, "c-1", **draft)
    status, again = await post(ayse, room, "c-1", **draft)
    assert (status, again) == (200, sent)
    await ayse.gets("DELETE", f"/files/{file['id']}")
    status, again = await post(ayse, room, "c-1", **draft)
    assert (status, again) == (200, {**sent, "files": []})
    status, problem = await post(ayse, room, "c-1", kind="text", text="başka")
    assert (status, problem["code"]) == (409, "CLIENT_ID_REUSED")
