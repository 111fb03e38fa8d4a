"""Which documents a mock answers for."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from altlas_chat.data import data_folder
from altlas_chat.reading import read_document
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place

SUFFIXES = (".json", ".yaml", ".yml")
_FIRST_BYTES = 4096


def load_contracts(sources: Sequence[str], *, fetch: bool = False) -> list[Document]:
    """The documents that were named; of a folder all that lie in it, below it none.

    None named means our own contract, both documents of it.

    Raises:
        DocumentUnusable: one can't be read, or a folder holds none.
    """
    if not sources:
        folder = data_folder("contracts") / "generated"
        sources = [str(folder / "openapi.json"), str(folder / "asyncapi.json")]
    found: list[Document] = []
    for source in sources:
        files = list(_files(Path(source))) if Path(source).is_dir() else [source]
        if not files:
            place = Place(source)
            remedy = f"Name a file, or put one that ends in {', '.join(SUFFIXES)} there."
            what = "the folder holds no OpenAPI or AsyncAPI document"
            raise DocumentUnusable([Finding(place, "no-document", what, remedy)])
        found += [read_document(one, fetch=fetch) for one in files]
    return found


def _files(folder: Path) -> Iterator[str]:
    """Files whose first lines name a specification, by name."""
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            with path.open("rb") as file:
                start = file.read(_FIRST_BYTES)
            if b"openapi" in start or b"asyncapi" in start:
                yield str(path)
