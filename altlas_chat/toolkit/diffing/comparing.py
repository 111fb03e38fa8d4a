"""Compares two versions of an API's document: what a client of the old one meets in the new one."""

import re
from typing import Any

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.asynchronous import AsyncApis
from altlas_chat.toolkit.diffing.bodies import Bodies
from altlas_chat.toolkit.diffing.changes import Change, Comparison, Found, Policy, Where
from altlas_chat.toolkit.diffing.comparer import Comparer
from altlas_chat.toolkit.diffing.levels import Level
from altlas_chat.toolkit.diffing.lifecycle import Lifecycle, is_judged
from altlas_chat.toolkit.diffing.parameters import Parameters
from altlas_chat.toolkit.diffing.paths import Pair, Paths, matched
from altlas_chat.toolkit.diffing.reading import held, listing, table, words
from altlas_chat.toolkit.diffing.security import Security
from altlas_chat.toolkit.diffing.telling import Teller

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?")

REMOVED = (
    "api-removed-without-deprecation",
    "api-removed-with-deprecation",
    "api-removed-before-sunset",
    "api-path-sunset-parse",
)
PATH_REMOVED = (
    "api-path-removed-without-deprecation",
    "api-path-removed-with-deprecation",
    "api-path-removed-before-sunset",
    "api-path-sunset-parse",
)


def compare_documents(old: Document, new: Document, policy: Policy) -> Comparison:
    """Every change from the old to the new document, by operation, the worst first.

    Raises:
        DocumentUnusable: one is OpenAPI and the other AsyncAPI.
    """
    if old.kind is not new.kind:
        what = f"it is {new.kind}, and {old.source} is {old.kind}"
        remedy = "Compare two versions of one document."
        raise DocumentUnusable([Finding(Place(new.source), "other-kind", what, remedy)])
    found = Found()
    comparer = Comparer(old, new, flatten=policy.flatten)
    if old.kind is Kind.OPENAPI:
        _OpenApis(comparer, found, policy).compare()
    else:
        AsyncApis(comparer, found, policy).compare()
    return Comparison(old, new, tuple(sorted(dict.fromkeys(found.changes), key=_order)))


def _order(change: Change) -> tuple[Any, ...]:
    return (
        change.path,
        change.method,
        -change.level.weight,
        change.rule,
        change.words,
        change.new or "",
    )


