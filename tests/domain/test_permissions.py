"""Roles and what they carry."""

import itertools

import pytest

from altlas_chat.domain.permissions import ALL_PERMISSIONS, PUBLIC, ROLE_PERMISSIONS, Actor


def actor(role: str) -> Actor:
    return Actor("somebody", role, ROLE_PERMISSIONS[role])


def test_each_role_may_what_a_weaker_one_may() -> None:
    order = ["guest", "user", "moderator", "admin"]
    for weaker, stronger in itertools.pairwise(order):
        assert ROLE_PERMISSIONS[weaker] < ROLE_PERMISSIONS[stronger]
    assert ROLE_PERMISSIONS["service"] == ROLE_PERMISSIONS["user"]


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        ("message:create", {"guest", "user", "service", "moderator", "admin"}),
        ("conversation:create", {"user", "service", "moderator", "admin"}),
        ("member:manage", {"user", "service", "moderator", "admin"}),
        ("content:moderate", {"moderator", "admin"}),
        ("admin:users", {"admin"}),
        ("admin:system", {"admin"}),
        (PUBLIC, set(ROLE_PERMISSIONS)),
        ("message:invent", set()),
        ("", set()),
    ],
)
def test_who_may(permission: str, roles: set[str]) -> None:
    assert {role for role in ROLE_PERMISSIONS if actor(role).may(permission)} == roles


def test_nobody_may_what_is_public_only() -> None:
    nobody = Actor("", "nobody", frozenset())
    assert nobody.may(PUBLIC)
    assert not any(nobody.may(permission) for permission in ALL_PERMISSIONS)
