"""The generated pages: fresh, whole, and a stale one is found."""

from pathlib import Path

import pytest

from altlas_chat.settings import TABLE
from altlas_chat_cli import output, reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_in_the_repository_are_fresh() -> None:
    assert reference.stale_pages(ROOT / "docs") == []


def test_every_setting_is_documented_with_its_variable_and_default() -> None:
    page = reference.configuration_page()
    for row in TABLE.values():
        assert f"| `{row.name}`<br>`{row.variable}`" in page
        assert row.about in page


def test_every_command_and_option_is_documented() -> None:
    page = reference.commands_page()
    for words in ("serve", "migrate up", "migrate status", "config show", "config check"):
        assert f"## `altlas-chat {words}`" in page
    assert "| `--port PORT` |" in page
    assert all(f"| {code} | " in page for code in output.EXIT_CODES)


def test_write_makes_what_check_wants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert reference.main(["--check"]) == output.FAILED
    assert reference.main(["--write"]) == output.DONE
    assert reference.main(["--check"]) == output.DONE
    page = tmp_path / "docs" / "cli.md"
    page.write_text(page.read_text(encoding="utf-8").replace("--port", "--prot"), encoding="utf-8")
    assert reference.stale_pages(tmp_path / "docs") == [page]
    assert reference.main(["--check"]) == output.FAILED


def test_any_other_word_is_wrong_use() -> None:
    assert reference.main([]) == output.WRONG_USE
