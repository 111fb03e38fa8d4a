"""Messages as lines for a terminal; everything in them is made harmless."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from altlas_chat.client.plain_text import plain, plain_lines
from altlas_chat.domain.language import ENGLISH, render, say

Json = dict[str, Any]
NameOf = Callable[[str | None], str]
"""The name of a person, by id; None is nobody."""

EXCERPT_CHARACTERS = 40


def day_of(message: Json) -> str:
    """The day on which a message was sent, by the clock of this machine."""
    return _local(message["createdAt"]).strftime("%Y-%m-%d")


def message_lines(message: Json, name_of: NameOf, language: str = ENGLISH) -> list[str]:
    """A message: its time, who sent it, what it says; a long text has more lines.

    What happened to a group is told in the reader's ``language``.
    """
    time = _local(message["createdAt"]).strftime("%H:%M")
    if message["kind"] == "system":
        return [f"{time}  · {_happened(message, name_of, language)}"]
    first, *others = _said(message)
    head = f"{time}  {name_of(message['senderId'])}: "
    return [head + _relation(message, name_of) + first, *_below(others)]


def edited_lines(message: Json, name_of: NameOf) -> list[str]:
    """That a message says something else now."""
    first, *others = _said(message)
    head = f"       · {name_of(message['senderId'])} edited: "
    return [head + first, *_below(others)]


def _below(lines: list[str]) -> list[str]:
    return [f"       {line}".rstrip() for line in lines]


def deleted_line(message: Json, name_of: NameOf) -> str:
    """That a message was taken away."""
    return f"       · a message of {name_of(message['senderId'])} was deleted"


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone()


def _said(message: Json) -> list[str]:
    if message["deletedAt"] is not None:
        return ["(deleted)"]
    lines = plain_lines(message["text"])
    if message["kind"] == "location" and message["content"] is not None:
        lines = [_place(message["content"]), *(line for line in lines if line)]
    elif message["kind"] not in ("text", "emoji"):
        lines = [f"[{plain(message['kind'])}] {lines[0]}".rstrip(), *lines[1:]]
    if message["editedAt"] is not None:
        lines[-1] += " (edited)"
    return lines


def _place(content: Json) -> str:
    at = f"{content['latitude']:.5f}, {content['longitude']:.5f}"
    name = plain(content.get("name") or "")
    return f"📍 {name} ({at})" if name else f"📍 {at}"


def _relation(message: Json, name_of: NameOf) -> str:
    if message["forwardedFrom"] is not None:
        return "(forwarded) "
    quoted = message["replyTo"]
    if quoted is None:
        return ""
    text = " ".join(plain(quoted["text"]).split()) or plain(quoted["kind"])
    if quoted["isDeleted"]:
        text = "deleted"
    if len(text) > EXCERPT_CHARACTERS:
        text = text[:EXCERPT_CHARACTERS] + "…"
    return f"(to {name_of(quoted['senderId'])}: {text}) "


_ROLES = {"owner": say("owner"), "admin": say("admin"), "member": say("member")}


def _happened(message: Json, name_of: NameOf, language: str) -> str:
    content = message["content"] or {}
    actor = name_of(content.get("actorId"))
    others = ", ".join(name_of(user_id) for user_id in content.get("userIds", ()))
    role = plain(str(content.get("role")))
    told = {
        "group_created": say("{actor} made the group", actor=actor),
        "group_updated": say("{actor} changed the group", actor=actor),
        "members_added": say("{actor} brought in {others}", actor=actor, others=others),
        "member_removed": say("{actor} removed {others}", actor=actor, others=others),
        "member_left": say("{actor} left", actor=actor),
        "role_changed": say(
            "{actor} made {others} {role}", actor=actor, others=others, role=_ROLES.get(role, role)
        ),
        "message_pinned": say("{actor} pinned a message", actor=actor),
        "message_unpinned": say("{actor} unpinned a message", actor=actor),
        "task_created": say("{actor} made a task", actor=actor),
        "task_completed": say("{actor} completed a task", actor=actor),
    }
    sentence = told.get(str(content.get("action")))
    return plain(message["text"]) if sentence is None else render(sentence, language)
