"""The bytes of a request's body."""

from aiohttp import ContentTypeError, web
from aiohttp.http_exceptions import HttpProcessingError

from altlas_chat.mock.hooks import ConnectionCut
from altlas_chat.mock.problems import Refused


def ask_for_body(request: web.BaseRequest) -> None:
    """Tell a client that waits for ``100 Continue`` to go on (RFC 9110, 10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.transport:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def read_body(request: web.BaseRequest) -> bytes:
    """The whole body, its ``Content-Encoding`` undone.

    A client that waits for ``100 Continue`` gets it first.

    Raises:
        Refused: it is over the bound (413), or is not encoded as it says (400).
        ConnectionCut: the client is gone.
    """
    ask_for_body(request)
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Refused(413, "CONTENT_TOO_LARGE", f"{error.text}.", declared=(413,)) from error
    except (web.RequestPayloadError, HttpProcessingError, ContentTypeError) as error:
        detail = f"The body can't be read: {error}."
        raise Refused(400, "MALFORMED_BODY", detail, declared=(400,)) from error
    except ConnectionError as error:
        raise ConnectionCut from error
