"""Revision 0001: all tables of version 1.

Rules that hold for every table:

* A unique constraint's name holds the names of its columns, as SQLite's own
  error message does: ``UniqueViolated.key`` can be asked on both databases.
* Sets that the contract closes (roles, states) are checked here. Kinds of
  messages, events, notifications and files are open: a new one needs no
  rebuild of the largest tables.
* What belongs to one person alone goes with the person (CASCADE); what others
  see too holds the person (RESTRICT: people are deactivated, not removed); a
  remark on the side is forgotten (SET NULL). What hangs on a message goes
  with it, but a conversation does not take its messages along, because each
  has a row in the full-text index that no foreign key knows of.
"""

from altlas_chat.storage.database import Dialect
from altlas_chat.storage.migrations.ddl_0001 import belongings, conversations, messages, people
from altlas_chat.storage.migrations.dialects import written_for

_IN_ORDER = (
    *people.STATEMENTS,
    *conversations.STATEMENTS,
    *messages.STATEMENTS,
    *belongings.STATEMENTS,
)
_OWN: dict[Dialect, tuple[str, ...]] = {
    "sqlite": messages.SQLITE_STATEMENTS,
    "postgresql": messages.POSTGRESQL_STATEMENTS + belongings.POSTGRESQL_STATEMENTS,
}


def statements(dialect: Dialect) -> list[str]:
    """What leads from an empty database to this revision, in order."""
    return [written_for(dialect, statement) for statement in (*_IN_ORDER, *_OWN[dialect])]
