"""Documents as they were: files of a git revision, and what was released of our own contract."""

import re
import shutil
import subprocess
import tarfile
import tempfile
import weakref
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.loading import load_document

_REVISION = re.compile(r"(?P<revision>[^:]+):(?P<path>.+)")
_VERSION = re.compile(r"\d+")


def open_revision(source: str, *, fetch: bool = False, cache: Path | None = None) -> Document:
    """The document of a path, an address or ``REVISION:PATH`` of git, as ``HEAD~1:api.yaml``.

    Of a revision, what lies in the same top folder is there for references.

    Raises:
        DocumentUnusable: there is none, or it can't be used.
    """
    match = _REVISION.fullmatch(source)
    if match is None or Path(source).exists() or source.startswith(("http:", "https:")):
        return load_document(source, fetch=fetch, lenient=True, cache=cache)
    if len(match["revision"]) == 1 and shutil.which("git") is None:
        return load_document(source, fetch=fetch, lenient=True, cache=cache)
    folder = tempfile.mkdtemp(prefix="altlas-chat-")
    renamed = _Renamed(match["revision"], folder)
    _extract(source, match["revision"], match["path"], Path(folder))
    path = Path(folder) / match["path"]
    try:
        document = load_document(path, fetch=fetch, lenient=True, cache=cache)
    except DocumentUnusable as error:
        findings = [replace(one, place=renamed.place(one.place)) for one in error.findings]
        raise DocumentUnusable(findings) from error
    return renamed.document(document, source)


def _extract(source: str, revision: str, path: str, folder: Path) -> None:
    """Lay the top folder of a path, as it was at a revision, into a folder."""
    asked = path.removeprefix("./")
    top = asked.partition("/")[0]
    command = ["git", "archive", "--format=tar", revision, "--", top]
    try:
        packed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        what = f"git does not have it: {said.decode(errors='replace').strip().splitlines()[0]}"
        remedy = "Name a file, or REVISION:PATH of the repository that you are in."
        finding = Finding(Place(source), "no-revision", what, remedy)
        raise DocumentUnusable([finding]) from error
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


class _Renamed:
    """Tells places by revision, not by the folder, which goes with the last document of it."""

    def __init__(self, revision: str, folder: str) -> None:
        self._revision = revision
        self._folder = folder
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def place(self, place: Place) -> Place:
        inside = place.file.removeprefix(self._folder).lstrip("/\\")
        return replace(place, file=f"{self._revision}:{inside}")

    def document(self, document: Document, source: str) -> Document:
        def placed(pointer: str) -> Place:
            return self.place(document.place(pointer))

        findings = tuple(replace(x, place=self.place(x.place)) for x in document.findings)
        return replace(document, source=source, findings=findings, _placed=placed)


def newest_release(folder: Path, name: str) -> Path | None:
    """The newest file ``NAME-1.2.3.json`` (or YAML), or that of the newest folder ``1.2.3``."""
    found = [
        path
        for pattern in (f"{name}*.json", f"{name}*.yaml", f"*/{name}*.json", f"*/{name}*.yaml")
        for path in folder.glob(pattern)
    ]
    return max(found, key=lambda path: _version(path.relative_to(folder)), default=None)


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in _VERSION.findall(str(path)))
