"""Which events follow from which operation of our own contract."""

from collections.abc import Callable, Mapping

from altlas_chat.mock.own.chat import CONVERSATION, Chat, Done
from altlas_chat.mock.state import NOTHING
from altlas_chat.specs.documents import Json

Follow = Callable[[Chat, Done], None]


def _stream_of(thing: Json, person: Json) -> str:
    """The stream of the conversation that a thing belongs to, else the person's own."""
    conversation_id = thing.get("conversationId")
    return f"{CONVERSATION}:{conversation_id}" if conversation_id else f"user:{person['id']}"


def _message_created(chat: Chat, done: Done) -> None:
    if done.outcome.thing is None or "scheduledAt" in done.outcome.thing:
        return
    chat.tell(
        "message.created",
        _stream_of(done.outcome.thing, done.person),
        {"message": done.outcome.thing},
    )
    conversation = chat.conversation(done.outcome.thing["conversationId"])
    if conversation is not None:
        conversation["lastMessage"] = done.outcome.thing


def _message_updated(chat: Chat, done: Done) -> None:
    message = done.outcome.thing
    if message is None:
        return
    message["editedAt"] = chat.stage.now()
    message["editCount"] = message["editCount"] + 1
    if isinstance(done.outcome.body, dict):
        done.outcome.body.update(editedAt=message["editedAt"], editCount=message["editCount"])
    chat.tell("message.updated", _stream_of(message, done.person), {"message": message})


def _reacted(event: str) -> Follow:
    def follow(chat: Chat, done: Done) -> None:
        message = chat.thing("getMessage", messageId=str(done.call.path["messageId"]))
        if message is None or not isinstance(done.outcome.body, dict):
            return
        message["reactions"] = done.outcome.body["items"]
        data = {
            "conversationId": message["conversationId"],
            "messageId": message["id"],
            "userId": done.person["id"],
            "emoji": str(done.call.path["emoji"]),
            "reactions": message["reactions"],
        }
        chat.tell(event, _stream_of(message, done.person), data)

    return follow


def _pinned(event: str) -> Follow:
    def follow(chat: Chat, done: Done) -> None:
        message = done.outcome.thing
        if message is not None:
            ids = {"conversationId": message["conversationId"], "messageId": message["id"]}
            chat.tell(event, _stream_of(message, done.person), {**ids, "userId": done.person["id"]})

    return follow


def _task(event: str) -> Follow:
    def follow(chat: Chat, done: Done) -> None:
        task = done.outcome.thing
        if task is None:
            return
        data = {"taskId": task["id"], "conversationId": task["conversationId"]}
        if event != "task.deleted":
            data["task"] = task
        chat.tell(event, _stream_of(task, done.person), data)

    return follow


def _own(event: str, name: str) -> Follow:
    """The person's own thing, under a name."""

    def follow(chat: Chat, done: Done) -> None:
        if done.outcome.body is not NOTHING:
            chat.tell(event, f"user:{done.person['id']}", {name: done.outcome.body})

    return follow


def _joined(chat: Chat, done: Done) -> None:
    if not isinstance(done.outcome.body, dict):
        return
    conversation = chat.conversation(done.outcome.body["id"])
    body = done.call.body if isinstance(done.call.body, dict) else {}
    others = [*body.get("memberIds", ()), *filter(None, [body.get("userId")])]
    chat.members[done.outcome.body["id"]] = {done.person["id"], *others}
    for member in (done.person["id"], *others) if conversation is not None else ():
        chat.tell("conversation.joined", f"user:{member}", {"conversation": conversation})


def _draft_deleted(chat: Chat, done: Done) -> None:
    data = {"conversationId": str(done.call.path["conversationId"])}
    chat.tell("draft.deleted", f"user:{done.person['id']}", data)


SHARED = ("name", "description", "avatarFileId", "memberCount", "permissions", "updatedAt")


def _group_created(chat: Chat, done: Done) -> None:
    """A group is a conversation of the same id."""
    group = done.outcome.thing
    if group is None:
        return
    body = done.call.body if isinstance(done.call.body, dict) else {}
    group["memberCount"] = 1 + len(set(body.get("memberIds", ())))
    chat.keep("getConversation", {**group, "peer": None, "lastMessage": None, "seq": 0})
    _joined(chat, done)


def _group_updated(chat: Chat, done: Done) -> None:
    group = done.outcome.thing
    conversation = chat.conversation(group["id"]) if group else None
    if group is None or conversation is None:
        return
    conversation.update({name: group[name] for name in SHARED})
    shared = {
        name: conversation[name] for name in ("id", "kind", "createdBy", "createdAt", *SHARED)
    }
    stream = f"{CONVERSATION}:{group['id']}"
    chat.tell("conversation.updated", stream, {"conversation": shared})


def _group_deleted(chat: Chat, done: Done) -> None:
    group_id = str(done.call.path["groupId"])
    chat.tell("conversation.deleted", f"{CONVERSATION}:{group_id}", {"conversationId": group_id})
    chat.forget("deleteConversation", conversationId=group_id)


FOLLOWING: Mapping[str, Follow] = {
    "postMessage": _message_created,
    "editMessage": _message_updated,
    "addReaction": _reacted("reaction.added"),
    "removeReaction": _reacted("reaction.removed"),
    "pinMessage": _pinned("message.pinned"),
    "unpinMessage": _pinned("message.unpinned"),
    "createTask": _task("task.created"),
    "updateTask": _task("task.updated"),
    "assignTask": _task("task.updated"),
    "deleteTask": _task("task.deleted"),
    "saveDraft": _own("draft.updated", "draft"),
    "deleteDraft": _draft_deleted,
    "updatePreferences": _own("preferences.updated", "preferences"),
    "openConversation": _joined,
    "createGroup": _group_created,
    "updateGroup": _group_updated,
    "deleteGroup": _group_deleted,
}


def tell_of(chat: Chat, done: Done) -> None:
    """Tell those who listen of what a call has changed; of nothing where no event follows."""
    follow = FOLLOWING.get(done.operation)
    if follow is not None:
        follow(chat, done)
