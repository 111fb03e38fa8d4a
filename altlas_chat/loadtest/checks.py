"""What is wrong with an answer of the server, for scripts: holes and doubles in what was read."""

import itertools
from collections.abc import Sequence

from altlas_chat.loadtest.ears import Ear
from altlas_chat.loadtest.steps import Checked, Json, Person, positions_of

OTHER_MESSAGE = "another message than was sent"


def page_of_history(name: str, conversation_id: str, page: Json) -> Checked:
    """A page's messages stand in order, once each, and belong to the conversation."""
    items: Sequence[Json] = page["items"]
    seqs = [int(one["seq"]) for one in items]
    is_foreign = any(one["conversationId"] != conversation_id for one in items)
    return Checked(
        name,
        received=len(set(seqs)),
        doubled=len(seqs) - len(set(seqs)),
        reordered=sum(one > other for one, other in itertools.pairwise(seqs)),
        wrong="a message of another conversation" if is_foreign else "",
    )


def overlapping_pages(name: str, newer: Json, older: Json, before: int) -> Checked:
    """What both pages reach is in both: the older one has the messages below ``before``.

    A message that one of them left out is lost. A page reaches down to its
    first message, and further if there is nothing before it.
    """
    of_newer, of_older = ({int(one["seq"]) for one in page["items"]} for page in (newer, older))
    reach = max(
        min(seqs, default=before) if page["hasBefore"] else 0
        for page, seqs in ((newer, of_newer), (older, of_older))
    )
    beyond = any(seq >= before for seq in of_older)
    return Checked(
        name,
        received=0,
        lost=sum(reach <= seq < before for seq in of_newer ^ of_older),
        wrong="a message that is not before the one named" if beyond else "",
    )


def changes_since(name: str, snapshot: Json, changes: Json, person: Person) -> Checked:
    """The events after a snapshot follow its positions without a hole, and come once."""
    if changes["resyncRequired"]:
        return Checked(name, received=0, wrong="the log does not reach back to just now")
    ear = Ear(positions_of(snapshot, person))
    for one in changes["events"]:
        ear.hear(one["stream"], one["seq"])
    found = ear.judge({})
    return Checked(
        name,
        received=found.received,
        lost=found.lost,
        doubled=found.doubled,
        reordered=found.reordered,
    )


def list_without_doubles(name: str, page: Json) -> Checked:
    """Nothing stands twice in a list."""
    ids = [one["id"] for one in page["items"]]
    is_double = len(ids) != len(set(ids))
    return Checked(name, received=0, wrong="the same thing twice in a list" if is_double else "")


def matches(name: str, found: Json, conversation_id: str | None) -> Checked:
    """What was found has the words, is of the conversation that was named, and comes once."""
    messages = [one["message"] for one in found["items"]]
    ids = {one["id"] for one in messages}
    wrong = ""
    if any(not any(part["isMatch"] for part in one["highlights"]) for one in found["items"]):
        wrong = "a match without the words"
    elif conversation_id and any(one["conversationId"] != conversation_id for one in messages):
        wrong = "a match in another conversation"
    return Checked(name, received=len(ids), doubled=len(messages) - len(ids), wrong=wrong)


def kept_as_sent(name: str, draft: Json, message: Json, *, is_read: bool = False) -> Checked:
    """A message that the server gives is the one that was sent; it counts when it was read."""
    is_same = all(message[key] == draft[key] for key in ("conversationId", "clientId", "text"))
    files = [one["id"] for one in message["files"]]
    is_same = is_same and files == draft.get("fileIds", [])
    return Checked(name, received=int(is_read and is_same), wrong="" if is_same else OTHER_MESSAGE)
