"""``altlas-chat seed``: what it says, what it refuses, and that Ctrl-C leaves whole pages."""

import contextlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.server.single import only_server_of
from altlas_chat_cli import output
from tests.cli.run import Terminal
from tests.support.postgres import fresh_database


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_demo_world_goes_to_the_database_of_the_settings(terminal: Terminal) -> None:
    done = terminal.run("seed")
    assert done.returncode == output.DONE, done.stderr
    assert done.stdout.splitlines() == [
        "The demo world in sqlite:///altlas-chat.db is ready.",
        "people    ayse, mehmet, zeynep, emre, irem, ismail, sarah, david",
        f"password  {DEMO_PASSWORD}   (of all)",
    ]
    assert len(rows(terminal.folder / "altlas-chat.db", "SELECT * FROM users")) == 8
    again = terminal.run("seed")
    assert again.returncode == output.DONE
    assert "was there already; nothing was added" in again.stdout


def test_json_is_for_programs(terminal: Terminal) -> None:
    for is_new in (True, False):
        done = terminal.run("seed", "--json", "--database", "sqlite:///demo.db")
        answer = json.loads(done.stdout)
        assert answer["isNew"] is is_new
        assert answer["database"] == "sqlite:///demo.db"
        assert answer["people"][0] == {"username": "ayse", "password": DEMO_PASSWORD}
        assert done.stdout.count("\n") == 1


def test_volume_adds_what_is_missing(terminal: Terminal) -> None:
    words = ("seed", "--users", "5", "--conversations", "4", "--messages", "200")
    done = terminal.run(*words, "--json")
    answer = json.loads(done.stdout)
    assert answer["added"] == {"users": 5, "conversations": 4, "messages": 200}
    assert answer["wanted"] == {"users": 5, "conversations": 4, "messages": 200, "seed": 1}
    assert answer["login"]["password"] == DEMO_PASSWORD
    assert answer["seconds"] > 0
    assert done.stderr == "", "a progress bar is for terminals"
    done = terminal.run(*words[:-1], "250")
    assert done.stdout.startswith("Added 0 users, 0 conversations, 50 messages to sqlite:///")
    done = terminal.run(*words, "--seed", "9")
    assert done.stdout.startswith("Added 5 users, 4 conversations, 200 messages")
    path = terminal.folder / "altlas-chat.db"
    assert rows(path, "SELECT count(*) FROM messages WHERE kind <> 'system'") == [(450,)]
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


def test_one_number_is_enough(terminal: Terminal) -> None:
    done = terminal.run("seed", "--messages", "10", "--json")
    assert json.loads(done.stdout)["added"] == {"users": 100, "conversations": 300, "messages": 10}


def test_postgresql(terminal: Terminal) -> None:
    with fresh_database() as url:
        done = terminal.run("seed", "--database", url)
        assert done.returncode == output.DONE, done.stderr
        words = ("--users", "5", "--conversations", "4", "--messages", "100")
        done = terminal.run("seed", "--database", url, *words, "--json")
        assert json.loads(done.stdout)["added"]["messages"] == 100


def test_an_empty_postgresql_database_waits_for_migrate(terminal: Terminal) -> None:
    with fresh_database(empty=True) as url:
        done = terminal.run("seed", "--database", url)
    assert done.returncode == output.NOT_READY
    assert "altlas-chat migrate up" in done.stderr


@pytest.mark.parametrize("words", [(), ("--messages", "10")])
def test_a_database_that_a_server_has_is_left_alone(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    path = terminal.folder / "altlas-chat.db"
    with only_server_of(path):
        done = terminal.run("seed", *words)
    assert done.returncode == output.FAILED
    assert done.stderr == (
        "altlas-chat: A server, or another seeding, has the database sqlite:///altlas-chat.db"
        " open.\n  Nothing was added. Stop it, then run this again.\n"
    )
    assert not path.exists()


@pytest.mark.parametrize("words", [(), ("--messages", "10")])
def test_other_peoples_accounts_are_left_alone(terminal: Terminal, words: tuple[str, ...]) -> None:
    path = terminal.folder / "altlas-chat.db"
    assert terminal.run("migrate", "up").returncode == output.DONE
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO users (user_id, username, username_key, display_name, search_name,"
            " created_at, updated_at) VALUES ('k', 'kemal', 'kemal', 'Kemal', 'kemal', 1, 1)"
        )
        connection.commit()
    done = terminal.run("seed", *words, "--json")
    assert done.returncode == output.FAILED
    error = json.loads(done.stdout)["error"]
    assert "accounts of its own" in error["detail"]
    assert "--database" in error["remedy"]
    assert rows(path, "SELECT username FROM users") == [("kemal",)]


@pytest.mark.parametrize(
    "words", [("--users", "1"), ("--messages", "-1"), ("--seed", "1000000"), ("--messages", "x")]
)
def test_numbers_that_can_not_be(terminal: Terminal, words: tuple[str, ...]) -> None:
    done = terminal.run("seed", *words)
    assert done.returncode == output.WRONG_USE
    assert words[0] in done.stderr
    assert list(terminal.folder.iterdir()) == []


# -- at a terminal -----------------------------------------------------------------------------


@contextlib.contextmanager
def at_a_terminal(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The command with its stderr on a terminal: the process, and the terminal's other end."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "altlas_chat_cli.main", "seed", *words],
        cwd=folder,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},  # noqa: TID251
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=slave,
    )
    os.close(slave)
    try:
        yield process, master
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        os.close(master)


def read_until(master: int, pattern: str) -> str:
    """What is written up to something that matches, or to the end."""
    seen = ""
    with contextlib.suppress(OSError):
        while not re.search(pattern, seen):
            seen += os.read(master, 65536).decode(errors="replace")
    return seen


def drain(master: int) -> threading.Thread:
    thread = threading.Thread(target=read_until, args=(master, r"\Z(?!)"))
    thread.start()
    return thread


WORDS = ("--users", "20", "--conversations", "10", "--messages")


def test_a_progress_bar_where_somebody_looks(terminal: Terminal) -> None:
    with at_a_terminal(terminal.folder, *WORDS, "300") as (process, master):
        seen = read_until(master, r"300/300")
        rest = drain(master)
        stdout, _ = process.communicate(timeout=60)
        rest.join()
    assert process.returncode == output.DONE
    assert "messages" in seen
    assert re.search(r"\d/s", seen), "no rate"
    assert stdout.startswith(b"Added 20 users")


def test_ctrl_c_leaves_whole_pages_and_the_same_command_goes_on(terminal: Terminal) -> None:
    path = terminal.folder / "altlas-chat.db"
    with at_a_terminal(terminal.folder, *WORDS, "300000") as (process, master):
        read_until(master, r"[1-9]0000/300000")
        process.send_signal(signal.SIGINT)
        said = read_until(master, r"goes on from there")
        process.wait(timeout=60)
    assert process.returncode == output.INTERRUPTED
    assert "Interrupted. What was kept is whole" in said
    assert "Traceback" not in said
    ((kept,),) = rows(path, "SELECT count(*) FROM messages WHERE kind <> 'system'")
    assert 0 < kept < 300_000
    assert kept % 20_000 == 0
    assert rows(path, "SELECT sum(message_count) FROM streams") == [(kept,)]
    dense = "SELECT count(*), sum(seq) FROM streams"
    ((_, events),) = rows(path, dense)
    assert rows(path, "SELECT count(*) FROM events") == [(events,)]
    done = terminal.run("seed", *WORDS, str(kept + 10), "--json")
    assert json.loads(done.stdout)["added"] == {"users": 0, "conversations": 0, "messages": 10}
