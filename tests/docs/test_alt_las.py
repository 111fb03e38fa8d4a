"""docs/alt-las.md says truly what is built, and names nothing that is not in the contract."""

import re
from typing import Any

import pytest

from altlas_chat.contract.documents import load_asyncapi, load_openapi, load_operations
from altlas_chat.domain.errors import ALL_ERRORS
from altlas_chat.domain.events import CONVERSATION_EVENTS, PASSING_EVENTS, USER_EVENTS
from altlas_chat.domain.permissions import ALL_PERMISSIONS
from altlas_chat.settings import TABLE, Settings
from altlas_chat.ws.commands import COMMANDS
from tests.docs.pages import page, words_in

PAGE = page("docs/alt-las.md")
STATES = {"now", "planned"}
EVENTS = CONVERSATION_EVENTS | USER_EVENTS | PASSING_EVENTS

_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")


def rows(heading: str) -> list[list[str]]:
    lines = PAGE.section(heading).splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|") and not re.fullmatch(r"[|\- :]+", line)
    ]


def operations_in(text: str) -> list[tuple[str, str]]:
    found = []
    for word in words_in(text):
        match = _OPERATION.fullmatch(word)
        if match:
            path = match[2].removeprefix("/v1").partition("?")[0]
            found.append((match[1].lower(), path))
    return found


def built_operations() -> dict[tuple[str, str], bool]:
    return {(one.method, one.path): not one.planned for one in load_operations()}


def test_every_operation_is_in_the_contract() -> None:
    named = operations_in(PAGE.prose)
    assert len(named) > 40
    assert not [one for one in named if one not in built_operations()]


def test_what_is_said_of_operations_is_so() -> None:
    built = built_operations()
    checked = 0
    for *cells, state in PAGE.rows():
        for operation in operations_in(" ".join(cells)) if state in STATES else ():
            assert built[operation] == (state == "now"), operation
            checked += 1
    assert checked > 40


def test_what_is_said_of_events_is_so() -> None:
    declared = {message["name"] for message in load_asyncapi()["components"]["messages"].values()}
    checked = 0
    for *cells, state in rows("## 5. Events"):
        for event in words_in(cells[-1]) if state in STATES else ():
            assert event in declared, event
            assert (event in EVENTS) == (state == "now"), event
            checked += 1
    assert checked > 10


def test_every_code_exists_with_its_status() -> None:
    checked = 0
    for there, here, status in rows("## 7. Error codes"):
        for code in words_in(here):
            assert code in ALL_ERRORS, (there, code)
            checked += 1
        first = words_in(here)[:1]
        if first:
            assert str(ALL_ERRORS[first[0]].status) in status, first
    assert checked > 20
    for word in PAGE.words():
        if re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", word) and not word.startswith("ALTLAS_"):
            assert word in ALL_ERRORS, word


def properties_of(schema: str) -> set[str]:
    components: dict[str, Any] = load_openapi()["components"]["schemas"]
    return set(components[schema]["properties"])


@pytest.mark.parametrize(
    ("heading", "schemas"),
    [
        ("### Message", ("Message", "MessageDraft")),
        ("### Conversation", ("Conversation", "Member")),
        ("### User", ("CurrentUser",)),
    ],
)
def test_every_field_exists(heading: str, schemas: tuple[str, ...]) -> None:
    fields = set().union(*(properties_of(schema) for schema in schemas))
    checked = 0
    for _, here, *_ in rows(heading):
        for word in words_in(here):
            if re.fullmatch(r"[a-z]+[A-Za-z]*", word) and word not in (
                "owner",
                "admin",
                "direct",
                "group",
            ):
                assert word in fields, word
                checked += 1
    assert checked >= 5


def test_permissions_have_the_names_that_the_platform_uses() -> None:
    named = {word for word in PAGE.words() if re.fullmatch(r"[a-z]+:[a-z]+", word)}
    assert {"message:create", "content:moderate"} <= named <= ALL_PERMISSIONS


def written(value: int, text: str) -> bool:
    return f"{value:,}" in text or (value % 60 == 0 and f"{value // 60} min" in text)


def test_defaults_are_what_the_settings_say() -> None:
    defaults = Settings()
    checked = 0
    for _, default, names in rows("## 8. Limits"):
        for name in words_in(names):
            assert name in TABLE
            assert written(getattr(defaults, name), default), name
            checked += 1
    assert checked >= 5


def test_settings_that_are_named_exist() -> None:
    for name in ("cors_origins", "base_path", "alt_las_token_secret", "alt_las_issuer"):
        assert f"`{name}`" in PAGE.text or f"\n{name} = " in PAGE.text
        assert name in TABLE


def test_commands_of_the_adapter_exist() -> None:
    (adapter,) = PAGE.blocks("js")
    sent = re.search(r"outgoing = \{(.+?)\}", adapter.text)
    heard = re.search(r"incoming = \{(.+?)\n  \}", adapter.text, re.DOTALL)
    assert sent
    assert heard
    for command in re.findall(r': "([a-z_.]+)"', sent[1]):
        assert command in COMMANDS
    for event in re.findall(r'^\s*"([a-z_.]+)":', heard[1], re.MULTILINE):
        assert event in EVENTS
