"""How things end and ripen: ``deprecated``, ``x-sunset`` and ``x-stability-level``."""

from datetime import date
from typing import Any

from altlas_chat.specs.documents import Json
from altlas_chat.toolkit.diffing.changes import Found, Policy, Where

SUNSET, STABILITY = "x-sunset", "x-stability-level"
LEVELS = ("draft", "alpha", "beta", "stable")


def day(told: Any) -> date | None:
    """The day that an ``x-sunset`` names (RFC 3339, also with a time); None if it names none."""
    if isinstance(told, date):
        return told if type(told) is date else date(told.year, told.month, told.day)
    if not isinstance(told, str):
        return None
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        return None


def stability_of(data: Json) -> str | None:
    """Its level of stability; without one it is stable. None: the level is not known."""
    told = data.get(STABILITY)
    if told is None or told == "":
        return "stable"
    return told if told in LEVELS else None


def is_judged(data: Json, policy: Policy) -> bool:
    """It is stable enough that it must not change as it likes."""
    level = stability_of(data)
    return level is None or LEVELS.index(level) >= LEVELS.index(policy.stability)


def days_needed(data: Json, policy: Policy) -> int:
    level = stability_of(data)
    if level in ("draft", "alpha"):
        return 0
    return policy.beta_days if level == "beta" else policy.stable_days


def steps_of_stability(old: Any, new: Any, policy: Policy) -> tuple[str, str, str] | None:
    """Which way a level of stability went, from where and to where; None if nowhere."""
    before, after = (stability_of({STABILITY: one}) for one in (old, new))
    if before is None or after is None or before == after:
        return None
    if LEVELS.index(before) < LEVELS.index(policy.stability):
        return None
    way = "increased" if LEVELS.index(after) > LEVELS.index(before) else "decreased"
    return way, before, after


def sunset_rule(data: Json, aspect: str, policy: Policy) -> tuple[str, str, int]:
    """Of something deprecated, or no longer: the rule's end, the day, and the days needed."""
    if aspect == "reactivated":
        return "reactivated", "", 0
    days = days_needed(data, policy)
    told = data.get(SUNSET)
    if told is None:
        return ("deprecated-sunset-missing" if days else "deprecated"), "", days
    until = day(told)
    if until is None:
        return "deprecated-sunset-invalid", str(told), days
    if days and (until - policy.today).days < days:
        return "sunset-date-too-small", str(until), days
    return "deprecated-with-sunset", str(until), days


_OF_ENDPOINTS = {
    "reactivated": "endpoint-reactivated",
    "deprecated": "endpoint-deprecated",
    "deprecated-with-sunset": "endpoint-deprecated-with-sunset",
    "deprecated-sunset-missing": "api-deprecated-sunset-missing",
    "deprecated-sunset-invalid": "api-deprecated-sunset-parse",
    "sunset-date-too-small": "api-sunset-date-too-small",
}
_OF_PARAMETERS = {
    "reactivated": "request-parameter-reactivated",
    "deprecated": "request-parameter-deprecated",
    "deprecated-with-sunset": "request-parameter-deprecated",
    "deprecated-sunset-missing": "request-parameter-deprecated-sunset-missing",
    "deprecated-sunset-invalid": "request-parameter-sunset-parse",
    "sunset-date-too-small": "request-parameter-sunset-date-too-small",
}


class Lifecycle:
    """Judges how operations and parameters end."""

    def __init__(self, found: Found, policy: Policy) -> None:
        self._found = found
        self._policy = policy

    def of_endpoint(self, where: Where, old: Json, new: Json, places: tuple[str, str]) -> None:
        """What changed about the end of an operation that both documents have."""
        self._of_deprecation(where, (old, new), places, _OF_ENDPOINTS, "")
        self._of_sunset(
            where, (old, new), places, ("sunset-deleted", "api-sunset-date-changed-too-small"), ""
        )
        self._of_stability(where, old, new, places)

    def of_parameter(
        self, where: Where, both: tuple[Json, Json], places: tuple[str, str], name: str
    ) -> None:
        self._of_deprecation(where, both, places, _OF_PARAMETERS, name)
        rules = (
            "request-parameter-sunset-deleted",
            "request-parameter-sunset-date-changed-too-small",
        )
        self._of_sunset(where, both, places, rules, name)

    def _of_deprecation(
        self,
        where: Where,
        both: tuple[Json, Json],
        places: tuple[str, str],
        rules: dict[str, str],
        name: str,
    ) -> None:
        old, new = both
        if (old.get("deprecated") is True) == (new.get("deprecated") is True):
            return
        aspect = "deprecated" if new.get("deprecated") is True else "reactivated"
        rule, until, days = sunset_rule(new, aspect, self._policy)
        self._found.add(
            rules[rule], where, *places, old=until, new=until or None, days=days, name=name
        )

    def _of_sunset(
        self,
        where: Where,
        both: tuple[Json, Json],
        places: tuple[str, str],
        rules: tuple[str, str],
        name: str,
    ) -> None:
        """Of something deprecated that stays so: its day may not go or come nearer."""
        old, new = both
        if new.get("deprecated") is not True or old.get(SUNSET) in (None, new.get(SUNSET)):
            return
        if new.get(SUNSET) is None:
            self._found.add(rules[0], where, *places, old=str(old[SUNSET]), name=name)
            return
        before, after = day(old[SUNSET]), day(new[SUNSET])
        if before is None or after is None:
            rule = "request-parameter-sunset-parse" if name else "api-path-sunset-parse"
            bad = old[SUNSET] if before is None else new[SUNSET]
            self._found.add(rule, where, *places, old=str(bad), name=name)
            return
        days = days_needed(new, self._policy)
        if after < before and (after - self._policy.today).days < days:
            self._found.add(
                rules[1], where, *places, old=str(before), new=str(after), days=days, name=name
            )

    def _of_stability(self, where: Where, old: Json, new: Json, places: tuple[str, str]) -> None:
        for data in (old, new):
            if stability_of(data) is None and old.get(STABILITY) != new.get(STABILITY):
                self._found.add(
                    "api-invalid-stability-level", where, *places, new=str(data[STABILITY])
                )
                return
        found = steps_of_stability(old.get(STABILITY), new.get(STABILITY), self._policy)
        if found is not None:
            way, before, after = found
            rule = f"api-stability-{way}"
            self._found.add(rule, where, *places, old=before, new=after)

    def of_removed(
        self, where: Where, data: Json, place: str, rules: tuple[str, str, str, str], name: str = ""
    ) -> None:
        """Something went: was it told in time?

        ``rules`` are those for not told, told, too early, and a day that can't be read.
        """
        undeprecated, deprecated, early, unread = rules
        if data.get("deprecated") is not True:
            self._found.add(undeprecated, where, place, None, name=name)
            return
        told = data.get(SUNSET)
        until = day(told)
        if told is not None and until is None:
            self._found.add(unread, where, place, None, old=str(told), name=name)
        elif until is not None and self._policy.today < until:
            self._found.add(early, where, place, None, old=str(until), name=name)
        else:
            self._found.add(deprecated, where, place, None, name=name)
