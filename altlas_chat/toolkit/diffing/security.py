"""What changed about who may call: the requirements in effect, and the schemes themselves."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.specs.api import Operation
from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.changes import Found, Where
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.paths import Pair
from altlas_chat.toolkit.diffing.reading import held, table, words

Requirement = Mapping[str, Any]
Requirements = tuple[Requirement, ...]


class Security:
    """Compares what is asked of callers."""

    def __init__(self, old: Document, new: Document, found: Found) -> None:
        self._old = old
        self._new = new
        self._found = found

    def compare(self, where: Where, pair: Pair) -> None:
        """Of an operation that has requirements of its own in one document at least."""
        if _own(pair.old.data) is None and _own(pair.new.data) is None:
            return
        places = (_place(pair.old.pointer, pair.old.data), _place(pair.new.pointer, pair.new.data))
        self._compare(where, self._of(pair.old), self._of(pair.new), places, "api-security")

    @staticmethod
    def _of(operation: Operation) -> Requirements:
        """What is asked for, by its own requirements or by those of the document."""
        own = _own(operation.data)
        return (_own(operation.document.data) or ()) if own is None else own

    def compare_global(self, pairs: list[Pair]) -> None:
        """Of all operations that have none of their own.

        Where no operation is left that they are about, nobody is harmed.
        """
        old, new = (_own(one.data) or () for one in (self._old, self._new))
        reached = any(_own(p.old.data) is None and _own(p.new.data) is None for p in pairs)
        places = tuple(
            "/security" if "security" in one.data else "" for one in (self._old, self._new)
        )
        level = None if reached else Level.SAFE
        self._compare(Where(), old, new, (places[0], places[1]), "api-global-security", level)

    def _compare(
        self,
        where: Where,
        old: Requirements,
        new: Requirements,
        places: tuple[str, str],
        rule: str,
        level: Level | None = None,
    ) -> None:
        open_before, open_after = _is_open(old), _is_open(new)
        if open_before != open_after and level is None:
            way = "added" if open_after else "removed"
            self._found.add(f"{rule}-anonymous-access-{way}", where, *places)
        lower = Level.SAFE if open_after else level
        pairs, removed, added = _matched(old, new)
        for one in added:
            self._found.add(f"{rule}-added", where, *places, new=_said(one))
        for one in removed:
            if not open_after or rule != "api-security":
                found = Level.SAFE if _is_met(one, new) else lower
                self._found.add(f"{rule}-removed", where, *places, level=found, old=_said(one))
        for one, other in pairs:
            found = Level.SAFE if _is_met(one, new) else lower
            self._compare_scopes(where, (one, other), places, rule, found)

    def _compare_scopes(
        self,
        where: Where,
        pair: tuple[Requirement, Requirement],
        places: tuple[str, str],
        rule: str,
        level: Level | None,
    ) -> None:
        old, new = pair
        for scheme in old:
            before, after = words(old, scheme), words(new, scheme)
            said = f"`{scheme}`"
            for scope in sorted(after - before):
                self._found.add(
                    f"{rule}-scope-added", where, *places, level=level, name=said, new=scope
                )
            for scope in sorted(before - after):
                self._found.add(f"{rule}-scope-removed", where, *places, name=said, old=scope)

    def compare_schemes(self) -> None:
        """The schemes of the components; only what goes over the wire can break."""
        holder = "/components/securitySchemes"
        before, after = held(self._old, holder), held(self._new, holder)
        for name in before.keys() | after.keys():
            place = joined(holder, name)
            if name not in after:
                self._found.add("api-security-component-removed", Where(), place, None, name=name)
            elif name not in before:
                self._found.add("api-security-component-added", Where(), None, place, name=name)
            else:
                self._compare_scheme(name, before[name], after[name], (place, place))

    def _compare_scheme(self, name: str, old: Json, new: Json, places: tuple[str, str]) -> None:
        short = "api-security-component"
        if old.get("type") != new.get("type"):
            rule = f"{short}-type-changed"
            told: dict[str, Any] = {"old": old.get("type"), "new": new.get("type")}
            self._found.add(rule, Where(), *places, name=name, **told)
            return
        for keyword, rule in (
            ("name", "api-key-name"),
            ("in", "api-key-in"),
            ("scheme", "http-scheme"),
            ("bearerFormat", "bearer-format"),
            ("openIdConnectUrl", "open-id-connect-url"),
        ):
            before, after = old.get(keyword), new.get(keyword)
            same = str(before).lower() == str(after).lower() if keyword == "scheme" else False
            if before != after and not same:
                told = {"name": name, "old": before, "new": after}
                self._found.add(f"{short}-{rule}-changed", Where(), *places, **told)
        before_flows, after_flows = table(old, "flows"), table(new, "flows")
        for flow in before_flows.keys() & after_flows.keys():
            self._compare_flow(name, table(before_flows, flow), table(after_flows, flow), places)

    def _compare_flow(self, name: str, old: Json, new: Json, places: tuple[str, str]) -> None:
        short = "api-security-component-oauth"
        for keyword, rule in (("authorizationUrl", "url"), ("tokenUrl", "token-url")):
            if old.get(keyword) != new.get(keyword):
                told: dict[str, Any] = {
                    "name": name,
                    "old": old.get(keyword),
                    "new": new.get(keyword),
                }
                self._found.add(f"{short}-{rule}-changed", Where(), *places, **told)
        before, after = table(old, "scopes"), table(new, "scopes")
        for scope in before.keys() | after.keys():
            if scope not in after:
                self._found.add(f"{short}-scope-removed", Where(), *places, name=name, old=scope)
            elif scope not in before:
                self._found.add(f"{short}-scope-added", Where(), *places, name=name, new=scope)
            elif before[scope] != after[scope]:
                told = {"name": name, "old": before[scope], "new": after[scope]}
                self._found.add(f"{short}-scope-changed", Where(), *places, **told)


def _own(data: Json) -> Requirements | None:
    found = data.get("security")
    if not isinstance(found, list):
        return None
    return tuple(one for one in found if isinstance(one, dict))


def _place(pointer: str, data: Json) -> str:
    return joined(pointer, "security") if "security" in data else pointer


def _is_open(requirements: Requirements) -> bool:
    return not requirements or any(not one for one in requirements)


def _said(requirement: Requirement) -> str:
    return " and ".join(sorted(requirement))


def _is_met(old: Requirement, new: Requirements) -> bool:
    """Who has what the old requirement asks for has all that one of the new ones does."""
    return any(
        all(scheme in old and words(one, scheme) <= words(old, scheme) for scheme in one)
        for one in new
    )


def _matched(
    old: Requirements, new: Requirements
) -> tuple[list[tuple[Requirement, Requirement]], list[Requirement], list[Requirement]]:
    """Requirements of the same schemes, those that went, and those that came; not those that stay.

    Asking for nothing is told elsewhere.
    """
    ones = [one for one in old if one and one not in new]
    others = [one for one in new if one and one not in old]
    pairs, removed = [], []
    for one in ones:
        match = next((other for other in others if other.keys() == one.keys()), None)
        if match is None:
            removed.append(one)
        else:
            others.remove(match)
            pairs.append((one, match))
    return pairs, removed, others
