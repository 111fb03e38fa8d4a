"""Things to do: what comes in, and what storage knows."""

from typing import Annotated, Literal, NamedTuple

from pydantic import StringConstraints, field_validator

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, OpaqueId, Update, clean_text
from altlas_chat.domain.times import rfc3339, rfc3339_or_none

Status = Literal["pending", "in_progress", "completed", "cancelled"]
Priority = Literal["low", "medium", "high", "urgent"]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Description = Annotated[str, StringConstraints(max_length=10_000)]
ForeignJobId = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Moment = Annotated[str, StringConstraints(min_length=20, max_length=40)]


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_text(text)


class TaskDraft(Input):
    """A new task. One from a message belongs to the message's conversation."""

    title: Title
    description: Description = ""
    priority: Priority = "medium"
    assignee_id: OpaqueId | None = None
    due_at: Moment | None = None
    conversation_id: OpaqueId | None = None
    message_id: OpaqueId | None = None
    foreign_job_id: ForeignJobId | None = None

    _text = field_validator("title", "description", "foreign_job_id")(_clean)


class TaskUpdate(Update):
    """What changes of a task; what is left out stays, null takes away."""

    title: MayBeLeftOut[Title] = None
    description: MayBeLeftOut[Description] = None
    status: MayBeLeftOut[Status] = None
    priority: MayBeLeftOut[Priority] = None
    due_at: Moment | None = None
    foreign_job_id: ForeignJobId | None = None

    _text = field_validator("title", "description", "foreign_job_id")(_clean)


class TaskAssignment(Input):
    """Who is to do a task; None for nobody in particular."""

    assignee_id: OpaqueId | None


class Task(NamedTuple):
    """A task, as storage knows it."""

    task_id: str
    title: str
    description: str
    status: str
    priority: str
    creator_id: str
    assignee_id: str | None
    due_at: int | None
    conversation_id: str | None
    message_id: str | None
    foreign_job_id: str | None
    created_at: int
    updated_at: int
    completed_at: int | None

    @property
    def people(self) -> list[str]:
        """Its creator and its assignee, each once: who sees it when it is in no conversation."""
        return sorted({self.creator_id, self.assignee_id or self.creator_id})

    def as_json(self) -> Json:
        return {
            "id": self.task_id,
            "title": self.title,
            "description": self.description,
            "status": self.status,
            "priority": self.priority,
            "creatorId": self.creator_id,
            "assigneeId": self.assignee_id,
            "dueAt": rfc3339_or_none(self.due_at),
            "conversationId": self.conversation_id,
            "messageId": self.message_id,
            "foreignJobId": self.foreign_job_id,
            "createdAt": rfc3339(self.created_at),
            "updatedAt": rfc3339(self.updated_at),
            "completedAt": rfc3339_or_none(self.completed_at),
        }


class TaskFilter(NamedTuple):
    """Which tasks are wanted; None for any."""

    status: str | None = None
    priority: str | None = None
    assignee_id: str | None = None
    creator_id: str | None = None
    conversation_id: str | None = None
    foreign_job_id: str | None = None
