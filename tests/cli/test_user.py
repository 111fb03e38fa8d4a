"""``altlas-chat user``: the first administrator, roles, closed accounts, new passwords."""

import json
import subprocess
from typing import Any

from altlas_chat_cli import output
from tests.cli.run import Terminal
from tests.support.postgres import fresh_database


def asked(terminal: Terminal, *words: str) -> Any:
    done = terminal.run("user", *words, "--json")
    assert done.returncode == output.DONE, done.stderr
    return json.loads(done.stdout)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == output.FAILED
    assert "Traceback" not in done.stderr
    return done.stderr


def test_the_life_of_an_account(terminal: Terminal) -> None:
    made = asked(terminal, "create", "ayşe", "--role", "admin", "--email", "ayse@example.org")
    assert (made["user"]["username"], made["user"]["role"]) == ("ayşe", "admin")
    assert len(made["password"]) >= 12
    done = terminal.run("user", "create", "mehmet", "--display-name", "Mehmet Demir")
    assert done.stdout.startswith("mehmet is there, as user.\npassword  ")
    assert "taken" in refusal(terminal.run("user", "create", "MEHMET"))
    assert asked(terminal, "role", "mehmet", "moderator")["user"]["role"] == "moderator"
    assert "last administrator" in refusal(terminal.run("user", "role", "ayse@example.org", "user"))
    assert "last administrator" in refusal(terminal.run("user", "deactivate", "ayşe"))
    assert asked(terminal, "deactivate", "mehmet")["user"]["isActive"] is False
    names = [one["username"] for one in asked(terminal, "list", "--inactive")["users"]]
    assert names == ["mehmet"]
    assert asked(terminal, "reactivate", "mehmet")["user"]["isActive"] is True
    renewed = asked(terminal, "reset-password", "mehmet")
    assert renewed["password"] != made["password"]
    assert terminal.run("user", "list", "--role", "admin").stdout == "ayşe   admin   ayşe\n"
    assert "no such" in refusal(terminal.run("user", "role", "nobody", "user")).lower()


def test_postgresql(terminal: Terminal) -> None:
    with fresh_database() as url:
        asked(terminal, "create", "ayse", "--role", "admin", "--database", url)
        found = asked(terminal, "list", "--database", url)["users"]
    assert [one["username"] for one in found] == ["ayse"]


def test_wrong_use(terminal: Terminal) -> None:
    assert terminal.run("user", "create", "ayse", "--role", "king").returncode == output.WRONG_USE
    done = terminal.run("user", "create", "ayse", "--password-stdin")
    assert done.returncode == output.WRONG_USE
    assert "8 to 128" in done.stderr
    assert refusal(terminal.run("user", "create", "a"))
