"""Our own operations where the answer depends on who asks, or changes what no path shows."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.hooks import Answerer
from altlas_chat.mock.live.sockets import Door, Sockets, bearer, stream_headers
from altlas_chat.mock.own.chat import CONVERSATION, Chat
from altlas_chat.mock.own.members import Members
from altlas_chat.mock.own.people import People
from altlas_chat.mock.own.snapshots import Snapshots
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.remembering import call_of, reply_of
from altlas_chat.mock.state import Call, Outcome
from altlas_chat.mock.state import Refused as NotKept
from altlas_chat.specs.documents import Json

TOKENS = ("login", "register", "refresh")


class OwnAnswers:
    """An answerer in front of the others, for our own contract."""

    def __init__(
        self,
        otherwise: Answerer,
        chat: Chat,
        people: People,
        snapshots: Snapshots,
        sockets: Callable[[], Sockets],
    ) -> None:
        self._otherwise = otherwise
        self._chat = chat
        self._people = people
        self._snapshots = snapshots
        self._members = Members(chat, people)
        self._sockets = sockets

    def person(self, exchange: Exchange) -> Json:
        """Who asks, by the token."""
        return self._people.of_token(bearer(exchange.request))

    def facts(self, exchange: Exchange, call: Call) -> Call:
        """What only the server knows of what comes to be by a call."""
        name = exchange.known_endpoint.operation.operation_id
        return self._chat.with_facts(name or "", call, self.person(exchange))

    def heard(self, exchange: Exchange, call: Call, outcome: Outcome) -> None:
        """A call was answered from what is kept: tell of it."""
        name = exchange.known_endpoint.operation.operation_id
        self._chat.done(name or "", call, outcome, self.person(exchange))

    async def __call__(self, exchange: Exchange) -> Reply:
        wishes = exchange.preferences
        name = exchange.known_endpoint.operation.operation_id or ""
        if wishes.code is not None or wishes.example is not None:
            return await self._otherwise(exchange)
        door = self._sockets().door(exchange.path) if name == "streamEvents" else None
        if door is not None:
            return self._stream(exchange, door)
        call = call_of(exchange)
        try:
            outcome = self._outcome(name, exchange, call)
        except NotKept as error:
            raise Refused(404, "NOT_KEPT", f"{error.what}.", declared=(404,)) from error
        if outcome is None:
            return await self._otherwise(exchange)
        return reply_of(exchange, outcome)

    def _stream(self, exchange: Exchange, door: Door) -> Reply:
        headers = tuple(stream_headers().items())
        return Reply(200, headers, stream=self._sockets().stream(door, exchange.request))

    def _outcome(self, name: str, exchange: Exchange, call: Call) -> Outcome | None:
        body = call.body if isinstance(call.body, dict) else {}
        if name in TOKENS:
            return Outcome(201 if name == "register" else 200, self._tokens(body))
        person = self.person(exchange)
        found = self._of_person(name, call, body, person)
        if found is not None or self._chat.state is None:
            return found
        return (
            self._of_conversation(name, call, body, person)
            or self._members.outcome(name, call, person)
            or self._message_outcome(name, call, body, person)
        )

    def _of_person(self, name: str, call: Call, body: Json, person: Json) -> Outcome | None:
        if name == "getCurrentUser":
            return Outcome(200, person)
        if name == "updateCurrentUser":
            changed = self._people.changed(person, body)
            self._chat.tell("user.updated", f"user:{person['id']}", {"user": changed})
            return Outcome(200, changed)
        if name == "getSync" and self._chat.state is not None:
            return Outcome(200, self._snapshots.answer(person, call.query.get("cursor")))
        return None

    def _of_conversation(self, name: str, call: Call, body: Json, person: Json) -> Outcome | None:
        if name == "listConversations":
            return self._conversations(call, person)
        marks = ("markConversationRead", "markConversationDelivered")
        if name in marks and isinstance(body.get("seq"), int):
            place = str(call.path["conversationId"])
            read = name == marks[0]
            return Outcome(200, self._chat.progress(place, person, body["seq"], read=read))
        return None

    def _conversations(self, call: Call, person: Json) -> Outcome | None:
        """Those that the person belongs to."""
        outcome = self._chat.do("listConversations", person, query=call.query, address=call.address)
        if outcome is None or not isinstance(outcome.body, dict):
            return None
        mine = [
            one
            for one in outcome.body["items"]
            if self._chat.hears(person, f"{CONVERSATION}:{one['id']}")
        ]
        return Outcome(outcome.status, {**outcome.body, "items": mine})

    def _message_outcome(
        self, name: str, call: Call, body: Mapping[str, Any], person: Json
    ) -> Outcome | None:
        if name in ("markMessageRead", "markMessageDelivered"):
            message = self._chat.thing("getMessage", messageId=str(call.path["messageId"]))
            if message is None:
                raise NotKept(404, "there is no such message")
            read, place = name == "markMessageRead", message["conversationId"]
            return Outcome(200, self._chat.progress(place, person, message["seq"], read=read))
        if name == "deleteMessage":
            for_all = call.query.get("scope", "everyone") == "everyone"
            self._chat.delete_message(str(call.path["messageId"]), person, for_all=for_all)
            return Outcome(204)
        if name == "postMessage":
            if self._chat.conversation(str(body.get("conversationId"))) is None:
                raise NotKept(404, "there is no such conversation")
            if body.get("scheduledAt"):
                later = self._chat.schedule(dict(body), person)
                return None if later is None else Outcome(202, later)
            again = self._chat.repeated(dict(body), person)
            return None if again is None else Outcome(200, again)
        return None

    def _tokens(self, body: Json) -> Json:
        """A pair of tokens for whoever asks."""
        if isinstance(body.get("refreshToken"), str):
            person = self._people.of_token(body["refreshToken"])
        else:
            named = body.get("username") or body.get("login") or body.get("email")
            person = self._people.named(str(named or ""))
            if body.get("displayName"):
                person = self._people.changed(person, {"displayName": body["displayName"]})
        session = f"mock-{hashlib.sha256(person['id'].encode()).hexdigest()[:16]}"
        token = self._people.token(person, session)
        return {
            "accessToken": token,
            "tokenType": "Bearer",
            "expiresInSeconds": 900,
            "refreshToken": token,
            "refreshExpiresInSeconds": 2_592_000,
            "sessionId": session,
            "user": person,
        }
