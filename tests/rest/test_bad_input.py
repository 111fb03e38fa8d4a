"""Whatever a request says: a code, a remedy and the place, never a 500, on both databases."""

import base64
import contextlib
import gzip
import uuid
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from altlas_chat.domain.cursor import Cursor
from tests.support.raw import Answer, hang_up, request_bytes, send_raw
from tests.support.running import Chat, Json, Person

LONG = "x" * 129
NULL = "a\x00b"
HUGE = 2**70


@dataclass
class Town:
    """Two who talk, one who does not belong, and what they have."""

    chat: Chat
    ayse: Person
    stranger: Person
    names: dict[str, str]

    def filled(self, value: Any) -> Any:
        """``value`` with the names of things in their places."""
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace("{" + name + "}", text)
            return value
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        return [self.filled(inner) for inner in value] if isinstance(value, list) else value

    async def raw(self, method: str, target: str, body: bytes | None = None, **more: str) -> Answer:
        token = f"Bearer {self.ayse.token}"
        headers = {"Authorization": token, "Content_Type": "application/json", **more}
        return await send_raw(
            self.chat.url, request_bytes(method, self.filled(target), body, **headers)
        )

    async def still_works(self) -> None:
        body = {"conversationId": "{room}", "clientId": str(uuid.uuid4()), "text": "still here"}
        await self.ayse.gets("POST", "/messages", self.filled(body))


@pytest.fixture
async def town(chat_on_each: Chat) -> Town:
    chat = chat_on_each
    ayse, mehmet, zeynep, stranger = await chat.people("ayse", "mehmet", "zeynep", "stranger")
    room, foreign = await chat.direct(ayse, mehmet), await chat.direct(mehmet, zeynep)
    group = await chat.group(ayse, mehmet)

    async def says(person: Person, conversation_id: str) -> str:
        draft = {"conversationId": conversation_id, "clientId": str(uuid.uuid4()), "text": "hello"}
        return str((await person.gets("POST", "/messages", draft))["id"])

    names = {
        "room": room,
        "group": group,
        "foreign": foreign,
        "message": await says(ayse, room),
        "theirs": await says(mehmet, room),
        "secret": await says(mehmet, foreign),
        "me": ayse.user_id,
        "mehmet": mehmet.user_id,
        "zeynep": zeynep.user_id,
    }
    return Town(chat, ayse, stranger, names)


def draft(**changes: Any) -> Json:
    return {"conversationId": "{room}", "clientId": "c", "text": "hello", **changes}


