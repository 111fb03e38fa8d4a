"""REST: parse, authenticate, call one service, serialise."""
