"""The admin path: shows and switches, for who runs the mock and for no page."""

import json

import orjson
import pytest

from tests.mock.equipped import equipped
from tests.mock.served import answering, json_example, openapi
from tests.mock.test_journal import check_har
from tests.support.waiting import until

DOCUMENT = openapi(
    {"/pets": {"get": answering(json_example("pets"), operationId="listPets")}},
    components={
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "appid"}},
    },
)
ADMIN = {"X-Mock-Admin": "1"}


async def test_weather_is_seen_and_switched(tmp_path):
    async with equipped(tmp_path, DOCUMENT, seed=4) as ask:
        assert await ask.admin("GET", "/weather") == {"seed": 4, "rules": [], "calls": {}}
        wanted = {"error": 1, "rules": ["listPets: status=418"]}
        rule = {"on": "listPets", "status": [418], "error": 1.0}
        said = {"seed": 4, "error": 1.0, "rules": [rule], "calls": {}}
        assert await ask.admin("PUT", "/weather", wanted) == said
        assert (await ask.get("/pets")).status == 418
        changed = await ask.admin("PATCH", "/weather", {"rules": [], "error": None, "latency": 5})
        assert changed == {"seed": 4, "latency": "5ms", "rules": [], "calls": {}}
        assert (await ask.get("/pets")).status == 200
        assert (await ask.admin("GET", "/weather"))["calls"] == {"GET /pets": 1}
        assert await ask.admin("DELETE", "/weather") == {"seed": 4, "rules": [], "calls": {}}


async def test_weather_that_can_not_be_read_changes_nothing(tmp_path):
    async with equipped(tmp_path, DOCUMENT, amounts={"latency": "1ms"}) as ask:
        answer = await ask("PUT", "/__mock/weather", json={"latncy": 1, "rules": ["x"]})
        assert (answer.status, answer.headers["Content-Type"]) == (422, "application/problem+json")
        assert [one["pointer"] for one in answer.json["errors"]] == ["/latncy", "/rules/0"]
        for body in (b"{", b"[]", b"\xff"):
            headers = {"Content-Type": "application/json"}
            assert (await ask("PUT", "/__mock/weather", data=body, headers=headers)).status == 400
        assert (await ask.admin("GET", "/weather"))["latency"] == "1ms"


