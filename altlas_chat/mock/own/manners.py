"""Our own protocol on the mock's sockets: who speaks, commands, resuming."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.mock.live.answering import UNAUTHENTICATED, tied
from altlas_chat.mock.live.channels import Command
from altlas_chat.mock.live.making import Unsendable
from altlas_chat.mock.live.peers import Peer
from altlas_chat.mock.live.sockets import LAST_EVENT
from altlas_chat.mock.live.stage import Place
from altlas_chat.mock.own.chat import CONVERSATION, Chat
from altlas_chat.mock.own.people import People
from altlas_chat.mock.own.snapshots import Snapshots, place_of
from altlas_chat.mock.state import Refused
from altlas_chat.specs.documents import Json
from altlas_chat.specs.schemas import Direction

AUTH = "auth"
NOT_AUTHENTICATED = 4001
TOKEN_SECONDS = 900
TYPING_SECONDS = 6
MISSING = {"message": "MESSAGE_NOT_FOUND", "conversation": "CONVERSATION_NOT_FOUND"}


class OwnManners:
    """Says on our own channels what a server of ours would."""

    def __init__(self, chat: Chat, people: People, snapshots: Snapshots) -> None:
        self._chat = chat
        self._people = people
        self._snapshots = snapshots
        self._away: set[int] = set()
        self._watched: dict[int, set[str]] = {}

    # -- who is there -----------------------------------------------------------------

    def opened(self, place: Place, peer: Peer, token: str | None) -> None:
        """A token in the header makes the client ready at once."""
        peer.ready = False
        if place.channel.is_stream or (token and peer.query.get("resume") != "frame"):
            cursor = peer.query.get("cursor") or peer.query.get(LAST_EVENT)
            self._welcome(place, peer, None, token, {"cursor": cursor} if cursor else None)
        elif token:
            peer.person = self._people.of_token(token)

    def closed(self, peer: Peer) -> None:
        """Those who watch the person hear of it."""
        self._away.discard(peer.number)
        self._watched.pop(peer.number, None)
        self._tell_presence(peer)

    def allows(self, place: Place, peer: Peer, frame: Any) -> bool:
        """Before ``auth`` nothing else may be said."""
        if peer.ready or (isinstance(frame, dict) and frame.get("event") == AUTH):
            return True
        refusal = place.refusals.refusal(UNAUTHENTICATED, "", frame)
        peer.put(refusal)
        self._close(place, peer, NOT_AUTHENTICATED)
        return False

    def _close(self, place: Place, peer: Peer, code: int) -> None:
        known = place.spec.document.data.get("x-close-codes", {}).get(str(code), {})
        reason = str(known.get("reason", ""))
        closing = {"event": "session.closing", "data": {"code": code, "reason": reason}}
        peer.put(closing)
        peer.close(code, reason)

    def _welcome(
        self, place: Place, peer: Peer, frame: Any, token: str | None, resume: Json | None
    ) -> None:
        """``ready``, and after it what was missed."""
        message = place.channel.named("ready")
        if message is None:
            return
        peer.person = self._people.of_token(token) if token else peer.person or self._people.first
        missed = self._missed(peer, resume)
        data = {
            "user": peer.person,
            "cursor": self._snapshots.cursor(),
            "resumed": resume is not None and missed is not None,
            "expiresInSeconds": TOKEN_SECONDS,
        }
        try:
            ready = place.maker.made(message, place.maker.usual(message, "ready"), {"data": data})
        except Unsendable:
            return
        command = next((one for one in place.channel.commands if one.message.is_called(AUTH)), None)
        sent_by = command.message if command else None
        peer.put(tied(place.maker, message, ready, sent_by, frame))
        peer.ready = True
        self._tell_presence(peer)
        for event in missed or ():
            peer.put(event)
        if resume is not None and missed is None:
            snapshot = self._snapshots.snapshot(peer.person)
            data = {"reason": "cursor_invalid", "snapshot": snapshot}
            peer.put({"event": "resync_required", "data": data})

    def _missed(self, peer: Peer, resume: Json | None) -> list[Json] | None:
        """The events that a client lacks; None where it has to begin anew."""
        if resume is None:
            return []
        place = place_of(str(resume.get("cursor")))
        events = self._chat.stage.room.after(place) if place is not None else None
        if events is None:
            return None if self._chat.state is not None else []
        seen = resume.get("seen") or {}
        return [
            one
            for one in events
            if self._chat.hears(peer.person, one["stream"])
            and one["seq"] > seen.get(one["stream"], 0)
        ]

    # -- commands -----------------------------------------------------------------------

    def answer(self, place: Place, peer: Peer, command: Command, frame: Any) -> bool:
        """Answer a valid command; False for one that is answered as the document says."""
        if place.maker.violations(command.message, frame, Direction.REQUEST):
            return False  # let through by --validate warn or off
        name, data = command.message.name, frame.get("data") or {}
        if name == AUTH:
            if peer.ready:
                self._refuse(place, peer, command, frame, "ALREADY_AUTHENTICATED")
            else:
                self._welcome(place, peer, frame, data.get("token"), data.get("resume"))
            return True
        ways: Mapping[str, Any] = {
            "message.send": self._send,
            "message.edit": self._edit,
            "message.delete": self._delete,
            "conversation.read": self._read,
            "conversation.delivered": self._delivered,
            "typing.start": self._type,
            "typing.stop": self._stop,
            "presence.set": self._set_presence,
            "presence.watch": self._watch,
        }
        if name not in ways or peer.person is None:
            return False
        try:
            reply = ways[name](peer, data)
        except Refused as error:
            subject = "message" if "message" in error.what else "conversation"
            code = MISSING[subject] if error.status == 404 else "VALIDATION_ERROR"
            self._refuse(place, peer, command, frame, code, f"{error.what}.")
            return True
        return reply is not None and self._reply(place, peer, command, frame, reply)

    def _reply(self, place: Place, peer: Peer, command: Command, frame: Any, data: Json) -> bool:
        message = command.reply
        if message is None:
            return False
        whole = tied(
            place.maker,
            message,
            {"event": "reply", "id": None, "data": data},
            command.message,
            frame,
        )
        if not place.maker.is_valid(message, whole):
            return False
        peer.put(whole)
        return True

    def _refuse(
        self, place: Place, peer: Peer, command: Command, frame: Any, code: str, what: str = ""
    ) -> None:
        peer.put(place.refusals.refusal(code, what, frame, command))

    def _send(self, peer: Peer, data: Json) -> Json | None:
        person = peer.person or {}
        again = self._chat.repeated(data, person)
        if again is not None:
            return {"message": again, "isRepeat": True}
        conversation_id = str(data["conversationId"])
        if self._chat.state is not None and self._chat.conversation(conversation_id) is None:
            raise Refused(404, "there is no such conversation")
        if data.get("scheduledAt"):
            later = self._chat.schedule(data, person)
            return None if later is None else {"scheduledMessage": later, "isRepeat": False}
        outcome = self._chat.do("postMessage", person, body=data, address="/messages")
        return None if outcome is None else {"message": outcome.thing, "isRepeat": False}

    def _edit(self, peer: Peer, data: Json) -> Json | None:
        path = {"messageId": data["messageId"]}
        body = {name: one for name, one in data.items() if name != "messageId"}
        outcome = self._chat.do("editMessage", peer.person or {}, path=path, body=body)
        return None if outcome is None else {"message": outcome.thing}

    def _delete(self, peer: Peer, data: Json) -> Json | None:
        if self._chat.state is None:
            return None
        for_all = data.get("scope", "everyone") == "everyone"
        self._chat.delete_message(data["messageId"], peer.person or {}, for_all=for_all)
        return {"messageId": data["messageId"]}

    def _read(self, peer: Peer, data: Json) -> Json:
        return self._chat.progress(
            data["conversationId"], peer.person or {}, data["seq"], read=True
        )

    def _delivered(self, peer: Peer, data: Json) -> Json:
        return self._chat.progress(
            data["conversationId"], peer.person or {}, data["seq"], read=False
        )

    def _type(self, peer: Peer, data: Json) -> Json:
        more = {"expiresInSeconds": TYPING_SECONDS}
        return self._typing("typing.started", peer, data["conversationId"], more)

    def _stop(self, peer: Peer, data: Json) -> Json:
        return self._typing("typing.stopped", peer, data["conversationId"], {})

    def _typing(self, event: str, peer: Peer, conversation_id: str, more: Json) -> Json:
        person = peer.person or {}
        told = {"conversationId": conversation_id, "userId": person["id"], **more}
        stream = f"{CONVERSATION}:{conversation_id}"

        def hears(other: Peer) -> bool:
            is_other = other.person is not None and other.person["id"] != person["id"]
            return is_other and self._chat.hears(other.person, stream)

        self._chat.tell_passing(event, told, hears)
        return {}

    def _set_presence(self, peer: Peer, data: Json) -> Json:
        if data["presence"] == "away":
            self._away.add(peer.number)
        else:
            self._away.discard(peer.number)
        self._tell_presence(peer)
        return self._presence((peer.person or {})["id"])

    def _watch(self, peer: Peer, data: Json) -> Json:
        wanted = dict.fromkeys(data["userIds"])
        self._watched[peer.number] = set(wanted)
        return {"presences": [self._presence(one) for one in wanted]}

    def _tell_presence(self, peer: Peer) -> None:
        """Tell those who watch the person of a socket how present that person is now."""
        if peer.person is None:
            return
        user_id = peer.person["id"]
        self._chat.tell_passing(
            "presence.updated",
            {"presences": [self._presence(user_id)]},
            lambda other: user_id in self._watched.get(other.number, ()),
        )

    def _presence(self, user_id: str) -> Json:
        """How present a person is by all sockets."""
        peers = [
            one
            for one in self._chat.stage.room.peers.values()
            if one.person is not None and one.person["id"] == user_id and one.ready
        ]
        state = "offline"
        if peers:
            state = "away" if all(one.number in self._away for one in peers) else "online"
        return {"userId": user_id, "presence": state, "lastSeenAt": self._chat.stage.now()}
