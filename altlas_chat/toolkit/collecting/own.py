"""The collection of our own contract: what it says beside the contract, and who logs in."""

from dataclasses import replace

from altlas_chat.seeding.story import DEMO_PASSWORD
from altlas_chat.toolkit.collecting.collecting import Choices, collect
from altlas_chat.toolkit.collecting.requests import Collection, Request, Variable
from altlas_chat.toolkit.collecting.values import pretty
from altlas_chat.toolkit.own import own_openapi

LOGIN = "login"
NAMES = (
    Variable("username", "ayse", "Who logs in."),
    Variable("password", DEMO_PASSWORD, "Everybody's in the demo world.", secret=True),
)

NOTE = """\
**Try it.** Start `altlas-chat mock` or `altlas-chat serve --demo`, and send *Begin a session*
first: its token is kept in `bearerToken`, and all others use it. `username` and `password` are
those of the demo world.

**Events** come by WebSocket at `{{baseUrl}}/ws` (`ws://` in place of `http://`): connect, send
`{"event": "auth", "id": 1, "data": {"token": "…"}}` within ten seconds, and hear `ready`. This
format of collections has no WebSocket requests: make one in the program itself, or use
`altlas-chat tail`. All events are told by `altlas-chat contract docs`."""


def collect_own(choices: Choices) -> Collection:
    """Our own contract as a collection that works at once, on a mock and on the demo world."""
    document = own_openapi()
    collection = collect(document, replace(choices, note=NOTE))
    return replace(
        collection,
        variables=(*collection.variables, *NAMES),
        requests=tuple(map(_logging_in, collection.requests)),
    )


def _logging_in(request: Request) -> Request:
    """The request itself, but for the one that logs in: its names are variables."""
    if request.operation_id != LOGIN or request.body is None:
        return request
    text = pretty({one.name: f"{{{{{one.name}}}}}" for one in NAMES})
    return replace(request, body=replace(request.body, text=text))
