"""A self-hosted chat backend: REST, WebSocket, contract first."""

__version__ = "0.1.0"
