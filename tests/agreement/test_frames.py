"""Commands, events, refusals and close codes of the code are those of the AsyncAPI document."""

from typing import Any, get_args

import pytest

from altlas_chat.contract.documents import load_asyncapi
from altlas_chat.domain import closing
from altlas_chat.domain.closing import CloseReason
from altlas_chat.domain.events import CONVERSATION_EVENTS, PASSING_EVENTS, USER_EVENTS
from altlas_chat.services.sync import ResyncReason
from altlas_chat.services.system_messages import TEXTS
from altlas_chat.ws.commands import COMMANDS

Json = dict[str, Any]

CONTRACT = load_asyncapi()
MESSAGES = list(CONTRACT["components"]["messages"].values())
SCHEMAS = CONTRACT["components"]["schemas"]
HANDSHAKE = {"auth", "auth.renew", "ping"}
"""Commands of the socket itself, which no service does."""


def names(kind: str, *, planned: bool, stream: str | None = None) -> set[str]:
    return {
        one["name"]
        for one in MESSAGES
        if one["x-kind"] == kind
        and one.get("x-planned", False) is planned
        and (stream is None or stream in one["x-stream"])
    }


def commands_of_the_contract() -> dict[str, Json]:
    """The operation of each command, by the command's name."""
    found = {}
    for operation in CONTRACT["operations"].values():
        if operation["action"] == "receive":
            key = operation["messages"][0]["$ref"].rpartition("/")[2]
            found[CONTRACT["components"]["messages"][key]["name"]] = operation
    return found


def test_the_commands_are_those_of_the_contract() -> None:
    assert names("command", planned=False) == set(COMMANDS) | HANDSHAKE
    assert names("command", planned=True) == set()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_needs_the_permission_of_the_contract(command: str) -> None:
    assert commands_of_the_contract()[command]["x-permission"] == COMMANDS[command].permission


def test_the_events_are_those_of_the_contract() -> None:
    assert names("event", planned=False, stream="conversation") == CONVERSATION_EVENTS
    assert names("event", planned=False, stream="user") == USER_EVENTS
    assert names("passing", planned=False) == PASSING_EVENTS


def test_the_close_codes_are_those_of_the_contract() -> None:
    here = {
        str(reason.code): (name, reason.words)
        for name, reason in vars(closing).items()
        if isinstance(reason, CloseReason)
    }
    there = {
        code: (entry["name"], entry["reason"])
        for code, entry in CONTRACT["x-close-codes"].items()
        if entry["sender"] == "server"
    }
    assert here == there


def test_the_reasons_of_a_resync_are_those_of_the_contract() -> None:
    assert set(get_args(ResyncReason)) == set(SCHEMAS["ResyncReason"]["enum"])


def test_what_system_messages_tell_is_in_the_contract() -> None:
    told = SCHEMAS["SystemContent"]["properties"]["action"]["enum"]
    assert sorted(told) == sorted(TEXTS)
