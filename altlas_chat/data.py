"""Where what is no Python is, installed or in a checkout: contracts, fixtures, a client."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).parent


def data_folder(name: Literal["contracts", "fixtures", "loadtests"]) -> Path:
    """The folder of that name: the installed package's own, else the checkout's.

    Raises:
        FileNotFoundError: there is neither.
    """
    for folder in (_PACKAGE / "_data" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the package has no folder {name}")


def client_folder() -> Path:
    """The folder of the JavaScript client, which lies in the package beside the Python one."""
    return _PACKAGE / "client" / "javascript"
