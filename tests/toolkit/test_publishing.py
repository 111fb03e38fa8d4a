"""R4: our contract as two files, and releases that never change."""

import copy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from altlas_chat.data import data_folder
from altlas_chat.specs.documents import Document
from altlas_chat.specs.embedding import events_document, events_of, references_in
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.pointers import found_at
from altlas_chat.toolkit.bundling import version_of
from altlas_chat.toolkit.diffing.changes import Policy
from altlas_chat.toolkit.diffing.comparing import compare_documents
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.revisions import newest_release
from altlas_chat.toolkit.own import own_asyncapi, own_openapi
from altlas_chat.toolkit.publishing import (
    CHAT_TAB,
    WHOLE,
    AlreadyReleased,
    own_bundles,
    own_whole,
    release,
    stale_files,
)
from altlas_chat.toolkit.selecting import pruned

Json = dict[str, Any]

BUNDLES = own_bundles()
DOCUMENTS: dict[str, Json] = {
    name.rpartition("_v")[0]: yaml.load(content, Loader=yaml.CSafeLoader)
    for name, content in BUNDLES.items()
}
METHODS = ("get", "put", "post", "delete", "patch")


def operations(document: Json) -> set[str]:
    return {
        item[method]["operationId"]
        for item in document["paths"].values()
        for method in METHODS
        if method in item
    }


def test_they_are_named_by_the_version() -> None:
    version = ".".join(own_openapi().data["info"]["version"].split(".")[:2])
    assert set(BUNDLES) == {f"{WHOLE}_v{version}.yaml", f"{CHAT_TAB}_v{version}.yaml"}


@pytest.mark.parametrize("name", [WHOLE, CHAT_TAB])
def test_each_is_valid_and_in_one_piece(name: str) -> None:
    document = DOCUMENTS[name]
    assert [one.message for one in OpenAPIV31SpecValidator(document).iter_errors()] == []
    for reference in set(references_in(document)):
        found_at(document, reference[1:])


def test_the_whole_has_everything_and_the_events_come_out_of_it_again() -> None:
    assert operations(DOCUMENTS[WHOLE]) == operations(own_openapi().data)
    assert events_of(DOCUMENTS[WHOLE]) == own_asyncapi().data


def test_the_chat_tab_has_what_a_chat_needs_and_nothing_else() -> None:
    document = DOCUMENTS[CHAT_TAB]
    found = operations(document)
    needed = {
        "login",
        "getCurrentUser",
        "postMessage",
        "addReaction",
        "searchMessages",
        "blockUser",
    }
    assert needed < found
    assert not found & {"listUsers", "createTask", "createApiKey", "getMetrics", "register"}
    messages = document["x-asyncapi"]["components"]["messages"]
    assert {"MessageSendCommand", "MessageCreated", "TypingStarted", "Error"} < set(messages)
    assert not [name for name in messages if name.startswith(("Task", "SessionStarted"))]
    assert "Task" not in document["components"]["schemas"]
    assert pruned(document) == document, "something is there that nothing leads to"
    tags = {one["name"] for one in document["tags"]}
    assert {"admin", "tasks", "operation"} & tags == set()


def test_its_events_are_an_asyncapi_document(tmp_path: Path) -> None:
    events = events_of(DOCUMENTS[CHAT_TAB])
    assert events is not None
    path = tmp_path / "events.yaml"
    path.write_text(yaml.safe_dump(events), "utf-8")
    assert load_document(path).kind == "asyncapi"


def test_a_release_is_written_once(tmp_path: Path) -> None:
    files = {"a_v1.0.yaml": b"one", "b_v1.0.yaml": b"two"}
    folder = tmp_path / "v1.0"
    assert release(files, folder) == [folder / name for name in files]
    release(files, folder)
    changed = {"a_v1.0.yaml": b"one", "b_v1.0.yaml": b"three", "c_v1.0.yaml": b"new"}
    with pytest.raises(AlreadyReleased, match=r"b_v1\.0\.yaml is released already"):
        release(changed, folder)
    assert stale_files(files, folder) == []
    assert not (folder / "c_v1.0.yaml").exists(), "all of a release or nothing"


@pytest.mark.parametrize(
    ("version", "name"), [("1.2.3", "1.2"), ("v10.0", "10.0"), ("2.1-rc.1", "2.1"), ("7", None)]
)
def test_versions_of_releases(tmp_path: Path, version: str, name: str | None) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(f"openapi: 3.1.0\ninfo: {{title: x, version: '{version}'}}\npaths: {{}}\n")
    document = load_document(path)
    if name is not None:
        assert version_of(document) == name
        return
    with pytest.raises(DocumentUnusable, match="two numbers"):
        version_of(document)


def test_what_is_released_can_be_read() -> None:
    released = sorted((data_folder("contracts") / "released").glob("v*/*.yaml"))
    assert {path.name.rpartition("_v")[0] for path in released} == {WHOLE, CHAT_TAB}
    for path in released:
        document = load_document(path)
        assert path.parent.name == f"v{version_of(document)}"
        events = events_document(document)
        assert events is not None
        assert events.place("/channels/socket").line > 0


def breaking_since(released: Document, now: Document) -> list[str]:
    """What of the contract as it is breaks clients of a release, in REST and in events."""
    pairs = [(released, now), (events_document(released), events_document(now))]
    return [
        str(change.rule)
        for one, other in pairs
        if one is not None and other is not None
        for change in compare_documents(one, other, Policy(date(2026, 11, 30))).changes
        if change.level is Level.BREAKING
    ]


def test_the_contract_of_today_breaks_no_client_of_the_last_release() -> None:
    newest = newest_release(data_folder("contracts") / "released", WHOLE)
    assert newest is not None
    released, now = load_document(newest), own_whole()
    assert breaking_since(released, now) == []
    document = copy.deepcopy(now.data)
    del document["paths"]["/messages"]["post"]
    del document["x-asyncapi"]["operations"]["sendMessage"]
    assert len(breaking_since(released, replace(now, data=document, _found={}))) >= 2
