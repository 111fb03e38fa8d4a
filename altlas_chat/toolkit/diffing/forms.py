"""When a schema becomes a choice between several, or a choice becomes one schema."""

from dataclasses import dataclass, field

from altlas_chat.toolkit.diffing.deltas import Delta
from altlas_chat.toolkit.diffing.sameness import Sameness
from altlas_chat.toolkit.diffing.views import View, Views, called, only_describes

CHOICES = ("oneOf", "anyOf")
_ASIDE = frozenset({"oneOf", "anyOf", "discriminator", "nullable"})


@dataclass(frozen=True, slots=True)
class Form:
    """What the forms of two schemas tell: types and choices, all of the difference, or nothing."""

    deltas: list[Delta] = field(default_factory=list)
    types_told: bool = False
    all_told: bool = False


class Forms:
    """Tells changes of form between the schemas of two documents."""

    def __init__(self, old: Views, new: Views, sameness: Sameness) -> None:
        self._old = old
        self._new = new
        self._sameness = sameness

    def of(self, old: View, new: View) -> Form:
        listed = self._of_lists_of_types(old, new)
        if listed is not None:
            return listed
        for keyword in CHOICES:
            if _is_choice(new, keyword) and _is_plain(old):
                return self._wrapped(old, new, keyword)
            if _is_choice(old, keyword) and _is_plain(new):
                return self._unwrapped(old, new, keyword)
        return Form()

    def _of_lists_of_types(self, old: View, new: View) -> Form | None:
        """Choices between plain types, as the field's tools name them."""
        one, other = self._types(self._old, old), self._types(self._new, new)
        if one is None or other is None or not (_chooses(old) or _chooses(new)):
            return None
        if set(one) == set(other):
            return None
        deltas = []
        gone, came = sorted(set(one) - set(other)), sorted(set(other) - set(one))
        if gone:
            deltas.append(Delta("list-of-types-narrowed", gone, None, step="type"))
        if came:
            deltas.append(Delta("list-of-types-widened", None, came, step="type"))
        return Form(deltas, types_told=True)

    def _types(self, views: Views, view: View) -> list[str] | None:
        if any(view.data.get(key) for key in ("not", "allOf", "properties")):
            return None
        if view.types:
            return list(view.types) if len(view.types) == 1 and not _chooses(view) else None
        for keyword in CHOICES:
            branches = [
                views.child(view, keyword, number) for number in range(len(view.branches(keyword)))
            ]
            if branches:
                simple = all(_is_simple(one) for one in branches)
                return [one.types[0] for one in branches] if simple else None
        return None

    def _wrapped(self, old: View, new: View, keyword: str) -> Form:
        branches = [
            self._new.child(new, keyword, number) for number in range(len(new.branches(keyword)))
        ]
        kept = next(
            (n for n, branch in enumerate(branches) if self._sameness.of(old, branch)), None
        )
        if kept is None:
            if not old.schemas("properties"):
                return Form()
            return Form([Delta("wrapped-in-one-of", step=keyword)], all_told=True)
        if len(branches) == 1:
            return Form(all_told=True)
        if keyword == "oneOf":
            delta = Delta("wrapped-in-one-of-original-preserved", step=keyword)
            return Form([delta], all_told=True)
        return Form(_told("added", new, branches, keyword, kept), all_told=True)

    def _unwrapped(self, old: View, new: View, keyword: str) -> Form:
        branches = [
            self._old.child(old, keyword, number) for number in range(len(old.branches(keyword)))
        ]
        kept = next(
            (n for n, branch in enumerate(branches) if self._sameness.of(branch, new)), None
        )
        if kept is None:
            return Form()
        return Form(_told("removed", old, branches, keyword, kept), all_told=True)


def _told(way: str, view: View, branches: list[View], keyword: str, kept: int) -> list[Delta]:
    short = f"{keyword[:3]}-of-{way}"
    return [
        Delta(short, name=called(view, keyword, number, branch), step=keyword)
        for number, branch in enumerate(branches)
        if number != kept
    ]


def _chooses(view: View) -> bool:
    return any(view.branches(keyword) for keyword in CHOICES)


def _is_choice(view: View, keyword: str) -> bool:
    """It is a choice and nothing else."""
    rest = {key: value for key, value in view.data.items() if key not in _ASIDE}
    return bool(view.branches(keyword)) and only_describes(rest)


def _is_plain(view: View) -> bool:
    return not _chooses(view) and not only_describes(view.data)


def _is_simple(view: View) -> bool:
    inside = any(view.data.get(key) for key in ("properties", "oneOf", "anyOf", "allOf"))
    return len(view.types) == 1 and not view.null and not inside
