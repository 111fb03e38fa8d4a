"""Is the server's WebSocket what RFC 6455 says: judged by others."""
