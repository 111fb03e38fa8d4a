"""The files that the server gives out as they are; none of them comes from elsewhere."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from altlas_chat.data import client_folder

_FOLDER = Path(__file__).parent
_SWAGGER = _FOLDER / "vendored" / "swagger-ui"
_PAGES = _FOLDER / "pages"
_CLIENT = client_folder()


class Asset(NamedTuple):
    """A file and what it is."""

    path: Path
    content_type: str


ASSETS = {
    "swagger-ui.css": Asset(_SWAGGER / "swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": Asset(_SWAGGER / "swagger-ui-bundle.js", "text/javascript"),
    "favicon-32x32.png": Asset(_SWAGGER / "favicon-32x32.png", "image/png"),
    "docs.js": Asset(_PAGES / "docs.js", "text/javascript"),
    "pages.css": Asset(_PAGES / "pages.css", "text/css"),
}
"""What the pages of documentation are made of, by the name under which it is served."""

CLIENT_FILES = {
    path.relative_to(_CLIENT).as_posix(): Asset(
        path, "text/javascript" if path.suffix == ".js" else "text/plain"
    )
    for path in sorted([*_CLIENT.rglob("*.js"), *_CLIENT.rglob("*.d.ts")])
}
"""The JavaScript client and its types, by their address."""


@cache
def asset_bytes(name: str) -> bytes:
    """A file's bytes, read once."""
    return (ASSETS.get(name) or CLIENT_FILES[name]).path.read_bytes()


@cache
def docs_page() -> str:
    """The page that shows the OpenAPI document."""
    return (_PAGES / "docs.html").read_text()
