"""The files that the pages of documentation are made of; none of them comes from elsewhere."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

_FOLDER = Path(__file__).parent
_SWAGGER = _FOLDER / "vendored" / "swagger-ui"
_PAGES = _FOLDER / "pages"


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
"""By the name under which they are served."""


@cache
def asset_bytes(name: str) -> bytes:
    """A file's bytes, read once."""
    return ASSETS[name].path.read_bytes()


@cache
def docs_page() -> str:
    """The page that shows the OpenAPI document."""
    return (_PAGES / "docs.html").read_text()
