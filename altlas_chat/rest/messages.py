"""Handlers of messages, receipts and history, one for each operationId."""

from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, ValidationInfo, field_validator

from altlas_chat.domain.inputs import Input
from altlas_chat.domain.language import say
from altlas_chat.domain.messages import MessageDraft, MessageEdit
from altlas_chat.domain.times import rfc3339
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import messages, posting, receipts, scheduled
from altlas_chat.services.messages import Place

Seq = Annotated[int, Field(ge=0, lt=2**53)]


class HistoryQuery(Query):
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    @field_validator("after", "around")
    @classmethod
    def _one_place(cls, place: int | None, info: ValidationInfo) -> int | None:
        others = [info.data.get(name) for name in ("before", "after")]
        if place is not None and any(other is not None for other in others):
            raise ValueError(say("before, after and around exclude each other"))
        return place


class DeleteQuery(Query):
    scope: Literal["everyone", "me"] = "everyone"


class PointerBody(Input):
    seq: Seq


async def post_message(call: Call) -> web.Response:
    draft = await call.body(MessageDraft)
    if draft.scheduled_at is not None:
        kept, _ = await scheduled.schedule_message(call.deps, call.actor, draft)
        where = f"{call.deps.settings.base_path}/scheduled-messages/{kept.scheduled_id}"
        return answer(kept.as_json(), 202, {"Location": where})
    sent = await posting.post_message(call.deps, call.actor, draft)
    status = 200 if sent.is_repeat else 201
    location = f"{call.deps.settings.base_path}/messages/{sent.message.message_id}"
    return answer(sent.as_json(), status, {"Location": location})


async def get_message(call: Call) -> web.Response:
    message = await messages.get_message(call.deps, call.actor, call.path("messageId"))
    return await call.answer(message)


async def list_messages(call: Call) -> web.Response:
    query = call.query(HistoryQuery)
    place = Place(before=query.before, after=query.after, around=query.around)
    conversation_id = call.path("conversationId")
    return await call.answer(
        await messages.list_messages(call.deps, call.actor, conversation_id, place, query.limit)
    )


async def edit_message(call: Call) -> web.Response:
    edit = await call.body(MessageEdit)
    message_id = call.path("messageId")
    return answer(await messages.edit_message(call.deps, call.actor, message_id, edit))


async def delete_message(call: Call) -> web.Response:
    message_id = call.path("messageId")
    if call.query(DeleteQuery).scope == "me":
        await messages.delete_message_for_me(call.deps, call.actor, message_id)
    else:
        await messages.delete_message_for_everyone(call.deps, call.actor, message_id)
    return done()


async def get_message_edits(call: Call) -> web.Response:
    forms = await messages.list_edits(call.deps, call.actor, call.path("messageId"))
    return answer(
        {
            "items": [
                {
                    "editNumber": form.edit_number,
                    "text": form.text,
                    "content": form.content,
                    "editedAt": rfc3339(form.edited_at),
                }
                for form in forms
            ]
        }
    )


async def get_message_receipts(call: Call) -> web.Response:
    message_id = call.path("messageId")
    return answer({"items": await receipts.list_receipts(call.deps, call.actor, message_id)})


async def mark_message_read(call: Call) -> web.Response:
    progress = await receipts.mark_message_read(call.deps, call.actor, call.path("messageId"))
    return answer(progress.as_json())


async def mark_message_delivered(call: Call) -> web.Response:
    progress = await receipts.mark_message_delivered(call.deps, call.actor, call.path("messageId"))
    return answer(progress.as_json())


async def mark_conversation_read(call: Call) -> web.Response:
    body = await call.body(PointerBody)
    conversation_id = call.path("conversationId")
    progress = await receipts.mark_read(call.deps, call.actor, conversation_id, body.seq)
    return answer(progress.as_json())


async def mark_conversation_delivered(call: Call) -> web.Response:
    body = await call.body(PointerBody)
    conversation_id = call.path("conversationId")
    progress = await receipts.mark_delivered(call.deps, call.actor, conversation_id, body.seq)
    return answer(progress.as_json())
