"""What happens in the chat that a mock plays: calls and commands change it, events tell of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from altlas_chat.mock.live.peers import Peer
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.mock.state import Call, Outcome, Refused, State
from altlas_chat.specs.api import Operation
from altlas_chat.specs.documents import Json

CONVERSATION = "conversation"
TOMBSTONE: Json = {
    "text": "", "content": None, "replyTo": None, "forwardedFrom": None, "mentions": [],
    "reactions": [], "files": [], "isPinned": False,
}  # fmt: skip

Operations = Mapping[str, Operation]


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, and what came of it."""

    operation: str
    call: Call
    outcome: Outcome
    person: Json


class Chat:
    """The chat of one mock: its state, and those who listen.

    ``state`` is None where nothing is remembered; calls then change nothing
    and no events follow.
    """

    def __init__(
        self,
        stage: Callable[[], Stage],
        operations: Callable[[], Operations],
        state: Callable[[], State | None],
        follow: Callable[["Chat", Done], None],
    ) -> None:
        """What is given is asked for each time: a reload of the contract changes it.

        ``follow`` tells of what was done.
        """
        self._stage = stage
        self._operations = operations
        self._state = state
        self._follow = follow
        self.members: dict[str, set[str]] = {}

    @property
    def stage(self) -> Stage:
        return self._stage()

    @property
    def state(self) -> State | None:
        return self._state()

    # -- things ---------------------------------------------------------------------

    def do(self, operation: str, person: Json, **call: Any) -> Outcome | None:
        """Do what a call of REST does, and tell of it; None where nothing is remembered.

        Raises:
            Refused: it can't be done.
        """
        state = self.state
        if state is None:
            return None
        asked = Call(**call)
        asked = self.with_facts(operation, asked, person)
        outcome = state.answer(self._operations()[operation], asked)
        if outcome is not None:
            self.done(operation, asked, outcome, person)
        return outcome

    def thing(self, operation: str, **path: str) -> Json | None:
        """The thing that an operation reads, as it is kept."""
        state = self.state
        if state is None:
            return None
        try:
            outcome = state.answer(self._operations()[operation], Call(path=path))
        except Refused:
            return None
        return outcome.thing if outcome else None

    def keep(self, operation: str, known: Json) -> Json | None:
        """Have a thing there that an operation reads."""
        state = self.state
        return state.keep(self._operations()[operation], known) if state else None

    def forget(self, operation: str, **path: str) -> None:
        """Have a thing gone that an operation deletes."""
        self.thing(operation, **path)

    def delete_message(self, message_id: str, person: Json, *, for_all: bool) -> None:
        """Leave a tombstone in the place of a message, or hide it from a person.

        Raises:
            Refused: there is no such message.
        """
        message = self.thing("getMessage", messageId=message_id)
        if message is None:
            raise Refused(404, "there is no such message")
        if not for_all:
            place = {"conversationId": message["conversationId"], "messageId": message["id"]}
            self.tell("message.hidden", f"user:{person['id']}", place)
        elif message["deletedAt"] is None:
            message.update(TOMBSTONE, deletedAt=self.stage.now())
            stream = f"{CONVERSATION}:{message['conversationId']}"
            self.tell("message.deleted", stream, {"message": dict(message)})

    def schedule(self, body: Json, person: Json) -> Json | None:
        """Keep a message for later."""
        draft = {name: value for name, value in body.items() if name != "scheduledAt"}
        known = {"draft": draft, "scheduledAt": body["scheduledAt"], "state": "waiting"}
        found = self.keep("getScheduledMessage", known)
        if found is not None:
            own = f"user:{person['id']}"
            self.tell("scheduled_message.created", own, {"scheduledMessage": found})
        return found

    def conversation(self, conversation_id: str) -> Json | None:
        return self.thing("getConversation", conversationId=conversation_id)

    def things(self, operation: str, **path: str) -> list[Json]:
        """Those that an operation lists."""
        state = self.state
        if state is None:
            return []
        try:
            outcome = state.answer(self._operations()[operation], Call(path=path))
        except Refused:
            return []
        body = outcome.body if outcome else {}
        items = body.get("items") if isinstance(body, dict) else None
        return items if isinstance(items, list) else []

    def hears(self, person: Json | None, stream: str) -> bool:
        """Whether a person hears a stream."""
        kind, _, owner = stream.partition(":")
        if person is None:
            return False
        if kind != CONVERSATION:
            return bool(owner == person["id"])
        members = self.members.get(owner)
        return members is None or person["id"] in members

    # -- before ---------------------------------------------------------------------

    def with_facts(self, operation: str, call: Call, person: Json) -> Call:
        """The call with what the server knows of what comes to be by it."""
        body = call.body if isinstance(call.body, dict) else {}
        facts: Json = {}
        if operation == "postMessage":
            facts = self._facts_of_message(body, person)
        elif operation == "addReaction":
            facts = {"count": 1, "userIds": [person["id"]]}
        elif operation == "createTask":
            facts = {"creatorId": person["id"]}
        elif operation in ("createGroup", "openConversation"):
            facts = {"createdBy": person["id"], "seq": 0, "unreadCount": 0}
        return Call(call.path, call.query, call.body, call.media_type, call.address, facts)

    def _facts_of_message(self, body: Json, person: Json) -> Json:
        conversation_id = str(body.get("conversationId"))
        facts: Json = {
            "senderId": person["id"],
            "seq": self.next_seq(conversation_id),
            "state": "sent",
            "kind": body.get("kind") or "text",
            "replyTo": None,
            "threadRootId": None,
        }
        quoted = self.thing("getMessage", messageId=str(body.get("replyToId")))
        if body.get("replyToId") and quoted is not None:
            facts["replyTo"] = {
                **{name: quoted[name] for name in ("id", "senderId", "kind", "text")},
                "isDeleted": quoted["deletedAt"] is not None,
            }
            facts["threadRootId"] = quoted["threadRootId"] or quoted["id"]
        return facts

    def next_seq(self, conversation_id: str) -> int:
        """The number that the next event of a conversation gets."""
        stream = f"{CONVERSATION}:{conversation_id}"
        conversation = self.conversation(conversation_id)
        if conversation is not None:
            self.stage.room.at_least(stream, conversation["seq"])
        return self.stage.room.last(stream) + 1

    def repeated(self, body: Json, person: Json) -> Json | None:
        """The message that was sent before under the same ``clientId``."""
        messages = self.things("listMessages", conversationId=str(body.get("conversationId")))
        for one in messages:
            if one["clientId"] == body.get("clientId") and one["senderId"] == person["id"]:
                return one
        return None

    # -- after ----------------------------------------------------------------------

    def done(self, operation: str, call: Call, outcome: Outcome, person: Json) -> None:
        """Tell of what a call has changed."""
        self._follow(self, Done(operation, call, outcome, person))

    def tell(self, event: str, stream: str, data: Json) -> Json | None:
        """Tell a numbered event to those who hear its stream."""
        frame: Json = {"event": event, "stream": stream, "seq": 1, "at": self.stage.now()}
        kind, _, owner = stream.partition(":")
        if kind == CONVERSATION:
            self.next_seq(owner)
        return self._say(
            event, {**frame, "data": data}, lambda peer: self.hears(peer.person, stream)
        )

    def tell_passing(
        self, event: str, data: Json, hears: Callable[[Peer], bool] = lambda _: True
    ) -> None:
        """Tell what is true at this moment."""
        self._say(event, {"event": event, "at": self.stage.now(), "data": data}, hears)

    def _say(self, event: str, frame: Json, hears: Callable[[Peer], bool]) -> Json | None:
        said = None
        for place in self.own_places():
            message = place.channel.named(event)
            if message is not None and said is None:
                said = self.stage.say(place, message, frame, {}, ())
            if message is not None and said is not None:
                for peer in self.stage.room.on(place.channel):
                    if hears(peer):
                        peer.put(said)
        conversation_id = str((said or {}).get("stream", "")).removeprefix(f"{CONVERSATION}:")
        conversation = self.conversation(conversation_id) if said and "seq" in said else None
        if conversation is not None and said is not None:
            conversation["seq"] = max(conversation["seq"], said["seq"])
        return said

    def own_places(self) -> list[Place]:
        return [one for one in self.stage.places if one.own]

    # -- pointers -------------------------------------------------------------------

    def progress(self, conversation_id: str, person: Json, seq: int, *, read: bool) -> Json:
        """Move a person's pointers; where the person stands.

        Raises:
            Refused: there is no such conversation.
        """
        conversation = self.conversation(conversation_id)
        if conversation is None:
            if self.state is not None:
                raise Refused(404, "there is no such conversation")
            return {
                "conversationId": conversation_id, "readSeq": seq if read else 0,
                "deliveredSeq": seq, "unreadCount": 0,
            }  # fmt: skip
        membership = conversation["membership"]
        seq = min(seq, max(conversation["seq"], 0))
        before = (membership["readSeq"], membership["deliveredSeq"])
        if read:
            membership["readSeq"] = max(membership["readSeq"], seq)
        membership["deliveredSeq"] = max(membership["deliveredSeq"], seq)
        conversation["unreadCount"] = max(conversation["seq"] - membership["readSeq"], 0)
        progress = {
            "conversationId": conversation_id,
            "readSeq": membership["readSeq"],
            "deliveredSeq": membership["deliveredSeq"],
            "unreadCount": conversation["unreadCount"],
        }
        if before != (progress["readSeq"], progress["deliveredSeq"]):
            self._tell_progress(progress, conversation["seq"], person)
        return progress

    def _tell_progress(self, progress: Json, up_to: int, person: Json) -> None:
        stream = f"user:{person['id']}"
        self.tell("conversation.read", stream, {**progress, "upToSeq": up_to})
        pointers = {name: progress[name] for name in ("conversationId", "deliveredSeq", "readSeq")}
        receipt = {**pointers, "userId": person["id"], "at": self.stage.now()}
        conversation = f"{CONVERSATION}:{progress['conversationId']}"
        self.tell_passing(
            "receipt.updated", receipt, lambda peer: self.hears(peer.person, conversation)
        )
