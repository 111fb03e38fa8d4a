"""Handlers of notifications, one for each operationId."""

from dataclasses import replace
from typing import Annotated

from aiohttp import web
from pydantic import StringConstraints

from altlas_chat.domain.errors import ValidationFailed
from altlas_chat.domain.language import say
from altlas_chat.domain.times import moment
from altlas_chat.rest.call import Call, Query, answer
from altlas_chat.rest.conversations import Limit, PageCursor
from altlas_chat.services import notifications


class NotificationsQuery(Query):
    unread_only: bool = False
    cursor: PageCursor | None = None
    limit: Limit = 50


class ReadQuery(Query):
    until: Annotated[str, StringConstraints(min_length=20, max_length=40)] | None = None


async def list_notifications(call: Call) -> web.Response:
    query = call.query(NotificationsQuery)
    return answer(
        await notifications.list_notifications(
            call.deps, await call.reader(), query.cursor, query.limit, unread_only=query.unread_only
        )
    )


async def count_notifications(call: Call) -> web.Response:
    return answer(await notifications.count_notifications(call.deps, call.actor))


async def mark_notification_read(call: Call) -> web.Response:
    notification_id = call.path("notificationId")
    reader = await call.reader()
    return answer(await notifications.read_notification(call.deps, reader, notification_id))


async def mark_all_notifications_read(call: Call) -> web.Response:
    query = call.query(ReadQuery)
    until = None if query.until is None else _moment(query.until, "until")
    return answer(await notifications.read_all_notifications(call.deps, call.actor, until))


def _moment(text: str, parameter: str) -> int:
    try:
        return moment(text, "")
    except ValidationFailed as refusal:
        errors = [replace(one, pointer=None, parameter=parameter) for one in refusal.errors]
        raise ValidationFailed(
            say("The parameters have errors, listed in `errors`."), errors=errors
        ) from refusal
