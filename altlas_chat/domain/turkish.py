"""The Turkish of every sentence that the server says to people, by its English."""

TURKISH: dict[str, str] = {}
