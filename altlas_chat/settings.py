"""The settings table: every setting once, with its type, default, bounds and help.

Flags, environment variables, ``altlas-chat.toml``, ``config show`` and
``docs/configuration.md`` are all made of the fields of :class:`Settings`.
Together with ``configuring`` the only place that reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from altlas_chat.configuring import (
    FILE_NAME,
    FILE_VARIABLE,
    Finder,
    Problem,
    Setting,
    SettingsError,
    setting,
    table_of,
    without_password,
)

__all__ = [
    "SECTIONS",
    "TABLE",
    "Configuration",
    "Problem",
    "Setting",
    "Settings",
    "SettingsError",
    "document_bytes",
    "document_cache",
    "environment_with",
    "load_configuration",
    "load_settings",
    "without_password",
]

MIB = 1 << 20
DAY_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is told. Made directly it is not checked; :func:`load_settings` checks."""

    host: str = setting("127.0.0.1", "Address to listen on.", flag=True, minimum=1)
    port: int = setting(
        8765, "Port to listen on; 0 picks a free one.", flag=True, minimum=0, maximum=65535
    )
    database: str = setting(
        "sqlite:///altlas-chat.db",
        "sqlite:///file.db or postgresql://user@host/name.",
        flag=True,
        pattern=r"sqlite:///.+|postgres(ql)?://.+",
        form="`sqlite:///FILE` or `postgresql://USER@HOST/NAME`",
    )
    bus: str = setting(
        "memory:",
        "How server processes hear of each other's events; this version runs one process.",
        pattern=r"memory:",
        form="`memory:`",
    )
    files: str | None = setting(
        None,
        "Folder or s3://bucket/prefix for the bytes of files. Left out, a folder beside the"
        " database file.",
        flag=True,
        pattern=r"(?!.*://).+|s3://[^/]+(/.*)?",
        form="a folder or `s3://BUCKET/PREFIX`",
    )
    s3_endpoint: str | None = setting(
        None,
        "Address of an S3-compatible store other than Amazon's.",
        pattern=r"https?://.+",
        form="an address such as `https://s3.example.org`",
    )
    s3_region: str | None = setting(None, "Region of the bucket.", minimum=1)
    s3_access_key: str | None = setting(None, "Who asks the store.", minimum=1)
    s3_secret_key: str | None = setting(None, "The secret of that key.", secret=True, minimum=1)
    workers: int = setting(1, "Server processes; this version runs one.", minimum=1, maximum=1)
    base_path: str = setting(
        "/v1",
        "What every path of the API begins with.",
        pattern=r"(/[A-Za-z0-9._~-]+)+",
        form="a path such as `/v1`, without a slash at its end",
    )
    cors_origins: tuple[str, ...] = setting(
        (),
        "Web pages of these origins may call the API; `*` stands for all.",
        pattern=r"\*|https?://[^/\s]+",
        form="origins such as `https://chat.example.org`, or `*`",
    )
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "Proxies in front, by address or network: only theirs `X-Forwarded-For` is believed.",
        check=partial(ip_network, strict=False),
        form="addresses or networks such as `10.0.0.0/8` or `::1`",
    )
    default_language: Literal["en", "tr"] = setting(
        "en",
        "Language of what is said to nobody in particular: to those who choose none, in events.",
    )

    token_secret: str | None = setting(
        None,
        "Signs access tokens. Left out, one is made and kept in the database.",
        secret=True,
        minimum=32,
    )
    access_token_seconds: int = setting(
        900, "How long an access token is valid.", minimum=1, maximum=365 * DAY_SECONDS
    )
    refresh_token_seconds: int = setting(
        30 * DAY_SECONDS,
        "How long a refresh token is valid when it is not used.",
        minimum=1,
        maximum=3650 * DAY_SECONDS,
    )
    refresh_grace_seconds: int = setting(
        30,
        "How long a used refresh token may be repeated by a client whose answer was lost.",
        minimum=0,
    )
    registration: Literal["open", "closed"] = setting(
        "open", "Whether people may make accounts for themselves."
    )
    argon2_time_cost: int = setting(2, "Rounds of a password's hash.", minimum=1, maximum=100)
    argon2_memory_kib: int = setting(
        19456, "Memory of a password's hash, in KiB.", minimum=1024, maximum=4 * MIB
    )
    argon2_parallelism: int = setting(1, "Lanes of a password's hash.", minimum=1, maximum=16)
    alt_las_token_secret: str | None = setting(
        None,
        "Checks tokens of an ALT_LAS platform. Left out, none of its tokens is accepted.",
        secret=True,
        minimum=16,
    )
    alt_las_issuer: str = setting("alt-las-api", "Who issues the platform's tokens.", minimum=1)
    alt_las_audience: str = setting(
        "alt-las-client", "For whom the platform's tokens are.", minimum=1
    )

    max_message_characters: int = setting(
        4000, "Longest text of a message.", minimum=1, maximum=65_536
    )
    edit_window_seconds: int = setting(
        900, "How long after sending a message may be edited.", minimum=0
    )
    max_group_members: int = setting(1000, "Most members of a group.", minimum=2)
    max_file_bytes: int = setting(50 * MIB, "Largest file.", minimum=1)
    max_image_bytes: int = setting(20 * MIB, "Largest image.", minimum=1)
    max_image_pixels: int = setting(
        100_000_000, "Most pixels of an image, width by height.", minimum=1
    )
    user_storage_bytes: int = setting(
        0, "How many bytes one person's files may have together; 0 is no limit.", minimum=0
    )
    unsent_file_hours: int = setting(
        24, "How long a file is kept that no message carries, unless it is an avatar.", minimum=1
    )
    file_retention_days: int = setting(
        0, "How long any file but an avatar is kept; 0 stands for ever.", minimum=0
    )
    max_request_bytes: int = setting(
        MIB, "Largest body of a request that carries no file.", minimum=1024
    )

    max_frame_bytes: int = setting(
        65536, "Largest frame that a socket takes.", minimum=1024, maximum=1024 * MIB
    )
    max_frames_per_second: int = setting(
        4000,
        "Frames that a socket may send in a second, in the long run.",
        minimum=1,
        maximum=1_000_000,
    )
    max_frames_burst: int = setting(8000, "Frames that a socket may send at once.", minimum=1)
    max_sockets_per_user: int = setting(
        100, "Sockets that one person may have at the same time.", minimum=1
    )
    max_in_flight: int = setting(
        64, "Commands of one socket that are worked on at the same time.", minimum=1, maximum=10_000
    )
    auth_timeout_seconds: int = setting(
        10, "How long a new socket may take to say who it is.", minimum=1
    )
    heartbeat_seconds: int = setting(
        25, "Time between two pings to a socket.", minimum=2, maximum=3600
    )
    pong_timeout_seconds: int = setting(
        10, "How long a socket may take to answer a ping.", minimum=1
    )
    outbox_bytes: int = setting(
        MIB, "Bytes that may wait for a slow socket before it is closed.", minimum=1024
    )
    outbox_frames: int = setting(
        2048, "Frames that may wait for a slow socket before it is closed.", minimum=1
    )
    max_streams_per_user: int = setting(
        20, "Event streams and long polls that a person may have open at once.", minimum=1
    )
    max_watched: int = setting(
        500,
        "Of how many people a socket may be told whether they are there.",
        minimum=0,
        maximum=10_000,
    )
    presence_tick_ms: int = setting(
        1000,
        "Time over which changes of presence are collected before they are told together.",
        minimum=10,
        maximum=60_000,
    )
    presence_grace_seconds: int = setting(
        5,
        "How long somebody whose last socket is gone is still there, for connections that flap.",
        minimum=0,
        maximum=300,
    )
    typing_seconds: int = setting(
        6,
        "How long somebody writes without saying so again; told anew after half of it.",
        minimum=2,
        maximum=60,
    )
    receipt_tick_ms: int = setting(
        200,
        "Time over which receipts of one conversation are collected after the first; 0 tells all"
        " at once.",
        minimum=0,
        maximum=60_000,
    )
    receipts_to_all_members: int = setting(
        200,
        "Members up to which a group hears all of its receipts; in a larger one the authors of the"
        " messages hear them.",
        minimum=0,
    )
    drain_seconds: int = setting(
        10,
        "Most time over which sockets are closed when the server stops; a few take less.",
        minimum=0,
    )

    replay_limit_events: int = setting(
        5000, "Events that a resume replays; who missed more gets a snapshot.", minimum=0
    )
    event_log_days: int = setting(
        30, "How long events are kept for those who resume; messages stay.", minimum=0
    )
    group_commit_size: int = setting(
        64, "Most changes that one transaction takes together.", minimum=1, maximum=10_000
    )
    readers: int = setting(4, "Reading connections on SQLite.", minimum=1, maximum=64)
    postgres_pool: int = setting(10, "Connections to PostgreSQL.", minimum=2, maximum=1000)

    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "From which weight on messages go to the log."
    )
    log_format: Literal["text", "json"] = setting("text", "Form of the log's lines on stderr.")

    document_cache: str | None = setting(
        None,
        "Folder where `mock` and `contract` keep what large YAML documents hold; `off` keeps"
        " nothing. Left out, `altlas-chat` in the user's cache folder.",
        minimum=1,
    )
    document_max_mib: int = setting(
        50, "Largest file of an API document that `mock` and `contract` read.", minimum=1
    )


