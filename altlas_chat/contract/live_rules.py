"""What we ask of our AsyncAPI document alone; what anybody would ask is ``contract lint``'s.

Each rule gives its findings; none stops at the first.
"""

from collections.abc import Iterator
from typing import Any

from altlas_chat.contract.compiled import Schemas
from altlas_chat.domain.permissions import ALL_PERMISSIONS, PUBLIC
from altlas_chat.specs.findings import Finding, Place
from altlas_chat.specs.pointers import joined

Json = dict[str, Any]

FILE = "asyncapi.json"
STREAMS = frozenset({"conversation", "user"})
KINDS = ("command", "reply", "frame", "event", "passing")
ACTIONS = ("resume", "log_in", "give_up")


def check_live(document: Json) -> Iterator[Finding]:
    """All findings in the AsyncAPI bundle."""
    schemas = Schemas(document, "draft-07")
    for name, message in document["components"]["messages"].items():
        yield from _check_message(("components", "messages", name), message)
    for name, operation in document["operations"].items():
        if operation["action"] == "receive":
            yield from _check_command(schemas, ("operations", name), operation, document)
    yield from _check_close_codes(document)


def found(where: tuple[object, ...], what: str, remedy: str) -> Finding:
    return Finding(Place(FILE, pointer=joined("", *where)), "own-live", what, remedy)


# -- messages --------------------------------------------------------------------------


def _check_message(where: tuple[object, ...], message: Json) -> Iterator[Finding]:
    for name in ("title", "summary"):
        if not message.get(name):
            yield found(where, f"the message has no {name}", "Write one.")
    kind = message.get("x-kind")
    if kind not in KINDS:
        yield found(where, f"x-kind is {kind}", f"Use one of {', '.join(KINDS)}.")
    streams = _streams_of(message)
    if (kind == "event") != bool(streams) or not streams <= STREAMS:
        what = f"x-stream is {message.get('x-stream')}"
        yield found(where, what, "Numbered events have conversation or user, others nothing.")
    for number, example in enumerate(message.get("examples", ())):
        event = example["payload"].get("event")
        if event != message.get("name"):
            here = (*where, "examples", number)
            yield found(here, f"its event is {event}", "Use the message's name.")


def _streams_of(message: Json) -> set[str]:
    stream = message.get("x-stream", [])
    return {stream} if isinstance(stream, str) else set(stream)


# -- operations ------------------------------------------------------------------------


def _check_command(
    schemas: Schemas, where: tuple[object, ...], operation: Json, document: Json
) -> Iterator[Finding]:
    permission = operation.get("x-permission")
    if permission != PUBLIC and permission not in ALL_PERMISSIONS:
        remedy = f"Use {PUBLIC} or one of altlas_chat/domain/permissions.py."
        yield found(where, f"x-permission is {permission}, which nobody can have", remedy)
    common = document["components"]["messages"]["Error"]["x-errors"]
    for code in [*operation.get("x-errors", ()), *common]:
        if code not in document["x-problems"]:
            yield found(where, f"{code} is no problem", "Use a code of x-problems.")
    command = schemas.resolved(operation["messages"][0])["name"]
    replies = [schemas.resolved(one) for one in operation.get("reply", {}).get("messages", ())]
    answers = [one for one in replies if one.get("x-reply-to") == command]
    if len(operation["messages"]) != 1 or len(answers) != 1 or len(replies) != 2:
        what = f"{command} is not answered with one message of its own or an error"
        yield found(where, what, "List its reply (with x-reply-to) and Error.")


# -- close codes -----------------------------------------------------------------------


def _check_close_codes(document: Json) -> Iterator[Finding]:
    codes = document["x-close-codes"]
    for code, entry in codes.items():
        where = ("x-close-codes", code)
        if entry.get("client") not in ACTIONS:
            what = f"client is {entry.get('client')}"
            yield found(where, what, f"Use one of {', '.join(ACTIONS)}.")
        if (entry.get("sender") == "server") != ("reason" in entry):
            yield found(where, "reason goes with the server's codes only", "Mend it.")
        for name in ("name", "meaning", "advice"):
            if not entry.get(name):
                yield found(where, f"it has no {name}", "Write one.")
    own = sorted(int(code) for code, entry in codes.items() if entry.get("sender") == "server")
    closing = document["components"]["schemas"]["ClosingData"]["properties"]["code"]
    if sorted(closing["enum"]) != own:
        place = ("components", "schemas", "ClosingData", "properties", "code")
        yield found(place, "its codes are not the server's x-close-codes", f"List {own}.")
