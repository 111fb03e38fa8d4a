"""Frames that pass through, held to their channel."""

import orjson
import pytest

from altlas_chat.mock.compiled import compile_documents
from altlas_chat.mock.forwarded_frames import FrameCheck, FrameChecks
from altlas_chat.specs.loading import load_document


def message(name: str, **properties: object) -> dict[str, object]:
    fields = {"type": {"const": name}, **properties}
    payload = {"type": "object", "required": list(fields), "properties": fields}
    return {"name": name, "payload": payload}


DOCUMENT = {
    "asyncapi": "3.0.0",
    "info": {"title": "Rooms", "version": "1"},
    "servers": {"here": {"host": "rooms.example", "protocol": "wss", "pathname": "/live"}},
    "channels": {
        "room": {
            "address": "/rooms/{roomId}",
            "parameters": {"roomId": {}},
            "messages": {
                "say": message("say", text={"type": "string", "maxLength": 5}),
                "said": message("said", by={"type": "integer"}),
                "left": message("left"),
            },
        }
    },
    "operations": {
        "take": {
            "action": "receive",
            "channel": {"$ref": "#/channels/room"},
            "messages": [{"$ref": "#/channels/room/messages/say"}],
        },
        "tell": {
            "action": "send",
            "channel": {"$ref": "#/channels/room"},
            "messages": [
                {"$ref": "#/channels/room/messages/said"},
                {"$ref": "#/channels/room/messages/left"},
            ],
        },
    },
}


@pytest.fixture
def check(tmp_path) -> FrameCheck:
    path = tmp_path / "asyncapi.json"
    path.write_bytes(orjson.dumps(DOCUMENT))
    checks, compiled = FrameChecks(), compile_documents([load_document(path)])
    assert checks.find(compiled, "/nowhere") is None
    found = checks.find(compiled, "/live/rooms/7")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ('{"type": "say", "text": "hello"}', None),
        ('{"type": "say", "text": "hello!"}', ("say", "/text", "maxLength")),
        ('{"type": "said", "by": 1}', ("", "", "unknown")),
        ("hello", ("", "", "format")),
        (b"\0", None),
    ],
)
def test_what_clients_say(check, frame, place):
    assert [(one.name, one.pointer, one.keyword) for one in check.client_says(frame)] == (
        [place] if place else []
    )


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ('{"type": "said", "by": 1}', None),
        ('{"type": "left"}', None),
        ('{"type": "said", "by": "1"}', ("said", "/by", "type")),
        ('{"type": "say", "text": "hello"}', ("", "", "unknown")),
    ],
)
def test_what_servers_say(check, frame, place):
    assert [(one.name, one.pointer, one.keyword) for one in check.server_says(frame)] == (
        [place] if place else []
    )
