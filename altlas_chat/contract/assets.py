"""The files of the JavaScript client, which the server gives out as they are."""

from functools import cache

from altlas_chat.data import client_folder
from altlas_chat.pages.files import Asset

_CLIENT = client_folder()

CLIENT_FILES = {
    path.relative_to(_CLIENT).as_posix(): Asset(
        path, "text/javascript" if path.suffix == ".js" else "text/plain"
    )
    for path in sorted([*_CLIENT.rglob("*.js"), *_CLIENT.rglob("*.d.ts")])
}
"""The JavaScript client and its types, by their address."""


@cache
def client_bytes(name: str) -> bytes:
    """A file's bytes, read once."""
    return CLIENT_FILES[name].path.read_bytes()
