"""Reads API documents as the settings say: how large a file may be, and where the cache is."""

from pathlib import Path

from altlas_chat.settings import document_bytes, document_cache
from altlas_chat.specs.documents import Document
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sources import Limits


def read_document(source: str | Path, *, fetch: bool = False, lenient: bool = False) -> Document:
    """The document of a path, of ``-`` for standard input or, with ``fetch``, of an address.

    Raises:
        DocumentUnusable: see :func:`altlas_chat.specs.loading.load_document`.
    """
    limits = Limits(largest_file=document_bytes())
    return load_document(
        source, fetch=fetch, lenient=lenient, cache=document_cache(), limits=limits
    )