REFUSED: list[tuple[str, str, Any, int, str, str | None]] = [
    # method, path, body, status, code, pointer of the first error
    ("POST", "/messages", {}, 422, "VALIDATION_ERROR", "/conversationId"),
    ("POST", "/messages", [], 422, "VALIDATION_ERROR", ""),
    ("POST", "/messages", "text", 422, "VALIDATION_ERROR", ""),
    ("POST", "/messages", draft(text=5), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(text=None), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(text=""), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(text=" \n\t "), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(text=NULL), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(text="x" * 4001), 422, "MESSAGE_TOO_LONG", None),
    ("POST", "/messages", draft(text="👩" * 4001), 422, "MESSAGE_TOO_LONG", None),
    ("POST", "/messages", draft(unknown=1), 422, "VALIDATION_ERROR", "/unknown"),
    ("POST", "/messages", draft(conversation_id="x"), 422, "VALIDATION_ERROR", "/conversation_id"),
    ("POST", "/messages", draft(clientId=NULL), 422, "VALIDATION_ERROR", "/clientId"),
    ("POST", "/messages", draft(clientId="x" * 65), 422, "VALIDATION_ERROR", "/clientId"),
    ("POST", "/messages", draft(conversationId=NULL), 422, "VALIDATION_ERROR", "/conversationId"),
    ("POST", "/messages", draft(conversationId=LONG), 422, "VALIDATION_ERROR", "/conversationId"),
    ("POST", "/messages", draft(conversationId="{foreign}"), 404, "CONVERSATION_NOT_FOUND", None),
    ("POST", "/messages", draft(conversationId="' OR 1=1"), 404, "CONVERSATION_NOT_FOUND", None),
    ("POST", "/messages", draft(replyToId=NULL), 422, "VALIDATION_ERROR", "/replyToId"),
    ("POST", "/messages", draft(replyToId="nothing"), 404, "MESSAGE_NOT_FOUND", None),
    ("POST", "/messages", draft(replyToId="{secret}"), 404, "MESSAGE_NOT_FOUND", None),
    (
        "POST",
        "/messages",
        draft(conversationId="{group}", replyToId="{message}"),
        404,
        "MESSAGE_NOT_FOUND",
        None,
    ),
    ("POST", "/messages", draft(text="", forwardFromId="{secret}"), 404, "MESSAGE_NOT_FOUND", None),
    ("POST", "/messages", draft(forwardFromId="{message}"), 422, "VALIDATION_ERROR", "/text"),
    ("POST", "/messages", draft(mentions=[NULL]), 422, "VALIDATION_ERROR", "/mentions/0"),
    ("POST", "/messages", draft(mentions=["{zeynep}"]), 422, "VALIDATION_ERROR", "/mentions/0"),
    (
        "POST",
        "/messages",
        draft(mentions=["{me}", "nobody"]),
        422,
        "VALIDATION_ERROR",
        "/mentions/1",
    ),
    ("POST", "/messages", draft(mentions=["x"] * 51), 422, "VALIDATION_ERROR", "/mentions"),
    ("POST", "/messages", draft(kind="system"), 422, "VALIDATION_ERROR", "/kind"),
    ("POST", "/messages", draft(kind="location"), 422, "VALIDATION_ERROR", "/content"),
    (
        "POST",
        "/messages",
        draft(content={"latitude": 1, "longitude": 1}),
        422,
        "VALIDATION_ERROR",
        "/content",
    ),
    (
        "POST",
        "/messages",
        draft(kind="location", content={"latitude": HUGE, "longitude": 1}),
        422,
        "VALIDATION_ERROR",
        "/content/latitude",
    ),
    ("PUT", "/messages/{message}", {}, 422, "VALIDATION_ERROR", "/text"),
    ("PUT", "/messages/{message}", {"text": ""}, 422, "VALIDATION_ERROR", "/text"),
    ("PUT", "/messages/{message}", {"text": NULL}, 422, "VALIDATION_ERROR", "/text"),
    ("PUT", "/messages/{message}", {"text": "x" * 4001}, 422, "MESSAGE_TOO_LONG", None),
    (
        "PUT",
        "/messages/{message}",
        {"text": "x", "mentions": [NULL]},
        422,
        "VALIDATION_ERROR",
        "/mentions/0",
    ),
    ("PUT", "/messages/{theirs}", {"text": "x"}, 403, "PERMISSION_DENIED", None),
    ("PUT", "/messages/{secret}", {"text": "x"}, 404, "MESSAGE_NOT_FOUND", None),
    ("DELETE", "/messages/{theirs}", None, 403, "PERMISSION_DENIED", None),
    ("DELETE", "/messages/{secret}", None, 404, "MESSAGE_NOT_FOUND", None),
    ("GET", "/messages/{secret}", None, 404, "MESSAGE_NOT_FOUND", None),
    ("GET", "/messages/{secret}/edits", None, 404, "MESSAGE_NOT_FOUND", None),
    ("GET", "/messages/{secret}/receipts", None, 404, "MESSAGE_NOT_FOUND", None),
    ("PUT", "/messages/{secret}/read", None, 404, "MESSAGE_NOT_FOUND", None),
    ("PUT", "/messages/{secret}/delivered", None, 404, "MESSAGE_NOT_FOUND", None),
    ("GET", "/conversations/{foreign}", None, 404, "CONVERSATION_NOT_FOUND", None),
    ("GET", "/conversations/{foreign}/messages", None, 404, "CONVERSATION_NOT_FOUND", None),
    ("GET", "/conversations/{foreign}/members", None, 404, "CONVERSATION_NOT_FOUND", None),
    ("DELETE", "/conversations/{foreign}", None, 404, "CONVERSATION_NOT_FOUND", None),
    ("PUT", "/conversations/{foreign}/read", {"seq": 0}, 404, "CONVERSATION_NOT_FOUND", None),
    ("PUT", "/conversations/{foreign}/delivered", {"seq": 0}, 404, "CONVERSATION_NOT_FOUND", None),
    (
        "PUT",
        "/conversations/{foreign}/settings",
        {"isArchived": True},
        404,
        "CONVERSATION_NOT_FOUND",
        None,
    ),
    ("PUT", "/conversations/{room}/read", {"seq": 99}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/read", {"seq": -1}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/read", {"seq": 2**53}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/read", {"seq": 2**63}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/read", {"seq": 1.5}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/read", {"seq": "1"}, 422, "VALIDATION_ERROR", "/seq"),
    ("PUT", "/conversations/{room}/delivered", {"seq": 99}, 422, "VALIDATION_ERROR", "/seq"),
    (
        "PUT",
        "/conversations/{room}/settings",
        {"isArchived": "yes"},
        422,
        "VALIDATION_ERROR",
        "/isArchived",
    ),
    (
        "PUT",
        "/conversations/{room}/settings",
        {"mutedUntil": "tomorrow"},
        422,
        "VALIDATION_ERROR",
        "/mutedUntil",
    ),
    (
        "PUT",
        "/conversations/{room}/settings",
        {"mutedUntil": NULL},
        422,
        "VALIDATION_ERROR",
        "/mutedUntil",
    ),
    (
        "PUT",
        "/conversations/{room}/settings",
        {"notifications": "some"},
        422,
        "VALIDATION_ERROR",
        "/notifications",
    ),
    ("POST", "/conversations", {"userId": "{me}"}, 422, "VALIDATION_ERROR", "/userId"),
    ("POST", "/conversations", {"userId": NULL}, 422, "VALIDATION_ERROR", "/userId"),
    ("POST", "/conversations", {"userId": LONG}, 422, "VALIDATION_ERROR", "/userId"),
    ("POST", "/conversations", {"userId": "nobody"}, 404, "USER_NOT_FOUND", "/userId"),
    ("POST", "/groups", {"name": ""}, 422, "VALIDATION_ERROR", "/name"),
    ("POST", "/groups", {"name": "   "}, 422, "VALIDATION_ERROR", "/name"),
    ("POST", "/groups", {"name": NULL}, 422, "VALIDATION_ERROR", "/name"),
    ("POST", "/groups", {"name": "x" * 101}, 422, "VALIDATION_ERROR", "/name"),
    (
        "POST",
        "/groups",
        {"name": "x", "description": NULL},
        422,
        "VALIDATION_ERROR",
        "/description",
    ),
    (
        "POST",
        "/groups",
        {"name": "x", "memberIds": [NULL]},
        422,
        "VALIDATION_ERROR",
        "/memberIds/0",
    ),
    (
        "POST",
        "/groups",
        {"name": "x", "memberIds": ["{mehmet}", "nobody"]},
        404,
        "USER_NOT_FOUND",
        "/memberIds/1",
    ),
    (
        "POST",
        "/groups",
        {"name": "x", "memberIds": [f"n{number}" for number in range(999)]},
        404,
        "USER_NOT_FOUND",
        "/memberIds/0",
    ),
    (
        "POST",
        "/groups",
        {"name": "x", "memberIds": [f"n{number}" for number in range(1000)]},
        422,
        "VALIDATION_ERROR",
        "/memberIds",
    ),
    (
        "POST",
        "/groups",
        {"name": "x", "permissions": {"posting": "nobody"}},
        422,
        "VALIDATION_ERROR",
        "/permissions/posting",
    ),
    ("PUT", "/groups/{group}", {"name": NULL}, 422, "VALIDATION_ERROR", "/name"),
    ("PUT", "/groups/{room}", {"name": "x"}, 409, "NOT_A_GROUP", None),
    ("GET", "/groups/{room}", None, 409, "NOT_A_GROUP", None),
    ("GET", "/groups/{foreign}", None, 404, "CONVERSATION_NOT_FOUND", None),
    ("DELETE", "/groups/{room}", None, 409, "NOT_A_GROUP", None),
    ("POST", "/groups/{room}/leave", None, 409, "NOT_A_GROUP", None),
    ("POST", "/groups/{group}/members", {"userIds": []}, 422, "VALIDATION_ERROR", "/userIds"),
    ("POST", "/groups/{group}/members", {"userIds": [NULL]}, 422, "VALIDATION_ERROR", "/userIds/0"),
    ("POST", "/groups/{group}/members", {"userIds": ["x"]}, 404, "USER_NOT_FOUND", "/userIds/0"),
    ("POST", "/groups/{group}/members", {"userIds": ["{mehmet}"]}, 409, "ALREADY_A_MEMBER", None),
    ("DELETE", "/groups/{group}/members/{zeynep}", None, 404, "MEMBER_NOT_FOUND", None),
    (
        "PUT",
        "/groups/{group}/members/{zeynep}/role",
        {"role": "admin"},
        404,
        "MEMBER_NOT_FOUND",
        None,
    ),
    (
        "PUT",
        "/groups/{group}/members/{mehmet}/role",
        {"role": "king"},
        422,
        "VALIDATION_ERROR",
        "/role",
    ),
    ("PUT", "/groups/{group}/members/{me}/role", {"role": "member"}, 409, "LAST_OWNER", None),
    ("GET", "/users/nobody", None, 404, "USER_NOT_FOUND", None),
    ("PUT", "/users/me", {"bio": NULL}, 422, "VALIDATION_ERROR", "/bio"),
    ("PUT", "/users/me", {"email": "a@b.c\x00"}, 422, "VALIDATION_ERROR", "/email"),
    ("PUT", "/users/me", {"displayName": ""}, 422, "VALIDATION_ERROR", "/displayName"),
    ("PUT", "/users/me", {"username": "other"}, 422, "VALIDATION_ERROR", "/username"),
    ("POST", "/auth/login", {}, 422, "VALIDATION_ERROR", "/password"),
    ("POST", "/auth/login", {"password": "x"}, 422, "VALIDATION_ERROR", ""),
    (
        "POST",
        "/auth/login",
        {"login": NULL, "password": "x"},
        422,
        "VALIDATION_ERROR",
        "/login",
    ),
    (
        "POST",
        "/auth/login",
        {"login": "ayse", "password": NULL},
        422,
        "VALIDATION_ERROR",
        "/password",
    ),
    (
        "POST",
        "/auth/register",
        {"username": "AYŞE".replace("Ş", "S"), "password": "correct-horse-9"},
        409,
        "USERNAME_TAKEN",
        None,
    ),
    (
        "POST",
        "/auth/refresh",
        {"refreshToken": "x" * 513},
        422,
        "VALIDATION_ERROR",
        "/refreshToken",
    ),
    ("POST", "/auth/refresh", {"refreshToken": NULL}, 401, "AUTH_TOKEN_INVALID", None),
    (
        "PUT",
        "/auth/password",
        {"currentPassword": "x", "newPassword": "short"},
        422,
        "VALIDATION_ERROR",
        "/newPassword",
    ),
]


async def test_refused_requests_name_what_is_wrong_and_where(town: Town) -> None:
    wrong = []
    for method, path, body, status, code, pointer in REFUSED:
        given, answer = await town.ayse.call(method, town.filled(path), town.filled(body))
        places = [error.get("pointer") for error in answer.get("errors", [{}])]
        found = (given, answer.get("code"), places[0])
        if found != (status, code, pointer) or not answer["remedy"] or len(places) > 100:
            wrong.append((method, path, body, found, answer))
    assert wrong == []
    await town.still_works()


IDS = [
    ("%00", 422),
    ("a%00b", 422),
    ("a%0Ab", 422),
    ("%1b%5b2J", 422),
    ("%E2%80%AE", 422),
    ("x" * 129, 422),
    ("%C4%B0" * 129, 422),
    ("x" * 128, 404),
    ("a%2Fb", 404),
    ("%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", 404),
    ("%25", 404),
    ("%", 404),
    ("%zz", 404),
    ("'", 404),
    ("%C4%B0", 404),
    ("%F0%9F%98%80", 404),
]
NOT_UTF8 = ["%FF", "%C3%28", "%ED%A0%80", "a%80"]
PLACES = [
    ("GET", "/v1/conversations/{}"),
    ("GET", "/v1/conversations/{}/messages"),
    ("GET", "/v1/conversations/{}/members"),
    ("DELETE", "/v1/conversations/{}?mode=delete"),
    ("GET", "/v1/messages/{}"),
    ("DELETE", "/v1/messages/{}"),
    ("GET", "/v1/messages/{}/receipts"),
    ("PUT", "/v1/messages/{}/read"),
    ("GET", "/v1/users/{}"),
    ("GET", "/v1/groups/{}"),
    ("POST", "/v1/groups/{}/leave"),
]


async def test_ids_in_paths(town: Town) -> None:
    wrong = []
    for method, place in [*PLACES, ("DELETE", "/v1/groups/GROUP/members/{}")]:
        target = place.replace("GROUP", town.names["group"])
        for word, status in IDS:
            answer = await town.raw(method, target.replace("{}", word))
            problem = answer.json()
            parameter = problem.get("errors", [{}])[0].get("parameter", "")
            if answer.status != status or not problem["remedy"]:
                wrong.append((method, target, word, answer))
            elif status == 422 and not parameter.endswith("Id"):
                wrong.append((method, target, word, problem))
        for word in NOT_UTF8:
            answer = await town.raw(method, target.replace("{}", word))
            if answer.status not in (400, 404, 422) or not answer.json()["remedy"]:
                wrong.append((method, target, word, answer))
    assert wrong == []
    await town.still_works()


def page(*place: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


QUERIES = [
    ("/conversations", "limit=0", 422, "limit"),
    ("/conversations", "limit=201", 422, "limit"),
    ("/conversations", "limit=abc", 422, "limit"),
    ("/conversations", "limit=", 422, "limit"),
    ("/conversations", "limit=1.5", 422, "limit"),
    ("/conversations", "limit=" + "9" * 5000, 422, "limit"),
    ("/conversations", "limit=%00", 422, "limit"),
    ("/conversations", "limit=1&limit=2", 422, "limit"),
    ("/conversations", "filter=all", 422, "filter"),
    ("/conversations", "filter=", 422, "filter"),
    ("/conversations", "filter=unread&filter=direct", 422, "filter"),
    ("/conversations", "unknown=1", 422, "unknown"),
    ("/conversations", "Limit=1", 422, "Limit"),
    ("/conversations", "cursor=" + "x" * 2000, 422, "cursor"),
    ("/conversations", "cursor=", 422, "cursor"),
    ("/conversations", "cursor=nonsense", 400, None),
    ("/conversations", "cursor=%00", 400, None),
    ("/conversations", "cursor=%FF", 400, None),
    ("/conversations", "cursor=" + page(), 400, None),
    ("/conversations", "cursor=" + page(1, 2), 400, None),
    ("/conversations", "cursor=" + page(True, "x"), 400, None),
    ("/conversations", "cursor=" + page(2**64 - 1, "x"), 400, None),
    ("/conversations", "cursor=" + page(-(2**63), "x"), 400, None),
    ("/conversations", "cursor=" + page(1, "a\x00"), 400, None),
    ("/conversations", "cursor=" + page(1.5, "x"), 400, None),
    ("/conversations/{room}/members", "cursor=" + page(1), 400, None),
    ("/conversations/{room}/members", "cursor=" + page("a\x00"), 400, None),
    ("/conversations/{room}/members", "cursor=" + page("a", "b"), 400, None),
    ("/conversations/{room}/messages", "before=-1", 422, "before"),
    ("/conversations/{room}/messages", "before=x", 422, "before"),
    ("/conversations/{room}/messages", f"after={2**53}", 422, "after"),
    ("/conversations/{room}/messages", f"around={2**63}", 422, "around"),
    ("/conversations/{room}/messages", "around=" + "9" * 400, 422, "around"),
    ("/conversations/{room}/messages", "before=1&after=1", 422, "after"),
    ("/conversations/{room}/messages", "around=1&after=1", 422, "around"),
    ("/conversations/{room}/messages", "limit=1000", 422, "limit"),
    ("/sync", "limit=0", 422, "limit"),
    ("/sync", "limit=1001", 422, "limit"),
    ("/sync", "since=1", 422, "since"),
]


async def test_parameters_of_the_query(town: Town) -> None:
    wrong = []
    for path, query, status, parameter in QUERIES:
        answer = await town.raw("GET", f"/v1{path}?{query}")
        problem = answer.json()
        code = "VALIDATION_ERROR" if status == 422 else "CURSOR_INVALID"
        place = problem.get("errors", [{}])[0].get("parameter")
        if (answer.status, problem.get("code"), place) != (status, code, parameter):
            wrong.append((path, query[:80], answer))
    assert wrong == []
    await town.still_works()


@pytest.mark.parametrize("at", [0, 2**53 - 1])
async def test_a_cursor_made_by_hand_harms_nobody(town: Town, at: int) -> None:
    cursor = Cursor.decode((await town.ayse.gets("GET", "/sync"))["cursor"])
    made = Cursor(
        cursor.database_id,
        cursor.user_id,
        at,
        {"a\x00b": 1, "conversation:x": 5, **cursor.positions},
    )
    answer = await town.ayse.gets("GET", "/sync", cursor=made.encode())
    assert answer["resyncRequired"] is False
    answer = await town.ayse.gets("GET", "/sync", cursor="nonsense")
    assert (answer["resyncRequired"], answer["reason"]) == (True, "cursor_invalid")


BODIES = [
    (b"", {}, 400, "MALFORMED_JSON"),
    (b"{", {}, 400, "MALFORMED_JSON"),
    (b"\x00", {}, 400, "MALFORMED_JSON"),
    (b"\xff\xfe", {}, 400, "MALFORMED_JSON"),
    (b'{"text": "\xff"}', {}, 400, "MALFORMED_JSON"),
    (b'{"text": "\\ud800"}', {}, 400, "MALFORMED_JSON"),
    (b'{"text": "\\ud800\\u0041"}', {}, 400, "MALFORMED_JSON"),
    (b"[" * 100_000, {}, 400, "MALFORMED_JSON"),
    (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, {}, 400, "MALFORMED_JSON"),
    ('{"text": "x"}'.encode("utf-16"), {}, 400, "MALFORMED_JSON"),
    (b"{" + b",".join(b'"k%d":1' % n for n in range(90_000)) + b"}", {}, 422, "VALIDATION_ERROR"),
    (b'{"text": 1' + b"0" * 5000 + b"}", {}, 400, "MALFORMED_JSON"),
    (b"{}", {"Content_Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content_Type": ""}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content_Type": "application/json;;=;"}, 422, "VALIDATION_ERROR"),
    (b"{}", {"Content_Type": "nonsense"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content_Type": "multipart/form-data; boundary=x"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"{}", {"Content_Type": "APPLICATION/JSON; charset=utf-8"}, 422, "VALIDATION_ERROR"),
    (b" " * (1 << 20) + b"{}", {}, 413, "PAYLOAD_TOO_LARGE"),
    (b"x" * 3_000_000, {}, 413, "PAYLOAD_TOO_LARGE"),
    (b"no gzip", {"Content_Encoding": "gzip"}, 400, "MALFORMED_JSON"),
    (b"no deflate", {"Content_Encoding": "deflate"}, 400, "MALFORMED_JSON"),
    (
        gzip.compress(b'{"text": "hello"}')[:-14],
        {"Content_Encoding": "gzip"},
        400,
        "MALFORMED_JSON",
    ),
    (gzip.compress(b"{}"), {"Content_Encoding": "gzip"}, 422, "VALIDATION_ERROR"),
    (gzip.compress(b" " * 100_000_000), {"Content_Encoding": "gzip"}, 413, "PAYLOAD_TOO_LARGE"),
]


async def test_bodies(town: Town) -> None:
    wrong = []
    for body, headers, status, code in BODIES:
        answer = await town.raw("POST", "/v1/messages", body, **headers)
        problem = answer.json() if answer.body else {}
        if (answer.status, problem.get("code")) != (status, code) or len(answer.body) > 100_000:
            wrong.append((body[:40], headers, answer.status, answer.body[:500]))
    assert wrong == []
    await town.still_works()


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


async def chunky(town: Town, body: bytes) -> Answer:
    head = request_bytes(
        "POST",
        "/v1/messages",
        Authorization=f"Bearer {town.ayse.token}",
        Content_Type="application/json",
        Transfer_Encoding="chunked",
    )
    return await send_raw(town.chat.url, head + body)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (chunked(b"{", b"}"), 422, "VALIDATION_ERROR"),
        (chunked(*[b"x" * 65536] * 40), 413, "PAYLOAD_TOO_LARGE"),
        (b"zz\r\n{}\r\n0\r\n\r\n", 400, "MALFORMED_JSON"),
        (b"-5\r\n{}\r\n0\r\n\r\n", 400, "MALFORMED_JSON"),
    ],
)
async def test_bodies_in_pieces(town: Town, body: bytes, status: int, code: str) -> None:
    answer = await chunky(town, body)
    assert answer.status == status, answer
    with contextlib.suppress(orjson.JSONDecodeError):
        assert answer.json()["code"] == code
    await town.still_works()


UNUSUAL = [
    "👩‍👩‍👧‍👦🎉",
    "\u202eabc\u202c",
    "مرحبا بالعالم",
    "İIıi ğüşöç",
    "x" * 4000,
    "👩" * 4000,
    "line\r\nline\ttab\x07\x1b[2J",
    "\ufeff·\uffff",
    "'; DROP TABLE messages; --",
    "<script>alert(1)</script>",
    "ﷺ" * 4000,
    "a" + "\u0301" * 3999,
    '"*" NEAR(a b) OR -c:d',
]


async def test_unusual_texts_are_kept_as_they_are(town: Town) -> None:
    room = town.names["room"]
    for text in UNUSUAL:
        body = {"conversationId": room, "clientId": str(uuid.uuid4()), "text": text}
        sent = await town.ayse.gets("POST", "/messages", body)
        assert (await town.ayse.gets("GET", f"/messages/{sent['id']}"))["text"] == text
        edited = await town.ayse.gets("PUT", f"/messages/{sent['id']}", {"text": text[::-1]})
        assert edited["text"] == text[::-1]


async def test_a_header_that_is_no_utf8_harms_nobody(town: Town) -> None:
    body = orjson.dumps({"username": "ayse", "password": "correct-horse-9"})
    answer = await town.raw(
        "POST", "/v1/auth/login", body, User_Agent="b\xe4d \xff\xfe \xed\xa0\x80"
    )
    assert answer.status == 200, answer
    answer = await town.raw("GET", "/v1/users/me", Authorization="Bearer \xff\xfe")
    assert (answer.status, answer.json()["code"]) == (401, "AUTH_TOKEN_INVALID")
    await town.still_works()


async def test_somebody_who_hangs_up_in_the_middle_harms_nobody(town: Town) -> None:
    head = request_bytes(
        "POST",
        "/v1/messages",
        Authorization=f"Bearer {town.ayse.token}",
        Content_Type="application/json",
    )
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Length: 5000\r\n\r\n")
    for _ in range(5):
        await hang_up(town.chat.url, head + b'{"text": "hal')
    await town.still_works()
