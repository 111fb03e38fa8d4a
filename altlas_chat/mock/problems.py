"""The mock's own words for what it can't do: ``application/problem+json`` (RFC 9457)."""

from collections.abc import Sequence
from typing import Any

import orjson

from altlas_chat.mock.breaches import Breach
from altlas_chat.mock.exchange import Reply

PROBLEM_TYPE = "application/problem+json"
TYPES = "urn:altlas-chat:mock#"


class Refused(Exception):
    """A request is not answered as it wished.

    ``code`` names the kind of problem (``NO_PATH_MATCHED``); ``headers`` go with
    the answer. ``declared`` are the statuses whose declared answer is given
    instead of the mock's own words, the first that there is.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        breaches: Sequence[Breach] = (),
        headers: tuple[tuple[str, str], ...] = (),
        declared: tuple[int, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.breaches = tuple(breaches)
        self.headers = headers
        self.declared = declared


TITLES = {
    "NO_PATH_MATCHED": "The contract has no such path",
    "NO_METHOD_MATCHED": "The contract has no such method for this path",
    "INVALID_REQUEST": "The request breaks the contract",
    "MALFORMED_BODY": "The body can't be read",
    "UNSUPPORTED_MEDIA_TYPE": "The contract takes no such body",
    "CONTENT_TOO_LARGE": "The body is too large for this mock",
    "NOT_ACCEPTABLE": "The contract offers no media type that the request accepts",
    "NO_SUCH_ANSWER": "The contract declares no such answer",
    "NO_SUCH_EXAMPLE": "The answer has no such example",
    "UNREADABLE_PREFERENCE": "The wish for an answer can't be read",
    "UNAUTHORIZED": "Credentials are missing",
    "NO_SERVER_MATCHED": "The contract names no such server",
    "FORBIDDEN": "These credentials do not do",
    "NO_SAMPLE": "No value could be made up for the schema",
    "NOT_KEPT": "There is no such thing",
    "KEPT_ALREADY": "There is such a thing already",
    "CHANGE_REFUSED": "No valid thing would come of it",
    "MOCK_FAILED": "The mock made a mistake",
    "ANSWER_BREAKS_CONTRACT": "The answer of the real server breaks the contract",
    "NO_REAL_SERVER": "The real server can't be reached",
    "REAL_SERVER_TOO_SLOW": "The real server does not answer in time",
    "BAD_WEATHER": "The weather of the mock is bad",
    "TOO_MANY_CALLS": "There were too many calls for the weather of the mock",
}


def problem(refused: Refused, *, instance: str = "") -> Reply:
    """The refusal in the mock's own words."""
    body: dict[str, Any] = {
        "type": TYPES + refused.code,
        "title": TITLES[refused.code],
        "status": refused.status,
        "detail": refused.detail,
    }
    if instance:
        body["instance"] = instance
    if refused.breaches:
        body["violations"] = [one.as_json() for one in refused.breaches]
    headers = (("Content-Type", PROBLEM_TYPE), *refused.headers)
    return Reply(refused.status, headers, orjson.dumps(body))
