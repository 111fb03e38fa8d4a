"""What a client knows: a snapshot, and every event applied to it.

An old snapshot with the events that came after it says the same as a fresh
snapshot. Events may be applied twice, and those of different streams in any
order; each stream's own order must be kept.
"""

from copy import deepcopy
from typing import Any

from altlas_chat.client.moment import Moment

Json = dict[str, Any]

RECEIPTS = ("deliveredSeq", "deliveredAt", "readAt")
"""Told by passing events, not by numbered ones; a state leaves them out."""


class ConversationState:
    """One conversation as its member sees it, with the messages that the client has.

    ``is_whole`` says that the messages are all that there are. A client that
    has only a part of them loads what it needs when the last one is hidden.
    """

    def __init__(
        self, view: Json, messages: list[Json], members: list[Json], *, is_whole: bool
    ) -> None:
        self.is_whole = is_whole
        self.view = _without_receipts(view)
        self.messages = {message["id"]: deepcopy(message) for message in messages}
        self.members = {member["userId"]: _without_member_receipts(member) for member in members}
        self._counted_to: int = view["seq"]
        self._hidden: set[str] = set()
        self._cleared_to = 0

    def apply(self, frame: Json, own_id: str) -> None:
        """Apply an event of the conversation's stream; one that is known already is nothing."""
        if frame["seq"] <= self.view["seq"]:
            return
        self.view["seq"] = frame["seq"]
        event, data = frame["event"], frame["data"]
        if event.startswith(("message.", "reaction.")):
            self._apply_to_message(event, data, own_id)
        elif event == "file.deleted":
            self._lose_file(data["fileId"])
        elif event in ("conversation.created", "conversation.updated"):
            self.view.update(data["conversation"])
        elif event in ("member.added", "member.updated"):
            if data.get("member") is not None:
                member = _without_member_receipts(data["member"])
                self.members[member["userId"]] = member
                if member["userId"] == own_id:
                    self.view["membership"]["role"] = member["role"]
            self._count_members(data)
        elif event == "member.removed":
            self.members.pop(data["userId"], None)
            self._count_members(data)

    def _count_members(self, data: Json) -> None:
        if "memberCount" in data:
            self.view["memberCount"] = data["memberCount"]

    def _keep(self, message: Json, *, is_new: bool) -> None:
        is_away = message["id"] in self._hidden or message["seq"] <= self._cleared_to
        # One that is not known, though it is not new, was hidden or never loaded.
        if message["id"] in self.messages or (is_new and not is_away):
            self.messages[message["id"]] = message
        for other in self.messages.values():
            quoted = other.get("replyTo")
            if quoted is not None and quoted["id"] == message["id"]:
                deleted = message["deletedAt"] is not None
                quoted.update(text=message["text"][:200], isDeleted=deleted)
        self._show_last()

    def _apply_to_message(self, event: str, data: Json, own_id: str) -> None:
        if "message" in data:
            self._keep(data["message"], is_new=event == "message.created")
            if "thread" in data:
                self._change(data["thread"]["rootId"], replyCount=data["thread"]["replyCount"])
            if event == "message.created":
                self._count(data["message"], own_id)
        elif "reactions" in data:
            self._change(data["messageId"], reactions=data["reactions"])
        elif event in ("message.pinned", "message.unpinned"):
            self._change(data["messageId"], isPinned=event == "message.pinned")

    def _lose_file(self, file_id: str) -> None:
        """The messages keep their places without it."""
        for message in self.messages.values():
            message["files"] = [one for one in message["files"] if one["id"] != file_id]
        self._show_last()

    def _change(self, message_id: str, **changes: Any) -> None:
        """Change a part of a message; of one that is not known nothing is needed."""
        if message_id in self.messages:
            self.messages[message_id].update(changes)
            self._show_last()

    def _show_last(self) -> None:
        last = max(self.messages.values(), key=lambda one: one["seq"], default=None)
        self.view["lastMessage"] = None if last is None else dict(last)

    def _count(self, message: Json, own_id: str) -> None:
        if message["kind"] == "system" or message["seq"] <= self._counted_to:
            return
        membership = self.view["membership"]
        if message["senderId"] != own_id:
            self.view["unreadCount"] += 1
        elif self.view["unreadCount"] == 0:
            membership["readSeq"] = max(membership["readSeq"], message["seq"])

    # -- events of the person's own stream -----------------------------------------

    def read(self, data: Json, own_id: str) -> None:
        """The person read on some device; the count given is true up to ``upToSeq``."""
        self._counted_to = data["upToSeq"]
        self.view["membership"]["readSeq"] = data["readSeq"]
        self.view["unreadCount"] = data["unreadCount"]
        later = [one for one in self.messages.values() if one["seq"] > data["upToSeq"]]
        for message in sorted(later, key=lambda one: one["seq"]):
            self._count(message, own_id)

    def settings(self, membership: Json) -> None:
        for name in ("notifications", "mutedUntil", "isArchived", "isFavourite"):
            self.view["membership"][name] = membership[name]

    def hide(self, message_id: str) -> None:
        self._hidden.add(message_id)
        self.messages.pop(message_id, None)
        self._show_last()

    def clear(self, cleared_seq: int) -> None:
        """The person deleted what was written so far."""
        self._counted_to = max(self._counted_to, cleared_seq)
        self._cleared_to = max(self._cleared_to, cleared_seq)
        self.messages = {i: one for i, one in self.messages.items() if one["seq"] > cleared_seq}
        self.view["membership"]["readSeq"] = cleared_seq
        self.view["unreadCount"] = 0
        self._show_last()


