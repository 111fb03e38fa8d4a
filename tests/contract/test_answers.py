"""What was asked and answered, held to the REST contract."""

from typing import Any

import orjson
import pytest

from altlas_chat.contract.answers import Answer, Request, _Rest, check_answer, check_request
from altlas_chat.contract.documents import load_openapi
from altlas_chat.contract.frames import check_frame

Json = dict[str, Any]

EXAMPLES = load_openapi()["components"]["examples"]
NAMED = {"x-request-id": "r-1"}


def example(name: str) -> Json:
    value: Json = orjson.loads(orjson.dumps(EXAMPLES[name]["value"]))
    return value


def answer(
    value: object, status: int = 200, media_type: str = "application/json", **headers: str
) -> Answer:
    return Answer(status, media_type, orjson.dumps(value), {**NAMED, **headers})


def problem(code: str, **headers: str) -> Answer:
    value, headers = example(code), {"Content-Language": "en", **headers}
    return answer(value, value["status"], "application/problem+json; charset=utf-8", **headers)


ME = Request("GET", "/users/me")
SYNC = Request("GET", "/sync")


def test_an_answer_that_keeps_the_contract_has_no_findings() -> None:
    message = example("TextSent")
    sent = answer(message, 201, Location="/v1/messages/x")
    assert not check_answer(Request("POST", "/messages"), sent)
    assert not check_answer(ME, answer(example("Ayse")))
    assert not check_answer(SYNC, answer(example("ChangesOfAyse")))


def test_an_answer_of_another_shape_is_found_with_its_place() -> None:
    message = example("TextSent")
    message["seq"], message["colour"] = -1, "red"
    found = check_answer(Request("GET", "/messages/x"), answer(message))
    assert found == [
        "GET /messages/x → 200: /seq: -1 is less than the minimum of 0",
        "GET /messages/x → 200: /: Additional properties are not allowed ('colour' was unexpected)",
    ]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (Answer(200, "application/json", b"{}"), "the header X-Request-Id is missing"),
        (Answer(200, "application/json", b"{", NAMED), "its body is no JSON"),
        (Answer(200, "text/html", b"{}", NAMED), "its type is text/html, and should be"),
        (Answer(200, None, b"", NAMED), "its type is not said"),
        (Answer(201, "application/json", b"{}", NAMED), "the contract has only 200, "),
        (Answer(200, "application/json", b"{}", {"x-request-id": "a b"}), "header X-Request-Id:"),
    ],
)
def test_what_is_around_a_body_is_checked_too(given: Answer, what: str) -> None:
    assert [one for one in check_answer(ME, given) if what in one]


def test_an_answer_without_content_has_none() -> None:
    leave = Request("POST", "/groups/x/leave")
    assert not check_answer(leave, Answer(204, None, b"", NAMED))
    assert "should have none" in check_answer(leave, Answer(204, None, b"{}", NAMED))[0]


def test_a_refusal_may_only_have_the_codes_of_its_operation() -> None:
    challenge = {"WWW-Authenticate": "Bearer"}
    assert not check_answer(ME, problem("AUTH_TOKEN_EXPIRED", **challenge))
    found = check_answer(ME, problem("AUTH_INVALID_CREDENTIALS", **challenge))
    assert "/code" in found[0]


def test_where_there_is_no_operation_the_answer_says_so() -> None:
    assert not check_answer(Request("GET", "/tea"), problem("RESOURCE_NOT_FOUND"))
    assert check_answer(Request("GET", "/tea"), answer({}))
    deleted = Request("DELETE", "/users/me")
    assert not check_answer(deleted, problem("METHOD_NOT_ALLOWED", Allow="GET, PUT"))
    assert check_answer(deleted, problem("RESOURCE_NOT_FOUND"))


def test_a_planned_operation_is_not_answered_with_success() -> None:
    document = load_openapi()
    document["paths"]["/sessions"]["get"]["x-planned"] = True
    rest, sessions = _Rest(document), Request("GET", "/sessions")
    assert not rest.check_answer(sessions, problem("NOT_IMPLEMENTED"))
    assert rest.check_answer(sessions, answer({"items": []}))
    assert check_answer(sessions, problem("NOT_IMPLEMENTED"))
    assert not check_answer(sessions, answer({"items": []}))


def test_a_fixed_path_goes_before_one_with_a_parameter() -> None:
    starred = Request("GET", "/messages/starred")
    assert not check_answer(starred, answer({"items": [], "nextCursor": None}))
    assert not check_answer(Request("GET", "/messages/19"), answer(example("TextSent")))


def test_the_question_of_a_browser_is_no_operation() -> None:
    assert not check_answer(Request("OPTIONS", "/messages"), Answer(204))
    assert check_answer(Request("OPTIONS", "/messages"), answer({}))


def test_events_in_a_sync_are_checked_as_frames_are() -> None:
    changes = example("ChangesOfAyse")
    changes["events"][0]["event"] = "message.eaten"
    found = check_answer(SYNC, answer(changes))
    assert found == [f"GET /sync → 200: {check_frame(changes['events'][0])[0]}"]


# -- requests --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        (Request("GET", "/tea"), "there is no such operation"),
        (Request("GET", "/sync", (("speed", "1"),)), "there is no query parameter speed"),
        (Request("GET", "/sync", (("limit", "1"), ("limit", "2"))), "given twice"),
        (Request("GET", "/sync", (("limit", "0"),)), "query limit: 0 is less than"),
        (Request("GET", "/sync", (("limit", "x"),)), 'query limit: "x" is not of type "integer"'),
        (Request("GET", "/users/search"), "the query parameter q is missing"),
        (Request("POST", "/messages"), "a body of type unknown is not what it takes"),
        (Request("POST", "/messages", (), "application/json", b"{"), "its body is no JSON"),
        (Request("POST", "/messages", (), "application/json", b"{}"), "body: "),
    ],
)
def test_what_the_contract_does_not_let_a_client_ask_is_found(request_: Request, what: str) -> None:
    assert [one for one in check_request(request_) if what in one]


def test_what_the_contract_lets_a_client_ask_has_no_findings() -> None:
    draft = orjson.dumps(example("TextDraft"))
    assert not check_request(Request("POST", "/messages", (), "application/json", draft))
    assert not check_request(Request("GET", "/sync", (("limit", "10"),)))
    assert not check_request(Request("GET", "/presence", (("userIds", "a,b"),)))
    assert not check_request(Request("GET", "/notifications", (("unreadOnly", "true"),)))
