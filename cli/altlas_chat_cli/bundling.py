"""How ``altlas-chat contract bundle`` goes: which files, where to, and what is said of them."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from altlas_chat.reading import read_document
from altlas_chat.toolkit import publishing
from altlas_chat.toolkit.bundling import bundled, form_of, version_of, written
from altlas_chat.toolkit.own import own_openapi
from altlas_chat_cli import output


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be bundled, and where to; no source is our own contract."""

    source: str | None
    target: Path | None
    form: Literal["yaml", "json"] | None
    fetch: bool


def carry_out(wish: Wish, *, check: bool, release: bool, as_json: bool) -> int:
    """Write, print or check; the exit code.

    Raises:
        DocumentUnusable: the document can't be read.
        AlreadyReleased: a release would be changed.
        OSError: a file can't be written.
    """
    if wish.target is None:
        document = read_document(wish.source or "", fetch=wish.fetch)
        sys.stdout.buffer.write(written(bundled(document), wish.form or "yaml"))
        sys.stdout.flush()
        return output.DONE
    files, folder = _files(wish, wish.target, release=release)
    if check:
        return _checked(files, folder, as_json=as_json)
    write = publishing.release if release else publishing.write_files
    paths = [str(path) for path in write(files, folder)]
    if as_json:
        output.print_json({"files": paths})
    else:
        for path in paths:
            output.print_line(path)
    return output.DONE


def _files(wish: Wish, target: Path, *, release: bool) -> tuple[Mapping[str, bytes], Path]:
    """The files by name, and the folder that they belong into."""
    if wish.source is None:
        version = version_of(own_openapi())
        folder = publishing.released_folder(target, version) if release else target
        return publishing.own_bundles(wish.form or "yaml"), folder
    document = read_document(wish.source, fetch=wish.fetch)
    if release:
        folder = publishing.released_folder(target, version_of(document))
        return publishing.release_of(document, wish.form or "yaml"), folder
    content = written(bundled(document), form_of(target, wish.form))
    return {target.name: content}, target.parent


def _checked(files: Mapping[str, bytes], folder: Path, *, as_json: bool) -> int:
    stale = [str(path) for path in publishing.stale_files(files, folder)]
    if as_json:
        output.print_json({"stale": stale})
    for path in stale:
        output.say(f"{path} is stale: write it anew without --check.")
    return output.FAILED if stale else output.DONE
