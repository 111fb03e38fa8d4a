"""Collections for Bruno: a folder of files that a repository can keep."""

from pathlib import Path

from altlas_chat.toolkit.collecting.bruno import as_bruno
from altlas_chat.toolkit.collecting.collecting import collect
from tests.toolkit.collecting.shop import SHOP, shop


def files(folder: Path, text: str = SHOP) -> dict[str, str]:
    return dict(as_bruno(collect(shop(folder, text))))


def test_there_is_a_file_for_each_request_in_the_folder_of_its_tag(tmp_path: Path):
    found = files(tmp_path)
    assert {"bruno.json", "collection.bru", "environments/Default.bru", "Log in.bru"} <= set(found)
    assert {"orders/folder.bru", "orders/listOrders.bru", "orders/POST -orders.bru"} <= set(found)
    assert len(found) == 10
    assert found == files(tmp_path)


def test_a_request_has_its_parameters_and_what_is_optional_is_off(tmp_path: Path):
    text = files(tmp_path)["orders/listOrders.bru"]
    assert "get {\n  url: {{baseUrl}}/orders?limit=20\n  body: none\n  auth: inherit\n}" in text
    assert (
        "  limit: 20\n  ~state: open\n  ~state: paid\n  ~ids: 1,2\n  ~made[after]: 2026\n" in text
    )


def test_bodies_and_credentials_are_blocks_of_their_own(tmp_path: Path):
    found = files(tmp_path)
    login = found["Log in.bru"]
    assert 'body:json {\n  {\n    "name": "ayse"\n  }\n}' in login
    assert 'if (token) bru.setVar("bearerToken", token);' in login
    assert "auth: none" in login
    form = found["orders/POST -orders.bru"]
    assert "body:form-urlencoded {\n  sum: 7\n  words: a\n  words: b\n}" in form
    assert "auth:basic {\n  username: {{username}}\n  password: {{password}}\n}" in form
    upload = next(text for name, text in found.items() if name.startswith("PUT"))
    assert "  file: @file()\n" in upload
    assert "params:path {\n  id: 7\n}" in upload


def test_secrets_have_no_value_in_the_files(tmp_path: Path):
    environment = files(tmp_path)["environments/Default.bru"]
    assert "  baseUrl: https://eu.shop.test/v1\n" in environment
    assert "vars:secret [\n" in environment
    assert "bearerToken" not in environment.partition("vars:secret")[0]


def test_two_requests_of_one_name_have_two_files(tmp_path: Path):
    twice = SHOP.replace("operationId: listOrders", "summary: Log in").replace(
        "tags: [orders]", "tags: []"
    )
    found = files(tmp_path, twice)
    assert {"Log in.bru", "Log in GET -orders.bru"} <= set(found)
