"""Is an API document good? Rules beyond those of its specification, each of which may be set."""
