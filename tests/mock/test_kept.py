"""Things that are kept: as many as fit."""

from altlas_chat.mock.kept import Kept


def test_over_the_bound_the_oldest_goes():
    kept: Kept[str] = Kept(most_things=2, most_bytes=100)
    for name in "abc":
        kept.keep(name, name.upper(), 1)
    assert [kept.get(name) for name in "abc"] == [None, "B", "C"]


def test_bytes_count_and_what_alone_is_too_large_is_not_kept():
    kept: Kept[str] = Kept(most_things=10, most_bytes=10)
    kept.keep("a", "A", 6)
    kept.keep("b", "B", 6)
    kept.keep("c", "C", 11)
    kept.keep("b", "again", 1)
    assert [kept.get(name) for name in "abc"] == [None, "B", None]
