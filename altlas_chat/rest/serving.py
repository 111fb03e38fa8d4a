"""The bytes of a file as an answer: ranges, validators, headers that trick no browser."""

import re
from urllib.parse import quote

from aiohttp import web

from altlas_chat.blobs.store import BlobsUnavailable
from altlas_chat.domain.errors import RangeNotSatisfiable, ServiceUnavailable
from altlas_chat.domain.files import INLINE, StoredFile
from altlas_chat.domain.language import say
from altlas_chat.rest.call import Call
from altlas_chat.services.files import KeptFile

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]", re.ASCII)


async def serve_file(call: Call, kept: KeptFile) -> web.StreamResponse:
    """A file, or the range of it that is asked for; by HEAD its headers alone.

    Raises:
        RangeNotSatisfiable: the range is outside the file.
        ServiceUnavailable: its bytes can't be read.
    """
    file = kept.file
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(file),
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Request-Id": call.request_id,
    }
    if _is_known(call.request.headers.get("If-None-Match"), etag):
        return web.Response(status=304, headers=headers)
    start, end, status = 0, file.size_bytes, 200
    wanted = _wanted(call.request, etag, file.size_bytes)
    if wanted is not None:
        (start, end), status = wanted, 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size_bytes}"
    response = web.StreamResponse(status=status, headers=headers)
    response.content_type = file.media_type
    if file.media_type == "text/plain":
        response.charset = "utf-8"
    response.content_length = end - start
    if call.request.method == "HEAD":
        await response.prepare(call.request)
        return response
    return await _send(call, kept, response, (start, end))


async def _send(
    call: Call, kept: KeptFile, response: web.StreamResponse, span: tuple[int, int]
) -> web.StreamResponse:
    try:
        async for part in call.deps.blobs.read(kept.storage_key, *span):
            if not response.prepared:
                await response.prepare(call.request)
            await response.write(part)
    except BlobsUnavailable as error:
        if response.prepared:
            # Cut: a length was promised, so nobody takes it for the whole.
            if call.request.transport is not None:
                call.request.transport.abort()
            return response
        raise ServiceUnavailable(say("The file can't be read at the moment.")) from error
    await response.write_eof()
    return response


def _is_known(given: str | None, etag: str) -> bool:
    if given is None:
        return False
    return given.strip() == "*" or etag in [
        one.strip().removeprefix("W/") for one in given.split(",")
    ]


def _wanted(request: web.Request, etag: str, size: int) -> tuple[int, int] | None:
    """The one range that is asked for; None for the whole (RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("Range", ""))
    condition = request.headers.get("If-Range")
    if found is None or request.method != "GET" or condition not in (None, etag):
        return None
    first, last = found.groups()
    if len(first) > 18 or len(last) > 18 or not (first or last):
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), size if not last else min(size, int(last) + 1)
        if last and int(last) < start:
            return None
    if start >= size:
        raise RangeNotSatisfiable(say("The file has {size} bytes.", size=size))
    return start, end


def disposition(file: StoredFile) -> str:
    """What a browser does with the file, and its name in both forms (RFC 6266, RFC 8187)."""
    way = "inline" if file.media_type in INLINE else "attachment"
    plain = _PLAIN.sub("_", file.name)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
