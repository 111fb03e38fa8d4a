"""What is left out of an input stays as it is; null is no way to leave something out."""

import pytest

from altlas_chat.domain.accounts import LoginRequest, ProfileUpdate, RegisterRequest
from altlas_chat.domain.conversations import GroupUpdate, SettingsUpdate
from altlas_chat.domain.errors import ValidationFailed
from altlas_chat.domain.inputs import Input, check_input


@pytest.mark.parametrize(
    ("shape", "value", "pointer"),
    [
        (ProfileUpdate, {"displayName": None}, "/displayName"),
        (ProfileUpdate, {"bio": None}, "/bio"),
        (GroupUpdate, {"permissions": {"posting": None}}, "/permissions/posting"),
        (SettingsUpdate, {"isArchived": None}, "/isArchived"),
        (LoginRequest, {"login": None, "username": "a", "password": "x"}, "/login"),
        (
            RegisterRequest,
            {"username": "ayse", "password": "12345678", "email": None},
            "/email",
        ),
    ],
)
def test_a_null_is_refused_where_it_means_nothing(
    shape: type[Input], value: object, pointer: str
) -> None:
    with pytest.raises(ValidationFailed) as caught:
        check_input(shape, value)
    assert [error.pointer for error in caught.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (ProfileUpdate, {"email": None}),
        (GroupUpdate, {"description": None}),
        (SettingsUpdate, {"mutedUntil": None}),
    ],
)
def test_a_null_takes_away_what_may_be_missing(shape: type[Input], value: object) -> None:
    assert check_input(shape, value).model_fields_set


@pytest.mark.parametrize("shape", [ProfileUpdate, GroupUpdate, SettingsUpdate])
def test_an_update_changes_something(shape: type[Input]) -> None:
    with pytest.raises(ValidationFailed, match="errors"):
        check_input(shape, {})
