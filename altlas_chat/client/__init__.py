"""The Python client: it reconnects and resumes by itself."""
