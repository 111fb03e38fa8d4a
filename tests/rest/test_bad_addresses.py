"""Paths, parameters and cursors that lead nowhere, on both databases."""

import base64

import orjson
import pytest

from altlas_chat.domain.cursor import Cursor
from tests.rest.town import Town

IDS = [
    ("%00", 422),
    ("a%00b", 422),
    ("a%0Ab", 422),
    ("%1b%5b2J", 422),
    ("%E2%80%AE", 422),
    ("x" * 129, 422),
    ("%C4%B0" * 129, 422),
    ("x" * 128, 404),
    ("a%2Fb", 404),
    ("%2E%2E%2F%2E%2E%2Fetc%2Fpasswd", 404),
    ("%25", 404),
    ("%", 404),
    ("%zz", 404),
    ("'", 404),
    ("%C4%B0", 404),
    ("%F0%9F%98%80", 404),
]
NOT_UTF8 = ["%FF", "%C3%28", "%ED%A0%80", "a%80"]
PLACES = [
    ("GET", "/v1/conversations/{}"),
    ("GET", "/v1/conversations/{}/messages"),
    ("GET", "/v1/conversations/{}/members"),
    ("DELETE", "/v1/conversations/{}?mode=delete"),
    ("GET", "/v1/messages/{}"),
    ("DELETE", "/v1/messages/{}"),
    ("GET", "/v1/messages/{}/receipts"),
    ("PUT", "/v1/messages/{}/read"),
    ("GET", "/v1/users/{}"),
    ("GET", "/v1/groups/{}"),
    ("POST", "/v1/groups/{}/leave"),
]


async def test_ids_in_paths(town: Town) -> None:
    wrong = []
    for method, place in [*PLACES, ("DELETE", "/v1/groups/GROUP/members/{}")]:
        target = place.replace("GROUP", town.names["group"])
        for word, status in IDS:
            answer = await town.raw(method, target.replace("{}", word))
            problem = answer.json()
            parameter = problem.get("errors", [{}])[0].get("parameter", "")
            if answer.status != status or not problem["remedy"]:
                wrong.append((method, target, word, answer))
            elif status == 422 and not parameter.endswith("Id"):
                wrong.append((method, target, word, problem))
        for word in NOT_UTF8:
            answer = await town.raw(method, target.replace("{}", word))
            if answer.status not in (400, 404, 422) or not answer.json()["remedy"]:
                wrong.append((method, target, word, answer))
    assert wrong == []
    await town.still_works()


def page(*place: object) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


QUERIES = [
    ("/conversations", "limit=0", 422, "limit"),
    ("/conversations", "limit=201", 422, "limit"),
    ("/conversations", "limit=abc", 422, "limit"),
    ("/conversations", "limit=", 422, "limit"),
    ("/conversations", "limit=1.5", 422, "limit"),
    ("/conversations", "limit=" + "9" * 5000, 422, "limit"),
    ("/conversations", "limit=%00", 422, "limit"),
    ("/conversations", "limit=1&limit=2", 422, "limit"),
    ("/conversations", "filter=all", 422, "filter"),
    ("/conversations", "filter=", 422, "filter"),
    ("/conversations", "filter=unread&filter=direct", 422, "filter"),
    ("/conversations", "unknown=1", 422, "unknown"),
    ("/conversations", "Limit=1", 422, "Limit"),
    ("/conversations", "cursor=" + "x" * 2000, 422, "cursor"),
    ("/conversations", "cursor=", 422, "cursor"),
    ("/conversations", "cursor=nonsense", 400, None),
    ("/conversations", "cursor=%00", 400, None),
    ("/conversations", "cursor=%FF", 400, None),
    ("/conversations", "cursor=" + page(), 400, None),
    ("/conversations", "cursor=" + page(1, 2), 400, None),
    ("/conversations", "cursor=" + page(True, "x"), 400, None),
    ("/conversations", "cursor=" + page(2**64 - 1, "x"), 400, None),
    ("/conversations", "cursor=" + page(-(2**63), "x"), 400, None),
    ("/conversations", "cursor=" + page(1, "a\x00"), 400, None),
    ("/conversations", "cursor=" + page(1.5, "x"), 400, None),
    ("/conversations/{room}/members", "cursor=" + page(1), 400, None),
    ("/conversations/{room}/members", "cursor=" + page("a\x00"), 400, None),
    ("/conversations/{room}/members", "cursor=" + page("a", "b"), 400, None),
    ("/conversations/{room}/messages", "before=-1", 422, "before"),
    ("/conversations/{room}/messages", "before=x", 422, "before"),
    ("/conversations/{room}/messages", f"after={2**53}", 422, "after"),
    ("/conversations/{room}/messages", f"around={2**63}", 422, "around"),
    ("/conversations/{room}/messages", "around=" + "9" * 400, 422, "around"),
    ("/conversations/{room}/messages", "before=1&after=1", 422, "after"),
    ("/conversations/{room}/messages", "around=1&after=1", 422, "around"),
    ("/conversations/{room}/messages", "limit=1000", 422, "limit"),
    ("/sync", "limit=0", 422, "limit"),
    ("/sync", "limit=1001", 422, "limit"),
    ("/sync", "since=1", 422, "since"),
]


async def test_parameters_of_the_query(town: Town) -> None:
    wrong = []
    for path, query, status, parameter in QUERIES:
        answer = await town.raw("GET", f"/v1{path}?{query}")
        problem = answer.json()
        code = "VALIDATION_ERROR" if status == 422 else "CURSOR_INVALID"
        place = problem.get("errors", [{}])[0].get("parameter")
        if (answer.status, problem.get("code"), place) != (status, code, parameter):
            wrong.append((path, query[:80], answer))
    assert wrong == []
    await town.still_works()


@pytest.mark.parametrize("at", [0, 2**53 - 1])
async def test_a_cursor_made_by_hand_harms_nobody(town: Town, at: int) -> None:
    cursor = Cursor.decode((await town.ayse.gets("GET", "/sync"))["cursor"])
    made = Cursor(
        cursor.database_id,
        cursor.user_id,
        at,
        {"a\x00b": 1, "conversation:x": 5, **cursor.positions},
    )
    answer = await town.ayse.gets("GET", "/sync", cursor=made.encode())
    assert answer["resyncRequired"] is False
    answer = await town.ayse.gets("GET", "/sync", cursor="nonsense")
    assert (answer["resyncRequired"], answer["reason"]) == (True, "cursor_invalid")
