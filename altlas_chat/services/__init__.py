"""The rules: who may, what changes, which event."""
