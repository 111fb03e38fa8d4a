"""Who belongs to the groups that were made while the mock runs."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.mock.own.chat import CONVERSATION, Chat
from altlas_chat.mock.own.people import People
from altlas_chat.mock.state import Call, Outcome, Refused
from altlas_chat.specs.documents import Json

OPERATIONS = ("listMembers", "addMembers", "removeMember", "leaveGroup")


class Members:
    """The members of conversations that are not of the contract's examples."""

    def __init__(self, chat: Chat, people: People) -> None:
        self._chat = chat
        self._people = people

    def outcome(self, name: str, call: Call, person: Json) -> Outcome | None:
        """What a call about members gets; None for conversations of the examples.

        Raises:
            Refused: there is no such member.
        """
        place = str(call.path.get("groupId") or call.path.get("conversationId"))
        if name not in OPERATIONS or place not in self._chat.members:
            return None
        body: Mapping[str, Any] = call.body if isinstance(call.body, dict) else {}
        if name == "listMembers":
            found = [self._member(place, one) for one in sorted(self._chat.members[place])]
            return Outcome(200, {"items": found, "nextCursor": None})
        if name == "addMembers":
            return self._add(place, body)
        user_id = person["id"] if name == "leaveGroup" else str(call.path["userId"])
        self._remove(place, user_id, "left" if user_id == person["id"] else "removed")
        return Outcome(204)

    def _member(self, place: str, user_id: str) -> Json:
        conversation = self._chat.conversation(place) or {}
        is_owner = conversation.get("createdBy") == user_id
        return {
            "userId": user_id,
            "role": "owner" if is_owner else "member",
            "joinedAt": conversation.get("createdAt") or self._chat.stage.now(),
            "readSeq": 0,
            "deliveredSeq": 0,
            "readAt": None,
            "deliveredAt": None,
            "user": self._people.seen(user_id),
        }

    def _counted(self, place: str) -> int:
        count = len(self._chat.members[place])
        for thing in (self._chat.conversation(place), self._chat.thing("getGroup", groupId=place)):
            if thing is not None:
                thing["memberCount"] = count
        return count

    def _add(self, place: str, body: Mapping[str, Any]) -> Outcome | None:
        wanted = [one for name in body for one in body[name] if isinstance(body[name], list)]
        conversation = self._chat.conversation(place)
        if conversation is None:
            return None
        added = [one for one in dict.fromkeys(wanted) if one not in self._chat.members[place]]
        self._chat.members[place].update(added)
        count = self._counted(place)
        members = [self._member(place, one) for one in added]
        for member in members:
            data = {"conversationId": place, "member": member, "memberCount": count}
            self._chat.tell("member.added", f"{CONVERSATION}:{place}", data)
            own = f"user:{member['userId']}"
            self._chat.tell("conversation.joined", own, {"conversation": conversation})
        return Outcome(201, {"items": members})

    def _remove(self, place: str, user_id: str, reason: str) -> None:
        if user_id not in self._chat.members[place]:
            raise Refused(404, "there is no such member")
        self._chat.members[place].discard(user_id)
        gone = {"conversationId": place, "userId": user_id, "reason": reason}
        data = {**gone, "memberCount": self._counted(place)}
        self._chat.tell("member.removed", f"{CONVERSATION}:{place}", data)
        left = {"conversationId": place, "reason": reason}
        self._chat.tell("conversation.left", f"user:{user_id}", left)
