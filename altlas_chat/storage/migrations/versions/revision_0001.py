"""All tables of version 1.

There is no way down: a copy of the database is the way back.
"""

from alembic import op

from altlas_chat.storage.migrations.ddl_0001 import statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in statements("sqlite" if is_sqlite else "postgresql"):
        op.execute(statement)
