"""What was said over a socket, held to the realtime contract."""

import copy
from typing import Any

import pytest

from altlas_chat.contract.documents import load_asyncapi
from altlas_chat.contract.frames import check_command, check_frame

Json = dict[str, Any]

MESSAGES = load_asyncapi()["components"]["messages"]


def example(name: str) -> Json:
    frame: Json = copy.deepcopy(MESSAGES[name]["examples"][0]["payload"])
    return frame


COMMANDS = [name for name, one in MESSAGES.items() if one["x-kind"] == "command"]
ANSWERS = {
    name: one["x-reply-to"]
    for name, one in MESSAGES.items()
    if one["x-kind"] == "reply" or name in ("Ready", "Pong")
}
TOLD = [
    name
    for name, one in MESSAGES.items()
    if one["x-kind"] in ("event", "passing", "frame") and not one.get("x-planned")
]
PLANNED = [
    name
    for name, one in MESSAGES.items()
    if one["x-kind"] in ("event", "passing") and one.get("x-planned")
]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_is_one(name: str) -> None:
    assert not check_command(example(name))


@pytest.mark.parametrize("name", TOLD)
def test_the_example_of_a_servers_frame_is_one(name: str) -> None:
    assert not check_frame(example(name))


@pytest.mark.parametrize(("name", "command"), ANSWERS.items())
def test_the_example_of_an_answer_answers_its_command(name: str, command: str) -> None:
    assert not check_frame(example(name), command)
    assert check_frame(example(name), "ping" if command == "auth" else "auth")


def test_a_planned_event_must_not_be_sent() -> None:
    for name in PLANNED:  # of which there are none at times
        event = MESSAGES[name]["name"]
        assert check_frame(example(name)) == [f"{event}: it is planned, and must not be sent yet"]


@pytest.mark.parametrize("name", [*TOLD, *ANSWERS])
def test_frames_and_their_data_are_closed(name: str) -> None:
    frame = example(name)
    frame["colour"] = "red"
    assert check_frame(frame)
    frame = example(name)
    frame["data"]["colour"] = "red"
    assert check_frame(frame)


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_and_their_data_are_closed(name: str) -> None:
    frame = example(name)
    frame["colour"] = "red"
    assert check_command(frame)
    frame = example(name)
    frame["data"] = {**frame.get("data", {}), "colour": "red"}
    assert check_command(frame)


@pytest.mark.parametrize("name", [one for one in TOLD if MESSAGES[one]["x-kind"] == "event"])
def test_a_numbered_event_has_its_number_and_its_stream(name: str) -> None:
    for part in ("seq", "at", "stream", "data"):
        frame = example(name)
        del frame[part]
        assert check_frame(frame), part
    frame = example(name)
    kinds = MESSAGES[name]["x-stream"]
    other = {"conversation": "user", "user": "conversation"}.get(str(kinds), "room")
    frame["stream"] = f"{other}:{frame['stream'].partition(':')[2]}"
    assert check_frame(frame)


@pytest.mark.parametrize("frame", [{}, [], "ready", {"event": 1}, {"event": "tea.made"}, None])
def test_what_is_no_frame_is_found(frame: object) -> None:
    assert check_frame(frame)
    assert check_command(frame)


def test_a_command_is_refused_as_the_contract_says_only() -> None:
    refusal = example("Error")
    assert not check_frame(refusal, "message.send")
    found = check_frame(refusal, "message.edit")
    assert found == [
        "error: message.edit is not refused with CONVERSATION_NOT_FOUND by the contract"
    ]
    assert not check_frame(refusal, "tea.make")


def test_a_reply_to_an_unknown_command_is_one_of_the_replies() -> None:
    assert not check_frame({"event": "reply", "data": {"messageId": "m"}})
    assert check_frame({"event": "reply", "data": {"tea": "m"}})
