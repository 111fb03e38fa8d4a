"""``altlas-chat config``: every value with its place, and no secret."""

import json

from altlas_chat.settings import TABLE
from tests.cli.run import Terminal

SECRET = "a-secret-that-nobody-may-ever-see"


def test_show_lists_every_setting_and_where_its_value_came_from(terminal: Terminal) -> None:
    (terminal.folder / "altlas-chat.toml").write_text('registration = "closed"\n')
    terminal.variables["ALTLAS_CHAT_PORT"] = "9000"
    done = terminal.run("config", "show")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.partition(" = ")[0] for line in lines] == list(TABLE)
    assert "port = 9000   (variable ALTLAS_CHAT_PORT)" in lines
    assert 'registration = "closed"   (file altlas-chat.toml, line 1)' in lines
    assert 'host = "127.0.0.1"   (default)' in lines
    assert "token_secret = (none)   (default)" in lines


def test_show_as_json(terminal: Terminal) -> None:
    done = terminal.run("config", "show", "--json")
    shown = json.loads(done.stdout)
    assert list(shown) == list(TABLE)
    assert shown["port"] == {"value": 8765, "from": "default"}
    assert shown["cors_origins"] == {"value": [], "from": "default"}


def test_secrets_are_masked_and_passwords_in_addresses_too(terminal: Terminal) -> None:
    for row in TABLE.values():
        if row.secret:
            terminal.variables[row.variable] = SECRET
    terminal.variables["ALTLAS_CHAT_DATABASE"] = f"postgresql://chat:{SECRET}@host/chat"
    for more in ((), ("--json",)):
        done = terminal.run("config", "show", *more)
        assert done.returncode == 0
        assert SECRET not in done.stdout + done.stderr
        assert "postgresql://chat:***@host/chat" in done.stdout
    shown = json.loads(done.stdout)
    assert shown["token_secret"] == {
        "value": "***",
        "from": "variable ALTLAS_CHAT_TOKEN_SECRET",
    }


def test_check_is_content_with_good_settings(terminal: Terminal) -> None:
    (terminal.folder / "altlas-chat.toml").write_text("port = 1\n")
    done = terminal.run("config", "check")
    assert (done.returncode, done.stdout) == (0, "")
    assert "altlas-chat.toml" in done.stderr
    done = terminal.run("config", "check", "--json")
    assert json.loads(done.stdout) == {"file": "altlas-chat.toml", "problems": []}


def test_check_says_everything_that_is_wrong(terminal: Terminal) -> None:
    (terminal.folder / "other.toml").write_text("prot = 1\nreaders = 0\n")
    done = terminal.run("config", "check", "--file", "other.toml")
    assert done.returncode == 2
    assert "other.toml, line 1: there is no setting `prot`. " not in done.stdout
    assert "Did you mean `port`?" in done.stderr
    assert "other.toml, line 2: 0 is out of bounds." in done.stderr


def test_check_of_a_file_that_is_not_there(terminal: Terminal) -> None:
    done = terminal.run("config", "check", "--file", "nowhere.toml", "--json")
    assert done.returncode == 2
    assert "nowhere.toml: the file can't be read" in json.loads(done.stdout)["error"]["detail"]
