"""What changed about request bodies, responses, their media types and headers."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.specs.api import Answer, MediaType, Operation, Parameter
from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.changes import Found, Where
from altlas_chat.toolkit.diffing.media import holds, parsed
from altlas_chat.toolkit.diffing.parameters import is_strong
from altlas_chat.toolkit.diffing.paths import Pair
from altlas_chat.toolkit.diffing.telling import Scope, Teller
from altlas_chat.toolkit.diffing.views import only_describes

Content = Mapping[str, MediaType]


class Bodies:
    """Compares what operations take and give."""

    def __init__(self, old: Document, new: Document, teller: Teller, found: Found) -> None:
        self._old = old
        self._new = new
        self._teller = teller
        self._found = found

    def compare(self, where: Where, pair: Pair) -> None:
        self._compare_bodies(where, pair.old, pair.new)
        self._compare_answers(where, pair.old, pair.new)

    def _compare_bodies(self, where: Where, one: Operation, other: Operation) -> None:
        old, new = one.body, other.body
        if old is None or new is None:
            if new is not None:
                rule = f"request-body-added-{'required' if new.required else 'optional'}"
                self._found.add(rule, where, one.pointer, new.pointer)
            elif old is not None:
                self._found.add("request-body-removed", where, old.pointer, other.pointer)
            return
        if old.required != new.required:
            rule = f"request-body-became-{'required' if new.required else 'optional'}"
            self._found.add(rule, where, old.pointer, new.pointer)
        pairs, removed, added = _in_requests(old.content, new.content)
        for name in removed:
            place = old.content[name].pointer
            self._found.add("request-body-media-type-removed", where, place, None, old=name)
        for name in added:
            place = new.content[name].pointer
            self._found.add("request-body-media-type-added", where, None, place, new=name)
        for before, after in pairs:
            self._compare_media(where, old.content[before], new.content[after], "", len(pairs))

    def _compare_answers(self, where: Where, one: Operation, other: Operation) -> None:
        old, new = one.answers, other.answers
        for status, answer in old.items():
            match = new.get(status) or new.get(f"{status[0]}XX")
            if match is not None:
                self._compare_answer(where, answer, match, status)
            else:
                rule = f"response-{_kind(status)}-status-removed"
                self._found.add(rule, where, answer.pointer, other.pointer, status=status)
        for status, answer in new.items():
            if status not in old:
                rule = f"response-{_kind(status)}-status-added"
                self._found.add(rule, where, one.pointer, answer.pointer, status=status)

    def _compare_answer(self, where: Where, old: Answer, new: Answer, status: str) -> None:
        self._compare_headers(where, old, new, status)
        pairs, removed, added = _in_answers(old.content, new.content)
        for name in removed:
            place = old.content[name].pointer
            rule = "response-media-type-removed"
            self._found.add(rule, where, place, new.pointer, old=name, status=status)
        for name in added:
            place = new.content[name].pointer
            rule = "response-media-type-added"
            self._found.add(rule, where, old.pointer, place, new=name, status=status)
        for before, after in pairs:
            self._compare_names(where, old.content[before], new.content[after], status)
            self._compare_media(where, old.content[before], new.content[after], status, len(pairs))

    def _compare_names(self, where: Where, old: MediaType, new: MediaType, status: str) -> None:
        if old.name == new.name:
            return
        one, other = parsed(old.name), parsed(new.name)
        places = (old.pointer, new.pointer)
        facts: dict[str, Any] = {"old": old.name, "new": new.name, "status": status}
        changed = one.changed(other)
        if not changed:
            if one.bare != other.bare:
                kind = "specialized" if holds(one, other) else "generalized"
                self._found.add(f"response-media-type-name-{kind}", where, *places, **facts)
            return
        if one.bare != other.bare or len({way for way, _ in changed}) > 1:
            self._found.add("response-media-type-name-changed", where, *places, **facts)
            return
        for way, name in changed:
            told: dict[str, Any] = {
                **facts,
                "old": one.value(name),
                "new": other.value(name),
                "name": f"`{name}`",
            }
            self._found.add(f"response-media-type-parameter-{way}", where, *places, **told)

    def _compare_media(
        self, where: Where, old: MediaType, new: MediaType, status: str, count: int
    ) -> None:
        kind = "response" if status else "request"
        said = f" ({status})" if status else ""
        if count > 1:
            said = f" ({status}, {new.name})" if status else f" ({new.name})"
        scope = Scope(
            f"{kind}-body",
            f"{kind}-property",
            sends=not status,
            strong=is_strong(old.name) and is_strong(new.name),
            said=said,
            status=status,
        )
        for keyword, short in (("schema", "schema"), ("itemSchema", "item-schema")):
            if keyword in old.data and keyword in new.data:
                one, other = joined(old.pointer, keyword), joined(new.pointer, keyword)
                self._teller.tell(where, scope, one, other)
            elif keyword in old.data or keyword in new.data:
                self._existence(where, old, new, status, short)

    def _existence(
        self, where: Where, old: MediaType, new: MediaType, status: str, short: str
    ) -> None:
        keyword = {"schema": "schema", "item-schema": "itemSchema"}[short]
        came = keyword in new.data
        there = new if came else old
        document = self._new if came else self._old
        if only_describes(document.resolved(joined(there.pointer, keyword))):
            return
        kind = "response" if status else "request"
        rule = f"{kind}-body-media-type-{short}-{'added' if came else 'removed'}"
        if came and new.data[keyword] is False:
            rule = f"{kind}-body-schema-became-false"
        if rule == "response-body-media-type-item-schema-removed" and "schema" not in new.data:
            rule += "-untyped"
        self._found.add(rule, where, old.pointer, new.pointer, name=new.name, status=status)

    def _compare_headers(self, where: Where, old: Answer, new: Answer, status: str) -> None:
        before = {name.lower(): one for name, one in old.headers.items()}
        after = {name.lower(): one for name, one in new.headers.items()}
        for name, header in before.items():
            match = after.get(name)
            if match is not None:
                self._compare_header(where, header, match, status)
                continue
            rule = f"{'required' if header.required else 'optional'}-response-header-removed"
            said = f"`{header.name}`"
            self._found.add(rule, where, header.pointer, new.pointer, name=said, status=status)
        for name, header in after.items():
            if name not in before:
                said = f"`{header.name}`"
                rule = "response-header-added"
                self._found.add(rule, where, old.pointer, header.pointer, name=said, status=status)

    def _compare_header(self, where: Where, old: Parameter, new: Parameter, status: str) -> None:
        if old.required != new.required:
            rule = f"response-header-became-{'required' if new.required else 'optional'}"
            said = f"`{new.name}`"
            self._found.add(rule, where, old.pointer, new.pointer, name=said, status=status)
        scope = Scope(
            "response-header",
            "response-header-property",
            sends=False,
            strong=False,
            said=f" `{new.name}` ({status})",
            status=status,
        )
        if old.schema and new.schema:
            self._teller.tell(where, scope, old.schema, new.schema)


def _kind(status: str) -> str:
    return "success" if status.startswith("2") else "non-success"


Names = tuple[list[tuple[str, str]], list[str], list[str]]


def _in_requests(old: Content, new: Content) -> Names:
    """What can be sent: pairs, what can no longer be, and what newly can.

    A range takes all that it holds; parameters such as ``charset`` don't count.
    """
    pairs, removed = [], []
    for name in old:
        fresh = (other for other in new if other not in old and _takes(name, other))
        match = name if name in new else next(fresh, None)
        if match is None:
            removed.append(name)
        else:
            pairs.append((name, match))
    taken = {one for _, one in pairs}
    return pairs, removed, [name for name in new if name not in taken]


def _in_answers(old: Content, new: Content) -> Names:
    """What comes back: pairs by name, then by kinship (``application/problem+json``)."""
    pairs = [(name, name) for name in old if name in new]
    removed = []
    for name in old:
        if name in new:
            continue
        taken = {one for _, one in pairs}
        match = next((o for o in new if o not in taken and o not in old and _kin(name, o)), None)
        if match is None:
            removed.append(name)
        else:
            pairs.append((name, match))
    taken = {one for _, one in pairs}
    return pairs, removed, [name for name in new if name not in taken]


def _takes(name: str, other: str) -> bool:
    one, wider = parsed(name), parsed(other)
    return one.bare == wider.bare or (wider.is_range and holds(wider, one))


def _kin(name: str, other: str) -> bool:
    one, two = parsed(name), parsed(other)
    return holds(one, two) or holds(two, one)
