"""Our own contract as documents like any other: what the tools work on when none is named."""

from altlas_chat.contract.documents import bundle_path
from altlas_chat.specs.documents import Document
from altlas_chat.specs.loading import load_document


def own_openapi() -> Document:
    """Our contract of REST."""
    return load_document(bundle_path("openapi"))


def own_asyncapi() -> Document:
    """Our contract of the WebSocket."""
    return load_document(bundle_path("asyncapi"))
