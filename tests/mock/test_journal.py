"""The journal: bounded, masked when it leaves, written whole or not at all."""

import base64
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.har import har_of
from altlas_chat.mock.journal import Entry, Journal, Wish
from altlas_chat.mock.journal_forms import json_of, line_of, table_of, text_of
from altlas_chat.mock.masking import Mask
from altlas_chat.mock.recording import NoRecording, Recording, write_whole

SCHEMAS = Path(__file__).parent / "har_schema"
NOON = 1_800_000_000_123


def exchange(**more: Any) -> Entry:
    return Entry(
        **{
            "began_ms": NOON,
            "method": "POST",
            "address": "http://127.0.0.1:4010",
            "target": "/users?page=1&api_key=abc",
            "version": "HTTP/1.1",
            "client": "127.0.0.1",
            "request_headers": [
                ("Content-Type", "application/json"),
                ("Authorization", "Bearer x"),
            ],
            "request_body": b'{"name":"Ay\xc5\x9fe","password":"hunter\\"2"}',
            "request_bytes": 37,
            "operation": "createUser",
            "seconds": 0.0123,
            "status": 201,
            "reason": "Created",
            "answer_headers": [
                ("Content-Type", "application/json"),
                ("Location", "/users/7"),
                ("Set-Cookie", "sid=s3cret; Path=/; HttpOnly"),
            ],
            "answer_body": b'{"id":7}',
            "answer_bytes": 8,
            "origin": "example",
            **more,
        }
    )


def har_validator() -> Any:
    schemas = {one.name: json.loads(one.read_text()) for one in SCHEMAS.glob("*.json")}
    registry = jsonschema_rs.Registry(
        [(f"json-schema:///{name}", schema) for name, schema in schemas.items()],
        draft=jsonschema_rs.Draft6,
    )
    return jsonschema_rs.Draft6Validator(
        {"$ref": "json-schema:///har.json"}, registry=registry, validate_formats=True
    )


def check_har(har: dict[str, Any]) -> None:
    """By the published schemas, and by what the specification says in words."""
    har_validator().validate(har)
    for entry in har["log"]["entries"]:
        timings = [time for time in entry["timings"].values() if time >= 0]
        assert entry["time"] == pytest.approx(sum(timings))
        posted = entry["request"].get("postData", {})
        assert not {"text", "params"} <= set(posted), "these exclude each other"


def test_the_schemas_of_har_refuse_what_is_none() -> None:
    har = har_of([exchange()], Mask())
    del har["log"]["entries"][0]["response"]["content"]["mimeType"]
    with pytest.raises(jsonschema_rs.ValidationError):
        check_har(har)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"request_body": b"", "request_bytes": 0, "method": "GET"},
        {"status": 0, "answer_headers": [], "answer_body": b"", "answer_bytes": 0, "reason": ""},
        {"request_body": b"\0\xff", "request_bytes": 2},
        {
            "request_headers": [("content-type", "application/x-www-form-urlencoded"), ("Cookie", "a=1; b=2")],
            "request_body": b"user=ay%20se&password=x",
        },
        {"target": "/ğ?q=a b|\"<>&x=%41", "answer_headers": [("content-type", "image/png")], "answer_body": b"\x89PNG\0"},
        {"request_bytes": 10**9, "answer_bytes": 10**9},
        {"answer_breaches": (Breach("body", "", "/id", "type", "7 is no string"),), "weather": "+3ms"},
    ],
)  # fmt: skip
def test_whatever_was_exchanged_is_an_archive_of_the_standard(more: dict[str, Any]) -> None:
    har = har_of([exchange(**more), exchange()], Mask())
    check_har(json.loads(json.dumps(har)))
    assert len(har["log"]["entries"]) == 2


def test_an_archive_tells_what_was_exchanged() -> None:
    [entry] = har_of([exchange()], Mask(off=True))["log"]["entries"]
    assert entry["startedDateTime"] == "2027-01-15T08:00:00.123Z"
    assert entry["time"] == 12.3
    request, response = entry["request"], entry["response"]
    assert request["url"] == "http://127.0.0.1:4010/users?page=1&api_key=abc"
    assert request["queryString"] == [
        {"name": "page", "value": "1"},
        {"name": "api_key", "value": "abc"},
    ]
    assert json.loads(request["postData"]["text"]) == {"name": "Ayşe", "password": 'hunter"2'}
    assert response["content"] == {"size": 8, "mimeType": "application/json", "text": '{"id":7}'}
    assert response["redirectURL"] == "/users/7"
    assert response["cookies"] == [
        {"name": "sid", "value": "s3cret", "path": "/", "httpOnly": True}
    ]


