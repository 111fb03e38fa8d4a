"""The files that pages are made of, as they lie in the package."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

_SWAGGER = Path(__file__).parent / "vendored" / "swagger-ui"
_STATIC = Path(__file__).parent / "static"


class Asset(NamedTuple):
    """A file and what it is."""

    path: Path
    content_type: str


ASSETS = {
    "swagger-ui.css": Asset(_SWAGGER / "swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": Asset(_SWAGGER / "swagger-ui-bundle.js", "text/javascript"),
    "favicon-32x32.png": Asset(_SWAGGER / "favicon-32x32.png", "image/png"),
    "docs.js": Asset(_STATIC / "docs.js", "text/javascript"),
    "pages.css": Asset(_STATIC / "pages.css", "text/css"),
}
"""What the pages of documentation are made of, by the name under which it is given out."""

OF_REST = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "docs.js"})
"""Those that only the page of REST wants."""


@cache
def asset_bytes(name: str) -> bytes:
    """A file's bytes, read once."""
    return ASSETS[name].path.read_bytes()