async def test_the_journal_is_read_in_three_forms_filtered_and_emptied(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        await ask.get("/pets?appid=s3cret", Authorization="Bearer s3cret")
        await ask.get("/cats")
        found = await ask.admin("GET", "/journal")
        assert [one["response"]["status"] for one in found["exchanges"]] == [200, 404]
        assert (found["count"], found["dropped"], found["violations"]) == (2, 0, 0)
        assert found["exchanges"][0]["operation"] == "listPets"
        assert "s3cret" not in json.dumps(found)
        check_har(await ask.admin("GET", "/journal?format=har"))
        table = await ask.get("/__mock/journal?path=/pets", Accept="text/plain")
        assert table.headers["Content-Type"].startswith("text/plain")
        assert len(table.text.splitlines()) == 2
        only = await ask.admin("GET", "/journal?status=4xx&last=1&after=1&method=get")
        assert [one["number"] for one in only["exchanges"]] == [2]
        for wrong in ("format=xml", "after=x", "last=x"):
            assert (await ask.get(f"/__mock/journal?{wrong}")).status == 400
        assert await ask.admin("DELETE", "/journal") == {"forgotten": 2}
        assert (await ask.admin("GET", "/journal"))["exchanges"] == []


async def test_the_record_is_written_on_demand_and_at_the_end(tmp_path):
    file = tmp_path / "mock.har"
    async with equipped(tmp_path, DOCUMENT, record=file) as ask:
        await ask.get("/pets")
        told = await ask.admin("POST", "/journal/write", X_Mock_Admin="1")
        assert told == {"file": str(file), "exchanges": 1}
        assert len(json.loads(file.read_text())["log"]["entries"]) == 1
        await ask.get("/pets")
    assert len(json.loads(file.read_text())["log"]["entries"]) == 2


async def test_what_is_not_there_is_told(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        assert (await ask("POST", "/__mock/journal/write", headers=ADMIN)).status == 409
        assert (await ask("POST", "/__mock/state/reset", headers=ADMIN)).status == 409
        assert (await ask.get("/__mock/moon")).status == 404
        assert (await ask("DELETE", "/__mock/health")).status == 405
        index = await ask.admin("GET", "")
        assert index["paths"]["/__mock/weather"] == ["GET", "PUT", "PATCH", "DELETE"]
        assert "tunnel" in index["weathers"]
        assert (await ask.get("/__mocking")).json["title"] == "The contract has no such path"


async def test_an_edit_is_loaded_by_itself_and_a_broken_one_is_told(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        other = openapi({"/pets": {"get": answering(json_example("cats"))}})
        (tmp_path / "openapi.json").write_bytes(orjson.dumps(other))
        await until(lambda: ask.told)
        assert (await ask.get("/pets")).json == "cats"
        (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0",')
        await until(lambda: len(ask.told) > 1)
        assert (await ask.get("/pets")).json == "cats"
        health = await ask.admin("GET", "/health")
        assert (health["status"], health["generation"]) == ("stale", 2)
        [finding] = health["findings"]
        assert finding["file"] == str(tmp_path / "openapi.json")
        assert finding["remedy"]
        refused = await ask("POST", "/__mock/reload", headers=ADMIN)
        assert (refused.status, refused.json["findings"]) == (422, health["findings"])
        (tmp_path / "openapi.json").write_bytes(orjson.dumps(DOCUMENT))
        assert (await ask.admin("POST", "/reload", X_Mock_Admin="1"))["files"] == 1
        assert (await ask.get("/pets")).json == "pets"
        assert (await ask.admin("GET", "/health"))["status"] == "ok"


async def test_a_file_that_is_referred_to_is_watched_too(tmp_path):
    media = {"application/json": {"schema": {"$ref": "pet.yaml"}}}
    (tmp_path / "pet.yaml").write_text("const: cat\n")
    async with equipped(tmp_path, openapi({"/pets": {"get": answering(media)}})) as ask:
        assert (await ask.get("/pets")).json == "cat"
        (tmp_path / "pet.yaml").write_text("$ref: new.yaml\n")
        await until(lambda: ask.told)
        assert ask.told[-1].findings[0].place.file.endswith("pet.yaml")
        (tmp_path / "new.yaml").write_text("const: dog\n")
        await until(lambda: not ask.told[-1].findings)
        assert (await ask.get("/pets")).json == "dog"
        (tmp_path / "new.yaml").write_text("const: dog\n  x: 1\n")
        await until(lambda: ask.told[-1].findings)
        [finding] = ask.told[-1].findings
        assert finding.place.file.endswith("new.yaml")
        assert finding.place.line == 2
        (tmp_path / "new.yaml").write_text("const: cow\n")
        await until(lambda: not ask.told[-1].findings)
        assert (await ask.get("/pets")).json == "cow"


async def test_the_file_of_the_weather_is_loaded_by_itself_too(tmp_path):
    file = tmp_path / "weather.yaml"
    file.write_text("error: 1\nstatus: 500\n")
    async with equipped(tmp_path, DOCUMENT, weather=str(file)) as ask:
        assert (await ask.get("/pets")).status == 500
        file.write_text("error: 1\nstatus: 502\n")
        await until(lambda: ask.told)
        assert (await ask.get("/pets")).status == 502
        await ask.admin("DELETE", "/weather")
        (tmp_path / "openapi.json").write_bytes(orjson.dumps(DOCUMENT) + b"\n")
        await until(lambda: len(ask.told) > 1)
        assert (await ask.get("/pets")).status == 200, "what was switched stays"
        file.write_text("error: 1\nstatus: 50\n")
        await until(lambda: len(ask.told) > 2)
        [finding] = ask.told[-1].findings
        assert (finding.place.line, finding.place.column) == (2, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "localhost.evil.example"},
    ],
)
async def test_no_page_of_another_origin_gets_in(tmp_path, headers):
    async with equipped(tmp_path, DOCUMENT) as ask:
        for method, path in (("GET", "/journal"), ("DELETE", "/weather"), ("POST", "/reload")):
            answer = await ask(method, f"/__mock{path}", headers={**ADMIN, **headers})
            assert answer.status == 403
            assert not any(name.startswith("Access-Control") for name in answer.headers)
        asked = {"Access-Control-Request-Method": "PUT", **headers}
        answer = await ask("OPTIONS", "/__mock/weather", headers=asked)
        assert not any(name.startswith("Access-Control") for name in answer.headers)


async def test_a_form_of_a_page_does_nothing(tmp_path):
    async with equipped(tmp_path, DOCUMENT) as ask:
        for media_type in ("text/plain", "application/x-www-form-urlencoded"):
            headers = {"Content-Type": media_type}
            answer = await ask("POST", "/__mock/reload", data=b"{}", headers=headers)
            assert answer.status == 403


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:4010", "[::1]", "[::1]:80", "a.localhost"]
)
async def test_addresses_and_localhost_get_in(tmp_path, host):
    async with equipped(tmp_path, DOCUMENT) as ask:
        own = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        assert (await ask("GET", "/__mock/health", headers=own)).status == 200


async def test_with_a_token_it_opens_to_who_has_it_alone(tmp_path):
    async with equipped(tmp_path, DOCUMENT, admin_token="s3cret") as ask:
        assert (await ask.get("/__mock/health")).status == 401
        assert (await ask.get("/__mock/health", Authorization="Bearer wrong")).status == 401
        await ask.admin("GET", "/health", Authorization="Bearer s3cret", Host="mock.example")


async def test_it_lies_where_it_is_wanted_or_nowhere(tmp_path):
    async with equipped(tmp_path, DOCUMENT, admin="/-/admin") as ask:
        assert (await ask.get("/-/admin/health")).status == 200
        assert (await ask.get("/__mock/health")).status == 404
    async with equipped(tmp_path, DOCUMENT, admin="") as ask:
        assert (await ask.get("/__mock/health")).status == 404