def test_what_is_no_text_is_base64() -> None:
    body = bytes(range(256))
    [entry] = har_of([exchange(answer_body=body, answer_bytes=256)], Mask())["log"]["entries"]
    content = entry["response"]["content"]
    assert content["encoding"] == "base64"
    assert base64.b64decode(content["text"]) == body
    form = json_of(exchange(request_body=body), Mask())["request"]
    assert base64.b64decode(form["body"]) == body


def test_secrets_leave_in_no_form() -> None:
    secret = exchange(
        target="/users?access_token=s3cret&page=1&key=s3cret",
        request_headers=[
            ("Content-Type", "application/json"),
            ("Authorization", "Bearer s3cret"),
            ("Cookie", "sid=s3cret; theme=s3cret"),
            ("X-Company-Auth", "s3cret"),
        ],
        request_body=b'{"newPassword" : "s3cret", "deep": {"refresh_token":"s3c',
        answer_headers=[("Set-Cookie", "sid=s3cret; Path=/"), ("Content-Type", "application/json")],
        answer_body=b'{"accessToken":"s3cret\\"s3cret"}',
    )
    mask = Mask(["X-Company-Auth", "key"])
    for shown in (
        json.dumps(har_of([secret], mask)),
        json.dumps(json_of(secret, mask)),
        line_of(secret, mask),
    ):
        assert "s3c" not in shown
    assert json.dumps(json_of(secret, Mask(off=True))).count("s3c") == 11
    request = json_of(secret, mask)["request"]
    assert ("Authorization", "Bearer ***") in request["headers"]
    assert ("Cookie", "sid=***; theme=***") in request["headers"]
    assert request["url"].endswith("/users?access_token=***&page=1&key=***")


@pytest.mark.parametrize(
    "name",
    ["password", "newPasswd", "client_secret", "accessToken", "api_key", "apiKey", "credentials"],
)
def test_what_names_of_secrets_are(name: str) -> None:
    assert Mask().text(f'{{"{name}": "s3cret"}}', "application/json") == f'{{"{name}": "***"}}'
    assert Mask().target(f"/x?{name}=s3cret") == f"/x?{name}=***"
    assert Mask().text('{"name": "ayse"}', "application/json") == '{"name": "ayse"}'


def test_secrets_of_forms_are_hidden() -> None:
    form = "application/x-www-form-urlencoded"
    assert Mask().text("user=a&password=b&c=d", form) == "user=a&password=***&c=d"
    assert Mask().text("password=b", "text/plain") == "password=b"


def test_a_full_journal_forgets_the_oldest_and_says_how_many() -> None:
    journal = Journal(most=3)
    for _ in range(5):
        journal.add(exchange())
    assert [one.number for one in journal.select()] == [3, 4, 5]
    assert (journal.count, journal.dropped) == (5, 2)
    assert journal.clear() == 3
    journal.add(exchange())
    assert [one.number for one in journal.select()] == [6]


def test_a_journal_is_bounded_in_bytes_and_cuts_bodies() -> None:
    journal = Journal(most_bytes=100_000, body_bytes=30_000)
    for _ in range(9):
        journal.add(exchange(answer_body=b"x" * 500_000, answer_bytes=500_000))
    kept = journal.select()
    assert len(kept) == 3
    assert {len(one.answer_body) for one in kept} == {30_000}
    assert {one.answer_bytes for one in kept} == {500_000}
    assert json_of(kept[0], Mask())["response"]["truncated"]


