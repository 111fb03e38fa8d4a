"""docs/protocol.md against the code: commands, events, reasons, codes, limits."""

import json
import re
from typing import Any, get_args

import pytest

from altlas_chat.contract.documents import load_asyncapi
from altlas_chat.domain import closing
from altlas_chat.domain.closing import CloseReason
from altlas_chat.domain.errors import ALL_ERRORS
from altlas_chat.domain.events import CONVERSATION_EVENTS, PASSING_EVENTS, USER_EVENTS
from altlas_chat.domain.inputs import Input
from altlas_chat.services.sync import RECEIPT_LIMIT, ResyncReason
from altlas_chat.settings import Settings
from altlas_chat.ws.commands import COMMANDS
from altlas_chat.ws.socket import READ_LIMIT_FACTOR
from tests.docs.pages import Page, all_pages, page, words_in

PAGE = page("docs/protocol.md")
OF_THE_WEB = {"1006", "1009"}
"""Close codes that the server does not choose: RFC 6455 does."""


def rows_below(first_cell: str) -> list[list[str]]:
    """The rows of the table whose first heading this is."""
    rows = list(PAGE.rows())
    start = next(place for place, cells in enumerate(rows) if cells[0] == first_cell)
    width = len(rows[start])
    found = []
    for cells in rows[start + 1 :]:
        if len(cells) != width:
            break
        found.append(cells)
    return found


def test_all_commands_are_told_with_their_data() -> None:
    told = {words_in(cells[0])[0]: cells[1] for cells in rows_below("command")}
    assert set(told) == {*COMMANDS, "auth.renew", "ping"}
    for name, command in COMMANDS.items():
        fields = set(shape_of(command.shape))
        named = {word for word in words_in(told[name]) if re.fullmatch(r"[a-z][A-Za-z]+", word)}
        assert named - {"everyone", "me"} == fields, name


def shape_of(shape: type[Input]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items()]


def test_all_events_are_told_with_their_stream() -> None:
    told = {words_in(cells[0])[0]: cells[1] for cells in rows_below("event")}
    expected = {
        **dict.fromkeys(CONVERSATION_EVENTS, "conversation"),
        **dict.fromkeys(USER_EVENTS, "own"),
        **dict.fromkeys(PASSING_EVENTS, "passing"),
        **dict.fromkeys(CONVERSATION_EVENTS & USER_EVENTS, "conversation, or own"),
    }
    assert told == expected


def test_the_data_of_events_is_told_as_the_contract_has_it() -> None:
    document = load_asyncapi()
    for event, _, data in rows_below("event"):
        if data == "the same":
            continue
        name = words_in(event)[0]
        fields = data_fields(document, name)
        told = set(words_in(data.partition(":")[0]))
        if ":" in data:
            told |= set(words_in(data)) & fields
        assert told <= fields, name


def data_fields(document: dict[str, Any], event: str) -> set[str]:
    """The properties of an event's `data`, whichever way its payload is put together."""
    (message,) = [
        one for one in document["components"]["messages"].values() if one["name"] == event
    ][:1]
    found: set[str] = set()

    def collect(schema: dict[str, Any], *, is_data: bool) -> None:
        while "$ref" in schema:
            steps = schema["$ref"].removeprefix("#/").split("/")
            schema = document
            for step in steps:
                schema = schema[step.replace("~1", "/").replace("~0", "~")]
        if is_data:
            found.update(schema.get("properties", {}))
        elif "data" in schema.get("properties", {}):
            collect(schema["properties"]["data"], is_data=True)
        for part in (*schema.get("allOf", []), *schema.get("oneOf", []), *schema.get("anyOf", [])):
            collect(part, is_data=is_data)

    payload = message["payload"]
    collect(payload.get("schema", payload), is_data=False)
    assert found, f"{event} has no data in the contract"
    return found


def test_all_close_codes_are_told_and_what_to_do() -> None:
    ours = {str(one.code) for one in vars(closing).values() if isinstance(one, CloseReason)}
    told = [cells[0] for cells in rows_below("code")]
    assert {code for cell in told for code in re.findall(r"\d{4}", cell)} == ours | OF_THE_WEB


def test_all_reasons_to_start_over_are_told() -> None:
    told = {words_in(cells[0])[0]: cells[1] for cells in rows_below("reason")}
    assert set(told) == set(get_args(ResyncReason))
    assert f"{Settings().replay_limit_events:,} events" in told["too_far_behind"]
    assert f"{RECEIPT_LIMIT:,} pointers" in told["too_far_behind"]
    assert f"{Settings().event_log_days} days" in told["log_trimmed"]


def test_the_limits_are_the_defaults() -> None:
    defaults = Settings()
    limits = {cells[0]: (cells[1], cells[2]) for cells in PAGE.rows() if len(cells) == 3}
    expected = {
        "bytes of a frame": (defaults.max_frame_bytes,),
        "frames in a second": (defaults.max_frames_per_second, defaults.max_frames_burst),
        "commands under way": (defaults.max_in_flight,),
        "characters of a message": (defaults.max_message_characters,),
        "people whose presence a socket watches": (defaults.max_watched,),
        "what waits to be written to you": (defaults.outbox_frames,),
    }
    for name, values in expected.items():
        assert all(f"{value:,}" in limits[name][0] for value in values), name
    assert defaults.outbox_bytes == 1 << 20
    assert f"over {READ_LIMIT_FACTOR} times" in limits["bytes of a frame"][1]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("within {} s. The way for browsers", "auth_timeout_seconds"),
        ("every `heartbeatSeconds`, {} by default", "heartbeat_seconds"),
        ("nothing comes within {} s", "pong_timeout_seconds"),
    ],
)
def test_times_are_the_defaults(sentence: str, name: str) -> None:
    said = " ".join(PAGE.prose.split())
    assert sentence.format(getattr(Settings(), name)) in said


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_codes_in_protocol_and_decisions_exist(page: Page) -> None:
    for word in page.words():
        if re.fullmatch(r"(AUTH|CURSOR|MESSAGE|FRAME|TOO|SERVER|CLIENT|USER)_[A-Z_]+", word):
            assert word in ALL_ERRORS, word


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_json_in_pages_is_json(page: Page) -> None:
    for block in page.blocks("json"):
        json.loads(block.text)
