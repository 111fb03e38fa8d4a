"""Credentials: whether they are there, in the form that the contract asks for."""

import aiohttp
import pytest

from tests.mock.served import answering, json_example, mocked, openapi

DIGEST = 'username="a", realm="b", nonce="c", uri="/things", response="d"'

SCHEMES = {
    "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "asked": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "oauth": {"type": "oauth2", "flows": {}},
    "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://a.example/x"},
    "tls": {"type": "mutualTLS"},
}


def document(security, **responses):
    operation = answering(json_example("ok"))
    operation["responses"].update(responses)
    if security is not None:
        operation["security"] = security
    more = {"components": {"securitySchemes": SCHEMES}, "security": [{"bearer": []}]}
    return openapi({"/things": {"get": operation}}, **more)


@pytest.mark.parametrize(
    ("security", "headers", "query", "status"),
    [
        ([{"key": []}], {"X-Key": "a"}, "", 200),
        ([{"key": []}], {}, "", 401),
        ([{"key": []}], {"X-Key": ""}, "", 401),
        ([{"asked": []}], {}, "?key=a", 200),
        ([{"asked": []}], {}, "", 401),
        ([{"cookie": []}], {"Cookie": "session=a"}, "", 200),
        ([{"cookie": []}], {"Cookie": "other=a"}, "", 401),
        ([{"basic": []}], {"Authorization": "Basic YTpi"}, "", 200),
        ([{"basic": []}], {"Authorization": "basic YTpi"}, "", 200),
        ([{"basic": []}], {"Authorization": "Basic !!"}, "", 401),
        ([{"basic": []}], {"Authorization": "Basic YWI="}, "", 401),
        ([{"basic": []}], {"Authorization": "Bearer YTpi"}, "", 401),
        ([{"bearer": []}], {"Authorization": "Bearer abc.def-_"}, "", 200),
        ([{"bearer": []}], {"Authorization": "Bearer"}, "", 401),
        ([{"bearer": []}], {"Authorization": "Bearer a b"}, "", 401),
        ([{"digest": []}], {"Authorization": f"Digest {DIGEST}"}, "", 200),
        ([{"digest": []}], {"Authorization": 'Digest username="a"'}, "", 401),
        ([{"digest": []}], {"Authorization": "Digest"}, "", 401),
        ([{"oauth": ["read"]}], {"Authorization": "Bearer a"}, "", 200),
        ([{"oauth": ["read"]}], {}, "", 401),
        ([{"oidc": []}], {"Authorization": "Bearer a"}, "", 200),
        ([{"tls": []}], {}, "", 200),
        ([{"key": []}, {"bearer": []}], {"Authorization": "Bearer a"}, "", 200),
        ([{"key": [], "bearer": []}], {"Authorization": "Bearer a"}, "", 401),
        ([{"key": [], "bearer": []}], {"Authorization": "Bearer a", "X-Key": "b"}, "", 200),
        ([{"key": []}, {}], {}, "", 200),
        ([], {}, "", 200),
        (None, {}, "", 401),
        (None, {"Authorization": "Bearer a"}, "", 200),
    ],
)
async def test_credentials(tmp_path, security, headers, query, status):
    async with mocked(tmp_path, document(security)) as ask:
        answer = await ask("GET", f"/things{query}", headers=headers)
    assert answer.status == status, answer.text


async def test_the_challenges(tmp_path):
    async with mocked(tmp_path, document([{"basic": []}, {"oauth": []}, {"key": []}])) as ask:
        answer = await ask.get("/things")
    assert answer.headers.getall("WWW-Authenticate") == [
        'Basic realm="mock"',
        'Bearer realm="mock"',
    ]
    assert [one["name"] for one in answer.json["violations"]] == ["basic", "oauth", "key"]


async def test_a_client_of_digest_can_answer_the_challenge(tmp_path):
    digest = aiohttp.DigestAuthMiddleware("ayşe", "secret")
    async with (
        mocked(tmp_path, document([{"digest": []}])) as ask,
        aiohttp.ClientSession(middlewares=(digest,)) as session,
        session.get(f"{ask.running.url}/things") as answer,
    ):
        assert answer.status == 200


async def test_the_contracts_own_words(tmp_path):
    own = {"description": "No", "content": json_example({"error": "who are you"})}
    async with mocked(tmp_path, document([{"key": []}], **{"401": own})) as ask:
        missing = await ask.get("/things")
    async with mocked(tmp_path, document([{"bearer": []}], **{"403": own})) as ask:
        strange = await ask.get("/things", Authorization="Basic YTpi")
    assert (missing.status, missing.json) == (401, {"error": "who are you"})
    assert (strange.status, strange.json) == (403, {"error": "who are you"})


async def test_nothing_is_asked_for_when_nothing_is_checked(tmp_path):
    for validate in ("warn", "off"):
        async with mocked(tmp_path, document([{"key": []}]), validate=validate) as ask:
            assert (await ask.get("/things")).status == 200
