"""Bodies and headers that no client should send, and texts that any may; on both databases."""

import contextlib
import gzip
import uuid

import orjson
import pytest

from tests.rest.town import Town
from tests.support.raw import Answer, hang_up, request_bytes, send_raw

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


FILE = b'Content-Disposition: form-data; name="file"'
FORMS = [
    b"",
    b"--b",
    b"--b\r\n",
    b"--b--\r\n",
    b"--b\r\nFalse--b--\r\n",
    b"--b\r\n: x\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nA B: x\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\n" + b"A" * 100_000,
    b"--b\r\nA: " + b"x" * 100_000 + b"\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\n" + b"A: x\r\n" * 10_000 + b"\r\nx\r\n--b--\r\n",
    b"--c\r\n" + FILE + b"\r\n\r\nx\r\n--c--\r\n",
    b"--b\r\n" + FILE + b"\r\n\r\nx",
    b"--b\r\n" + FILE + b"\r\n\r\nx\r\n--b\r\nFalse--b--\r\n",
    b"--b\r\n" + FILE + b"\r\n\r\nx\r\n--b\r\n" + FILE + b"\r\n\r\ny\r\n--b--\r\n",
    b"--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\nContent-Type: multipart/mixed; boundary=" + b"c" * 99 + b"\r\n\r\nx\r\n--b--\r\n",
    b'--b\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n',
    b"--b\r\nContent-Disposition: ;;=\r\n\r\nx\r\n--b--\r\n",
]
TAKEN = [
    b"; filename*=nonsense''%ff",
    b"; filename*=utf-8''%ff%fe",
    b'; filename="\xff\xfe.txt"',
    b"; filename*0*=nonsense''%ff; filename*1=x",
    b"\r\nContent-Length: -1",
    b"\r\nContent-Length: x",
    b"\r\nContent-Length: 9999",
]
"""What may stand behind ``FILE``: names and lengths that are none are passed over."""


@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.multipart.BadContentDispositionParam")
async def test_forms(town: Town) -> None:
    wrong = []
    for form in FORMS:
        kind = "multipart/form-data; boundary=b"
        answer = await town.raw("POST", "/v1/files", form, Content_Type=kind)
        problem = answer.json() if answer.body else {}
        if answer.status not in (400, 422) or "code" not in problem:
            wrong.append((form[:60], answer.status, answer.body[:500]))
    for more in TAKEN:
        form = b"--b\r\n" + FILE + more + b"\r\n\r\nx\r\n--b--\r\n"
        answer = await town.raw("POST", "/v1/files", form, Content_Type=kind)
        if answer.status != 201:
            wrong.append((more, answer.status, answer.body[:500]))
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
