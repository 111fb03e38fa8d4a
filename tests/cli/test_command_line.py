"""The command as a whole: quick help, flags that agree with the settings, exit codes."""

import json
import os
import resource
import sys

import pytest
import typer

from altlas_chat import __version__
from altlas_chat.settings import TABLE, Problem, SettingsError
from altlas_chat.storage.schema import SchemaBehind
from altlas_chat_cli import output
from altlas_chat_cli.main import CommandLine, app
from tests.cli.run import Terminal

COMMANDS = (
    *("serve", "mock", "seed", "talk", "tail", "migrate", "user", "contract", "loadtest"),
    "config",
)
HEAVY = {
    *("aiohttp", "aiosqlite", "alembic", "asyncio", "asyncpg", "faker", "locust"),
    *("rich", "sqlalchemy", "yaml"),
}
HELP_CPU_SECONDS = 0.3


def options_of(name: str):
    command = typer.main.get_command(app).commands[name]
    return {option: param for param in command.params for option in param.opts}


def loaded_modules(importtime: str) -> set[str]:
    lines = [line for line in importtime.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS), ("loadtest", "run")])
def test_help_loads_nothing_heavy(terminal: Terminal, words: tuple[str, ...]) -> None:
    done = terminal.run(*words, "--help", interpreter=("-X", "importtime"))
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    loaded = loaded_modules(done.stderr)
    assert "typer" in loaded, "nothing was measured"
    assert not loaded & HEAVY


def test_help_is_quick(terminal: Terminal) -> None:
    terminal.run("--help")  # so that what is compiled once is compiled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert terminal.run("--help").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    assert used < HELP_CPU_SECONDS


def test_every_command_is_there_and_says_what_it_does() -> None:
    commands = typer.main.get_command(app).commands
    assert set(commands) == set(COMMANDS)
    assert all(command.help for command in commands.values())


@pytest.mark.parametrize("name", [row.name for row in TABLE.values() if row.flag])
def test_a_setting_with_a_flag_is_an_option_of_serve(name: str) -> None:
    row = TABLE[name]
    option = options_of("serve")[row.option]
    assert option.help.startswith(row.about)
    assert option.default is None, "the settings table has the default"


def test_a_setting_without_a_flag_is_no_option_of_serve() -> None:
    named = {row.option for row in TABLE.values() if not row.flag}
    assert not named & set(options_of("serve"))


def test_the_version(terminal: Terminal) -> None:
    done = terminal.run("--version")
    assert (done.returncode, done.stdout) == (0, f"altlas-chat {__version__}\n")


@pytest.mark.parametrize("words", [("--nope",), ("nope",), ("config", "show", "--nope")])
def test_a_wrong_command_line_ends_with_2(terminal: Terminal, words: tuple[str, ...]) -> None:
    done = terminal.run(*words)
    assert done.returncode == output.WRONG_USE
    assert "nope" in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("words", [("serve",), ("migrate", "status"), ("config", "show")])
def test_wrong_settings_end_every_command_alike(terminal: Terminal, words: tuple[str, ...]) -> None:
    terminal.variables["ALTLAS_CHAT_READERS"] = "many"
    done = terminal.run(*words)
    assert done.returncode == output.WRONG_USE
    assert "variable ALTLAS_CHAT_READERS: 'many' is no whole number" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(terminal.folder.iterdir()), "nothing was made"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs a command that raises; its exit code, stdout and stderr."""

    def run(error: BaseException, *words: str) -> tuple[int, str, str]:
        line = CommandLine(pretty_exceptions_enable=False)

        @line.callback()
        def options(*, debug: bool = False) -> None:
            pass

        @line.command("fail")
        def fail(*, json: bool = False) -> None:
            raise error

        monkeypatch.setattr(sys, "argv", ["altlas-chat", *words])
        with pytest.raises(SystemExit) as left:
            line()
        return (left.value.code, *capsys.readouterr())

    return run


class Refused(Exception):
    detail = "It is refused."
    remedy = "Ask nicely."


def test_an_error_of_ours_is_one_line_and_its_remedy(failing) -> None:
    code, told, said = failing(Refused(), "fail")
    assert (code, told) == (output.FAILED, "")
    assert said == "altlas-chat: It is refused.\n  Ask nicely.\n"


def test_a_program_is_told_on_stdout(failing) -> None:
    code, told, said = failing(Refused(), "fail", "--json")
    assert code == output.FAILED
    assert json.loads(told) == {"error": {"detail": "It is refused.", "remedy": "Ask nicely."}}
    assert "It is refused." in said


def test_debug_shows_where_it_came_from(failing) -> None:
    _, _, said = failing(Refused(), "--debug", "fail")
    assert "Traceback" in said
    assert said.endswith("altlas-chat: It is refused.\n  Ask nicely.\n")


def test_a_mistake_of_ours_has_no_traceback_and_says_how_to_get_one(failing) -> None:
    code, _, said = failing(ZeroDivisionError("division by zero"), "fail")
    assert code == output.FAILED
    assert "Traceback" not in said
    assert "ZeroDivisionError: division by zero" in said
    assert "--debug" in said


def test_each_wrong_setting_has_its_line(failing) -> None:
    problems = [
        Problem("flag --a", "it is wrong", "Mend a."),
        Problem("b", "it is, too", "Mend b."),
    ]
    code, _, said = failing(SettingsError(problems), "fail")
    assert code == output.WRONG_USE
    assert said.splitlines() == [
        "altlas-chat: flag --a: it is wrong.",
        "  Mend a.",
        "altlas-chat: b: it is, too.",
        "  Mend b.",
    ]


def test_a_database_that_is_behind_ends_with_3(failing) -> None:
    code, _, said = failing(SchemaBehind("It is behind.", "Migrate it."), "fail")
    assert (code, said) == (output.NOT_READY, "altlas-chat: It is behind.\n  Migrate it.\n")


def test_an_error_of_the_machine_names_its_file(failing) -> None:
    code, _, said = failing(PermissionError(13, "Permission denied", "x.toml"), "fail")
    assert code == output.FAILED
    assert said.startswith("altlas-chat: x.toml: Permission denied.\n")


def test_an_interrupted_command_ends_with_130(failing) -> None:
    code, told, said = failing(KeyboardInterrupt(), "fail")
    assert (code, told) == (output.INTERRUPTED, "")
    assert "Traceback" not in said


def test_a_reader_that_goes_away_sees_no_traceback(terminal: Terminal) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = terminal.run("config", "show", stdout=writer)
    finally:
        os.close(writer)
    assert done.returncode == output.FAILED
    assert "Traceback" not in done.stderr
