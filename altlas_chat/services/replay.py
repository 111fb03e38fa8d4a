"""Events of the log as their listeners get them: facts joined with present content.

A replayed event shows its thing in its present form (an edited message with
its new text, a deleted one without any), so replaying never brings back what
was taken away, and applying an event twice does no harm.
"""

from collections.abc import Awaitable, Callable, Sequence

from altlas_chat.domain.events import Announcement, Event, Json
from altlas_chat.domain.messages import LowestPointers, Message
from altlas_chat.services.blocks import block_data
from altlas_chat.services.conversations import conversation_views, member_views, shared_views
from altlas_chat.services.deps import Presence
from altlas_chat.services.files import file_data
from altlas_chat.services.marks import reaction_data
from altlas_chat.services.notifications import notification_data
from altlas_chat.services.preferences import preferences_data
from altlas_chat.services.saved_drafts import draft_data
from altlas_chat.services.scheduled import scheduled_data
from altlas_chat.services.tasks import task_views
from altlas_chat.services.threads import reply_counts, thread_of
from altlas_chat.services.users import current_user_view
from altlas_chat.storage import members, messages
from altlas_chat.storage.database import Reader

_OF_MESSAGE = frozenset({"message.created", "message.updated", "message.deleted"})
_OF_CONVERSATION = frozenset({"conversation.created", "conversation.updated"})
_OF_MEMBER = frozenset({"member.added", "member.updated"})


class _Content:
    """What the facts of some events refer to, read at once."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.replies: dict[str, int] = {}
        self.pointers: dict[str, LowestPointers] = {}
        self.shared: dict[str, Json] = {}
        self.own: dict[str, Json] = {}
        self.members: dict[tuple[str, str], Json] = {}
        self.me: Json = {}


async def render_events(
    reader: Reader, viewer_id: str, events: Sequence[Event], presence: Presence
) -> list[Announcement]:
    """The events with their data, in the order given; ``viewer_id`` is who will hear them.

    The caller has checked that the viewer may hear the streams. An event whose
    thing is wholly gone is told by its facts alone.
    """
    content = await _load(reader, viewer_id, events, presence)
    made = await _made_by_subjects(reader, viewer_id, events)
    return [
        Announcement(event, made[place] if place in made else _data(content, event))
        for place, event in enumerate(events)
    ]


Renderer = Callable[[Reader, str, Sequence[Event]], Awaitable[list[Json]]]
"""Makes the data of some events of its subject for a viewer, in their order, all at once."""


async def _task_data(reader: Reader, viewer_id: str, events: Sequence[Event]) -> list[Json]:
    tasks = await task_views(reader, viewer_id, [event.facts["taskId"] for event in events])
    return [
        {**event.facts, "task": tasks[event.facts["taskId"]]}
        if event.facts["taskId"] in tasks
        else event.facts
        for event in events
    ]


RENDERERS: dict[str, Renderer] = {
    "reaction.added": reaction_data,
    "reaction.removed": reaction_data,
    "notification.created": notification_data,
    "notification.read": notification_data,
    "preferences.updated": preferences_data,
    "user.blocked": block_data,
    "file.ready": file_data,
    "draft.updated": draft_data,
    "scheduled_message.created": scheduled_data,
    "scheduled_message.updated": scheduled_data,
    "task.created": _task_data,
    "task.updated": _task_data,
}
"""Who makes the data of a kind; a kind that is not here is told by its facts, or made below."""


async def _made_by_subjects(
    reader: Reader, viewer_id: str, events: Sequence[Event]
) -> dict[int, Json]:
    places: dict[Renderer, list[int]] = {}
    for place, event in enumerate(events):
        renderer = RENDERERS.get(event.kind)
        if renderer is not None:
            places.setdefault(renderer, []).append(place)
    made: dict[int, Json] = {}
    for renderer, where in places.items():
        data = await renderer(reader, viewer_id, [events[place] for place in where])
        made.update(zip(where, data, strict=True))
    return made


async def _load(
    reader: Reader, viewer_id: str, events: Sequence[Event], presence: Presence
) -> _Content:
    content = _Content()
    content.messages = await messages.select_messages(
        reader, (event.facts["messageId"] for event in events if event.kind in _OF_MESSAGE)
    )
    content.replies = await reply_counts(reader, list(content.messages.values()))
    for conversation_id in sorted({one.conversation_id for one in content.messages.values()}):
        content.pointers[conversation_id] = await members.select_lowest_pointers(
            reader, conversation_id, viewer_id
        )
    shared = {_conversation_id(event) for event in events if event.kind in _OF_CONVERSATION}
    if shared:
        content.shared = await shared_views(reader, sorted(shared))
    joined = {_conversation_id(event) for event in events if event.kind == "conversation.joined"}
    if joined:
        views = await conversation_views(reader, viewer_id, presence, sorted(joined))
        content.own = {view.conversation_id: view.as_json() for view in views}
    changed = {
        (_conversation_id(event), event.facts["userId"])
        for event in events
        if event.kind in _OF_MEMBER
    }
    if changed:
        content.members = await member_views(reader, sorted(changed))
    if any(event.kind == "user.updated" for event in events):
        content.me = await current_user_view(reader, viewer_id)
    return content


def _conversation_id(event: Event) -> str:
    return str(event.facts.get("conversationId") or event.stream.partition(":")[2])


def _data(content: _Content, event: Event) -> Json:
    facts = event.facts
    if event.kind in _OF_MESSAGE:
        message = content.messages[facts["messageId"]]
        state = content.pointers[message.conversation_id].state_of(message)
        thread = {} if event.kind == "message.updated" else thread_of(message, content.replies)
        return {"message": message.as_json(state), **thread}
    conversation_id = _conversation_id(event)
    if event.kind in _OF_CONVERSATION:
        return {"conversation": content.shared[conversation_id]}
    if event.kind == "conversation.joined" and conversation_id in content.own:
        return {"conversation": content.own[conversation_id]}
    if event.kind in _OF_MEMBER:
        member = content.members.get((conversation_id, facts["userId"]))
        if member is not None:
            counted = {"memberCount": facts["memberCount"]} if "memberCount" in facts else {}
            return {"conversationId": conversation_id, "member": member, **counted}
    if event.kind == "user.updated":
        return {"user": content.me}
    return facts
