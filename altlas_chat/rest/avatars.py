"""Handlers of avatars, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.files import AvatarChoice, KeptFile
from altlas_chat.domain.inputs import OpaqueId
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.rest.serving import ASK_EACH_TIME, FOR_A_DAY, serve_preview
from altlas_chat.services import avatars


async def set_avatar(call: Call) -> web.Response:
    choice = await call.body(AvatarChoice)
    return answer(await avatars.set_avatar(call.deps, call.actor, choice.file_id))


async def remove_avatar(call: Call) -> web.Response:
    await avatars.set_avatar(call.deps, call.actor, None)
    return done()


class AvatarQuery(Query):
    file_id: OpaqueId | None = None


async def download_avatar(call: Call) -> web.StreamResponse:
    query = call.query(AvatarQuery)
    return await _serve(call, query, await avatars.avatar_of_user(call.deps, call.path("userId")))


async def download_conversation_avatar(call: Call) -> web.StreamResponse:
    query, conversation_id = call.query(AvatarQuery), call.path("conversationId")
    kept = await avatars.avatar_of_conversation(call.deps, call.actor, conversation_id)
    return await _serve(call, query, kept)


async def _serve(call: Call, query: AvatarQuery, kept: KeptFile) -> web.StreamResponse:
    """The present image; for a day where the address names it, as another has another address.

    It has no name of its own: who sees it need not know what its owner called the file.
    """
    is_named = query.file_id == kept.file.file_id
    caching = FOR_A_DAY if is_named else ASK_EACH_TIME
    return await serve_preview(call, kept, name="avatar.webp", caching=caching)
