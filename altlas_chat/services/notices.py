"""Notifications in words: title and text of the present, in the reader's language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from altlas_chat.domain.accounts import User
from altlas_chat.domain.events import Json
from altlas_chat.domain.language import render, say
from altlas_chat.domain.messages import EXCERPT_CHARACTERS, Message
from altlas_chat.domain.times import rfc3339, rfc3339_or_none
from altlas_chat.storage import accounts, messages, notifications
from altlas_chat.storage.database import Reader
from altlas_chat.storage.notifications import Notification, Standing, TaskTitle

_TITLE_CHARACTERS = 300


class _Content(NamedTuple):
    """What notifications are about, read at once."""

    people: Mapping[str, User]
    messages: Mapping[str, Message]
    standings: Mapping[tuple[str, str], Standing]
    hidden: set[tuple[str, str]]
    tasks: Mapping[str, TaskTitle]

    def name_of(self, row: Notification) -> str:
        actor = self.people.get(row.actor_id or "")
        return "…" if actor is None else actor.display_name

    def group_of(self, row: Notification) -> str | None:
        """The group's name, for who belongs to it."""
        standing = self.standings.get((row.conversation_id or "", row.user_id))
        return None if standing is None else standing.name

    def message_of(self, row: Notification) -> Message | None:
        """The message, if there is anything of it left for the reader."""
        message = self.messages.get(row.message_id or "")
        if message is None or message.deleted_at is not None:
            return None
        standing = self.standings.get((message.conversation_id, row.user_id))
        if standing is None or message.seq <= standing.cleared_seq:
            return None
        return None if (row.user_id, message.message_id) in self.hidden else message

    def task_of(self, row: Notification) -> str:
        """What the task is called, for who still sees it."""
        task = self.tasks.get(row.task_id or "")
        if task is None:
            return ""
        if row.user_id in (task.creator_id, task.assignee_id):
            return task.title
        is_member = (task.conversation_id or "", row.user_id) in self.standings
        return task.title if is_member else ""


async def language_of(reader: Reader, user_ids: Iterable[str]) -> dict[str, str]:
    """The language in which each of these people is told."""
    people = await accounts.select_users(reader, user_ids)
    return {user_id: user.language for user_id, user in people.items()}


async def notification_views(
    reader: Reader, rows: Sequence[Notification], languages: Mapping[str, str]
) -> list[Json]:
    """The notifications as their readers see them, in as many queries for a thousand as for one.

    ``languages`` gives each reader's.
    """
    content = await _load(reader, rows)
    return [_view(content, row, languages.get(row.user_id, "en")) for row in rows]


async def _load(reader: Reader, rows: Sequence[Notification]) -> _Content:
    readers = {row.user_id for row in rows}
    message_ids = {row.message_id for row in rows if row.message_id is not None}
    tasks = await notifications.select_task_titles(
        reader, {row.task_id for row in rows if row.task_id is not None}
    )
    places = {row.conversation_id for row in rows if row.conversation_id is not None}
    places |= {one.conversation_id for one in tasks.values() if one.conversation_id is not None}
    return _Content(
        await accounts.select_users(reader, {row.actor_id for row in rows if row.actor_id}),
        await messages.select_messages(reader, message_ids) if message_ids else {},
        await notifications.select_standings(reader, places, readers),
        await notifications.select_hidden(reader, readers, message_ids),
        tasks,
    )


def _view(content: _Content, row: Notification, language: str) -> Json:
    return {
        "id": row.notification_id,
        "kind": row.kind,
        "title": render(_title(content, row), language)[:_TITLE_CHARACTERS],
        "text": render(_text(content, row), language),
        "actorId": row.actor_id,
        "conversationId": row.conversation_id,
        "messageId": row.message_id,
        "taskId": row.task_id,
        "createdAt": rfc3339(row.created_at),
        "readAt": rfc3339_or_none(row.read_at),
    }


def _title(content: _Content, row: Notification) -> str:
    titled = _TITLES.get(row.kind)
    if titled is None:
        return say("There is something new")
    return titled(content.name_of(row), content.group_of(row), row.facts)


def _title_of_mention(name: str, group: str | None, _: Json) -> str:
    if group is None:
        return say("{name} mentioned you", name=name)
    return say("{name} mentioned you in {group}", name=name, group=group)


def _title_of_reaction(name: str, _: str | None, facts: Json) -> str:
    emoji = facts.get("emoji", "")
    return say("{name} reacted to your message with {emoji}", name=name, emoji=emoji)


def _title_of_invitation(name: str, group: str | None, _: Json) -> str:
    if group is None:
        return say("{name} added you to a group", name=name)
    return say("{name} added you to the group {group}", name=name, group=group)


def _title_of_role(_: str, group: str | None, facts: Json) -> str:
    role = facts.get("role")
    if group is None:
        return say("Your role in a group has changed")
    if role == "owner":
        return say("You are an owner of the group {group} now", group=group)
    if role == "admin":
        return say("You are an administrator of the group {group} now", group=group)
    return say("You are an ordinary member of the group {group} now", group=group)


_TITLES: Mapping[str, Callable[[str, str | None, Json], str]] = {
    "mention": _title_of_mention,
    "direct_message": lambda name, *_: say("New message from {name}", name=name),
    "reply": lambda name, *_: say("{name} replied to you", name=name),
    "reaction": _title_of_reaction,
    "invitation": _title_of_invitation,
    "role_changed": _title_of_role,
    "task_assigned": lambda name, *_: say("{name} assigned a task to you", name=name),
    "task_updated": lambda name, *_: say("{name} changed a task of yours", name=name),
    "scheduled_failed": lambda *_: say("A message for later could not be sent"),
}


def _text(content: _Content, row: Notification) -> str:
    if row.task_id is not None:
        return content.task_of(row)
    message = content.message_of(row)
    if message is None:
        return ""
    return message.text[:EXCERPT_CHARACTERS] or _word_for(message.kind)


def _word_for(kind: str) -> str:
    if kind == "location":
        return say("A place")
    if kind == "image":
        return say("An image")
    if kind == "voice":
        return say("A voice message")
    return say("A file") if kind == "file" else ""
