"""How the command calls itself in what it tells people to type."""

import sys
from pathlib import Path

import pytest

from altlas_chat_cli import output


def installed(folder: Path) -> Path:
    folder.mkdir()
    script = folder / "altlas-chat"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    return script


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The name that is told to who called ``argv0`` with ``path`` as PATH."""
    monkeypatch.chdir(tmp_path)

    def called(argv0: str, path: str) -> str:
        monkeypatch.setattr(sys, "argv", [argv0, "serve"])
        monkeypatch.setenv("PATH", path)
        return output.program()

    return called


def test_by_its_path_where_the_shell_does_not_find_it(called, tmp_path: Path) -> None:
    installed(tmp_path / "my bin")
    assert called("my bin/altlas-chat", "/nowhere") == "'my bin/altlas-chat'"


def test_by_its_path_where_the_shell_finds_another_one(called, tmp_path: Path) -> None:
    installed(tmp_path / "bin")
    other = installed(tmp_path / "other")
    assert called("bin/altlas-chat", str(other.parent)) == "bin/altlas-chat"


def test_by_its_name_where_the_shell_finds_it(called, tmp_path: Path) -> None:
    script = installed(tmp_path / "bin")
    assert called(str(script), str(script.parent)) == "altlas-chat"


def test_by_its_name_where_it_was_run_as_a_module(called) -> None:
    assert called("cli/altlas_chat_cli/main.py", "/nowhere") == "altlas-chat"
