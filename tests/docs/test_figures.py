"""Figures that pages give in words are those of the code."""

import pytest

from altlas_chat.rest import middlewares
from altlas_chat.server import housekeeping
from altlas_chat.services import credentials
from altlas_chat.settings import Settings
from altlas_chat.storage import postgresql
from altlas_chat.storage.schema import HEAD_REVISION
from tests.docs.pages import ROOT, page

DEFAULTS = Settings()
MINUTE, DAY = 60, 24 * 60 * 60


def said_on(name: str) -> str:
    """A page's text as one line."""
    return " ".join(page(name).text.split())


@pytest.mark.parametrize(
    ("name", "sentence", "figures"),
    [
        (
            "docs/decisions/0002-authentication.md",
            "(JWT, {}, {} min)",
            (credentials.ALGORITHM, DEFAULTS.access_token_seconds // MINUTE),
        ),
        (
            "docs/decisions/0002-authentication.md",
            "issuer and audience are checked, {} s of leeway",
            (credentials.LEEWAY_SECONDS,),
        ),
        (
            "docs/decisions/0002-authentication.md",
            "others ask the database every {:.0f} s",
            (housekeeping.REVOCATIONS_EVERY_SECONDS,),
        ),
        (
            "docs/decisions/0002-authentication.md",
            "within {} s (`refresh_grace_seconds`)",
            (DEFAULTS.refresh_grace_seconds,),
        ),
        (
            "docs/decisions/0002-authentication.md",
            "({} MiB, {} rounds, {} lane)",
            (
                DEFAULTS.argon2_memory_kib // 1024,
                DEFAULTS.argon2_time_cost,
                DEFAULTS.argon2_parallelism,
            ),
        ),
        (
            "docs/decisions/0002-authentication.md",
            "({} in {} min for a name from an address)",
            (credentials.FAILURES_ALLOWED, credentials.FAILURES_WINDOW_MS // 60_000),
        ),
        (
            "docs/decisions/0003-storage-access.md",
            "in at most {} transactions at a time",
            (postgresql.WRITERS,),
        ),
        (
            "docs/decisions/0003-storage-access.md",
            "| {} messages in one transaction",
            (DEFAULTS.group_commit_size,),
        ),
        (
            "docs/decisions/0008-realtime-framing.md",
            "more than {} MiB or {:,} frames behind",
            (DEFAULTS.outbox_bytes >> 20, DEFAULTS.outbox_frames),
        ),
        (
            "docs/alt-las.md",
            "| failed logins | {} in {} min",
            (credentials.FAILURES_ALLOWED, credentials.FAILURES_WINDOW_MS // 60_000),
        ),
        (
            "docs/alt-las.md",
            "access {} min, refresh {} days unused",
            (DEFAULTS.access_token_seconds // MINUTE, DEFAULTS.refresh_token_seconds // DAY),
        ),
        (
            "docs/alt-las.md",
            "must be there; {} s of leeway",
            (credentials.LEEWAY_SECONDS,),
        ),
        (
            "docs/alt-las.md",
            "`Access-Control-Max-Age: {}`, the methods {}, and the headers {}.",
            (
                middlewares.MAX_AGE_SECONDS,
                middlewares.ALLOWED_METHODS,
                middlewares.ALLOWED_HEADERS,
            ),
        ),
        (
            "docs/alt-las.md",
            "| `iss={}`, `aud={}` |",
            (DEFAULTS.alt_las_issuer, DEFAULTS.alt_las_audience),
        ),
    ],
)
def test_a_figure_is_that_of_the_code(
    name: str, sentence: str, figures: tuple[object, ...]
) -> None:
    assert sentence.format(*figures) in said_on(name)


def test_the_next_revision_has_the_next_number() -> None:
    page_of_migrations = page("docs/decisions/0005-migrations.md").text
    following = f"{int(HEAD_REVISION) + 1:04d}"
    assert f"`ddl_{following}.py`" in page_of_migrations


def test_the_protocol_has_one_name() -> None:
    for name in (
        "docs/protocol.md",
        "contracts/asyncapi.yaml",
        "altlas_chat/client/connection.py",
        "altlas_chat/client/javascript/client/connection.js",
    ):
        assert "altlas.chat.v1" in (ROOT / name).read_text(encoding="utf-8"), name
