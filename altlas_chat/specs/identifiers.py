"""What schemas call themselves (``$id``, ``$anchor``, ``$dynamicAnchor``), and who refers there."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urljoin

import orjson

from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined, steps_of

DYNAMIC = "x-dynamic-anchor"
"""Beside a ``$ref``: it was a ``$dynamicRef`` to an anchor of this name."""

Scope = tuple[tuple[str, str], ...]


class Identifiers:
    """Where references of a document's schemas lead, JSON Schema 2020-12, 8 and 9."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._bases: dict[str, str] = {}

    @cached_property
    def are_dynamic(self) -> bool:
        """Somewhere in the document a reference depends on the way that led there."""
        if self._document.is_3_0:
            return False
        try:
            text = orjson.dumps(self._document.data, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:
            # It holds numbers beyond 64 bits.
            text = json.dumps(self._document.data, default=str).encode()
        return any(f'"{one}"'.encode() in text for one in _DYNAMIC)

    def base_of(self, pointer: str) -> str:
        """The pointer of the schema resource that a place belongs to: the nearest with ``$id``."""
        if self._document.is_3_0:
            return ""
        found, at = "", ""
        for step in steps_of(pointer):
            at = joined(at, step)
            if at not in self._bases:
                self._bases[at] = at if self._names_itself(at) else found
            found = self._bases[at]
        return found

    def pointer(self, reference: str, base: str) -> str | None:
        """Where a reference in the resource at ``base`` leads; None when it leads nowhere."""
        address, _, fragment = reference.partition("#")
        fragment = unquote(fragment)
        starts = [base, ""] if not address else [self._resource(address, base)]
        for start in starts:
            found = None if start is None else self._within(start, fragment)
            if found is not None:
                return found
        return None

    def dynamic(self, name: str, static: str, scope: Scope) -> str:
        """Where a reference to a dynamic anchor leads, given who was entered on the way.

        ``static`` is where it leads when nobody was; ``name`` is "" for draft 2019-09's.
        """
        node = self._document.at(static)
        is_anchor = isinstance(node, dict) and (node.get("$dynamicAnchor") == name or not name)
        return dict(scope).get(name, static) if is_anchor else static

    def entered(self, pointer: str, scope: Scope) -> Scope:
        """The scope once a place was entered: with its resource's dynamic anchors, unless bound."""
        bound = dict(scope)
        root = self._root(pointer)
        for (resource, name), place in self._dynamic_anchors.items():
            if resource == root:
                bound.setdefault(name, place)
        return tuple(sorted(bound.items()))

    def _names_itself(self, pointer: str) -> bool:
        try:
            node = self._document.at(pointer)
        except LookupError:
            return False
        return isinstance(node, dict) and isinstance(node.get("$id"), str)

    def _resource(self, address: str, base: str) -> str | None:
        for uri in (urljoin(self._uri(base), address), address):
            if uri in self._resources:
                return self._resources[uri]
        return None

    def _uri(self, base: str) -> str:
        return next((uri for uri, place in self._resources.items() if place == base), "")

    def _within(self, start: str, fragment: str) -> str | None:
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((start, fragment))
        try:
            self._document.at(start + fragment)
        except LookupError:
            return None
        return start + fragment

    def _root(self, pointer: str) -> str:
        """The resource of a place; a component's schema is one even when it has no ``$id``."""
        base = self.base_of(pointer)
        steps = steps_of(pointer)
        if not base and steps[:2] == ["components", "schemas"]:
            return joined("", *steps[:3])
        return base

    @cached_property
    def _resources(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for pointer, node in self._naming:
            if isinstance(node.get("$id"), str):
                outer = self.base_of(pointer.rpartition("/")[0])
                known = next((uri for uri, place in found.items() if place == outer), "")
                found.setdefault(urljoin(known, node["$id"].rstrip("#")), pointer)
        return found

    @cached_property
    def _anchors(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for pointer, node in self._naming:
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(keyword), str):
                    for resource in (self.base_of(pointer), ""):
                        found.setdefault((resource, node[keyword]), pointer)
        return found

    @cached_property
    def _dynamic_anchors(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for pointer, node in self._naming:
            name = node.get("$dynamicAnchor", "" if node.get("$recursiveAnchor") is True else None)
            if isinstance(name, str):
                found.setdefault((self._root(pointer), name), pointer)
        return found

    @cached_property
    def _naming(self) -> list[tuple[str, dict[str, Any]]]:
        """All that calls itself something, outer ones first; the document is read through once."""
        return list(_naming(self._document.data, ""))


_DYNAMIC = ("$dynamicRef", "$recursiveRef", DYNAMIC)
_NAMES = frozenset({"$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})


def _naming(node: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if not _NAMES.isdisjoint(node):
            yield pointer, node
        for key, value in node.items():
            if isinstance(value, dict | list):
                yield from _naming(value, joined(pointer, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            if isinstance(value, dict | list):
                yield from _naming(value, joined(pointer, number))
