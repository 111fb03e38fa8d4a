"""What a draft must be to become a message, whoever sends it."""

from altlas_chat.domain.emoji import are_emoji
from altlas_chat.domain.errors import FieldError, MessageTooLong, ValidationFailed
from altlas_chat.domain.language import Phrase, say
from altlas_chat.domain.messages import KINDS, MessageDraft
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
    kind = KINDS[draft.kind]
    if kind.content is not None and draft.content is None:
        detail = say("A message of kind {kind} needs its content.", kind=draft.kind)
        raise invalid("/content", "MISSING", detail)
    if kind.content is None and draft.content is not None:
        detail = say("A message of kind {kind} has no content.", kind=draft.kind)
        raise invalid("/content", "UNEXPECTED", detail)
    check_text(draft.kind, draft.text)


def check_text(kind: str, text: str) -> None:
    """Refuse a text that a message of this kind can't have.

    Raises:
        ValidationFailed: there is none, or it is not what the kind is made of.
    """
    rules = KINDS[kind]
    if rules.needs_text and not text.strip():
        raise invalid("/text", "EMPTY", say("The message has no text."))
    if rules.is_emoji and not are_emoji(text):
        raise invalid("/text", "NO_EMOJI", say("This is more than emoji."))


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