class _OpenApis:
    def __init__(self, comparer: Comparer, found: Found, policy: Policy) -> None:
        self._old, self._new = comparer.old.document, comparer.new.document
        self._found = found
        self._policy = policy
        teller = Teller(comparer, found, policy)
        self._lifecycle = Lifecycle(found, policy)
        self._parameters = Parameters(comparer, teller, found, self._lifecycle)
        self._bodies = Bodies(self._old, self._new, teller, found)
        self._security = Security(self._old, self._new, found)

    def compare(self) -> None:
        paths = matched(self._old, self._new)
        self._compare_existence(paths)
        judged = []
        for pair in paths.pairs:
            if is_judged(pair.old.data, self._policy) or is_judged(pair.new.data, self._policy):
                judged.append(pair)
                self._compare_operation(pair, turned=False)
        self._security.compare_global(judged)
        self._security.compare_schemes()
        self._compare_called(matched(self._old, self._new, "/webhooks"), "webhook", "webhook")
        self._compare_components()
        self._compare_servers()
        if self._policy.versions:
            self._compare_versions()

    def _compare_existence(self, paths: Paths) -> None:
        for operation, whole in paths.removed:
            if is_judged(operation.data, self._policy):
                rules = PATH_REMOVED if whole else REMOVED
                where = _where(operation.path, operation.method, operation.operation_id)
                self._lifecycle.of_removed(where, operation.data, operation.pointer, rules)
        for operation in paths.added:
            where = _where(operation.path, operation.method, operation.operation_id)
            self._found.add("endpoint-added", where, None, operation.pointer)

    def _compare_operation(self, pair: Pair, *, turned: bool, within: str = "") -> None:
        path = f"{within} {pair.new.path}".strip()
        where = _where(path, pair.new.method, pair.new.operation_id, turned=turned)
        places = (pair.old.pointer, pair.new.pointer)
        self._lifecycle.of_endpoint(where, pair.old.data, pair.new.data, places)
        self._compare_names(where, pair, places)
        self._parameters.compare(where, pair)
        self._bodies.compare(where, pair)
        if not turned:
            self._security.compare(where, pair)
        self._compare_callbacks(where, pair)

    def _compare_names(self, where: Where, pair: Pair, places: tuple[str, str]) -> None:
        old, new = pair.old.operation_id, pair.new.operation_id
        if old != new:
            rule = f"api-operation-id-{'removed' if old else 'added'}"
            self._found.add(rule, where, *places, old=old, new=new)
        before, after = (words(one.data, "tags") for one in (pair.old, pair.new))
        for tag in sorted(before - after):
            self._found.add("api-tag-removed", where, *places, old=tag)
        for tag in sorted(after - before):
            self._found.add("api-tag-added", where, *places, new=tag)

    def _compare_callbacks(self, where: Where, pair: Pair) -> None:
        before = held(self._old, joined(pair.old.pointer, "callbacks"))
        after = held(self._new, joined(pair.new.pointer, "callbacks"))
        for name in before.keys() | after.keys():
            one = joined(pair.old.pointer, "callbacks", name)
            other = joined(pair.new.pointer, "callbacks", name)
            if name not in after:
                self._found.add("callback-removed", where, one, None, name=name)
            elif name not in before:
                self._found.add("callback-added", where, None, other, name=name)
            else:
                paths = matched(
                    self._old, self._new, self._old.target(one), self._new.target(other)
                )
                self._compare_called(paths, f"{where.operation} callback {name}", "callback")

    def _compare_called(self, paths: Paths, within: str, kind: str) -> None:
        """Operations that the server calls: what a client receives and sends is turned."""
        for operation, _ in paths.removed:
            where = _where(within, operation.method, operation.operation_id)
            self._found.add(f"{kind}-removed", where, operation.pointer, None, name=operation.path)
        for operation in paths.added:
            where = _where(within, operation.method, operation.operation_id)
            self._found.add(f"{kind}-added", where, None, operation.pointer, name=operation.path)
        for pair in paths.pairs:
            self._compare_operation(pair, turned=True, within=within)

    def _compare_components(self) -> None:
        holder = "/components/schemas"
        before, after = held(self._old, holder), held(self._new, holder)
        for name in before.keys() - after.keys():
            self._found.add("api-schema-removed", Where(), joined(holder, name), None, name=name)

    def _compare_servers(self) -> None:
        before, after = (
            {
                str(one.get("url", "/")): joined("/servers", number)
                for number, one in enumerate(listing(document.data, "servers"))
                if isinstance(one, dict)
            }
            for document in (self._old, self._new)
        )
        for url in before.keys() - after.keys():
            self._found.add("api-server-removed", Where(), before[url], None, old=url)
        for url in after.keys() - before.keys():
            self._found.add("api-server-added", Where(), None, after[url], new=url)

    def _compare_versions(self) -> None:
        """A breaking change wants a major version; below 1.0.0 a minor one (semver.org)."""
        old, new = (str(table(one.data, "info").get("version")) for one in (self._old, self._new))
        one, other = _VERSION.fullmatch(old), _VERSION.fullmatch(new)
        breaks = any(change.level is not Level.SAFE for change in self._found.changes)
        if one is None or other is None or not breaks:
            return
        before, after = (tuple(map(int, match.groups())) for match in (one, other))
        kept = 1 if before[0] else 2
        if before == after:
            rule = "api-version-not-bumped"
        elif after < before:
            rule = "api-version-decreased"
        elif after[:kept] == before[:kept]:
            rule = "api-major-version-not-bumped"
        else:
            return
        self._found.add(rule, Where(), "/info/version", "/info/version", old=old, new=new)


def _where(path: str, method: str, operation_id: str | None, *, turned: bool = False) -> Where:
    return Where(method.upper(), path, operation_id or "", turned)
