"""The files that a contract is published as, and releases, which never change (R4)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.embedding import KEY, with_events
from altlas_chat.specs.findings import Place
from altlas_chat.toolkit.bundling import Form, bundled, version_of, written
from altlas_chat.toolkit.own import own_asyncapi, own_openapi
from altlas_chat.toolkit.selecting import chat_tab_messages, chat_tab_operations, pruned

Json = dict[str, Any]

WHOLE = "API_Kontratlari"
CHAT_TAB = "Chat_Sekmesi_API_ve_Veri_Modelleri"


class AlreadyReleased(Exception):
    """A release would be changed."""

    def __init__(self, path: Path) -> None:
        self.detail = f"{path} is released already, and is not what would be written now."
        self.remedy = "Raise info.version for another release; a released file never changes."
        super().__init__(self.detail)


def own_bundles(form: Form = "yaml") -> dict[str, bytes]:
    """Our contract's files by name: the whole of it, and the Chat tab's part.

    Each is an OpenAPI document with the events in it (``x-asyncapi``), so that
    one file says all; components are those that something leads to.
    """
    rest, live = own_openapi(), own_asyncapi()
    version = version_of(rest)
    return {
        f"{name}_v{version}.{form}": written(document, form)
        for name, document in _own_documents(rest, live).items()
    }


_ABOUT_EVENTS = (
    "**Events.** What is said over the WebSocket is in `x-asyncapi`: an AsyncAPI document"
    " without schemas of its own, whose references lead into this file.\n"
)


def own_whole() -> Document:
    """Our contract as it is published as a whole: REST with its events."""
    rest, live = own_openapi(), own_asyncapi()
    data = _own_documents(rest, live)[WHOLE]

    def placed(pointer: str) -> Place:
        if pointer.startswith(f"/{KEY}"):
            return live.place(pointer.removeprefix(f"/{KEY}"))
        return rest.place(pointer)

    return Document(rest.source, rest.kind, rest.version, data, rest.files, placed)


def _own_documents(rest: Document, live: Document) -> dict[str, Json]:
    part = with_events(chat_tab_operations(rest.data), chat_tab_messages(live.data))
    return {
        WHOLE: _described(with_events(rest.data, live.data), ""),
        CHAT_TAB: pruned(_described(part, ": the Chat tab")),
    }


def _described(document: Json, title: str) -> Json:
    info = document["info"]
    said = {
        "title": info["title"] + title,
        "description": f"{info['description'].rstrip()}\n\n{_ABOUT_EVENTS}",
    }
    return {**document, "info": {**info, **said}}


def release_of(document: Document, form: Form = "yaml") -> dict[str, bytes]:
    """The file of anybody's document by its name, with its version.

    Raises:
        DocumentUnusable: it says no version.
    """
    name = f"{Path(document.source).stem}_v{version_of(document)}.{form}"
    return {name: written(bundled(document), form)}


def released_folder(folder: Path, version: str) -> Path:
    """Where the files of a version lie below the folder of releases."""
    return folder / f"v{version}"


def stale_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Those that are missing in a folder or not what they should be."""
    paths = {folder / name: content for name, content in files.items()}
    return [
        path
        for path, content in paths.items()
        if not path.is_file() or path.read_bytes() != content
    ]


def release(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write the files of a release that are not there yet; all of them or none.

    Raises:
        AlreadyReleased: one of them is there with other content.
        OSError: they can't be written.
    """
    stale = stale_files(files, folder)
    for path in stale:
        if path.exists():
            raise AlreadyReleased(path)
    return write_files(files, folder)


def write_files(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files into a folder, which is made where there is none.

    Raises:
        OSError: they can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]
