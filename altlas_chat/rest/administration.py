"""Handlers of what administrators do, one for each operationId."""

from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field, StringConstraints

from altlas_chat.domain.administration import AnnouncementRequest, RoleChange, UserRole
from altlas_chat.domain.inputs import clean_text
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.services import administration
from altlas_chat.storage.accounts import AccountFilter

NameBeginning = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(clean_text)
]


class UsersQuery(Query):
    q: NameBeginning | None = None
    role: UserRole | None = None
    is_active: bool | None = None
    cursor: Annotated[str, StringConstraints(min_length=1, max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


async def list_users(call: Call) -> web.Response:
    query = call.query(UsersQuery)
    wanted = AccountFilter(query.q, query.role, query.is_active)
    page = await administration.list_users(call.deps, wanted, query.cursor, query.limit)
    return answer(page)


async def set_user_role(call: Call) -> web.Response:
    body = await call.body(RoleChange)
    user = await administration.set_user_role(call.deps, call.actor, call.path("userId"), body.role)
    return answer(user.as_managed_json())


async def deactivate_user(call: Call) -> web.Response:
    user = await administration.deactivate_user(call.deps, call.actor, call.path("userId"))
    return answer(user.as_managed_json())


async def reactivate_user(call: Call) -> web.Response:
    user = await administration.reactivate_user(call.deps, call.actor, call.path("userId"))
    return answer(user.as_managed_json())


async def post_announcement(call: Call) -> web.Response:
    body = await call.body(AnnouncementRequest)
    administration.announce_to_everybody(call.deps, body.text, body.level)
    return done()
