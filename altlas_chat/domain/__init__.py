"""Plain models, events, errors and permissions; no input or output."""
