"""What a new account, a login and a profile may look like."""

from typing import Any

import pytest
from pydantic import ValidationError

from altlas_chat.domain.accounts import LoginRequest, ProfileUpdate, RegisterRequest

PLAIN = {"username": "ayse", "password": "correct-horse-9"}


@pytest.mark.parametrize(
    "name", ["ayse", "Ayşe", "a.b-c_d", "0ab", "İREM", "张伟明", "x" * 32, "a..b"]
)
def test_user_names(name: str) -> None:
    assert RegisterRequest.model_validate({**PLAIN, "username": name}).username == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "x" * 33,
        "_abc",
        ".abc",
        "-abc",
        "abc.",
        "abc-",
        "a b c",
        "a@b.c",
        "a/b/c",
        "a\x00bc",
        "abc\n",
        "😀😀😀",
        "a\u202ebc",
        "a\u0307bc",
        5,
        None,
    ],
)
def test_what_is_no_user_name(name: object) -> None:
    with pytest.raises(ValidationError):
        RegisterRequest.model_validate({**PLAIN, "username": name})


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "short"},
        {"password": "x" * 129},
        {"password": "correct\x00horse"},
        {"displayName": "   "},
        {"displayName": "x" * 101},
        {"displayName": "a\x00b"},
        {"email": "nobody"},
        {"email": "a@b"},
        {"email": "a@b."},
        {"email": "a b@c.de"},
        {"email": "a@b.c\x00d"},
        {"email": "x" * 250 + "@b.cd"},
        {"language": "de"},
        {"deviceName": "x" * 101},
        {"deviceName": "a\x00"},
        {"role": "admin"},
    ],
)
def test_what_is_no_account(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RegisterRequest.model_validate({**PLAIN, **changes})


def test_a_display_name_loses_the_space_around_it() -> None:
    request = RegisterRequest.model_validate({**PLAIN, "displayName": "  Ayşe Öz "})
    assert request.display_name == "Ayşe Öz"


@pytest.mark.parametrize("name", ["username", "email", "login"])
def test_a_login_has_one_name(name: str) -> None:
    assert LoginRequest.model_validate({name: "ayse", "password": "x"}).name == "ayse"


@pytest.mark.parametrize(
    "names",
    [{}, {"username": "a", "email": "b"}, {"login": ""}, {"login": "a\x00"}, {"username": None}],
)
def test_a_login_without_one_name_is_refused(names: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LoginRequest.model_validate({**names, "password": "x"})


def test_a_profile_keeps_what_is_not_named() -> None:
    assert ProfileUpdate.model_validate({"bio": "çay"}).model_dump(exclude_unset=True) == {
        "bio": "çay"
    }
