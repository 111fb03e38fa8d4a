"""Finding out how fast a server is, where it breaks, and whether it got worse."""
