"""Collections for Postman: valid by Postman's own schema, and what is in them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.collecting.collecting import Choices, collect
from altlas_chat.toolkit.collecting.own import collect_own
from altlas_chat.toolkit.collecting.postman import as_environment, as_postman
from tests.toolkit.collecting.shop import SHOP, shop

Json = dict[str, Any]

SCHEMA = Path(__file__).parent / "postman-collection-2.1.0.json"
VALIDATOR = jsonschema_rs.Draft7Validator(json.loads(SCHEMA.read_bytes()))


def made(folder: Path, text: str = SHOP, **choices: Any) -> Json:
    return as_postman(collect(shop(folder, text), Choices(**choices)))


def items(collection: Json) -> Iterator[Json]:
    waiting = list(collection["item"])
    while waiting:
        one = waiting.pop(0)
        if "request" in one:
            yield one
        waiting = one.get("item", []) + waiting


def sent(folder: Path, method: str, end: str, **choices: Any) -> Json:
    """The request of a method to an address that ends so."""
    found = [
        item["request"]
        for item in items(made(folder, **choices))
        if item["request"]["method"] == method
        and "/".join(item["request"]["url"]["path"]).endswith(end)
    ]
    assert len(found) == 1
    return found[0]


def attributes(auth: Json) -> dict[str, str]:
    return {one["key"]: one["value"] for one in auth[auth["type"]]}


@pytest.mark.parametrize("grouping", ["tags", "paths", "none"])
def test_it_is_valid_by_postmans_schema(tmp_path: Path, grouping: Any):
    collection = made(tmp_path, grouping=grouping)
    assert [error.message for error in VALIDATOR.iter_errors(collection)] == []
    assert len(list(items(collection))) == 6


def test_our_own_contract_is_valid_by_postmans_schema_and_logs_in():
    collection = as_postman(collect_own(Choices()))
    assert [error.message for error in VALIDATOR.iter_errors(collection)] == []
    login = next(
        one for one in items(collection) if one["request"]["url"]["path"] == ["auth", "login"]
    )
    script = "\n".join(login["event"][0]["script"]["exec"])
    assert 'pm.collectionVariables.set("bearerToken", token)' in script
    assert "pm.response.json().accessToken" in script
    assert login["request"]["auth"] == {"type": "noauth"}
    body = json.loads(login["request"]["body"]["raw"])
    assert body == {"username": "{{username}}", "password": "{{password}}"}
    values = {one["key"]: one["value"] for one in collection["variable"]}
    assert (values["username"], values["password"]) == ("ayse", DEMO_PASSWORD)


def test_the_schema_can_say_no(tmp_path: Path):
    collection = made(tmp_path)
    del collection["item"][0]["item"][0]["request"]["header"][0]["value"]
    assert not VALIDATOR.is_valid(collection)


def test_the_same_document_gives_the_same_file_and_ids_last(tmp_path: Path):
    first, again = made(tmp_path), made(tmp_path)
    assert first == again
    ids = {
        one["request"]["url"]["raw"] + one["request"]["method"]: one["id"] for one in items(first)
    }
    more = SHOP.replace("  /orders:\n", "  /news: {get: {responses: {}}}\n  /orders:\n")
    assert more != SHOP
    later = {
        one["request"]["url"]["raw"] + one["request"]["method"]: one["id"]
        for one in items(made(tmp_path, more))
    }
    assert len(set(later.values())) == 7
    assert ids.items() <= later.items()


def test_where_the_api_is_is_a_variable(tmp_path: Path):
    collection = made(tmp_path)
    values = {one["key"]: one["value"] for one in collection["variable"]}
    assert values["baseUrl"] == "https://eu.shop.test/v1"
    assert sent(tmp_path, "GET", "orders")["url"]["host"] == ["{{baseUrl}}"]
    moved = made(tmp_path, base_url="http://localhost:1")
    assert {one["key"]: one["value"] for one in moved["variable"]}[
        "baseUrl"
    ] == "http://localhost:1"


def test_an_operation_with_a_server_of_its_own_goes_there(tmp_path: Path):
    assert sent(tmp_path, "DELETE", "{{ending}}")["url"]["host"] == ["https://files.shop.test"]


@pytest.mark.parametrize(
    ("url", "base"), [("/v1", "http://127.0.0.1:8765/v1"), ("/", "http://127.0.0.1:8765")]
)
def test_an_address_that_is_relative_begins_at_this_machine(tmp_path: Path, url: str, base: str):
    collection = made(
        tmp_path,
        f"{{openapi: 3.1.0, info: {{title: a, version: '1'}}, servers: [{{url: {url}}}], paths: {{}}}}",
    )
    assert collection["variable"][0]["value"] == base


def test_parameters_have_examples_and_what_is_optional_is_off(tmp_path: Path):
    request = sent(tmp_path, "GET", "orders")
    query = [
        (one["key"], one["value"], one.get("disabled", False)) for one in request["url"]["query"]
    ]
    assert query == [
        ("limit", "20", False),
        ("state", "open", True),
        ("state", "paid", True),
        ("ids", "1,2", True),
        ("made[after]", "2026", True),
    ]
    assert request["url"]["raw"] == "{{baseUrl}}/orders?limit=20"
    assert request["url"]["query"][0]["description"] == "How many."
    headers = {one["key"]: (one["value"], one.get("disabled", False)) for one in request["header"]}
    assert headers == {
        "Accept": ("application/json", False),
        "X-Trace": ("abc", True),
        "Cookie": ("tea=green", True),
    }


def test_path_parameters_are_path_variables_or_variables(tmp_path: Path):
    request = sent(tmp_path, "DELETE", "{{ending}}")
    assert request["url"]["path"] == ["orders", ":id", "files", "{{name}}.{{ending}}"]
    assert [(one["key"], one["value"]) for one in request["url"]["variable"]] == [("id", "7")]
    variables = {one["key"]: one["value"] for one in made(tmp_path)["variable"]}
    assert (variables["name"], variables["ending"]) == ("bill", "pdf")


def test_bodies_are_examples_in_their_media_type(tmp_path: Path):
    login = sent(tmp_path, "POST", "login")["body"]
    assert (login["mode"], json.loads(login["raw"])) == ("raw", {"name": "ayse"})
    form = sent(tmp_path, "POST", "orders")["body"]["urlencoded"]
    assert [(one["key"], one["value"]) for one in form] == [
        ("sum", "7"),
        ("words", "a"),
        ("words", "b"),
    ]
    parts = {one["key"]: one for one in sent(tmp_path, "PUT", "{{ending}}")["body"]["formdata"]}
    assert parts["file"] == {"key": "file", "type": "file", "src": None}
    assert (parts["title"]["type"], parts["title"]["value"]) == ("text", "Bill")
    assert sent(tmp_path, "POST", "{{ending}}")["body"]["mode"] == "file"
    xml = sent(tmp_path, "DELETE", "{{ending}}")["body"]
    assert (xml["raw"], xml["options"]["raw"]["language"]) == ("<a/>", "xml")


def test_credentials_are_variables(tmp_path: Path):
    collection = made(tmp_path)
    assert attributes(collection["auth"]) == {"token": "{{bearerToken}}"}
    assert "auth" not in sent(tmp_path, "GET", "orders")
    assert sent(tmp_path, "POST", "login")["auth"] == {"type": "noauth"}
    basic = sent(tmp_path, "POST", "orders")["auth"]
    assert attributes(basic) == {"username": "{{username}}", "password": "{{password}}"}
    oauth = attributes(sent(tmp_path, "POST", "{{ending}}")["auth"])
    assert oauth["grant_type"] == "client_credentials"
    assert oauth["accessTokenUrl"] == "https://shop.test/token"
    assert (oauth["scope"], oauth["clientId"]) == ("write", "{{clientId}}")
    named = {one["key"] for one in collection["variable"]}
    assert {"bearerToken", "username", "password", "clientId", "clientSecret", "keyApiKey"} <= named


def test_two_schemes_at_once_are_both_shown_and_cookies_are_headers(tmp_path: Path):
    both = sent(tmp_path, "PUT", "{{ending}}")
    assert attributes(both["auth"]) == {"key": "api_key", "value": "{{keyApiKey}}", "in": "query"}
    assert {"key": "X-Key", "value": "{{headerApiKey}}"} in both["header"]
    cookie = sent(tmp_path, "DELETE", "{{ending}}")
    assert {"key": "Cookie", "value": "session={{cookieApiKey}}"} in cookie["header"]


def test_who_logs_in_is_logged_in(tmp_path: Path):
    scripts = [
        item["event"][0]["script"]["exec"] for item in items(made(tmp_path)) if "event" in item
    ]
    assert len(scripts) == 1
    assert "pm.response.json().access_token" in scripts[0][0]
    assert any('"bearerToken"' in line for line in scripts[0])


def test_answers_are_kept_beside_the_request(tmp_path: Path):
    listed = next(one for one in items(made(tmp_path)) if one["name"] == "listOrders")
    told = [(one["code"], one["status"], one["body"]) for one in listed["response"]]
    assert told[0] == (200, "OK", "[]")
    assert json.loads(told[1][2]) == [1, 2]
    assert [code for code, _, _ in told] == [200, 200, 404, 500]
    assert all(not one["response"] for one in items(made(tmp_path, saved=False)))


def test_folders_are_tags_with_their_descriptions_or_paths(tmp_path: Path):
    by_tags = made(tmp_path)
    assert [one["name"] for one in by_tags["item"] if "item" in one] == ["orders"]
    assert by_tags["item"][0]["description"] == "What was bought."
    by_paths = made(tmp_path, grouping="paths")
    assert [one["name"] for one in by_paths["item"]] == ["login", "orders"]
    assert all("request" in one for one in made(tmp_path, grouping="none")["item"])


def test_an_environment_has_every_variable_and_hides_secrets(tmp_path: Path):
    collection = collect(shop(tmp_path))
    environment = as_environment(collection)
    kinds = {one["key"]: one["type"] for one in environment["values"]}
    assert kinds["baseUrl"] == "default"
    assert kinds["bearerToken"] == kinds["password"] == "secret"
    assert set(kinds) == {one.name for one in collection.variables}


def test_asyncapi_is_refused_with_a_remedy(tmp_path: Path):
    file = tmp_path / "live.yaml"
    file.write_text("asyncapi: 3.0.0\ninfo: {title: a, version: '1'}\nchannels: {}\n", "utf-8")
    with pytest.raises(DocumentUnusable) as refused:
        collect(load_document(file))
    assert "HTTP" in refused.value.remedy