class State:
    """Everything that a client knows of one person's chat."""

    def __init__(self, snapshot: Json) -> None:
        self.user: Json = deepcopy(snapshot["user"])
        self.conversations: dict[str, ConversationState] = {}
        self.preferences: Json = deepcopy(snapshot["preferences"])
        self.blocked: set[str] = set(snapshot["blockedUserIds"])
        self.unread_notifications: int = snapshot["unreadNotifications"]
        self.starred: dict[str, str] = {}
        self.drafts: dict[str, Json] = {}
        self.scheduled: dict[str, Json] = {}
        self.tasks: dict[str, Json] = {}
        """What the client loaded, and heard of since; a snapshot has none."""
        self.moment = Moment()
        """What passing events tell: presence, typing, how far others have come."""
        for view in snapshot["conversations"]:
            self.begin(view)

    def begin(self, view: Json) -> None:
        """Know a conversation from its view alone."""
        last = [view["lastMessage"]] if view.get("lastMessage") else []
        self.conversations[view["id"]] = ConversationState(view, last, [], is_whole=False)

    def load_own(self, starred: list[Json], drafts: list[Json], scheduled: list[Json]) -> None:
        """Know what the person alone sees: starred messages, drafts, messages for later."""
        self.starred = {one["id"]: one["conversationId"] for one in starred}
        self.drafts = {one["conversationId"]: deepcopy(one) for one in drafts}
        self.scheduled = {one["id"]: deepcopy(one) for one in scheduled}

    def load(self, view: Json, messages: list[Json], members: list[Json]) -> None:
        """Know a conversation with all of its messages and members."""
        self.conversations[view["id"]] = ConversationState(view, messages, members, is_whole=True)

    def _apply_task(self, event: str, data: Json) -> None:
        if event in ("task.created", "task.updated") and "task" in data:
            self.tasks[data["taskId"]] = data["task"]
        elif event.startswith("task."):
            self.tasks.pop(data["taskId"], None)

    def apply(self, frame: Json, now: float = 0.0) -> None:
        """Apply an event, heard at ``now``: seconds of any clock, for what is over by itself."""
        self.moment.apply(frame, now)
        if "seq" not in frame:
            if frame["event"] == "user.profile_updated":
                self._apply_profile(frame["data"])
            return
        kind, _, conversation_id = frame["stream"].partition(":")
        if kind == "conversation":
            if frame["event"] == "message.deleted":
                self.starred.pop(frame["data"]["message"]["id"], None)
            conversation = self.conversations.get(conversation_id)
            if conversation is not None and frame["seq"] > conversation.view["seq"]:
                self._apply_task(frame["event"], frame["data"])
            if conversation is not None:
                conversation.apply(frame, self.user["id"])
        else:
            self._apply_own(frame["event"], frame["data"])

    def _apply_profile(self, data: Json) -> None:
        """Somebody has another name, other words or another image."""
        shown = {name: data[name] for name in ("displayName", "bio", "avatarFileId")}
        for conversation in self.conversations.values():
            peer = conversation.view.get("peer")
            if peer is not None and peer["id"] == data["userId"]:
                peer.update(shown)

    def _apply_own(self, event: str, data: Json) -> None:
        if event == "conversation.joined":
            if data.get("conversation") is not None:
                self.begin(data["conversation"])
        elif event == "conversation.left":
            self.conversations.pop(data["conversationId"], None)
            self._forget_stars(data["conversationId"])
            self.drafts.pop(data["conversationId"], None)
            self.tasks = {
                task_id: task
                for task_id, task in self.tasks.items()
                if task["conversationId"] != data["conversationId"]
            }
        elif event.startswith("task."):
            self._apply_task(event, data)
        elif event == "user.updated":
            self.user = data["user"]
        elif event.startswith("notification."):
            self.unread_notifications = data["unread"]
        elif event in ("preferences.updated", "user.blocked", "user.unblocked"):
            self._apply_wishes(event, data)
        elif event.startswith(("draft.", "scheduled_message.")):
            self._apply_unsent(event, data)
        elif data.get("conversationId") in self.conversations:
            self._apply_to(self.conversations[data["conversationId"]], event, data)

    def _apply_wishes(self, event: str, data: Json) -> None:
        if event == "preferences.updated":
            self.preferences = data["preferences"]
        elif event == "user.blocked":
            self.blocked.add(data["block"]["user"]["id"])
        else:
            self.blocked.discard(data["userId"])

    def _apply_unsent(self, event: str, data: Json) -> None:
        if "draft" in data:
            self.drafts[data["draft"]["conversationId"]] = data["draft"]
        elif event == "draft.deleted":
            self.drafts.pop(data["conversationId"], None)
        elif "scheduledMessage" in data:
            self.scheduled[data["scheduledMessage"]["id"]] = data["scheduledMessage"]
        elif event == "scheduled_message.deleted":
            self.scheduled.pop(data["scheduledId"], None)

    def _forget_stars(self, conversation_id: str) -> None:
        self.starred = {i: where for i, where in self.starred.items() if where != conversation_id}

    def _apply_to(self, conversation: ConversationState, event: str, data: Json) -> None:
        if event == "conversation.read":
            conversation.read(data, self.user["id"])
        elif event == "conversation.settings_updated":
            conversation.settings(data["membership"])
        elif event == "conversation.cleared":
            conversation.clear(data["clearedSeq"])
            self._forget_stars(data["conversationId"])
        elif event == "message.hidden":
            conversation.hide(data["messageId"])
            self.starred.pop(data["messageId"], None)
        elif event == "message.starred":
            self.starred[data["messageId"]] = data["conversationId"]
        elif event == "message.unstarred":
            self.starred.pop(data["messageId"], None)


def _without_receipts(view: Json) -> Json:
    plain = deepcopy(view)
    plain["membership"].pop("deliveredSeq", None)
    return plain


def _without_member_receipts(member: Json) -> Json:
    """A member without what passing events tell: pointers, times, presence."""
    kept = {"userId", "role", "joinedAt"}
    return {name: value for name, value in member.items() if name in kept}
