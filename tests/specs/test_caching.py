"""What large YAML files hold is kept, and nothing else is believed."""

import os

import orjson
import pytest

from altlas_chat.specs import caching
from altlas_chat.specs.loading import load_document

HEAD = 'openapi: 3.0.3\ninfo: {title: Pets, version: "1"}\npaths: {}\nx-k: 1.0\nx-k: .nan\n'


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text(HEAD + "".join(f"x-{number}: 'text {number}'\n" for number in range(2_000)))
    return str(file)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "of mine"


def entries(folder):
    return sorted(folder.glob("*")) if folder.exists() else []


def told(document):
    return document.data, [str(one) for one in document.findings]


def test_the_second_time_it_is_not_parsed(file, folder, monkeypatch):
    first = load_document(file, cache=folder)
    assert len(first.findings) == 2
    (entry,) = entries(folder)
    assert entry.stat().st_mode & 0o077 == 0
    monkeypatch.setattr("altlas_chat.specs.sources.read_yaml", lambda _: pytest.fail("parsed"))
    assert told(load_document(file, cache=folder)) == told(first)


def test_what_changed_is_read_anew(file, folder):
    load_document(file, cache=folder)
    with open(file, "a") as more:
        more.write("x-new: 1\n")
    assert load_document(file, cache=folder).data["x-new"] == 1
    assert len(entries(folder)) == 2


@pytest.mark.parametrize(
    "harm",
    [
        lambda _: b"",
        lambda raw: raw[:-10],
        lambda raw: raw.replace(b"text 1", b"evil 1"),
        lambda raw: b"[]\n" + raw,
        lambda raw: orjson.dumps({"form": "another"}) + b"\n" + raw.partition(b"\n")[2],
        lambda _: b"\xff" * 100,
    ],
)
def test_a_broken_or_foreign_entry_is_not_believed(file, folder, harm):
    wanted = told(load_document(file, cache=folder))
    (entry,) = entries(folder)
    raw = entry.read_bytes()
    entry.write_bytes(harm(raw))
    assert told(load_document(file, cache=folder)) == wanted
    assert entry.read_bytes() == raw


def test_without_a_folder_that_can_be_written_it_works(file, tmp_path):
    nothing = tmp_path / "file"
    nothing.write_text("")
    assert load_document(file, cache=nothing / "cache").data["x-7"] == "text 7"
    assert load_document(file, cache=nothing).data["x-7"] == "text 7"


def test_small_files_and_json_are_not_kept(tmp_path, folder):
    small = tmp_path / "small.yaml"
    small.write_text(HEAD)
    large = tmp_path / "large.json"
    large.write_text('{"openapi": "3.0.3", "paths": {}, "x": "' + "x" * 100_000 + '"}')
    load_document(str(small), cache=folder)
    load_document(str(large), cache=folder)
    assert entries(folder) == []


def test_there_are_never_too_many(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(caching, "MOST_ENTRIES", 3)
    for number in range(5):
        file = tmp_path / f"{number}.yaml"
        file.write_text(HEAD + f"x-a: {'x' * 20_000}{number}\n")
        load_document(str(file), cache=folder)
        for age, entry in enumerate(sorted(folder.iterdir(), key=os.path.getmtime, reverse=True)):
            os.utime(entry, (1_700_000_000 - age, 1_700_000_000 - age))
    assert len(entries(folder)) == 3
