"""Commands of a socket: what each takes, which permission it needs, what it does.

Each is a service that REST offers too; here is only the way in and out.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from altlas_chat.domain.errors import ChatError, PermissionDenied, UnknownCommand
from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, OpaqueId, check_input
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import MessageDraft, MessageEdit
from altlas_chat.domain.permissions import Actor
from altlas_chat.realtime.listener import Listener
from altlas_chat.services import messages, posting, presence, receipts, scheduled, typists
from altlas_chat.services.deps import Deps

MOST_WATCHED = 10_000
"""Longest watch list of the contract; the setting is at most so large."""


class EditCommand(MessageEdit):
    message_id: OpaqueId


class DeleteCommand(Input):
    message_id: OpaqueId
    scope: Literal["everyone", "me"] = "everyone"


class PointerCommand(Input):
    conversation_id: OpaqueId
    seq: Annotated[int, Field(ge=0, lt=2**53)]


class TypingCommand(Input):
    conversation_id: OpaqueId


class PresenceCommand(Input):
    presence: Literal["online", "away"]


class WatchCommand(Input):
    user_ids: Annotated[list[OpaqueId], Field(max_length=MOST_WATCHED)]


async def send_message(deps: Deps, actor: Actor, draft: MessageDraft) -> Json:
    if draft.scheduled_at is not None:
        kept, is_repeat = await scheduled.schedule_message(deps, actor, draft)
        return {"scheduledMessage": kept.as_json(), "isRepeat": is_repeat}
    sent = await posting.post_message(deps, actor, draft)
    return {"message": sent.as_json(), "isRepeat": sent.is_repeat}


async def edit_message(deps: Deps, actor: Actor, command: EditCommand) -> Json:
    edit = MessageEdit.model_construct(text=command.text, mentions=command.mentions)
    return {"message": await messages.edit_message(deps, actor, command.message_id, edit)}


async def delete_message(deps: Deps, actor: Actor, command: DeleteCommand) -> Json:
    if command.scope == "me":
        await messages.delete_message_for_me(deps, actor, command.message_id)
    else:
        await messages.delete_message_for_everyone(deps, actor, command.message_id)
    return {"messageId": command.message_id}


async def mark_read(deps: Deps, actor: Actor, command: PointerCommand) -> Json:
    progress = await receipts.mark_read(deps, actor, command.conversation_id, command.seq)
    return progress.as_json()


async def mark_delivered(deps: Deps, actor: Actor, command: PointerCommand) -> Json:
    progress = await receipts.mark_delivered(deps, actor, command.conversation_id, command.seq)
    return progress.as_json()


async def start_typing(deps: Deps, actor: Actor, command: TypingCommand, device: Listener) -> Json:
    await typists.start_typing(deps, actor, device, command.conversation_id)
    return {}


async def stop_typing(deps: Deps, actor: Actor, command: TypingCommand, device: Listener) -> Json:
    await typists.stop_typing(deps, actor, device, command.conversation_id)
    return {}


async def set_presence(
    deps: Deps, actor: Actor, command: PresenceCommand, device: Listener
) -> Json:
    return await presence.set_presence(deps, actor, device, is_away=command.presence == "away")


async def watch_presence(deps: Deps, actor: Actor, command: WatchCommand, device: Listener) -> Json:
    return {"presences": await presence.watch_presence(deps, actor, device, command.user_ids)}


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the contract."""

    shape: type[Input]
    permission: str
    run: Callable[[Deps, Actor, Any], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class DeviceCommand:
    """One that is about the device it comes from."""

    shape: type[Input]
    permission: str
    run: Callable[[Deps, Actor, Any, Listener], Awaitable[Json]]


COMMANDS: dict[str, Command | DeviceCommand] = {
    "message.send": Command(MessageDraft, "message:create", send_message),
    "message.edit": Command(EditCommand, "message:update", edit_message),
    "message.delete": Command(DeleteCommand, "message:delete", delete_message),
    "conversation.read": Command(PointerCommand, "conversation:read", mark_read),
    "conversation.delivered": Command(PointerCommand, "conversation:read", mark_delivered),
    "typing.start": DeviceCommand(TypingCommand, "message:create", start_typing),
    "typing.stop": DeviceCommand(TypingCommand, "message:create", stop_typing),
    "presence.set": DeviceCommand(PresenceCommand, "account:manage", set_presence),
    "presence.watch": DeviceCommand(WatchCommand, "user:read", watch_presence),
}


async def run_command(deps: Deps, actor: Actor, name: str, data: object, device: Listener) -> Json:
    """Do what a command of a device says; the data of its reply.

    Raises:
        UnknownCommand: there is none of that name.
        PermissionDenied: the actor's role does not carry its permission.
        ValidationFailed: its data has another shape.
        ChatError: what the service refuses.
    """
    command = COMMANDS.get(name)
    if command is None:
        raise UnknownCommand(say("There is no {name}.", name=name))
    if not actor.may(command.permission):
        raise PermissionDenied(
            say("{what} needs {permission}.", what=name, permission=command.permission)
        )
    checked = check_input(command.shape, data, "/data")
    try:
        if isinstance(command, DeviceCommand):
            return await command.run(deps, actor, checked, device)
        return await command.run(deps, actor, checked)
    except ChatError as refusal:
        refusal.errors = tuple(error.within("/data") for error in refusal.errors)
        raise
