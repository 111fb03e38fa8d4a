"""WebSocket: parse, authenticate, call one service, serialise."""
