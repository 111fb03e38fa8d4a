"""Which branch of the old list is which of the new one: of ``allOf``, ``anyOf`` and ``oneOf``."""

from collections.abc import Callable
from dataclasses import dataclass

from altlas_chat.toolkit.diffing.sameness import Sameness
from altlas_chat.toolkit.diffing.views import View, Views, name_of

Test = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class Matched:
    """Numbers of branches: those that belong together, and those that came and went."""

    pairs: list[tuple[int, int]]
    removed: list[int]
    added: list[int]


class Branches:
    """Matches the branches of two documents.

    First by the name that is referred to, then those that allow the same (moved
    behind a reference or renamed), then by title, and at last the only two that
    are left.
    """

    def __init__(self, old: Views, new: Views, sameness: Sameness) -> None:
        self._old = old
        self._new = new
        self._sameness = sameness

    def matched(self, old: View, new: View, keyword: str) -> Matched:
        ones = self.views(self._old, old, keyword)
        others = self.views(self._new, new, keyword)
        left = Matched([], list(range(len(ones))), list(range(len(others))))
        names = [name_of(old, keyword, number) for number in left.removed]
        new_names = [name_of(new, keyword, number) for number in left.added]
        tests: tuple[Test, ...] = (
            lambda n, m: bool(names[n]) and names[n] == new_names[m],
            lambda n, m: self._sameness.of(ones[n], others[m]),
            lambda n, m: bool(_title(ones[n])) and _title(ones[n]) == _title(others[m]),
        )
        for test in tests:
            left = _paired(left, test)
        if len(left.removed) == len(left.added) == 1:
            one, other = left.removed[0], left.added[0]
            if not (names[one] or new_names[other] or _title(ones[one]) or _title(others[other])):
                return Matched([*left.pairs, (one, other)], [], [])
        return left

    @staticmethod
    def views(views: Views, view: View, keyword: str) -> list[View]:
        return [views.child(view, keyword, n) for n in range(len(view.branches(keyword)))]


def _title(view: View) -> str:
    found = view.data.get("title")
    return found if isinstance(found, str) else ""


def _paired(left: Matched, test: Test) -> Matched:
    pairs, removed, free = list(left.pairs), [], list(left.added)
    for number in left.removed:
        found = next((other for other in free if test(number, other)), None)
        if found is None:
            removed.append(number)
        else:
            free.remove(found)
            pairs.append((number, found))
    return Matched(pairs, removed, free)