TABLE: Mapping[str, Setting] = MappingProxyType(table_of(Settings))
"""Every setting by its name, in the order of the documentation."""

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "host": "Address and parts",
        "token_secret": "Accounts and tokens",
        "max_message_characters": "Messages, groups and files",
        "max_frame_bytes": "Sockets",
        "replay_limit_events": "Events and databases",
        "log_level": "Log",
        "document_cache": "API documents",
    }
)
"""The sections of the table, each by the setting that it begins with."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, the file that was read, and the place of each value.

    What has no place in ``places`` has its default.
    """

    settings: Settings
    file: Path | None
    places: Mapping[str, str]


def load_configuration(
    overrides: Mapping[str, object] = MappingProxyType({}),
    *,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Configuration:
    """Like :func:`load_settings`, with where each value came from.

    Raises:
        SettingsError: with everything that is wrong.
    """
    environ = os.environ if environ is None else environ
    path = _file(environ, file)
    finder = Finder(TABLE)
    if path is not None:
        finder.file(path)
    finder.environment(environ)
    finder.flags(overrides)
    values, places = finder.values()
    if finder.problems:
        raise SettingsError(finder.problems)
    made: dict[str, Any] = values
    return Configuration(Settings(**made), path, places)


def load_settings(
    overrides: Mapping[str, object] = MappingProxyType({}),
    *,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """The settings: ``overrides`` win over the environment, that over the file, that over defaults.

    ``overrides`` are what flags gave; None in it counts as not given. The file
    is ``file``, else the one that ``ALTLAS_CHAT_CONFIG`` names, else
    ``altlas-chat.toml`` in the present folder if there is one.

    Raises:
        SettingsError: with everything that is wrong.
    """
    return load_configuration(overrides, environ=environ, file=file).settings


def document_bytes(environ: Mapping[str, str] | None = None) -> int:
    """How large a file of an API document may be."""
    environ = os.environ if environ is None else environ
    return _of_documents(environ).document_max_mib * MIB


def _of_documents(environ: Mapping[str, str]) -> Settings:
    """The settings; the defaults where something is wrong with others."""
    try:
        return load_settings(environ=environ)
    except SettingsError:
        return Settings(document_cache=environ.get(TABLE["document_cache"].variable))


def document_cache(environ: Mapping[str, str] | None = None) -> Path | None:
    """Where what large API documents hold is kept; None where nothing shall be.

    The setting ``document_cache``, else ``altlas-chat`` in the user's cache folder
    (XDG Base Directory Specification, and what stands for it on Windows). Settings
    that can't be read count as the defaults: they are no matter of who reads a document.
    """
    environ = os.environ if environ is None else environ
    chosen = _of_documents(environ).document_cache
    if chosen is not None:
        return None if chosen == "off" else Path(chosen)
    home = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA")
    if home and Path(home).is_absolute():
        return Path(home) / "altlas-chat"
    user = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(user) / ".cache" / "altlas-chat" if user else None


def environment_with(settings: Mapping[str, object]) -> dict[str, str]:
    """The environment for a child: that of this process, but with these settings and no others."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("ALTLAS_CHAT_")
    }
    return kept | {TABLE[name].variable: str(value) for name, value in settings.items()}


def _file(environ: Mapping[str, str], file: Path | None) -> Path | None:
    if file is not None:
        return file
    if named := environ.get(FILE_VARIABLE):
        return Path(named)
    usual = Path(FILE_NAME)
    return usual if usual.exists() else None
