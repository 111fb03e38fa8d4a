"""The settings: which source wins, what is refused, and in what words."""

from dataclasses import fields
from pathlib import Path

import pytest

from altlas_chat.settings import (
    SECTIONS,
    TABLE,
    Settings,
    SettingsError,
    document_bytes,
    document_cache,
    load_configuration,
    load_settings,
    without_password,
)

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problem_of(overrides=None, environ=None, file=None):
    with pytest.raises(SettingsError) as caught:
        load_settings(overrides or {}, environ=environ or {}, file=file)
    (problem,) = caught.value.problems
    return problem


def write(text: str) -> Path:
    path = Path("altlas-chat.toml")
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_there_are_the_defaults() -> None:
    assert load_settings(environ={}) == Settings()


def test_every_default_is_one_that_its_setting_allows() -> None:
    for name, row in TABLE.items():
        if row.default is not None:
            assert row.read(row.default) == row.default, name


def test_every_attribute_is_in_the_table_and_says_what_it_is_for() -> None:
    assert [field.name for field in fields(Settings)] == list(TABLE)
    assert all(row.about.endswith(".") for row in TABLE.values())
    assert set(SECTIONS) <= set(TABLE)
    assert next(iter(SECTIONS)) == next(iter(TABLE))


def test_flags_win_over_the_environment_that_over_the_file_that_over_defaults() -> None:
    write('port = 1\nreaders = 2\nhost = "file"\n')
    environ = {"ALTLAS_CHAT_PORT": "3", "ALTLAS_CHAT_READERS": "4"}
    settings = load_settings({"port": 5}, environ=environ)
    assert (settings.port, settings.readers, settings.host) == (5, 4, "file")
    assert settings.workers == 1


def test_each_value_tells_its_place() -> None:
    write('# ours\nhost = "file"\n')
    found = load_configuration({"port": 5}, environ={"ALTLAS_CHAT_READERS": "4"})
    assert found.places == {
        "host": "file altlas-chat.toml, line 2",
        "readers": "variable ALTLAS_CHAT_READERS",
        "port": "flag --port",
    }
    assert found.file == Path("altlas-chat.toml")


def test_what_a_flag_did_not_give_does_not_count() -> None:
    assert load_settings({"port": None}, environ={"ALTLAS_CHAT_PORT": "3"}).port == 3


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load_settings(environ={"ALTLAS_CHAT_PORT": ""}).port == 8765


def test_variables_of_others_and_of_the_tests_are_left_alone() -> None:
    environ = {"PORT": "x", "ALTLAS_CHAT_TEST_REQUIRE_ALL": "1", "ALTLAS_CHATTER": "x"}
    assert load_settings(environ=environ) == Settings()


def test_the_file_may_be_named_by_a_variable(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("port = 7\n")
    write("port = 6\n")
    assert load_settings(environ={"ALTLAS_CHAT_CONFIG": str(other)}).port == 7
    assert load_settings(environ={}).port == 6


def test_a_list_is_written_with_commas_or_as_a_list() -> None:
    wanted = ("https://a.example", "https://b.example")
    written = "https://a.example, https://b.example,"
    assert load_settings(environ={"ALTLAS_CHAT_CORS_ORIGINS": written}).cors_origins == wanted
    write('cors_origins = ["https://a.example", "https://b.example"]')
    assert load_settings(environ={}).cors_origins == wanted


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("port", "x", "'x' is no whole number"),
        ("port", "", "'' is no whole number"),
        ("port", "1.5", "'1.5' is no whole number"),
        ("port", True, "True is no whole number"),
        ("port", "٣", "'٣' is no whole number"),
        ("port", 65536, "65536 is out of bounds"),
        ("port", -1, "-1 is out of bounds"),
        ("heartbeat_seconds", 0, "0 is out of bounds"),
        ("host", 1, "1 is no text"),
        ("host", "", "'' is too short"),
        ("registration", "Open", "'Open' is none of its values"),
        ("database", "mysql://x", "'mysql://x' has not its form"),
        ("database", "altlas-chat.db", "'altlas-chat.db' has not its form"),
        ("database", "sqlite:///", "'sqlite:///' has not its form"),
        ("base_path", "v1", "'v1' has not its form"),
        ("base_path", "/v1/", "'/v1/' has not its form"),
        ("cors_origins", "https://a.example/path", "'https://a.example/path' has not its form"),
        ("cors_origins", 3, "3 is no list of texts"),
        ("cors_origins", ["*", 3], "3 is no text"),
        ("workers", 2, "2 is out of bounds"),
    ],
)
def test_a_value_that_can_not_be(name: str, value: object, said: str) -> None:
    problem = problem_of({name: value})
    assert problem.place == f"flag --{name.replace('_', '-')}"
    assert problem.detail == said
    assert name in problem.remedy


def test_a_refusal_says_what_is_allowed() -> None:
    problem = problem_of({"port": "70000"})
    assert problem.remedy == "Give `port` a whole number; allowed: 0 to 65535."


@pytest.mark.parametrize(
    "network",
    [
        "10.0.0.0/33", "10.0.0", "256.0.0.1", "10.0.0.01", "1:2", ":::", "::1/129", "2001:db8:::/32",
        "2001:db8::12345", "proxy.example.org", "10.0.0.0/8/8", "*", "::ffff:10.0.0.256",
    ],
)  # fmt: skip
def test_a_network_that_is_none_is_refused_at_the_start(network: str) -> None:
    listed = f"10.0.0.0/8,{network}"
    problem = problem_of(environ={"ALTLAS_CHAT_TRUSTED_PROXIES": listed})
    assert problem.place == "variable ALTLAS_CHAT_TRUSTED_PROXIES"
    assert network in problem.detail
    assert "`trusted_proxies`" in problem.remedy
    assert "such as `10.0.0.0/8` or `::1`" in problem.remedy


