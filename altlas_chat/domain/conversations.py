"""Conversations and groups: what is asked for, what is kept, what is seen."""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StringConstraints, field_validator

from altlas_chat.domain.accounts import User
from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, OpaqueId, Update, clean_text
from altlas_chat.domain.times import rfc3339, rfc3339_or_none

Role = Literal["owner", "admin", "member"]
Who = Literal["members", "admins"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Description = Annotated[str, StringConstraints(max_length=1000)]

MAX_ADDED_AT_ONCE = 1000
LATEST_MS = 253_402_300_799_000
"""The end of the year 9999."""


class OpenDirect(Input):
    """With whom a direct conversation is wanted."""

    user_id: OpaqueId


class GroupPermissions(Input):
    """Who may do what in a group: all members, or its owner and administrators."""

    posting: Who = "members"
    inviting: Who = "members"
    editing: Who = "members"


class GroupDraft(Input):
    """A new group; its maker is a member without being named."""

    name: Name
    description: MayBeLeftOut[Description] = None
    member_ids: Annotated[list[OpaqueId], Field(max_length=MAX_ADDED_AT_ONCE - 1)] = Field(
        default_factory=list
    )
    permissions: GroupPermissions = GroupPermissions()

    _clean = field_validator("name", "description")(
        lambda value: None if value is None else clean_text(value)
    )


class PermissionsUpdate(Input):
    posting: MayBeLeftOut[Who] = None
    inviting: MayBeLeftOut[Who] = None
    editing: MayBeLeftOut[Who] = None


class GroupUpdate(Update):
    """What changes of a group; what is left out stays, a null description is taken away."""

    name: MayBeLeftOut[Name] = None
    description: Description | None = None
    avatar_file_id: OpaqueId | None = None
    permissions: MayBeLeftOut[PermissionsUpdate] = None

    _clean = field_validator("name", "description")(
        lambda value: None if value is None else clean_text(value)
    )


class MembersToAdd(Input):
    user_ids: Annotated[list[OpaqueId], Field(min_length=1, max_length=MAX_ADDED_AT_ONCE)]


class RoleChange(Input):
    role: Role


class SettingsUpdate(Update):
    """One member's own settings of a conversation; what is left out stays.

    ``muted_until`` is a moment in RFC 3339, or null to hear again.
    """

    notifications: MayBeLeftOut[Literal["all", "mentions", "none"]] = None
    muted_until: Annotated[str, StringConstraints(max_length=40)] | None = None
    is_archived: MayBeLeftOut[bool] = None
    is_favourite: MayBeLeftOut[bool] = None


class Conversation(NamedTuple):
    """A conversation apart from who looks at it."""

    conversation_id: str
    kind: str
    name: str | None
    description: str | None
    avatar_file_id: str | None
    created_by: str
    posting: str
    inviting: str
    editing: str
    member_count: int
    created_at: int
    updated_at: int

    def as_json(self) -> Json:
        """The part that is the same for all members: ``SharedConversation``."""
        permissions = {
            "posting": self.posting,
            "inviting": self.inviting,
            "editing": self.editing,
        }
        return {
            "id": self.conversation_id,
            "kind": self.kind,
            "name": self.name,
            "description": self.description,
            "avatarFileId": self.avatar_file_id,
            "createdBy": self.created_by,
            "createdAt": rfc3339(self.created_at),
            "updatedAt": rfc3339(self.updated_at),
            "memberCount": self.member_count,
            "permissions": permissions if self.kind == "group" else None,
        }


class Membership(NamedTuple):
    """One member's own side of a conversation."""

    role: str
    joined_at: int
    read_seq: int
    delivered_seq: int
    notifications: str
    muted_until: int | None
    is_archived: bool
    is_favourite: bool

    def as_json(self) -> Json:
        return {
            "role": self.role,
            "joinedAt": rfc3339(self.joined_at),
            "readSeq": self.read_seq,
            "deliveredSeq": self.delivered_seq,
            "notifications": self.notifications,
            "mutedUntil": rfc3339_or_none(self.muted_until),
            "isArchived": bool(self.is_archived),
            "isFavourite": bool(self.is_favourite),
        }


class ConversationView(NamedTuple):
    """A conversation as one of its members sees it: the contract's ``Conversation``.

    ``seq`` is the position of its stream: everything up to there is in the view.
    """

    conversation: Conversation
    membership: Membership
    seq: int
    unread_count: int
    last_message: Json | None
    peer: Json | None
    last_activity_at: int

    @property
    def conversation_id(self) -> str:
        return self.conversation.conversation_id

    def as_json(self) -> dict[str, Any]:
        return {
            **self.conversation.as_json(),
            "seq": self.seq,
            "peer": self.peer,
            "lastMessage": self.last_message,
            "unreadCount": self.unread_count,
            "membership": self.membership.as_json(),
        }


class Member(NamedTuple):
    """Somebody who belongs to a conversation, as the other members see it."""

    user: User
    role: str
    joined_at: int
    read_seq: int
    delivered_seq: int
    read_at: int | None
    delivered_at: int | None
    hides_read: bool

    def as_json(self, *, shows_read: bool = False) -> Json:
        """The contract's ``Member``, as far as everybody may know; services/privacy.py adds."""
        return {
            "userId": self.user.user_id,
            "role": self.role,
            "joinedAt": rfc3339(self.joined_at),
            "readSeq": self.read_seq if shows_read else 0,
            "deliveredSeq": self.delivered_seq,
            "readAt": rfc3339_or_none(self.read_at if shows_read else None),
            "deliveredAt": rfc3339_or_none(self.delivered_at),
            "user": self.user.as_json(),
        }
