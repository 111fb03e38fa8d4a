"""What a draft must be to become a message, whoever sends it."""

from altlas_chat.domain.errors import FieldError, MessageTooLong, ValidationFailed
from altlas_chat.domain.language import Phrase, say
from altlas_chat.domain.messages import MessageDraft
from altlas_chat.storage import members
from altlas_chat.storage.database import Reader


def check_draft(draft: MessageDraft, max_characters: int) -> None:
    """Refuse a draft that could be no message.

    Raises:
        MessageTooLong: the text is over ``max_characters``.
        ValidationFailed: there is nothing in it, or its parts do not go together.
    """
    check_length(draft.text, max_characters)
    if draft.forward_from_id is not None:
        if draft.text or draft.content is not None:
            raise invalid("/text", "NOT_EMPTY", say("A forwarded message brings its own content."))
        return
    if draft.kind == "location":
        if draft.content is None:
            raise invalid(
                "/content", "MISSING", say("A location needs its coordinates in content.")
            )
        return
    if draft.content is not None:
        raise invalid(
            "/content",
            "UNEXPECTED",
            say("A message of kind {kind} has no content.", kind=draft.kind),
        )
    if not draft.text.strip():
        raise invalid("/text", "EMPTY", say("The message has no text."))


def check_length(text: str, max_characters: int) -> None:
    """Refuse a text over ``max_characters``.

    Raises:
        MessageTooLong: it is.
    """
    if len(text) > max_characters:
        raise MessageTooLong(
            say(
                "The text has {count} characters; {limit} are allowed.",
                count=len(text),
                limit=max_characters,
            )
        )


def invalid(pointer: str, code: str, detail: Phrase) -> ValidationFailed:
    """The error that one field has."""
    return ValidationFailed(detail, errors=[FieldError(code, detail, pointer=pointer)])


async def require_mentionable(reader: Reader, conversation_id: str, mentions: list[str]) -> None:
    """Refuse to mention who does not belong to the conversation.

    Raises:
        ValidationFailed: with an entry for each of them.
    """
    present = await members.select_present(reader, conversation_id, mentions)
    errors = [
        FieldError("NOT_A_MEMBER", say("is not a member of the conversation"), f"/mentions/{place}")
        for place, user_id in enumerate(mentions)
        if user_id not in present
    ]
    if errors:
        raise ValidationFailed(say("Only members can be mentioned."), errors=errors)
