"""What a draft must be to become a message, whoever sends it."""

from altlas_chat.domain.emoji import are_emoji
from altlas_chat.domain.errors import FieldError, MessageTooLong, ValidationFailed
from altlas_chat.domain.events import Json
from altlas_chat.domain.files import StoredFile
from altlas_chat.domain.language import Phrase, say
from altlas_chat.domain.messages import KINDS, Message, MessageDraft
from altlas_chat.storage import members, uploads
from altlas_chat.storage.database import Reader, Transaction


def check_draft(draft: MessageDraft, max_characters: int) -> None:
    """Refuse a draft that could be no message.

    Raises:
        MessageTooLong: the text is over ``max_characters``.
        ValidationFailed: there is nothing in it, or its parts do not go together.
    """
    check_length(draft.text, max_characters)
    if draft.forward_from_id is not None:
        if draft.text or draft.content is not None or draft.file_ids:
            raise invalid("/text", "NOT_EMPTY", say("A forwarded message brings its own content."))
        return
    kind = KINDS[draft.kind]
    if kind.content is not None and draft.content is None:
        detail = say("A message of kind {kind} needs its content.", kind=draft.kind)
        raise invalid("/content", "MISSING", detail)
    if kind.content is None and draft.content is not None:
        detail = say("A message of kind {kind} has no content.", kind=draft.kind)
        raise invalid("/content", "UNEXPECTED", detail)
    if kind.carries and not draft.file_ids:
        detail = say("A message of kind {kind} needs a file.", kind=draft.kind)
        raise invalid("/fileIds", "MISSING", detail)
    if draft.file_ids and not kind.carries:
        detail = say("A message of kind {kind} carries no files.", kind=draft.kind)
        raise invalid("/fileIds", "UNEXPECTED", detail)
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


async def carried_files(
    tx: Transaction, owner_id: str, draft: MessageDraft, source: Message | None
) -> list[Json]:
    """The files that the message will carry: its sender's own, or those of what it forwards.

    None of them is deleted before the transaction ends.

    Raises:
        ValidationFailed: with an entry for each that is not there, not the sender's,
            not ready, or of a kind that such a message does not carry.
    """
    if source is not None:
        held = await uploads.hold_files(tx, [one["id"] for one in source.files])
        carried = [held[one["id"]] for one in source.files if one["id"] in held]
        return [_as_sent(file, draft) for file in carried]
    found = await uploads.hold_files(tx, draft.file_ids)
    errors: list[FieldError] = []
    for place, file_id in enumerate(draft.file_ids):
        pointer, file = f"/fileIds/{place}", found.get(file_id)
        if file is None or file.owner_id != owner_id:
            detail = say("is no file of yours")
            errors.append(FieldError("NO_FILE", detail, pointer))
        elif file.kind not in KINDS[draft.kind].carries:
            detail = say("is not what a message of kind {kind} carries", kind=draft.kind)
            errors.append(FieldError("WRONG_KIND", detail, pointer))
    if errors:
        raise ValidationFailed(say("These files can't be sent."), errors=errors)
    return [_as_sent(found[file_id], draft) for file_id in draft.file_ids]


def _as_sent(file: StoredFile, draft: MessageDraft) -> Json:
    return file._replace(conversation_id=draft.conversation_id).as_json()
