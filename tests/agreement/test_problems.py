"""Refusals, permissions and roles of the code are those of the contract."""

import pytest

from altlas_chat.contract.documents import load_asyncapi, load_openapi, load_operations
from altlas_chat.domain.errors import ALL_ERRORS, ChatError
from altlas_chat.domain.permissions import ALL_PERMISSIONS, PUBLIC, ROLE_PERMISSIONS

REST, LIVE = load_openapi(), load_asyncapi()
SCHEMAS = REST["components"]["schemas"]


def test_every_refusal_of_the_code_has_a_code_of_its_own() -> None:
    assert len(ALL_ERRORS) == len(ChatError.__subclasses__())


def test_the_codes_are_those_of_the_contract() -> None:
    assert set(ALL_ERRORS) == set(REST["x-problems"]) == set(SCHEMAS["ProblemCode"]["enum"])
    assert LIVE["x-problems"] == REST["x-problems"]


@pytest.mark.parametrize("error", ALL_ERRORS.values(), ids=lambda error: error.code)
def test_a_refusal_says_what_the_contract_says(error: type[ChatError]) -> None:
    said = {"status": error.status, "title": error.title, "remedy": error.remedy}
    assert said == REST["x-problems"][error.code]


def test_permissions_and_roles_are_those_of_the_contract() -> None:
    assert set(SCHEMAS["Permission"]["enum"]) == ALL_PERMISSIONS
    assert set(SCHEMAS["Role"]["enum"]) == set(ROLE_PERMISSIONS)


def test_operations_and_commands_need_permissions_that_there_are() -> None:
    asked = {one.permission for one in load_operations()}
    asked |= {
        one["x-permission"] for one in LIVE["operations"].values() if one["action"] == "receive"
    }
    assert asked <= ALL_PERMISSIONS | {PUBLIC}


def test_every_permission_is_asked_for_somewhere() -> None:
    asked = {one.permission for one in load_operations()}
    assert ALL_PERMISSIONS - asked == {"content:moderate"}  # decided by the object