@pytest.mark.parametrize(
    ("wish", "numbers"),
    [
        (Wish(), [1, 2, 3, 4]),
        (Wish(method="get"), [1, 2]),
        (Wish(path="/users/*"), [2]),
        (Wish(path="/users"), [1, 3]),
        (Wish(status="4XX"), [2]),
        (Wish(status="201"), [3]),
        (Wish(operation="putFile"), [4]),
        (Wish(after=2), [3, 4]),
        (Wish(last=1), [4]),
        (Wish(last=0), []),
        (Wish(last=9, method="GET"), [1, 2]),
        (Wish(only_breaches=True), [4]),
    ],
)
def test_exchanges_are_found_by_what_they_are(wish: Wish, numbers: list[int]) -> None:
    journal = Journal()
    breach = Breach("status", "", "", "undeclared", "418 is not declared")
    journal.add(exchange(method="GET", target="/users?x=1", status=200))
    journal.add(exchange(method="GET", target="/users/7", status=404))
    journal.add(exchange(target="/users", status=201))
    journal.add(
        exchange(
            method="PUT", target="/f", status=500, operation="putFile", answer_breaches=(breach,)
        )
    )
    assert [one.number for one in journal.select(wish)] == numbers
    assert journal.breach_count == 1


def test_a_line_says_what_happened_and_nothing_that_a_terminal_obeys() -> None:
    breach = Breach("body", "", "/name", "minLength", "\x1b[31m is too short")
    line = line_of(
        exchange(target="/a\x1b[2J", weather="+40ms", request_breaches=(breach,)), Mask()
    )
    head, breaches = line.split("\n")
    sign = "\N{REPLACEMENT CHARACTER}"
    assert head.startswith(f"08:00:00.123  POST       201  12.3 ms        8  /a{sign}[2J  (")
    assert head.endswith("(createUser, example, +40ms)")
    assert breaches == f"              ! request body/name: {sign}[31m is too short"
    assert "1.50 s" in line_of(exchange(seconds=1.5), Mask())
    assert len(table_of([exchange(), exchange()], Mask()).splitlines()) == 3


@pytest.mark.parametrize(
    ("body", "media_type", "text"),
    [
        ("ağ".encode(), "", "ağ"),
        ("ağ".encode()[:2], "application/json", "a"),
        (b"\xff\xfe", "", None),
        (b"\xe9", "text/plain; charset=ISO-8859-1", "é"),
        (b"a\0b", "text/plain", None),
        (b"", "image/png", ""),
    ],
)
def test_text_is_told_from_bytes(body: bytes, media_type: str, text: str | None) -> None:
    assert text_of(body, media_type) == text


def test_an_archive_is_written_at_the_end_whatever_ends_it(tmp_path: Path) -> None:
    path = tmp_path / "mock.har"
    journal = Journal()
    with pytest.raises(KeyboardInterrupt), Recording(path, journal, Mask()) as recording:
        journal.add(exchange())
        assert json.loads(path.read_text())["log"]["entries"] == []
        assert recording.write() == 1
        assert len(json.loads(path.read_text())["log"]["entries"]) == 1
        journal.add(exchange())
        raise KeyboardInterrupt
    check_har(json.loads(path.read_text()))
    assert len(json.loads(path.read_text())["log"]["entries"]) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["mock.har"]


def test_lines_are_written_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "mock.jsonl"
    journal = Journal(most=1)
    with Recording(path, journal, Mask()):
        for _ in range(3):
            journal.add(exchange())
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        assert [one["number"] for one in lines] == [1, 2, 3]
    assert not journal.listeners


def test_a_list_is_written_as_one(tmp_path: Path) -> None:
    journal = Journal()
    with Recording(tmp_path / "mock.json", journal, Mask()):
        journal.add(exchange())
    [one] = json.loads((tmp_path / "mock.json").read_text())
    assert one["response"]["body"] == '{"id":7}'
    assert one["request"]["headers"][1] == ["Authorization", "Bearer ***"]


@pytest.mark.parametrize("name", ["record.txt", "no/such/folder.har", "no/such/folder.jsonl"])
def test_a_file_that_can_not_be_recorded_to_is_told_at_once(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoRecording) as caught, Recording(tmp_path / name, Journal(), Mask()):
        pass
    assert name in caught.value.detail
    assert caught.value.remedy.endswith(".")


def test_a_file_that_can_not_be_replaced_stays(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(OSError):
        write_whole(tmp_path / "there", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["there"]
