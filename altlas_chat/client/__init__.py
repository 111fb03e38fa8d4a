"""The Python client: it reconnects, resumes, and sends what was written without a connection."""

from altlas_chat.client.chat import Chat
from altlas_chat.client.errors import ClientError, LoggedOut, Refused, Unreachable
from altlas_chat.client.stores import FileStore, MemoryStore, Store

__all__ = [
    "Chat",
    "ClientError",
    "FileStore",
    "LoggedOut",
    "MemoryStore",
    "Refused",
    "Store",
    "Unreachable",
]
