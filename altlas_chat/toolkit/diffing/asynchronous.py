"""What changed between two AsyncAPI documents (2.x and 3.0), seen by a client.

The document tells of the server: what it receives a client sends, and the
other way round. ``publish`` of AsyncAPI 2 is what a client may publish.
"""

from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.async_parts import (
    AsyncOperation,
    Channel,
    channels_of,
    operations_of,
)
from altlas_chat.toolkit.diffing.changes import Found, Policy, Where
from altlas_chat.toolkit.diffing.comparer import Comparer
from altlas_chat.toolkit.diffing.reading import found
from altlas_chat.toolkit.diffing.telling import Scope, Teller


class AsyncApis:
    """Compares two AsyncAPI documents."""

    def __init__(self, comparer: Comparer, changes: Found, policy: Policy) -> None:
        self._old, self._new = comparer.old.document, comparer.new.document
        self._found = changes
        self._teller = Teller(comparer, changes, policy)

    def compare(self) -> None:
        self._compare_channels(channels_of(self._old), channels_of(self._new))
        before = {one.name: one for one in operations_of(self._old)}
        after = {one.name: one for one in operations_of(self._new)}
        for name, old in before.items():
            where = Where("", name, name)
            new = after.get(name)
            if new is None:
                self._found.add("async-operation-removed", where, old.pointer, None)
            else:
                self._compare(where, old, new)
        for name, new in after.items():
            if name not in before:
                self._found.add("async-operation-added", Where("", name, name), None, new.pointer)

    def _compare_channels(self, before: dict[str, Channel], after: dict[str, Channel]) -> None:
        for name, old in before.items():
            new = after.get(name)
            if new is None:
                self._found.add("channel-removed", Where(), old.pointer, None, name=name)
                continue
            places = (old.pointer, new.pointer)
            where = Where("channel", name)
            if old.address != new.address:
                told: dict[str, Any] = {"old": old.address, "new": new.address}
                self._found.add("channel-address-changed", where, *places, **told)
            for one in sorted(old.parameters ^ new.parameters):
                way = "added" if one in new.parameters else "removed"
                self._found.add(f"channel-parameter-{way}", where, *places, name=one)
        for name, new in after.items():
            if name not in before:
                self._found.add("channel-added", Where(), None, new.pointer, name=name)

    def _compare(self, where: Where, old: AsyncOperation, new: AsyncOperation) -> None:
        places = (old.pointer, new.pointer)
        for what in ("action", "channel"):
            before, after = getattr(old, what), getattr(new, what)
            if before != after:
                rule = f"async-operation-{what}-changed"
                self._found.add(rule, where, *places, old=before, new=after)
        if old.client_sends == new.client_sends:
            self._compare_messages(where, old.messages, new.messages, places, old.client_sends)
        if old.reply is None or new.reply is None:
            if old.reply is not new.reply:
                rule = f"reply-{'removed' if old.reply is not None else 'added'}"
                self._found.add(rule, where, *places)
        else:
            self._compare_messages(where, old.reply, new.reply, places, not old.client_sends)

    def _compare_messages(
        self,
        where: Where,
        before: dict[str, str],
        after: dict[str, str],
        places: tuple[str, str],
        sends: bool,
    ) -> None:
        kind = "sent" if sends else "received"
        for name, pointer in before.items():
            if name in after:
                self._compare_message(where, name, (pointer, after[name]), sends)
            else:
                rule = f"{kind}-message-removed"
                self._found.add(rule, where, pointer, places[1], name=name)
        for name, pointer in after.items():
            if name not in before:
                rule = f"{kind}-message-added"
                self._found.add(rule, where, places[0], pointer, name=name)

    def _compare_message(
        self, where: Where, name: str, places: tuple[str, str], sends: bool
    ) -> None:
        old, new = self._old.at(places[0]), self._new.at(places[1])
        for keyword, rule in (("contentType", "content-type"), ("name", "name")):
            before, after = (
                one.get(keyword, document.data.get("defaultContentType"))
                if keyword == "contentType"
                else one.get(keyword)
                for one, document in ((old, self._old), (new, self._new))
            )
            if before != after:
                told: dict[str, Any] = {"old": before, "new": after}
                self._found.add(f"message-{rule}-changed", where, *places, **told)
        kind = "request" if sends else "response"
        for keyword in ("payload", "headers"):
            one = _schema_of(self._old, places[0], keyword)
            other = _schema_of(self._new, places[1], keyword)
            if one is None or other is None:
                continue
            said = f" of the message {name}{' (headers)' if keyword == 'headers' else ''}"
            status = f"message {name}"
            scope = Scope(f"{kind}-body", f"{kind}-property", sends, said=said, status=status)
            self._teller.tell(where, scope, one, other)


def _schema_of(document: Document, message: str, keyword: str) -> str | None:
    """Where the schema of a message is; None if it has none that is a JSON Schema."""
    pointer = joined(message, keyword)
    there = found(document, pointer)
    if there is None:
        return None
    target, held = there
    if "schemaFormat" in held and "schema" in held:
        foreign = any(word in str(held["schemaFormat"]) for word in ("avro", "protobuf", "raml"))
        return None if foreign else joined(target, "schema")
    return pointer
