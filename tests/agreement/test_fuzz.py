"""Schemathesis, which knows nothing of us, asks a running server what the contract allows and forbids.

The run is the same each time: each database and each kind of ids has its full share of generated
requests once, and a few in the other pairs. ``ALTLAS_CHAT_TEST_FUZZ_EXAMPLES`` makes a longer one, with that
many examples of each operation and another seed each time, which its report tells.
"""

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from altlas_chat.contract.documents import METHODS, load_openapi, load_operations
from altlas_chat.domain.closing import RESTART
from altlas_chat.domain.times import rfc3339
from altlas_chat.services import administration
from altlas_chat.services.administration import OPERATOR
from altlas_chat.system import SystemClock
from tests.support.running import Chat, Person
from tests.support.waiting import until

Json = dict[str, Any]

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
RUN = "from schemathesis.cli import schemathesis; schemathesis()"
ENDS_THE_SESSION = frozenset(
    {"logout", "logoutEverywhere", "changePassword", "endAllSessions", "listSessions"}
)
"""What ends the session, and what shares its address."""
OF_ADMINISTRATORS = frozenset(
    one.operation_id for one in load_operations() if one.permission.startswith("admin:")
)
ENDLESS = frozenset({"streamEvents"})
"""What answers until somebody ends it: asked by itself, and ended as soon as it is open."""
EXAMPLES = int(os.environ.get("ALTLAS_CHAT_TEST_FUZZ_EXAMPLES", "0"))  # noqa: TID251
FULL, FEW = 12, 3
"""Generated requests of each operation, besides those at every boundary of its schema."""
SECONDS = 200 + 20 * EXAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS + 80)]


def built(*, only: frozenset[str] = frozenset(), but: frozenset[str] = frozenset()) -> Json:
    """The contract without what is planned: that answers 501, as other tests see to."""
    document = load_openapi()
    for item in document["paths"].values():
        for method in METHODS:
            operation = item.get(method, {})
            name = operation.get("operationId")
            if name and (operation.get("x-planned") or name in but or (only and name not in only)):
                del item[method]
    return document


async def fuzz(
    chat: Chat,
    person: Person,
    document: Json,
    folder: Path,
    names: dict[str, str],
    examples: int = FULL,
) -> None:
    """Run Schemathesis; ``names`` are path parameters that lead somewhere."""
    folder.mkdir()
    (folder / "openapi.json").write_bytes(orjson.dumps(document))
    lines = [f'"path.{name}" = "{value}"' for name, value in names.items()]
    (folder / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines]))
    options = {
        "--url": f"{chat.url}/v1",
        "--header": f"Authorization: Bearer {person.token}",
        "--checks": ",".join(CHECKS),
        "--phases": "examples,coverage,fuzzing",
        "--max-examples": str(EXAMPLES or examples),
        "--seed": str(random.randrange(1 << 31) if EXAMPLES else 1),
        "--generation-allow-x00": "true",
    }
    words = [word for option in options.items() for word in option]
    if not EXAMPLES:
        words.append("--generation-deterministic")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUN, "--config-file", "schemathesis.toml", "run", "openapi.json"),
        *(*words, "--continue-on-failure", "--no-color"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode(errors="replace")
    assert b"Tested: " in output


def is_embedded(chat: Chat) -> bool:
    return chat.running.parts.deps.settings.database.startswith("sqlite:")


@pytest.mark.parametrize("is_known", [True, False], ids=["known ids", "any ids"])
async def test_the_server_keeps_the_contract_whatever_it_is_asked(
    chat_on_each: Chat, tmp_path: Path, is_known: bool
) -> None:
    chat = chat_on_each
    ayse, mehmet = await chat.people("ayse", "mehmet")
    room, group = await chat.direct(ayse, mehmet), await chat.group(ayse, mehmet)
    draft = {"conversationId": room, "clientId": "first", "text": "hello"}
    message = await ayse.gets("POST", "/messages", draft)
    tomorrow = rfc3339(SystemClock().now_ms() + 24 * 60 * 60 * 1000)
    later = {**draft, "clientId": "later", "scheduledAt": tomorrow}
    task = {"title": "task", "conversationId": group}
    key = {"name": "key", "scopes": ["message:read"]}
    names = {
        "conversationId": room,
        "groupId": group,
        "messageId": message["id"],
        "userId": mehmet.user_id,
        "fileId": (await ayse.uploads(b"words"))["id"],
        "taskId": (await ayse.gets("POST", "/tasks", task))["id"],
        "scheduledId": (await ayse.gets("POST", "/messages", later))["id"],
        "apiKeyId": (await ayse.gets("POST", "/api-keys", key))["apiKey"]["id"],
        "emoji": "👍",
    }
    document = built(but=ENDS_THE_SESSION | ENDLESS)
    examples = FULL if is_known == is_embedded(chat) else FEW
    await fuzz(chat, ayse, document, tmp_path / "fuzz", names if is_known else {}, examples)
    assert (await mehmet.call("GET", "/users/me"))[0] == 200


async def test_so_do_the_operations_of_administrators(chat_on_each: Chat, tmp_path: Path) -> None:
    ayse, mehmet = await chat_on_each.people("ayse", "mehmet")
    deps = chat_on_each.running.parts.deps
    await administration.set_user_role(deps, OPERATOR, ayse.user_id, "admin")
    names = {"userId": mehmet.user_id}
    document, examples = built(only=OF_ADMINISTRATORS), FEW if is_embedded(chat_on_each) else FULL
    await fuzz(chat_on_each, ayse, document, tmp_path / "fuzz", names, examples)
    assert (await ayse.call("GET", "/admin/users"))[0] == 200


async def test_so_do_the_operations_that_end_sessions(chat: Chat, tmp_path: Path) -> None:
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await fuzz(chat, ayse, built(only=ENDS_THE_SESSION), tmp_path / "fuzz", {})
    assert (await mehmet.call("GET", "/users/me"))[0] == 200


@pytest.mark.slow
async def test_so_does_the_stream_of_events(chat: Chat, tmp_path: Path) -> None:
    """Each stream is ended after its first events, as a server that stops ends it."""
    ayse, mehmet = await chat.people("ayse", "mehmet")
    await chat.direct(ayse, mehmet)
    streams, ended = chat.running.parts.streams, 0

    async def end_them() -> None:
        nonlocal ended
        while True:
            for stream in streams.open:
                if stream.held is None and stream.reason is None:
                    stream.close(RESTART)
                    ended += 1
            await asyncio.sleep(0.005)

    ending = asyncio.create_task(end_them())
    await fuzz(chat, ayse, built(only=ENDLESS), tmp_path / "fuzz", {})
    ending.cancel()
    assert ended > 5
    await until(lambda: not streams.open)
    assert (await mehmet.call("GET", "/users/me"))[0] == 200
