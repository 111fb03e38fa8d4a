"""The database's shape and the way from each shape to the next.

Each revision has its statements in a plain module (``ddl_0001``) that both
Alembic's revision and the making of a fresh embedded database use. Nothing
outside :mod:`.runner` and :mod:`.versions` imports Alembic or SQLAlchemy.
"""
