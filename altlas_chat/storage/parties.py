"""People and groups by the beginnings of their words."""

from collections.abc import Sequence
from typing import NamedTuple

from altlas_chat.domain.text import account_key, name_order, words
from altlas_chat.storage.database import Reader

LAST_SIGN = "\U0010ffff"


class Sought(NamedTuple):
    """What is looked for, as it is compared; ``viewer_id`` is who asks."""

    viewer_id: str
    forms: Sequence[str]
    spelled: Sequence[str]
    key: str

    @classmethod
    def of(cls, viewer_id: str, query: str) -> "Sought":
        """``forms`` is empty when there is no word in the query."""
        return cls(viewer_id, words(query), name_order(query).split(), _key(query))


def _key(query: str) -> str:
    """As a user name; PostgreSQL takes no NUL."""
    return account_key(query.replace("\x00", " "))


class Party(NamedTuple):
    """A person or a group that was found, and its place among all that are.

    The best rank is 0: it is the user name itself. Then come names that are
    spelled so, and those that are found without their diacritics; of each
    those first whose name begins so.
    """

    rank: int
    order_name: str
    party_id: str
    kind: str


async def select_parties(
    reader: Reader, sought: Sought, kind: str | None, after: Sequence[object] | None, limit: int
) -> list[Party]:
    """Active people who did not block the viewer, and the viewer's groups, the best first.

    Each word of the query begins a word of the name or of the user name.
    ``after`` is rank, order and id of the last one of the page before.
    """
    parts, params = [], []
    if kind != "group":
        sql, values = _people(sought)
        parts.append(sql)
        params += values
    if kind != "user":
        sql, values = _groups(sought)
        parts.append(sql)
        params += values
    sql = (
        "SELECT found_rank, order_name, party_id, kind FROM ("
        + " UNION ALL ".join(parts)
        + ") found"
    )
    if after is not None:
        sql += " WHERE (found_rank, order_name, party_id) > (?, ?, ?)"
        params += after
    sql += " ORDER BY found_rank, order_name, party_id LIMIT ?"
    return [Party(*row) for row in await reader.fetch_all(sql, *params, limit)]


def _rank(order: str, name: str, sought: Sought) -> tuple[str, list[object]]:
    """One of 1 to 4, as SQL."""
    spelled = " AND ".join([f"' ' || {order} LIKE ?"] * len(sought.spelled)) or "TRUE"
    sql = (
        f"1 + CASE WHEN {spelled} THEN 0 ELSE 2 END"
        f" + CASE WHEN {name} >= ? AND {name} < ? THEN 0 ELSE 1 END"
    )
    whole = " ".join(sought.forms)
    return sql, [*(f"% {word}%" for word in sought.spelled), whole, whole + LAST_SIGN]


def _people(sought: Sought) -> tuple[str, list[object]]:
    rank, params = _rank("u.order_name", "u.search_name", sought)
    first, *others = sorted(sought.forms, key=len, reverse=True)
    sql = (
        f"SELECT CASE WHEN u.username_key = ? THEN 0 ELSE {rank} END AS found_rank,"
        " u.order_name AS order_name, u.user_id AS party_id, 'user' AS kind"
        " FROM (SELECT DISTINCT user_id FROM user_words WHERE word >= ? AND word < ?) w"
        " JOIN users u ON u.user_id = w.user_id WHERE u.is_active"
        " AND NOT EXISTS (SELECT 1 FROM blocks b"
        " WHERE b.user_id = u.user_id AND b.blocked_id = ?)"
    )
    values = [sought.key, *params, first, first + LAST_SIGN, sought.viewer_id]
    for word in others:
        sql += (
            " AND EXISTS (SELECT 1 FROM user_words x"
            " WHERE x.user_id = u.user_id AND x.word >= ? AND x.word < ?)"
        )
        values += [word, word + LAST_SIGN]
    return sql, values


def _groups(sought: Sought) -> tuple[str, list[object]]:
    """The words of the viewer's own groups are compared: they are few."""
    rank, params = _rank("c.order_name", "c.search_name", sought)
    has = " AND ' ' || c.search_name LIKE ?" * len(sought.forms)
    sql = (
        f"SELECT {rank} AS found_rank, c.order_name AS order_name,"
        " c.conversation_id AS party_id, 'group' AS kind"
        " FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id"
        f" WHERE m.user_id = ? AND c.kind = 'group' AND c.deleted_at IS NULL{has}"
    )
    return sql, [*params, sought.viewer_id, *(f"% {word}%" for word in sought.forms)]
