"""Compares schemas in pairs: each pair once, however often and deep it is referred to."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.branches import Branches
from altlas_chat.toolkit.diffing.deltas import Delta, Edge, Node
from altlas_chat.toolkit.diffing.flattening import Flattening
from altlas_chat.toolkit.diffing.forms import Forms
from altlas_chat.toolkit.diffing.keywords import of_keywords, of_type
from altlas_chat.toolkit.diffing.properties import (
    of_additional_properties,
    of_properties,
    of_required,
)
from altlas_chat.toolkit.diffing.sameness import Sameness
from altlas_chat.toolkit.diffing.views import (
    LISTED,
    NAMED,
    SINGLE,
    View,
    Views,
    called,
    only_describes,
)

_CONDITIONS = {
    "items": "items",
    "contains": "contains",
    "if": "if",
    "then": "then",
    "else": "else",
    "not": "not",
    "propertyNames": "property-names",
    "unevaluatedItems": "unevaluated-items",
    "unevaluatedProperties": "unevaluated-properties",
    "contentSchema": "content-schema",
}
_BY_NAME = {"patternProperties": "pattern-property", "dependentSchemas": "dependent-schema"}
_TURNED = frozenset({"not", "if"})


class Comparer:
    """Compares the schemas of two documents."""

    def __init__(self, old: Document, new: Document, *, flatten: bool = False) -> None:
        self.old = Views(old)
        self.new = Views(new)
        self.flat_old = Flattening(self.old)
        self.flat_new = Flattening(self.new)
        self.sameness = Sameness(self.flat_old, self.flat_new)
        self._branches = Branches(self.old, self.new, self.sameness)
        self._forms = Forms(self.old, self.new, self.sameness)
        self._flatten = flatten
        self._nodes: dict[tuple[int, int], Node] = {}
        self._waiting: list[Node] = []

    def compared(self, old: str, new: str) -> Node:
        """The pair of schemas at two pointers, with all that is below it."""
        one = self.old.of(self.old.document.at(old), old)
        other = self.new.of(self.new.document.at(new), new)
        node = self.node(one, other)
        while self._waiting:
            self._compare(self._waiting.pop())
        return node

    def node(self, old: View, new: View) -> Node:
        """The pair, which is compared by and by."""
        key = (id(old), id(new))
        if key not in self._nodes:
            self._nodes[key] = Node(old, new)
            self._waiting.append(self._nodes[key])
        return self._nodes[key]

    def _compare(self, node: Node) -> None:
        old, new = node.old, node.new
        if old.never or new.never:
            if old.never != new.never:
                way = "not-" if old.never else ""
                self._differs(node, Delta(f"schema-became-{way}false"))
            return
        if old.branches("allOf") or new.branches("allOf"):
            self._compare_whole(node)
            old, new = node.old, node.new
        if old.data == new.data and old.types == new.types and old.null == new.null:
            for edge in _References(self, old, new).found():
                self._lead(node, edge)
            return
        for delta in self._differences(node, old, new):
            self._differs(node, delta)

    def _compare_whole(self, node: Node) -> None:
        """Make two schemas with ``allOf`` ready to be compared: joined where that tells more."""
        same = self.sameness.of(node.old, node.new)
        if same:
            self._tell_annotations(node)
        if same or self._flatten or self._is_rebuilt(node):
            node.old, node.new = self.flat_old.of(node.old), self.flat_new.of(node.new)

    def _is_rebuilt(self, node: Node) -> bool:
        """Only one has ``allOf``, or branches both came and went: branch by branch tells little."""
        if not node.old.branches("allOf") or not node.new.branches("allOf"):
            return True
        found = self._branches.matched(node.old, node.new, "allOf")
        return bool(found.removed and found.added)

    def _tell_annotations(self, node: Node) -> None:
        """Of two schemas that allow the same: branches that only describe."""
        found = self._branches.matched(node.old, node.new, "allOf")
        for way, numbers, views, view in (
            ("removed", found.removed, self.old, node.old),
            ("added", found.added, self.new, node.new),
        ):
            for number in numbers:
                branch = views.child(view, "allOf", number)
                if only_describes(branch.data):
                    name = called(view, "allOf", number, branch)
                    aspect = f"all-of-{way}-annotation-only"
                    self._differs(node, Delta(aspect, name=name, step="allOf"))

    def _differs(self, node: Node, delta: Delta) -> None:
        node.deltas.append(delta)
        node.mark()

    def _lead(self, node: Node, edge: Edge) -> None:
        node.edges.append(edge)
        edge.node.above.append(node)
        if edge.node.changed:
            node.mark()

    def _differences(self, node: Node, old: View, new: View) -> Iterator[Delta]:
        form = self._forms.of(old, new)
        yield from form.deltas
        if form.all_told:
            return
        if not form.types_told:
            yield from of_type(old, new)
        yield from of_keywords(old, new)
        yield from of_properties(self.old, self.new, old, new)
        yield from of_required(self.new, old, new)
        yield from of_additional_properties(old, new)
        yield from self._of_conditions(old, new)
        yield from self._of_names(old, new)
        for keyword in ("allOf", "anyOf", "oneOf"):
            if not (form.types_told and keyword != "allOf"):
                yield from self._of_branches(node, old, new, keyword)
        yield from self._of_prefix(node, old, new)
        for edge in self._kept(old, new):
            self._lead(node, edge)

    def _of_conditions(self, old: View, new: View) -> Iterator[Delta]:
        for keyword, short in _CONDITIONS.items():
            before, after = _counts(old, keyword), _counts(new, keyword)
            if keyword == "items" and _is_retyped(old, new):
                continue
            if before != after and not _is_closing(old, new, keyword):
                yield Delta(f"{short}-{'added' if after else 'removed'}", step=keyword)

    def _of_names(self, old: View, new: View) -> Iterator[Delta]:
        for keyword, short in _BY_NAME.items():
            before, after = old.schemas(keyword), new.schemas(keyword)
            for name in before.keys() ^ after.keys():
                way = "added" if name in after else "removed"
                yield Delta(f"{short}-{way}", name=name, step=keyword)

    def _of_branches(self, node: Node, old: View, new: View, keyword: str) -> Iterator[Delta]:
        found = self._branches.matched(old, new, keyword)
        short = f"{keyword[:3]}-of"
        for way, numbers, views, view in (
            ("removed", found.removed, self.old, old),
            ("added", found.added, self.new, new),
        ):
            for number in numbers:
                branch = views.child(view, keyword, number)
                suffix = "-annotation-only" if _describes(keyword, branch) else ""
                name = called(view, keyword, number, branch)
                yield Delta(f"{short}-{way}{suffix}", name=name, step=keyword)
        for one, other in found.pairs:
            branch = self.new.child(new, keyword, other)
            below = self.node(self.old.child(old, keyword, one), branch)
            steps = (f"{keyword}[{called(new, keyword, other, branch)}]",)
            self._lead(node, Edge(steps, below, whole=keyword == "allOf"))

    def _of_prefix(self, node: Node, old: View, new: View) -> Iterator[Delta]:
        """Of ``prefixItems``: a place without a schema of its own has that of ``items``."""
        before, after = len(old.branches("prefixItems")), len(new.branches("prefixItems"))
        for number in range(min(before, after)):
            below = self.node(
                self.old.child(old, "prefixItems", number),
                self.new.child(new, "prefixItems", number),
            )
            self._lead(node, Edge((f"prefixItems[{number + 1}]",), below))
        for number in range(min(before, after), max(before, after)):
            one, other = _item(self.old, old, number), _item(self.new, new, number)
            if one is None or other is None or not self.sameness.of(one, other):
                way = "added" if after > before else "removed"
                yield Delta(f"prefix-items-{way}", name=f"#{number + 1}", step="prefixItems")

    @staticmethod
    def _items(views: Views, view: View) -> View:
        """The schema of items, which allows everything where there is none."""
        if "items" in view.data:
            return views.child(view, "items")
        return views.of(True, joined(view.pointer, "items"))

    def _kept(self, old: View, new: View) -> Iterator[Edge]:
        """The ways to schemas that both have, other than branches."""
        for keyword in SINGLE:
            if _is_closing(old, new, keyword):
                pair = (self._items(self.old, old), self._items(self.new, new))
                yield Edge((keyword,), self.node(*pair))
            elif _counts(old, keyword) and _counts(new, keyword):
                below = self.node(self.old.child(old, keyword), self.new.child(new, keyword))
                yield Edge((keyword,), below, turned=keyword in _TURNED)
        for keyword in NAMED:
            after = new.schemas(keyword)
            for name in old.schemas(keyword):
                if name not in after:
                    continue
                below = self.node(
                    self.old.child(old, keyword, name), self.new.child(new, keyword, name)
                )
                yield _named(keyword, name, below, new)


class _References:
    """Walks two equal schemas down to their references, and to what ``allOf`` joins."""

    def __init__(self, comparer: Comparer, old: View, new: View) -> None:
        self._comparer = comparer
        self._top = (old, new)

    def found(self) -> Iterator[Edge]:
        old, new = self._top
        waiting: list[tuple[Json, str, Json, str, tuple[str, ...]]] = [
            (old.data, old.pointer, new.data, new.pointer, ())
        ]
        while waiting:
            one, old_place, other, new_place, way = waiting.pop()
            for keyword, key, raw, same in _held(one, other):
                keys = () if key is None else (key,)
                old_below = joined(old_place, keyword, *keys)
                new_below = joined(new_place, keyword, *keys)
                if "$ref" not in same and "allOf" not in same:
                    steps = (*way, _step(keyword, key))
                    waiting.append((raw, old_below, same, new_below, steps))
                    continue
                comparer = self._comparer
                pair = comparer.old.of(raw, old_below), comparer.new.of(same, new_below)
                yield self._edge(way, keyword, key, pair, other)

    def _edge(
        self,
        way: tuple[str, ...],
        keyword: str,
        key: Any,
        pair: tuple[View, View],
        above: Json,
    ) -> Edge:
        node = self._comparer.node(*pair)
        if keyword == "properties":
            required = key in (above.get("required") or ())
            return Edge((*way, key), node, prop=key, required=required)
        name = key
        if keyword in LISTED:
            name = called(View("", above, (), null=False), keyword, key, pair[1])
        turned, whole = keyword in _TURNED, keyword == "allOf"
        return Edge((*way, _step(keyword, name)), node, turned=turned, whole=whole)


def _step(keyword: str, key: Any) -> str:
    if key is None:
        return keyword
    if isinstance(key, int):
        return f"{keyword}[#{key + 1}]"
    return str(key) if keyword == "properties" else f"{keyword}[{key}]"


def _held(one: Json, other: Json) -> Iterator[tuple[str, Any, Json, Json]]:
    """The schemas in two that are written the same: keyword, key, and both."""
    for keyword, value in other.items():
        mine = one.get(keyword)
        if keyword in SINGLE:
            found: Any = [(None, mine, value)]
        elif keyword in NAMED and isinstance(value, dict) and isinstance(mine, dict):
            found = [(name, mine.get(name), same) for name, same in value.items()]
        elif keyword in LISTED and isinstance(value, list) and isinstance(mine, list):
            found = [(number, *pair) for number, pair in enumerate(zip(mine, value, strict=False))]
        else:
            continue
        for key, raw, same in found:
            if isinstance(raw, dict) and isinstance(same, dict):
                yield keyword, key, raw, same


def _named(keyword: str, name: str, below: Node, above: View) -> Edge:
    if keyword == "properties":
        return Edge((name,), below, prop=name, required=name in above.required)
    return Edge((f"{keyword}[{name}]",), below)


def _counts(view: View, keyword: str) -> bool:
    """The keyword is there and asks for something."""
    found = view.data.get(keyword)
    if keyword in ("if", "then", "else", "contains"):
        return found is not None
    return found is not None and not only_describes(found)


def _is_closing(old: View, new: View, keyword: str) -> bool:
    """A list that may not go on any more, or that may again."""
    told = [view.data.get(keyword, True) for view in (old, new)]
    return keyword == "items" and told[0] != told[1] and False in told


def _is_retyped(old: View, new: View) -> bool:
    """It was something else before it became a list, or has become something else."""
    return bool(old.types and new.types) and ("array" in old.types) != ("array" in new.types)


def _describes(keyword: str, branch: View) -> bool:
    return keyword == "allOf" and not branch.never and only_describes(branch.data)


def _item(views: Views, view: View, number: int) -> View | None:
    if number < len(view.branches("prefixItems")):
        return views.child(view, "prefixItems", number)
    return views.child(view, "items") if "items" in view.data else None
