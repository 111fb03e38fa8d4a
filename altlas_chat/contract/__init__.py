"""The contract's documents, loaded and checked."""
