"""All files of the documentation of an API: pages, what they are made of, and the documents."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import orjson

from altlas_chat.pages.event_page import event_page
from altlas_chat.pages.files import ASSETS, OF_REST, asset_bytes
from altlas_chat.pages.frame import Surroundings, policy, policy_of_a_file
from altlas_chat.pages.rest_page import rest_page
from altlas_chat.pages.servers import origins_of, served_here
from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.embedding import events_of, without_events
from altlas_chat.specs.writing import as_json, as_yaml

Json = dict[str, Any]

INDEX = "index.html"
EVENTS = "events.html"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One file; ``content_type`` is what a server says of it, its charset with it."""

    content: bytes
    content_type: str


class Site:
    """The documentation of one API, as files of a folder or below an address.

    Of each kind of document the last one counts; events within an OpenAPI
    document (``x-asyncapi``) have their page too. Files are made when they are
    asked for. All addresses in them are relative, so the folder may lie
    anywhere; ``index.html`` is what to begin with. With ``here`` operations are
    tried at the origin that shows the page, below the paths of the document's servers.
    """

    def __init__(self, documents: Iterable[Document], *, here: bool = False) -> None:
        self._openapi: Json | None = None
        self._asyncapi: Json | None = None
        for document in documents:
            if document.kind is Kind.ASYNCAPI:
                self._asyncapi = document.data
            else:
                self._openapi = without_events(document.data)
                self._asyncapi = events_of(document.data) or self._asyncapi
        self._here = here

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files, with slashes where they lie in folders."""
        return tuple(self._makers)

    def file(self, name: str) -> SiteFile:
        """A file.

        Raises:
            KeyError: there is none of that name.
        """
        content_type, make = self._makers[name]
        return SiteFile(make(), content_type)

    @property
    def policy(self) -> str:
        """The Content-Security-Policy to send with the pages."""
        return policy(self._connect)

    @property
    def _connect(self) -> tuple[str, ...]:
        if self._here or self._openapi is None:
            return ("'self'",)
        return ("'self'", *origins_of(self._openapi))

    @cached_property
    def _makers(self) -> Mapping[str, tuple[str, Callable[[], bytes]]]:
        made: dict[str, tuple[str, Callable[[], bytes]]] = {}
        html, script = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
        if self._openapi is not None:
            made[INDEX] = html, self._rest_page
            made["openapi.js"] = script, self._script
            made |= _documents("openapi", self._shown)
        if self._asyncapi is not None:
            made[EVENTS if INDEX in made else INDEX] = html, self._event_page
            made |= _documents("asyncapi", lambda: self._asyncapi)
        for name, asset in ASSETS.items():
            if self._openapi is None and name in OF_REST:
                continue
            made[f"assets/{name}"] = asset.content_type, partial(asset_bytes, name)
        return MappingProxyType(made)

    def _shown(self) -> Json:
        document = self._openapi or {}
        return served_here(document) if self._here else document

    def _around(self) -> Surroundings:
        links = [
            (words, name)
            for words, name in (
                ("REST" if self._openapi is not None else "Events", INDEX),
                ("Events", EVENTS),
                *((name, name) for name in self._makers if name.endswith((".json", ".yaml"))),
            )
            if name in self._makers
        ]
        return Surroundings(self._title, "assets/", tuple(links), policy_of_a_file(self._connect))

    @property
    def _title(self) -> str:
        return str(
            ((self._openapi or self._asyncapi or {}).get("info") or {}).get("title") or "API"
        )

    def _rest_page(self) -> bytes:
        page = rest_page(self._title, self._around(), document="openapi.json", script="openapi.js")
        return page.encode()

    def _event_page(self) -> bytes:
        return event_page(self._asyncapi or {}, self._around()).encode()

    def _script(self) -> bytes:
        """The document as a script, which works where a page may not fetch: from ``file:``."""
        text = orjson.dumps(as_json(self._shown()).decode()).decode()
        return f"window.apiDocument = JSON.parse({text});\n".encode()


def _documents(
    name: str, of: Callable[[], Json | None]
) -> dict[str, tuple[str, Callable[[], bytes]]]:
    return {
        f"{name}.json": ("application/json", lambda: as_json(of())),
        f"{name}.yaml": ("application/yaml; charset=utf-8", lambda: as_yaml(of()).encode()),
    }
