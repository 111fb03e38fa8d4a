"""The bytes of a file as an answer: ranges, validators, headers that trick no browser."""

import re
from hashlib import sha256
from urllib.parse import quote

from aiohttp import web

from altlas_chat.blobs.previewing import PREVIEW_TYPE
from altlas_chat.blobs.store import BlobsUnavailable
from altlas_chat.domain.errors import FileNotFound, RangeNotSatisfiable, ServiceUnavailable
from altlas_chat.domain.files import INLINE, KeptFile, StoredBytes
from altlas_chat.domain.language import say
from altlas_chat.rest.call import Call

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]", re.ASCII)

ASK_EACH_TIME = "private, no-cache"
"""A cache may keep it, and asks whether it still may be shown."""

FOR_A_DAY = "private, max-age=86400, immutable"
"""A cache shows it for a day without asking; for addresses that name what they show."""


async def serve_file(call: Call, kept: KeptFile) -> web.StreamResponse:
    """A file, or the range of it that is asked for; by HEAD its headers alone.

    Raises:
        RangeNotSatisfiable: the range is outside the file.
        ServiceUnavailable: its bytes can't be read.
    """
    file = kept.file
    etag = f'"{file.sha256}"'
    way = "inline" if file.media_type in INLINE else "attachment"
    headers = _headers(call, etag, disposition(way, file.name), ASK_EACH_TIME)
    headers["Accept-Ranges"] = "bytes"
    if is_known(call.request.headers.get("If-None-Match"), etag):
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
    return await _send(call, kept.storage_key, response, (start, end))


async def serve_preview(
    call: Call, kept: KeptFile, *, name: str = "", caching: str = ASK_EACH_TIME
) -> web.StreamResponse:
    """A file's preview, whole, whatever range is asked for; by HEAD its headers alone.

    ``name`` is what it is called when it is saved; left out it is like the file's.

    Raises:
        FileNotFound: it has none.
        ServiceUnavailable: its bytes can't be read.
    """
    if kept.preview is None:
        raise FileNotFound
    etag = _etag(kept.preview)
    name = name or f"{kept.file.name.rpartition('.')[0] or kept.file.name}.webp"
    headers = _headers(call, etag, disposition("inline", name), caching)
    headers["Accept-Ranges"] = "none"
    if is_known(call.request.headers.get("If-None-Match"), etag):
        return web.Response(status=304, headers=headers)
    response = web.StreamResponse(headers=headers)
    response.content_type = PREVIEW_TYPE
    response.content_length = kept.preview.size_bytes
    return await _send(call, kept.preview.key, response, (0, kept.preview.size_bytes))


def _etag(preview: StoredBytes) -> str:
    """A key never gets other bytes; what it is made of is nobody's business."""
    return f'"{sha256(preview.key.encode()).hexdigest()[:32]}"'


def _headers(call: Call, etag: str, disposition: str, caching: str) -> dict[str, str]:
    return {
        "ETag": etag,
        "Content-Disposition": disposition,
        "Cache-Control": caching,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Request-Id": call.request_id,
    }


async def _send(
    call: Call, key: str, response: web.StreamResponse, span: tuple[int, int]
) -> web.StreamResponse:
    if call.request.method == "HEAD":
        await response.prepare(call.request)
        return response
    try:
        async for part in call.deps.blobs.read(key, *span):
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


def is_known(given: str | None, etag: str) -> bool:
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


def disposition(way: str, name: str) -> str:
    """What a browser does with a file, and its name in both forms (RFC 6266, RFC 8187)."""
    plain = _PLAIN.sub("_", name)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
