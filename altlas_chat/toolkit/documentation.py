"""Documentation as files of a folder, for any web server or for a double-click."""

from collections.abc import Iterable
from pathlib import Path

from altlas_chat.pages.site import Site
from altlas_chat.specs.documents import Document


def export_documentation(documents: Iterable[Document], folder: Path) -> Site:
    """Write the documentation's files below a folder, which is made where there is none.

    Files of the same names are written anew, others are left alone. What a web
    server should send with the pages is ``Site.policy``.

    Raises:
        OSError: they can't be written.
    """
    site = Site(documents)
    for name in site.names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(site.file(name).content)
    return site
