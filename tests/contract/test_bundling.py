"""Many files become one: references lead to components, and what does not fit is refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from altlas_chat.contract.bundling import (
    BundlingFailed,
    bundle_asyncapi,
    bundle_openapi,
    bundled,
    stale_bundles,
)

Json = dict[str, Any]

ROOT = {
    "openapi": "3.1.0",
    "paths": {"/tea": {"$ref": "paths/tea.yaml#/~1tea"}},
    "components": {"securitySchemes": {}},
    "x-problems": {"$ref": "schemas/tea.yaml#/x-problems"},
}
TEA_PATHS = {
    "/tea": {
        "get": {
            "operationId": "getTea",
            "responses": {"200": {"$ref": "../responses/tea.yaml#/Tea"}},
        }
    }
}
TEA_SCHEMAS = {
    "Tea": {
        "oneOf": [{"$ref": "#/Black"}],
        "discriminator": {"propertyName": "kind", "mapping": {"black": "#/Black"}},
    },
    "Black": {"type": "object", "properties": {"next": {"$ref": "#/Tea"}}},
    "x-problems": {"COLD": {"status": 409}},
}
TEA_RESPONSES = {
    "Tea": {
        "description": "Tea.",
        "content": {"application/json": {"schema": {"$ref": "../schemas/tea.yaml#/Tea"}}},
    }
}
LIVE = {
    "asyncapi": "3.0.0",
    "channels": {"c": {"messages": {"Served": {"$ref": "asyncapi/messages/tea.yaml#/Served"}}}},
    "operations": {"$ref": "asyncapi/operations.yaml#/operations"},
    "components": {"correlationIds": {"one": {"location": "$message.payload#/id"}}},
}
LIVE_OPERATIONS = {
    "operations": {
        "serve": {"messages": [{"$ref": "../asyncapi.yaml#/channels/c/messages/Served"}]}
    }
}
LIVE_MESSAGES = {
    "Served": {
        "name": "tea.served",
        "x-kind": "event",
        "correlationId": {"$ref": "../../asyncapi.yaml#/components/correlationIds/one"},
        "payload": {"$ref": "../../openapi/schemas/tea.yaml#/Tea"},
        "examples": [{"payload": {"$ref": "../../openapi/examples/tea.yaml#/All/value/0"}}],
    }
}
PLANNED: Json = {
    "operations": [],
    "parameters": {},
    "properties": {},
    "values": {},
    "securitySchemes": [],
    "commands": [],
    "events": [],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contract of one operation and one event."""
    files = {
        "openapi/openapi.yaml": ROOT,
        "openapi/paths/tea.yaml": TEA_PATHS,
        "openapi/schemas/tea.yaml": TEA_SCHEMAS,
        "openapi/responses/tea.yaml": TEA_RESPONSES,
        "openapi/examples/tea.yaml": {"All": {"value": [{"kind": "black"}]}},
        "asyncapi.yaml": LIVE,
        "asyncapi/operations.yaml": LIVE_OPERATIONS,
        "asyncapi/messages/tea.yaml": LIVE_MESSAGES,
        "planned.yaml": PLANNED,
    }
    for name, content in files.items():
        write(tmp_path / name, content)
    return tmp_path


def write(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content), "utf-8")


def test_what_another_file_holds_becomes_a_component(folder: Path) -> None:
    document = bundle_openapi(folder)
    answer = document["paths"]["/tea"]["get"]["responses"]["200"]
    assert answer == {"$ref": "#/components/responses/Tea"}
    response = document["components"]["responses"]["Tea"]
    assert response["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Tea"}
    assert document["x-problems"] == {"COLD": {"status": 409}}


def test_schemas_may_go_round_in_circles(folder: Path) -> None:
    schemas = bundle_openapi(folder)["components"]["schemas"]
    assert schemas["Tea"]["oneOf"] == [{"$ref": "#/components/schemas/Black"}]
    assert schemas["Tea"]["discriminator"]["mapping"] == {"black": "#/components/schemas/Black"}
    assert schemas["Black"]["properties"]["next"] == {"$ref": "#/components/schemas/Tea"}


def test_the_realtime_bundle_takes_rests_schemas_and_shows_examples_in_place(folder: Path) -> None:
    document = bundle_asyncapi(folder)
    assert document["operations"]["serve"]["messages"] == [{"$ref": "#/channels/c/messages/Served"}]
    served = document["components"]["messages"]["Served"]
    assert served["payload"] == {"$ref": "#/components/schemas/Tea"}
    assert served["correlationId"] == {"$ref": "#/components/correlationIds/one"}
    assert served["examples"] == [{"payload": {"kind": "black"}}]
    assert "discriminator" not in document["components"]["schemas"]["Tea"]
    assert "examples" not in document["components"]


def test_what_is_planned_is_marked(folder: Path) -> None:
    assert "x-planned" not in bundle_openapi(folder)["paths"]["/tea"]["get"]
    planned = {
        **PLANNED,
        "operations": ["getTea"],
        "parameters": {"getTea": ["sugar"]},
        "properties": {"Black": ["next"]},
        "values": {"Tea": {"kind": ["green"]}},
        "events": ["tea.served"],
    }
    write(folder / "planned.yaml", planned)
    fresh = folder.rename(folder.with_name("planned"))
    rest, live = bundle_openapi(fresh), bundle_asyncapi(fresh)
    assert rest["paths"]["/tea"]["get"]["x-planned"]
    assert rest["paths"]["/tea"]["get"]["x-planned-parameters"] == ["sugar"]
    assert live["components"]["messages"]["Served"]["x-planned"]
    for document in (rest, live):
        schemas = document["components"]["schemas"]
        assert schemas["Black"]["x-planned-properties"] == ["next"]
        assert schemas["Tea"]["x-planned-values"] == {"kind": ["green"]}


def test_two_things_of_one_name_are_refused(folder: Path) -> None:
    write(folder / "openapi/schemas/coffee.yaml", {"Black": {"type": "string"}})
    schemas = {**TEA_SCHEMAS, "Other": {"$ref": "coffee.yaml#/Black"}}
    schemas["Tea"] = {"oneOf": [{"$ref": "#/Black"}, {"$ref": "#/Other"}]}
    write(folder / "openapi/schemas/tea.yaml", schemas)
    with pytest.raises(
        BundlingFailed, match=r"Black in .*coffee.yaml.* is there twice: give one another name"
    ):
        bundle_openapi(folder)


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ("tea.yaml#/Green", "has nothing at /Green"),
        ("coffee.yaml#/Black", "coffee.yaml: there is no such file"),
    ],
)
def test_a_reference_to_nowhere_is_refused(folder: Path, reference: str, what: str) -> None:
    write(folder / "openapi/schemas/tea.yaml", {**TEA_SCHEMAS, "Tea": {"$ref": reference}})
    with pytest.raises(BundlingFailed, match=what):
        bundle_openapi(folder)


def test_a_bundle_that_is_not_what_it_should_be_is_stale(folder: Path) -> None:
    generated = folder / "generated"
    files = {generated / name for name in ("openapi.json", "asyncapi.json")}
    assert set(stale_bundles(folder)) == files
    generated.mkdir()
    for file in files:
        file.write_bytes(bundled(file.name, folder))
    assert stale_bundles(folder) == []
    (generated / "asyncapi.json").write_bytes(b"{}")
    assert stale_bundles(folder) == [generated / "asyncapi.json"]
