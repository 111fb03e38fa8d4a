"""Examples in a document: which are missing, which are wrong, and putting new ones in."""
