"""What is refused around conversations, groups and messages."""

from altlas_chat.domain.errors.base import ChatError


class ConversationNotFound(ChatError):
    code = "CONVERSATION_NOT_FOUND"
    status = 404
    title = "There is no such conversation for you"
    remedy = "Check the conversation id and that you are a member."


class MessageNotFound(ChatError):
    code = "MESSAGE_NOT_FOUND"
    status = 404
    title = "There is no such message for you"
    remedy = "Check the message id."


class MemberNotFound(ChatError):
    code = "MEMBER_NOT_FOUND"
    status = 404
    title = "The user is not a member"
    remedy = "List the members to see who is."


class NotificationNotFound(ChatError):
    code = "NOTIFICATION_NOT_FOUND"
    status = 404
    title = "There is no such notification"
    remedy = "List the notifications to see which there are."


class TaskNotFound(ChatError):
    code = "TASK_NOT_FOUND"
    status = 404
    title = "There is no such task for you"
    remedy = "Check the task id."


class ClientIdReused(ChatError):
    code = "CLIENT_ID_REUSED"
    status = 409
    title = "The clientId was used for another message"
    remedy = "Make a new clientId for each new message."


class AlreadyAMember(ChatError):
    code = "ALREADY_A_MEMBER"
    status = 409
    title = "The user is a member already"
    remedy = "Nothing needs to be done."


class LastOwner(ChatError):
    code = "LAST_OWNER"
    status = 409
    title = "A group needs an owner"
    remedy = "Make another member owner first, or delete the group."


class MessageTooLong(ChatError):
    code = "MESSAGE_TOO_LONG"
    status = 422
    title = "The message is too long"
    remedy = "Shorten the text, or send it in parts."


class EditWindowClosed(ChatError):
    code = "EDIT_WINDOW_CLOSED"
    status = 409
    title = "The time for changing this message is over"
    remedy = "Send a new message."


class MessageDeleted(ChatError):
    code = "MESSAGE_DELETED"
    status = 409
    title = "The message was deleted"
    remedy = "Nothing can be changed on a deleted message."


class NotAGroup(ChatError):
    code = "NOT_A_GROUP"
    status = 409
    title = "The conversation is not a group"
    remedy = "Use a group's id."


class PostingRestricted(ChatError):
    code = "POSTING_RESTRICTED"
    status = 403
    title = "Only administrators may post here"
    remedy = "Ask an administrator of the group."


class UserBlocked(ChatError):
    code = "USER_BLOCKED"
    status = 403
    title = "These two people can't write to each other directly"
    remedy = (
        "If you blocked the person, unblock the person first."
        " Otherwise the person takes no direct messages from you."
    )


class CursorInvalid(ChatError):
    code = "CURSOR_INVALID"
    status = 400
    title = "The cursor is not valid here"
    remedy = "Start again without a cursor."


class ResyncRequired(ChatError):
    code = "RESYNC_REQUIRED"
    status = 410
    title = "The log no longer reaches back so far"
    remedy = "Load a fresh snapshot from GET /sync."