def test_networks_of_both_families_are_taken() -> None:
    taken = ("10.0.0.9/8", "192.0.2.1", "::1", "2001:DB8::/32", "::ffff:10.0.0.0/104", "fe80::1/64")
    assert load_settings({"trusted_proxies": taken}, environ={}).trusted_proxies == taken


def test_a_wrong_secret_is_not_shown() -> None:
    problem = problem_of(environ={"ALTLAS_CHAT_TOKEN_SECRET": "hunter2"})
    assert "hunter2" not in str(problem)
    assert "too short" in str(problem)
    write("token_secret = 4711\n")
    assert "4711" not in str(problem_of())


def test_a_secret_of_the_least_length_is_taken() -> None:
    assert load_settings({"token_secret": SECRET}, environ={}).token_secret == SECRET


def test_an_unknown_variable_is_an_error_that_guesses() -> None:
    problem = problem_of(environ={"ALTLAS_CHAT_DATABSE": "x"})
    assert problem.place == "variable ALTLAS_CHAT_DATABSE"
    assert "Did you mean `ALTLAS_CHAT_DATABASE`?" in problem.remedy


def test_a_variable_in_small_letters_is_unknown() -> None:
    assert "`ALTLAS_CHAT_PORT`" in problem_of(environ={"ALTLAS_CHAT_port": "1"}).remedy


def test_an_unknown_key_is_an_error_that_guesses_and_has_a_line() -> None:
    write('host = "::1"\nprot = 1\n')
    problem = problem_of()
    assert problem.place == "file altlas-chat.toml, line 2"
    assert "Did you mean `port`?" in problem.remedy


def test_a_table_in_the_file_is_an_error() -> None:
    write("[server]\nport = 1\n")
    problem = problem_of()
    assert problem.place == "file altlas-chat.toml, line 1"
    assert "there is no setting `server`" in problem.detail


def test_variables_of_kubernetes_are_an_error_with_their_remedy() -> None:
    for name, value in {
        "ALTLAS_CHAT_PORT": "tcp://10.0.0.1:8765",
        "ALTLAS_CHAT_SERVICE_HOST": "10.0.0.1",
        "ALTLAS_CHAT_PORT_8765_TCP_ADDR": "10.0.0.1",
    }.items():
        assert "enableServiceLinks" in problem_of(environ={name: value}).remedy


def test_everything_that_is_wrong_is_told_at_once() -> None:
    write("prot = 1\n")
    with pytest.raises(SettingsError) as caught:
        load_settings({"port": -1}, environ={"ALTLAS_CHAT_READERS": "many"})
    places = [problem.place for problem in caught.value.problems]
    assert places == [
        "file altlas-chat.toml, line 1",
        "variable ALTLAS_CHAT_READERS",
        "flag --port",
    ]
    assert all(place in str(caught.value) for place in places)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"port = \n", "no TOML"), (b"port = 1\nport = 2\n", "no TOML"), (b"\xff\xfe", "no TOML")],
)
def test_a_file_that_is_none(content: bytes, said: str) -> None:
    path = Path("altlas-chat.toml")
    path.write_bytes(content)
    problem = problem_of()
    assert problem.place == "altlas-chat.toml"
    assert said in problem.detail


def test_a_file_that_is_named_and_not_there() -> None:
    problem = problem_of(environ={"ALTLAS_CHAT_CONFIG": "nowhere.toml"})
    assert problem.place == "nowhere.toml"
    assert "No such file" in problem.detail


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///a@b:c.db", "sqlite:///a@b:c.db"),
        ("postgresql://chat:secret@host/chat", "postgresql://chat:***@host/chat"),
        ("postgresql://chat:se@cret@host/chat", "postgresql://chat:***@host/chat"),
        (
            "postgresql://chat@host/chat?password=secret&a=1",
            "postgresql://chat@host/chat?password=***&a=1",
        ),
        ("redis://:secret@host", "redis://:***@host"),
        ("postgresql:///chat", "postgresql:///chat"),
        ("text", "text"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/ayse"}, Path("/home/ayse/.cache/altlas-chat")),
        ({"HOME": "/home/ayse", "XDG_CACHE_HOME": "/var/cache"}, Path("/var/cache/altlas-chat")),
        ({"HOME": "/home/ayse", "XDG_CACHE_HOME": "rel"}, Path("/home/ayse/.cache/altlas-chat")),
        ({"HOME": "/home/ayse", "ALTLAS_CHAT_DOCUMENT_CACHE": "/mine"}, Path("/mine")),
        ({"HOME": "/home/ayse", "ALTLAS_CHAT_DOCUMENT_CACHE": "off"}, None),
        ({"ALTLAS_CHAT_DOCUMENT_CACHE": "off", "ALTLAS_CHAT_PORT": "wrong"}, None),
        ({}, None),
    ],
)
def test_where_documents_are_kept(environ, folder):
    assert document_cache(environ) == folder


def test_how_large_documents_may_be():
    assert document_bytes({}) == 50 << 20
    assert document_bytes({"ALTLAS_CHAT_DOCUMENT_MAX_MIB": "1"}) == 1 << 20
