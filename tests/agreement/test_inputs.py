"""What the server takes is what the contract lets a client send: bodies, parameters, commands."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from altlas_chat.contract.compiled import Schemas
from altlas_chat.contract.documents import (
    load_asyncapi,
    load_openapi,
    load_operations,
    operations_of,
)
from altlas_chat.data import data_folder
from altlas_chat.rest.binding import handler_name, handlers_of
from altlas_chat.server.app import HANDLER_MODULES, SocketQuery
from altlas_chat.settings import TABLE, Settings
from altlas_chat.ws.commands import COMMANDS
from altlas_chat.ws.handshake import AuthRequest
from altlas_chat.ws.session import RenewRequest
from tests.agreement.shapes import disagreements, plain

Json = dict[str, Any]

REST, LIVE = load_openapi(), load_asyncapi()
REST_SCHEMAS, LIVE_SCHEMAS = Schemas(REST, "2020-12"), Schemas(LIVE, "draft-07")
PLANNED = yaml.safe_load((data_folder("contracts") / "planned.yaml").read_text("utf-8"))
OPERATIONS = {one["operationId"]: one for _, _, one in operations_of(REST)}
BUILT = [one.operation_id for one in load_operations() if not one.planned]
HANDLERS = handlers_of(HANDLER_MODULES)

BOUND_BY_SETTING = {"/text: maxLength": "max_message_characters"}
"""Bounds that the service keeps by a setting; the contract has the setting's largest value."""

BOUND_BY_FORM = {"/mutedUntil: minLength"}
"""Bounds that follow from the form, which the service checks (RFC 3339 has 20 signs at least)."""


def shapes_asked_for(handler: Callable[..., object], way: str) -> list[type[BaseModel]]:
    """The models that a handler hands to ``call.body`` or ``call.query``, read in its source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(handler)))
    names = [
        node.args[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == way
        and node.args
        and isinstance(node.args[0], ast.Name)
    ]
    return [vars(inspect.getmodule(handler))[name] for name in names]


def code_form(shape: type[BaseModel]) -> Json:
    schema = shape.model_json_schema()

    def resolved(node: Json) -> Json:
        while "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        return node

    return plain(schema, resolved)


def planned_for(name: str) -> set[str]:
    """What the contract has beyond the code, with a reason in planned.yaml."""
    return {f"/{one}: only in the contract" for one in PLANNED["properties"].get(name, ())} | {
        f"/{place}={value}: only in the contract"
        for place, values in PLANNED["values"].get(name, {}).items()
        for value in values
    }


def differences(name: str, contract: Json, code: Json) -> list[str]:
    """What is different and not planned; and what is planned and not different."""
    found = set(disagreements(contract, code))
    kept = {one for one in found if not one.startswith((*BOUND_BY_SETTING, *BOUND_BY_FORM))}
    return sorted(kept ^ planned_for(name))


def schema_name(schema: Json) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


FORMS = {"uploadFile"}
"""What is read as it comes, part by part, and by no model."""

BODIES = [name for name in BUILT if "requestBody" in OPERATIONS[name] and name not in FORMS]


@pytest.mark.parametrize("operation_id", BODIES)
def test_a_body_is_what_the_contract_says(operation_id: str) -> None:
    (shape,) = shapes_asked_for(HANDLERS[handler_name(operation_id)], "body")
    body = REST_SCHEMAS.resolved(OPERATIONS[operation_id]["requestBody"])
    schema = body["content"]["application/json"]["schema"]
    contract = plain(schema, REST_SCHEMAS.resolved)
    assert not differences(schema_name(schema), contract, code_form(shape))


@pytest.mark.parametrize("operation_id", sorted(set(BUILT) - set(BODIES) - FORMS))
def test_without_a_body_in_the_contract_none_is_read(operation_id: str) -> None:
    handler = HANDLERS.get(handler_name(operation_id))
    assert handler is None or not shapes_asked_for(handler, "body")


def query_of(operation_id: str) -> Json:
    """The query parameters of an operation as one object."""
    parameters = map(REST_SCHEMAS.resolved, OPERATIONS[operation_id].get("parameters", ()))
    asked = [one for one in parameters if one["in"] == "query"]
    planned = PLANNED["parameters"].get(operation_id, ())
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {one["name"]: one["schema"] for one in asked if one["name"] not in planned},
        "required": [one["name"] for one in asked if one.get("required")],
    }


@pytest.mark.parametrize("operation_id", BUILT)
def test_a_query_is_what_the_contract_says(operation_id: str) -> None:
    if operation_id == "connectSocket":
        shapes: list[type[BaseModel]] = [SocketQuery]
    else:
        shapes = shapes_asked_for(HANDLERS[handler_name(operation_id)], "query")
    contract = plain(query_of(operation_id), REST_SCHEMAS.resolved)
    if not shapes:
        assert not contract["properties"], "the handler reads no parameter"
        return
    code = code_form(shapes[0])
    for form in code["properties"].values():
        form["types"].discard("null")  # what is left out of a query can't be null
    assert not differences(operation_id, contract, code)


def test_planned_parameters_are_not_built() -> None:
    for operation_id, names in PLANNED["parameters"].items():
        (shape,) = shapes_asked_for(HANDLERS[handler_name(operation_id)], "query")
        assert not set(names) & set(code_form(shape)["properties"]), operation_id


def data_schema(command: str) -> Json:
    """The schema of a command's ``data``."""
    for message in LIVE["components"]["messages"].values():
        if message["x-kind"] == "command" and message["name"] == command:
            schema: Json = message["payload"]["allOf"][1]["properties"]["data"]
            return schema
    raise LookupError(command)


OF_THE_SOCKET = {"auth": AuthRequest, "auth.renew": RenewRequest}
SHAPES = {**OF_THE_SOCKET, **{name: one.shape for name, one in COMMANDS.items()}}


@pytest.mark.parametrize("command", sorted(SHAPES))
def test_the_data_of_a_command_is_what_the_contract_says(command: str) -> None:
    schema = data_schema(command)
    contract = plain(schema, LIVE_SCHEMAS.resolved)
    assert not differences(schema_name(schema), contract, code_form(SHAPES[command]))


@pytest.mark.parametrize("setting", BOUND_BY_SETTING.values())
def test_a_bound_kept_by_a_setting_can_reach_the_contracts_and_no_further(setting: str) -> None:
    text = REST["components"]["schemas"]["MessageText"]
    assert TABLE[setting].maximum == text["maxLength"]
    assert str(f"{getattr(Settings(), setting):,}") in text["description"]
