"""The routes of the server are the operations of the contract, built or planned."""

from dataclasses import replace

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from altlas_chat.contract.assets import CLIENT_FILES
from altlas_chat.contract.documents import Operation, load_operations
from altlas_chat.data import data_folder
from altlas_chat.figures import Requests
from altlas_chat.pages.files import ASSETS
from altlas_chat.rest import messages
from altlas_chat.rest.binding import ContractMismatch, bind, handler_name, handlers_of
from altlas_chat.rest.middlewares import manners
from altlas_chat.server import app as server_app
from altlas_chat.server.app import HANDLER_MODULES, build_app
from altlas_chat.server.run import running_server
from tests.support.running import Chat, quick_settings

OPERATIONS = load_operations()
HANDLERS = {*handlers_of(HANDLER_MODULES), "connect_socket"}


def routes_of(app: web.Application) -> set[tuple[str, str]]:
    return {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }


async def test_the_routes_are_the_operations(chat: Chat) -> None:
    base = chat.running.parts.deps.settings.base_path
    operations = {(one.method, base + one.path) for one in OPERATIONS}
    pages = {("get", f"{base}/docs/assets/{name}") for name in ASSETS}
    client = {("get", f"{base}/{name}") for name in CLIENT_FILES}
    assert routes_of(build_app(chat.running.parts)) == operations | pages | client


async def test_what_can_be_had_by_get_can_by_head(chat: Chat) -> None:
    routes = build_app(chat.running.parts).router.routes()
    by_method = {
        method: {route.resource.canonical for route in routes if route.method == method}
        for method in ("GET", "HEAD")
    }
    assert by_method["HEAD"] == by_method["GET"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.operation_id)
def test_an_operation_is_built_or_planned_and_not_both(operation: Operation) -> None:
    assert (handler_name(operation.operation_id) in HANDLERS) is not operation.planned


def test_every_handler_has_its_operation() -> None:
    assert {handler_name(one.operation_id) for one in OPERATIONS} >= HANDLERS


async def test_a_planned_operation_says_that_it_is(chat: Chat) -> None:
    ayse = await chat.person("ayse")
    deps = chat.running.parts.deps
    app = web.Application(middlewares=[manners(deps, (), Requests())])
    planned = next(one for one in OPERATIONS if one.operation_id == "listSessions")
    bind(app, deps, [replace(planned, planned=True)], {})
    headers = {"Authorization": f"Bearer {ayse.token}"}
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/v1/sessions", headers=headers)
        assert response.status == 501
        assert (await response.json())["code"] == "NOT_IMPLEMENTED"


def test_what_is_planned_is_listed_and_nothing_else() -> None:
    assert [one.operation_id for one in OPERATIONS if one.planned] == listed()["operations"]


def listed() -> dict[str, list[str]]:
    text = (data_folder("contracts") / "planned.yaml").read_text("utf-8")
    return dict(yaml.safe_load(text))


# -- the server does not start otherwise -----------------------------------------------


def bound(chat: Chat, operations: list[Operation], handlers: dict[str, object]) -> None:
    bind(web.Application(), chat.running.parts.deps, operations, handlers)  # type: ignore[arg-type]


async def test_code_and_contract_must_name_the_same(chat: Chat) -> None:
    handlers: dict[str, object] = dict(handlers_of(HANDLER_MODULES))
    operations = [one for one in OPERATIONS if one.operation_id != "connectSocket"]
    bound(chat, operations, handlers)
    built = [one for one in operations if not one.planned]

    without = {name: one for name, one in handlers.items() if name != "post_message"}
    with pytest.raises(ContractMismatch, match="no handler post_message for postMessage"):
        bound(chat, operations, without)
    with pytest.raises(ContractMismatch, match=r"no operation for the handlers .*forgotten"):
        bound(chat, operations, {**handlers, "forgotten": messages.post_message})
    with pytest.raises(ContractMismatch, match="planned, but has a handler"):
        bound(chat, [replace(built[0], planned=True), *built[1:]], handlers)


async def test_the_server_does_not_start_with_a_handler_missing(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = tuple(module for module in HANDLER_MODULES if module is not messages)
    monkeypatch.setattr(server_app, "HANDLER_MODULES", fewer)
    with pytest.raises(ContractMismatch, match="no handler"):
        async with running_server(quick_settings(f"sqlite:///{tmp_path}/chat.db")):
            pass
