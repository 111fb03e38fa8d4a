"""How things come to be: their ids, what they belong to, and those that are there at first."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from altlas_chat.mock.state.answers import json_of, within
from altlas_chat.mock.state.changing import settable
from altlas_chat.mock.state.fitting import Fitting, Unfit
from altlas_chat.mock.state.naming import owner_properties, plain, same_name
from altlas_chat.mock.state.resources import Does, Inventory, Resource
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.mock.state.things import Scope, Store
from altlas_chat.specs.documents import Document, Json

TRIES = 20
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)

CHOSEN = ("slug", "name", "username", "code", "key", "login", "handle")
TITLES = ("title", "name", "label")


class Births:
    """Makes the things of one document."""

    def __init__(self, document: Document, shapes: Shapes, fitting: Fitting, items: int) -> None:
        self._document = document
        self._shapes = shapes
        self._fitting = fitting
        self._items = items

    def is_chosen(self, resource: Resource) -> bool:
        """Its id is one that people choose."""
        return plain(resource.id_name or "") in CHOSEN

    def born(
        self,
        resource: Resource,
        store: Store,
        scope: Scope,
        body: Mapping[str, Any],
        sent: Collection[str],
        examples: Iterable[Json],
    ) -> tuple[str, Json]:
        """A new thing of what its maker said, and its id as a path has it.

        Raises:
            Unfit: no valid thing comes of it.
        """
        known = settable(self._shapes, resource.schema, dict(body))
        key = f"{resource.store} new {store.count + 1}"
        known.update(self._owner(resource, scope, known))
        if resource.id_name is None:
            thing = self._fitting.born(resource.schema, known, key, sent, examples)
            return str(store.count + 1), thing
        given = known.get(resource.id_name)
        if given is None:
            slug = self._slug(resource, body)
            known[resource.id_name] = given = slug or self._new_id(resource, store, key)
        return str(given), self._fitting.born(resource.schema, known, key, sent, examples)

    def made(
        self,
        resource: Resource,
        scope: Scope,
        name: str,
        body: Mapping[str, Any],
        sent: Collection[str],
        examples: Iterable[Json],
    ) -> Json:
        """A thing that is made under an id that its path says.

        Raises:
            Unfit: no valid thing comes of it.
        """
        known = settable(self._shapes, resource.schema, dict(body))
        known.update(self._owner(resource, scope, known))
        if resource.id_name is not None:
            known[resource.id_name] = self._typed(resource, name)
        key = f"{resource.store} {name}"
        return self._fitting.born(resource.schema, known, key, sent, examples)

    def found(self, resource: Resource, scope: Scope, name: str) -> Json:
        """A thing that was always there, under the id that somebody asks for.

        Raises:
            Unfit: there can be none.
        """
        known = self._owner(resource, scope, {})
        if resource.id_name is not None:
            known[resource.id_name] = self._typed(resource, name)
        return self._fitting.sampled(resource.schema, known, f"{resource.store} {name}")

    def seeds(
        self, resource: Resource, store: Store, scope: Scope, inventory: Inventory
    ) -> Iterator[tuple[str, Json]]:
        """What is there at first: of the contract's examples, then made up."""
        if resource.single:
            yield from self._single_seed(resource, scope, inventory)
            return
        if resource.store not in inventory.closed:
            return
        names = {one.name for one in store.all()}
        count = 0
        for example in self.examples(resource, inventory):
            owned = {**example, **self._owner(resource, scope, {})}
            name = str(owned.get(resource.id_name or "", len(names) + 1))
            if name not in names and not self._fitting.wrong_with(resource.schema, owned):
                names.add(name)
                count += 1
                yield name, owned
        for number in range(count, self._items):
            seed = self._seed(resource, scope, names, number + 1)
            if seed is not None:
                names.add(seed[0])
                yield seed

    def titled(self, resource: Resource, schema: str, shown: Json, data: Json) -> Json:
        """A short form keeps the thing's own id, also where it calls it otherwise."""
        name = resource.id_name
        if name is None or name in shown or name not in data:
            return shown
        other = same_name("id", shown)
        candidate = {**shown, other: data[name]} if other else shown
        return candidate if self._fitting.is_valid(schema, candidate) else shown

    # -- parts ----------------------------------------------------------------------

    def _owner(self, resource: Resource, scope: Scope, known: Mapping[str, Any]) -> Json:
        """What the path says of whose it is, in the thing's own words."""
        properties = self._shapes.properties(resource.schema)
        parameters = dict(zip(scope, resource.template.parameters, strict=False))
        found: Json = {}
        for owner, value in scope.items():
            for wanted in owner_properties(parameters.get(owner, "id"), owner):
                name = same_name(wanted, properties)
                if name is None or name == resource.id_name:
                    continue
                typed = self._as(properties[name], value)
                if not isinstance(typed, dict) and self._fitting.is_valid(properties[name], typed):
                    found[name] = typed
                break
        return {name: value for name, value in found.items() if known.get(name) != value}

    def _new_id(self, resource: Resource, store: Store, key: str) -> Any:
        schema = resource.id_schema
        assert schema is not None  # noqa: S101 - what has an id's name has its schema
        number = store.largest + 1
        if "integer" in self._shapes.types(schema) and self._fitting.is_valid(schema, number):
            return number
        for found in self._ids(schema, key):
            if not store.named(str(found)):
                return found
        raise Unfit(f"no new id for a {resource.subject} could be found")

    def _ids(self, schema: str, key: str) -> Iterator[Any]:
        """Valid ids, one after the other: made up, then like one that was made up.

        One that is made up each time is the schema's example, and stays for that.
        """
        value = self._fitting.value(schema, f"{key} id 0")
        if value is None:
            return
        for attempt in range(1, TRIES):
            found = self._fitting.value(schema, f"{key} id {attempt}")
            if found == value:
                break
            yield value
            value = found
        for number in range(1, TRIES):
            for other in alike(value, f"{key} {number}", number):
                if self._fitting.is_valid(schema, other):
                    yield other
        yield value

    def _slug(self, resource: Resource, body: Mapping[str, Any]) -> str | None:
        if plain(resource.id_name or "") != "slug" or resource.id_schema is None:
            return None
        for title in TITLES:
            if isinstance(body.get(title), str):
                text = unicodedata.normalize("NFKD", body[title].replace("ı", "i"))
                slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"[^\x00-\x7f]", "", text).lower())
                slug = slug.strip("-")
                return slug if slug and self._fitting.is_valid(resource.id_schema, slug) else None
        return None

    def _typed(self, resource: Resource, name: str) -> Any:
        return name if resource.id_schema is None else self._as(resource.id_schema, name)

    def _as(self, schema: str, text: str) -> Any:
        """A path's text as the value that a schema wants."""
        types = self._shapes.types(schema)
        if "integer" in types and text.lstrip("-").isdecimal():
            return int(text)
        return text

    def _seed(
        self, resource: Resource, scope: Scope, names: Collection[str], number: int
    ) -> tuple[str, Json] | None:
        place = " ".join(f"{owner} {value}" for owner, value in scope.items())
        key = f"{resource.store} {place} seed {number}"
        known = self._owner(resource, scope, {})
        try:
            if resource.id_name is None:
                return str(number), self._fitting.sampled(resource.schema, known, key)
            for value in self._seed_ids(resource, number, key):
                if str(value) not in names:
                    known[resource.id_name] = value
                    return str(value), self._fitting.sampled(resource.schema, known, key)
        except Unfit:
            return None
        return None

    def _seed_ids(self, resource: Resource, number: int, key: str) -> Iterator[Any]:
        """Whole numbers from 1 on where ids are such, else what the schema allows."""
        schema = resource.id_schema
        if schema is not None and "integer" in self._shapes.types(schema):
            numbers = range(number, number + TRIES * TRIES)
            yield from (one for one in numbers if self._fitting.is_valid(schema, one))
        if schema is not None:
            yield from self._ids(schema, key)

    def _single_seed(
        self, resource: Resource, scope: Scope, inventory: Inventory
    ) -> Iterator[tuple[str, Json]]:
        owner = self._owner(resource, scope, {})
        for example in self.examples(resource, inventory):
            owned = {**example, **owner}
            if not self._fitting.wrong_with(resource.schema, owned):
                yield "", owned
                return
        try:
            key = f"{resource.store} {' '.join(scope.values())}"
            yield "", self._fitting.sampled(resource.schema, owner, key)
        except Unfit:
            return

    def examples(self, resource: Resource, inventory: Inventory) -> Iterator[Json]:
        """Things of the kind in the examples of what lists and reads them, lists first."""
        mine = [one for one in inventory.actions.values() if one.resource is resource]
        for does in (Does.LIST, Does.READ, Does.CREATE):
            for action in mine:
                if action.does is not does or action.operation.method == "head":
                    continue
                media = json_of(action.success.answer)
                spot = action.listing or action.thing
                for example in media.examples(self._document).values() if media else ():
                    found = within(example, spot.path if spot else ())
                    for one in found if isinstance(found, list) else [found]:
                        if isinstance(one, dict):
                            yield one


def alike(value: Any, key: str, number: int) -> Iterator[Any]:
    """Other values of the form that one has: a UUID, a number, a word with a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        yield value + number
        return
    text = str(value)
    if _UUID.fullmatch(text):
        digits = hashlib.sha256(key.encode()).hexdigest()
        kind = text[14]
        # The time that a UUIDv7 begins with goes up.
        begin = f"{int(text[:8], 16) + number & 0xFFFFFFFF:08x}" if kind == "7" else digits[:8]
        middle = f"{digits[8:12]}-{kind}{digits[12:15]}-{text[19]}{digits[15:18]}"
        yield f"{begin}-{middle}-{digits[20:32]}"
        return
    if not text.isascii():
        return
    bare = text.rstrip("0123456789")
    yield f"{bare}{number + int(text[len(bare) :] or 0)}"
    yield f"{text}-{number}"
