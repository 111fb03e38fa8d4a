"""Alembic's revisions, one module each; Alembic loads them by their files."""
