"""Limits that the contract tells are those of the settings."""

from typing import Any

import pytest

from altlas_chat.contract.documents import load_asyncapi, load_openapi
from altlas_chat.settings import TABLE, Settings

Json = dict[str, Any]

DEFAULTS = Settings()
REST, LIVE = load_openapi(), load_asyncapi()

SHOWN = {
    ("ReadyData", "heartbeatSeconds"): "heartbeat_seconds",
    ("SocketLimits", "maxFrameBytes"): "max_frame_bytes",
    ("SocketLimits", "maxFramesPerSecond"): "max_frames_per_second",
    ("SocketLimits", "maxMessageCharacters"): "max_message_characters",
    ("SocketLimits", "maxInFlight"): "max_in_flight",
    ("SocketLimits", "maxWatched"): "max_watched",
    ("Tokens", "expiresInSeconds"): "access_token_seconds",
    ("Tokens", "refreshExpiresInSeconds"): "refresh_token_seconds",
}
"""Settings that clients are shown, by schema and property."""


@pytest.mark.parametrize(("place", "setting"), SHOWN.items(), ids=str)
def test_a_setting_that_is_shown_stays_in_the_contracts_bounds(
    place: tuple[str, str], setting: str
) -> None:
    schema, name = place
    document = LIVE if schema in LIVE["components"]["schemas"] else REST
    bounds = document["components"]["schemas"][schema]["properties"][name]
    table = TABLE[setting]
    assert table.minimum is not None
    assert table.maximum is not None
    assert bounds["minimum"] <= table.minimum
    assert table.maximum <= bounds["maximum"]


def test_the_example_of_ready_has_the_defaults() -> None:
    data = LIVE["components"]["messages"]["Ready"]["examples"][0]["payload"]["data"]
    shown = {"heartbeatSeconds": data["heartbeatSeconds"], **data["limits"]}
    assert shown == {
        name: getattr(DEFAULTS, setting)
        for (schema, name), setting in SHOWN.items()
        if schema != "Tokens"
    }


WORDS = LIVE["info"]["description"]


@pytest.mark.parametrize(
    "words",
    [
        f"within {DEFAULTS.auth_timeout_seconds} seconds the socket is closed",
        f"says nothing for {DEFAULTS.pong_timeout_seconds} seconds after a ping",
        f"{DEFAULTS.outbox_bytes >> 20} MiB or {DEFAULTS.outbox_frames:,} frames wait",
    ],
)
def test_the_words_about_sockets_have_the_defaults(words: str) -> None:
    assert words in WORDS


def test_the_words_about_messages_have_the_defaults() -> None:
    edit = REST["paths"]["/messages/{messageId}"]["put"]["description"]
    assert f"{DEFAULTS.edit_window_seconds // 60} minutes unless set otherwise" in edit


def test_a_replay_by_rest_takes_no_more_than_one_by_socket() -> None:
    changes = REST["components"]["schemas"]["SyncChanges"]["properties"]
    limit = REST["components"]["parameters"]["syncLimit"]["schema"]
    assert changes["events"]["maxItems"] == limit["maximum"]
    assert limit["maximum"] <= DEFAULTS.replay_limit_events
