"""The documentation of what a mock answers for, to be read and tried at the mock itself."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import unquote

from aiohttp import web

from altlas_chat.mock.compiled import Compiled
from altlas_chat.mock.pipeline import Mock

if TYPE_CHECKING:
    from altlas_chat.pages.site import Site

DOCS = "/docs"


def mount_documentation(mock: Mock, prefix: str = DOCS, *, in_front: bool = False) -> None:
    """Serve the pages below a path; always those of the contract as it is now.

    A contract that has an operation of such a path answers that itself, unless
    the pages are put ``in_front`` of it.
    """
    mock.mount(prefix, _Documentation(mock, prefix), in_front=in_front)


class _Documentation:
    def __init__(self, mock: Mock, prefix: str) -> None:
        self._mock = mock
        self._prefix = prefix
        self._made: tuple[Compiled, Site] | None = None

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse | None:
        if request.method not in ("GET", "HEAD"):
            return None
        # Loaded here, so that a mock whose pages nobody reads starts without them.
        from altlas_chat.pages.site import EVENTS, INDEX  # noqa: PLC0415

        path = unquote(request.rel_url.raw_path)
        if path == self._prefix:
            return web.Response(status=308, headers={"Location": f"{self._prefix}/"})
        site, name = self._site(), path.removeprefix(f"{self._prefix}/") or INDEX
        name = EVENTS if name == "events" else name
        if not path.startswith(f"{self._prefix}/") or name not in site.names:
            return None
        file = await asyncio.to_thread(site.file, name)  # a large document takes a second
        headers = {
            "Content-Type": file.content_type,
            "Content-Security-Policy": site.policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        }
        return web.Response(body=file.content, headers=headers)

    def _site(self) -> "Site":
        """Made anew when the contract was exchanged."""
        from altlas_chat.pages.site import Site  # noqa: PLC0415

        compiled = self._mock.compiled
        if self._made is None or self._made[0] is not compiled:
            self._made = compiled, Site(compiled.documents, here=True)
        return self._made[1]
