"""The `altlas-chat` command."""
