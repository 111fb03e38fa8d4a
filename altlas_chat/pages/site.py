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


@dataclass(frozen=True, slots=True)
class _Page:
    """A page and its document; ``document`` is that one's name without its ending."""

    name: str
    document: str
    data: Json

    @property
    def is_rest(self) -> bool:
        return self.document.startswith("openapi")

    @property
    def kind(self) -> str:
        return "REST" if self.is_rest else "Events"

    @property
    def title(self) -> str:
        return str((self.data.get("info") or {}).get("title") or "API")


def _yaml(data: Any) -> bytes:
    return as_yaml(data).encode()


_FORMS: Mapping[str, tuple[str, Callable[[Any], bytes]]] = MappingProxyType(
    {"json": ("application/json", as_json), "yaml": ("application/yaml; charset=utf-8", _yaml)}
)


class Site:
    """The documentation of an API, as files of a folder or below an address.

    Every document has its page, named by kind and number (``rest-2.html``); the
    first, ``index.html``, is what to begin with. Events within an OpenAPI document
    (``x-asyncapi``) have theirs, too. Files are made when they are asked for. All
    addresses in them are relative, so the folder may lie anywhere. With ``here``
    operations are tried at the origin that shows the page, below the paths of
    the document's servers.
    """

    def __init__(self, documents: Iterable[Document], *, here: bool = False) -> None:
        self._rest: list[Json] = []
        self._live: list[Json] = []
        for document in documents:
            if document.kind is Kind.ASYNCAPI:
                self._live.append(document.data)
                continue
            self._rest.append(without_events(document.data))
            events = events_of(document.data)
            if events is not None:
                self._live.append(events)
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
        origins = [] if self._here else [one for rest in self._rest for one in origins_of(rest)]
        return ("'self'", *dict.fromkeys(origins))

    @cached_property
    def _pages(self) -> list[_Page]:
        pages: list[_Page] = []
        for kind, page, documents in (
            ("openapi", "rest", self._rest),
            ("asyncapi", "events", self._live),
        ):
            for number, data in enumerate(documents):
                behind = f"-{number + 1}" if number else ""
                name = f"{page}{behind}.html" if pages else INDEX
                pages.append(_Page(name, f"{kind}{behind}", data))
        return pages

    @cached_property
    def _makers(self) -> Mapping[str, tuple[str, Callable[[], bytes]]]:
        made: dict[str, tuple[str, Callable[[], bytes]]] = {}
        html, script = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
        for page in self._pages:
            made[page.name] = html, partial(self._html, page)
            if page.is_rest:
                made[f"{page.document}.js"] = script, partial(self._script, page)
            for form, (content_type, write) in _FORMS.items():
                made[f"{page.document}.{form}"] = content_type, partial(self._as, page, write)
        for name, asset in ASSETS.items():
            if self._rest or name not in OF_REST:
                made[f"assets/{name}"] = asset.content_type, partial(asset_bytes, name)
        return MappingProxyType(made)

    def _shown(self, page: _Page) -> Json:
        return served_here(page.data) if self._here and page.is_rest else page.data

    def _as(self, page: _Page, write: Callable[[Any], bytes]) -> bytes:
        return write(self._shown(page))

    def _html(self, page: _Page) -> bytes:
        around = Surroundings(
            self._pages[0].title, "assets/", self._links(), policy_of_a_file(self._connect)
        )
        if not page.is_rest:
            return event_page(page.data, around).encode()
        name = page.document
        shown = rest_page(page.title, around, document=f"{name}.json", script=f"{name}.js")
        return shown.encode()

    def _links(self) -> tuple[tuple[str, str], ...]:
        """The pages, called by their titles where there are several of a kind, and documents."""
        several = len(self._rest) > 1 or len(self._live) > 1
        pages = (
            (f"{one.kind}: {one.title}" if several else one.kind, one.name) for one in self._pages
        )
        files = (f"{one.document}.{form}" for one in self._pages for form in _FORMS)
        return (*pages, *((name, name) for name in files))

    def _script(self, page: _Page) -> bytes:
        """The document as a script, which works where a page may not fetch: from ``file:``."""
        text = orjson.dumps(as_json(self._shown(page)).decode()).decode()
        return f"window.apiDocument = JSON.parse({text});\n".encode()
