"""Handlers of avatars, one for each operationId."""

from aiohttp import web

from altlas_chat.domain.files import AvatarChoice
from altlas_chat.rest.call import Call, answer, done
from altlas_chat.rest.serving import serve_file
from altlas_chat.services import avatars


async def set_avatar(call: Call) -> web.Response:
    choice = await call.body(AvatarChoice)
    return answer(await avatars.set_avatar(call.deps, call.actor, choice.file_id))


async def remove_avatar(call: Call) -> web.Response:
    await avatars.set_avatar(call.deps, call.actor, None)
    return done()


async def download_avatar(call: Call) -> web.StreamResponse:
    return await serve_file(call, await avatars.avatar_of_user(call.deps, call.path("userId")))


async def download_conversation_avatar(call: Call) -> web.StreamResponse:
    conversation_id = call.path("conversationId")
    kept = await avatars.avatar_of_conversation(call.deps, call.actor, conversation_id)
    return await serve_file(call, kept)
