"""Handlers of files, one for each operationId."""

from collections.abc import AsyncIterator
from typing import Annotated

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import Field

from altlas_chat.blobs.store import CHUNK_BYTES
from altlas_chat.domain.errors import (
    FieldError,
    MalformedJson,
    UnsupportedMediaType,
    ValidationFailed,
)
from altlas_chat.domain.files import FileKind, FileLinkRequest
from altlas_chat.domain.inputs import OpaqueId
from altlas_chat.domain.language import say
from altlas_chat.rest.call import Call, Query, answer, done
from altlas_chat.rest.marks import PageQuery
from altlas_chat.rest.serving import serve_file, serve_preview
from altlas_chat.services import files, gallery, removing


class UploadQuery(Query):
    conversation_id: OpaqueId | None = None
    name: Annotated[str, Field(min_length=1, max_length=255)] | None = None


class SharedQuery(PageQuery):
    kind: FileKind | None = None


async def upload_file(call: Call) -> web.Response:
    query = call.query(UploadQuery)
    if call.request.content_type != "multipart/form-data":
        raise UnsupportedMediaType(say("A file comes in a form, as multipart/form-data."))
    try:
        form = await call.request.multipart()
        part = await form.next()
    except _BROKEN as error:
        raise _broken() from error
    if not isinstance(part, BodyPartReader) or part.name != "file":
        detail = say("The form has one field, `file`.")
        raise ValidationFailed(detail, errors=[FieldError("MISSING", detail, pointer="/file")])
    name = part.filename or query.name or "file"
    file = await files.upload_file(
        call.deps, call.actor, query.conversation_id, name, _bytes_of(form, part)
    )
    location = f"{call.deps.settings.base_path}/files/{file.file_id}"
    return answer(file.as_json(), 201, {"Location": location})


_BROKEN = (
    ValueError,
    AssertionError,
    RuntimeError,
    HttpProcessingError,
    web.RequestPayloadError,
    ConnectionError,
)
"""What a form that is none, or was cut, makes its reader raise."""


def _broken() -> MalformedJson:
    return MalformedJson(say("The body did not come whole, or is not as declared."))


async def _bytes_of(form: MultipartReader, part: BodyPartReader) -> AsyncIterator[bytes]:
    """The bytes of the form's file, and the certainty that the form came whole."""
    try:
        while found := await part.read_chunk(CHUNK_BYTES):
            yield found
        more = await form.next()
    except _BROKEN as error:
        raise _broken() from error
    if more is not None:
        detail = say("The form has one field, `file`.")
        raise ValidationFailed(detail, errors=[FieldError("UNEXPECTED", detail, pointer="/file")])


async def list_conversation_files(call: Call) -> web.Response:
    query, conversation_id = call.query(SharedQuery), call.path("conversationId")
    page = await gallery.list_shared(
        call.deps, call.actor, conversation_id, query.kind, query.cursor, query.limit
    )
    return answer(page)


async def get_file(call: Call) -> web.Response:
    found = await files.readable_file(call.deps, call.actor, call.path("fileId"))
    return answer(found.file.as_json())


async def download_file(call: Call) -> web.StreamResponse:
    found = await files.readable_file(call.deps, call.actor, call.path("fileId"))
    return await serve_file(call, found)


async def download_preview(call: Call) -> web.StreamResponse:
    found = await files.readable_file(call.deps, call.actor, call.path("fileId"))
    return await serve_preview(call, found)


async def delete_file(call: Call) -> web.Response:
    await removing.delete_file(call.deps, call.actor, call.path("fileId"))
    return done()


async def create_file_link(call: Call) -> web.Response:
    request = await call.body(FileLinkRequest)
    link = await files.make_link(call.deps, call.actor, call.path("fileId"), request)
    return answer(link, 201, {"Location": link["url"]})


async def download_signed_file(call: Call) -> web.StreamResponse:
    signature = call.request.match_info["signature"]
    found, variant = await files.linked_file(call.deps, signature)
    serve = serve_preview if variant == "preview" else serve_file
    return await serve(call, found)
