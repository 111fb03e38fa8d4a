"""Answers calls from what is kept, and keeps what they change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from altlas_chat.mock.state.answers import Spot, within
from altlas_chat.mock.state.births import Births
from altlas_chat.mock.state.changing import changed, replaced
from altlas_chat.mock.state.fitting import Fitting, Moment, Unfit
from altlas_chat.mock.state.naming import flag_of, owner_properties, same_name
from altlas_chat.mock.state.paging import Asked, described
from altlas_chat.mock.state.patching import JSON_PATCH, MERGE_PATCH, PatchRefused, patched
from altlas_chat.mock.state.resources import Action, Does, Inventory, Resource, take_inventory
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.mock.state.things import Scope, Store, Thing
from altlas_chat.specs.api import Api, Operation
from altlas_chat.specs.documents import Json
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Schemas


class Nothing:
    """There is no body; another thing than ``null``."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Call:
    """A valid request: parameters by name with their values, its path as it was asked for.

    ``facts`` are properties that only the server knows of a thing that comes
    to be by it.
    """

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NOTHING
    media_type: str = "application/json"
    address: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call is answered: JSON that its schema allows, or ``NOTHING``.

    ``thing`` is the one thing that it was about, as it is kept.
    """

    status: int
    body: Any = NOTHING
    headers: Mapping[str, str] = field(default_factory=dict)
    thing: Json | None = None


class Refused(Exception):
    """The call can't be done with what is kept; the contract's own error shape says so.

    ``status`` is 404 (there is no such thing), 409 (there is one of that id) or
    422 (the change would leave no valid thing).
    """

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status
        self.what = what


class State:
    """What a mock remembers.

    Every collection has ``items`` things when it is first asked about: those
    of the contract's examples first, then made-up ones, the same for the same
    seed.
    """

    def __init__(
        self, api: Api, schemas: Schemas, sampler: Sampler, now: Moment, *, items: int = 3
    ) -> None:
        self._shapes = Shapes(api.document)
        self._fitting = Fitting(self._shapes, schemas, sampler, now)
        self._births = Births(api.document, self._shapes, self._fitting, items)
        self.inventory: Inventory = take_inventory(api, self._shapes)
        self._stores: dict[str, Store] = {}

    def reset(self) -> None:
        """Forget all that was changed: every collection begins anew."""
        self._stores.clear()

    @property
    def stores(self) -> Mapping[str, Store]:
        """Everything that is kept, by the name of its store."""
        return self._stores

    def take_over(self, stores: Mapping[str, Store]) -> None:
        """Keep what another state kept, as far as this one has such things, too."""
        known = {one.resource.store for one in self.inventory.actions.values()}
        self._stores = {name: one for name, one in stores.items() if name in known}

    def answer(self, operation: Operation, call: Call) -> Outcome | None:
        """What the call gets; None where nothing is remembered for such calls.

        Raises:
            Refused: it can't be done.
        """
        action = self.inventory.actions.get(operation.pointer)
        if action is None:
            return None
        values = [str(call.path.get(name, "")) for name in action.template.parameters]
        parents = list(self._parents(action, values))
        if any(one.made for one in parents):
            self._begin_empty(action, values)
        try:
            return self._done(action, call, values)
        except Unfit:
            return None

    def _done(self, action: Action, call: Call, values: list[str]) -> Outcome | None:
        ways: dict[Does, Callable[[Action, Call, list[str]], Outcome | None]] = {
            Does.LIST: self._list,
            Does.CREATE: self._create,
            Does.CREATE_MANY: self._create_many,
            Does.CLEAR: self._clear,
            Does.DELETE: self._delete,
            Does.READ: self._read,
        }
        return ways.get(action.does, self._change)(action, call, values)

    # -- reading --------------------------------------------------------------------

    def _read(self, action: Action, call: Call, values: list[str]) -> Outcome:
        return self._shown(action, self._one(action, call, values), call, values)

    def _list(self, action: Action, call: Call, values: list[str]) -> Outcome:
        resource, spot = action.resource, action.listing
        assert spot is not None  # noqa: S101 - a list says where it lies
        names = list(self._shapes.properties(resource.schema))
        asked = Asked(action.operation, self._shapes, call.query, names)
        things = {id(one.data): one for one in self._there(action, values)}
        page = asked.of([one.data for one in things.values()], lambda data: things[id(data)].name)
        shown = [self._fitted(spot.schema, resource, things[id(data)]) for data in page.things]
        body = self._enveloped(action, spot, shown, call)
        if spot.path and isinstance(body, dict) and action.success.schema is not None:
            right = described(self._shapes, action.success.schema, body, page)
            body = right if self._fitting.is_valid(action.success.schema, right) else body
        return Outcome(action.success.status, body)

    def _enveloped(self, action: Action, spot: Spot, value: Any, call: Call) -> Any:
        """A value at its spot in the answer, with a made-up envelope around it.

        Raises:
            Unfit: no such envelope is valid.
        """
        schema = action.success.schema
        if not spot.path or schema is None:
            return value
        known: Any = value
        for name in reversed(spot.path[1:]):
            known = {name: known}
        return self._fitting.sampled(schema, {spot.path[0]: known}, f"GET {call.address}")

    def _there(self, action: Action, values: list[str]) -> list[Thing]:
        """Those that a path tells of, in their order."""
        resource = action.resource
        scope = dict(zip(action.template.owners, values, strict=True))
        if action.does is not Does.LIST or resource.template.collection == action.template.shape:
            scope = dict(zip(resource.owners, values, strict=False))
        store = self._store(resource)
        self._seed(resource, store, scope)
        parameters = dict(zip(scope, action.template.parameters, strict=False))
        flag = self._flag(action) if action.does is Does.LIST else None
        return [
            one
            for one in store.all()
            if self._belongs(one, scope, parameters) and (flag is None or one.data.get(flag))
        ]

    def _flag(self, action: Action) -> str | None:
        """What is true of things at this path, or becomes so: ``/messages/{id}/pin``, ``/pins``."""
        last = action.template.shape[-1]
        properties = self._shapes.properties(action.resource.schema)
        flags = [one for one in properties if "boolean" in self._shapes.types(properties[one])]
        is_own = action.template.shape in (
            action.resource.template.shape,
            action.resource.template.collection,
        )
        return None if is_own or "{}" in last else flag_of(last, flags)

    def _belongs(self, thing: Thing, scope: Scope, parameters: Mapping[str, str]) -> bool:
        return all(
            thing.scope.get(owner) == value or self._owned(thing.data, owner, value, parameters)
            for owner, value in scope.items()
        )

    def _owned(self, data: Json, owner: str, value: str, parameters: Mapping[str, str]) -> bool:
        for wanted in owner_properties(parameters.get(owner, "id"), owner):
            name = same_name(wanted, data)
            if name is not None:
                one = data[name]
                return str(one.get("id") if isinstance(one, dict) else one) == value
        return False

    def _one(self, action: Action, call: Call, values: list[str]) -> Thing:
        """The thing that a path names.

        Raises:
            Refused: there is none.
        """
        found = self._find(action, values)
        if found is None:
            raise Refused(404, f"there is no {action.resource.subject} at {call.address}")
        return found

    def _find(self, action: Action, values: list[str]) -> Thing | None:
        resource = action.resource
        scope = dict(zip(resource.owners, values, strict=False))
        store = self._store(resource)
        self._seed(resource, store, scope)
        position = len(resource.template.parameters) - 1
        name = "" if resource.single else values[position]
        parameters = dict(zip(scope, resource.template.parameters, strict=False))
        for thing in store.named(name):
            if self._belongs(thing, scope, parameters):
                return thing
        if resource.single or resource.store in self.inventory.closed:
            return None
        if not store.begin({**scope, "": name}):
            return None
        data = self._births.found(resource, scope, name)
        return store.add(name, scope, data)

    def _begin_empty(self, action: Action, values: list[str]) -> None:
        """What belongs to a thing that was made has nothing in it at first."""
        store = self._store(action.resource)
        store.begin(dict(zip(action.template.owners, values, strict=True)))
        store.begin(dict(zip(action.resource.owners, values, strict=False)))

    def _parents(self, action: Action, values: list[str]) -> Iterator[Thing]:
        """What the path goes through; it has to be there.

        Raises:
            Refused: it is not.
        """
        shape = action.template.shape
        for length in range(2, len(shape)):
            parent = self.inventory.items.get(shape[:length])
            if parent is None or parent.store not in self.inventory.closed:
                continue
            if parent is action.resource:
                continue
            reading = Action(Does.READ, parent, action.operation, parent.template, action.success)
            found = self._find(reading, values)
            if found is None:
                at = values[len(parent.template.parameters) - 1]
                raise Refused(404, f"there is no {parent.subject} {at!r}")
            yield found

    # -- changing -------------------------------------------------------------------

    def _create(self, action: Action, call: Call, values: list[str]) -> Outcome:
        resource = action.resource
        scope = dict(zip(action.template.owners, values, strict=True))
        store = self._store(resource)
        self._seed(resource, store, scope)
        body = _unwrapped(call.body, action.sent)
        thing = self._born(action, {**body, **call.facts}, scope, store)
        outcome = self._shown(action, thing, call, values)
        address = f"{call.address.rstrip('/')}/{thing.name}"
        return replace(outcome, headers={"Location": address})

    def _born(self, action: Action, body: Json, scope: Scope, store: Store) -> Thing:
        resource = action.resource
        sent = self._sent_names(action)
        try:
            examples = self._births.examples(resource, self.inventory)
            name, data = self._births.born(resource, store, scope, body, sent, examples)
        except Unfit as error:
            raise Refused(422, f"no valid {resource.subject} comes of it: {error}") from error
        there = [one for one in store.named(name) if one.scope == scope]
        if there:
            if "409" in action.operation.answers:
                raise Refused(409, f"there is a {resource.subject} {name!r}")
            store.remove(there[0])
        return store.add(name, scope, data, made=True)

    def _sent_names(self, action: Action) -> frozenset[str]:
        if action.sent is None:
            return frozenset()
        properties = self._shapes.properties(action.sent.schema)
        return frozenset(
            name for name, one in properties.items() if not self._shapes.says(one, "readOnly")
        )

    def _create_many(self, action: Action, call: Call, values: list[str]) -> Outcome | None:
        store = self._store(action.resource)
        scope = dict(zip(action.template.owners, values, strict=True))
        self._seed(action.resource, store, scope)
        bodies = call.body if isinstance(call.body, list) else []
        made = [self._born(action, body, scope, store) for body in bodies if isinstance(body, dict)]
        schema = action.success.schema
        if schema is None or not made:
            return Outcome(action.success.status) if schema is None else None
        if self._shapes.items(schema):
            return Outcome(action.success.status, [one.data for one in made])
        body = self._fitting.fitted(schema, made[-1].data, call.address)
        return Outcome(action.success.status, body)

    def _change(self, action: Action, call: Call, values: list[str]) -> Outcome:
        body = _unwrapped(call.body, action.sent)
        flag = self._flag(action) if action.within else None
        if flag is not None and flag not in body:
            body = {**body, flag: action.operation.method != "delete"}
        if not action.within and not action.resource.single:
            values = [*values, self._named_by(action.resource, body)]
        thing = self._find(action, values)
        made = thing is None
        if thing is None:
            thing = self._put(action, body, call, values)
        else:
            self._rewrite(action, thing, body, call)
        outcome = self._shown(action, thing, call, values)
        if made and "201" in action.operation.answers:
            return replace(outcome, status=201)
        return outcome

    def _named_by(self, resource: Resource, body: Json) -> str:
        found = body.get(resource.id_name or "")
        return "" if found is None else str(found)

    def _put(self, action: Action, body: Json, call: Call, values: list[str]) -> Thing:
        """A PUT makes what is not there, where nothing else does or the contract says so."""
        resource = action.resource
        creates = any(
            one.does is Does.CREATE and one.resource is resource
            for one in self.inventory.actions.values()
        )
        exact = action.template.shape == resource.template.shape
        says = "201" in action.operation.answers or not creates
        if action.does is not Does.REPLACE or not exact or not says:
            raise Refused(404, f"there is no {resource.subject} at {call.address}")
        scope = dict(zip(resource.owners, values, strict=False))
        store = self._store(resource)
        known = {**body, **call.facts}
        name = "" if resource.single else values[-1]
        try:
            examples = self._births.examples(resource, self.inventory)
            sent = self._sent_names(action)
            data = self._births.made(resource, scope, name, known, sent, examples)
        except Unfit as error:
            raise Refused(422, f"no valid {resource.subject} comes of it: {error}") from error
        return store.add(name, scope, data, made=True)

    def _rewrite(self, action: Action, thing: Thing, body: Json, call: Call) -> None:
        resource, media = action.resource, call.media_type.split(";")[0].strip().lower()
        try:
            if media == JSON_PATCH:
                data = patched(thing.data, call.body)
            elif action.does is Does.REPLACE and action.sent is not None:
                sent = self._sent_names(action)
                data = replaced(self._shapes, resource.schema, thing.data, body, sent)
            else:
                strict = media == MERGE_PATCH
                data = changed(self._shapes, resource.schema, thing.data, body, strict=strict)
        except PatchRefused as error:
            raise Refused(422, str(error)) from error
        wrong = self._fitting.wrong_with(resource.schema, data)
        if wrong:
            raise Refused(422, f"no valid {resource.subject} is left: {'; '.join(wrong[:5])}")
        data = self._kept_name(resource, thing, data)
        fresh = self._fitting.fresh(resource.schema, data)
        thing.data = data if self._fitting.wrong_with(resource.schema, fresh) else fresh

    def _kept_name(self, resource: Resource, thing: Thing, data: Json) -> Json:
        """The id stays, unless it is one that people choose (a slug, a name)."""
        name = resource.id_name
        if name is None or name not in thing.data or data.get(name) == thing.data[name]:
            return data
        if self._births.is_chosen(resource) and data.get(name):
            self._store(resource).renamed(thing, str(data[name]))
            return data
        return {**data, name: thing.data[name]}

    def _clear(self, action: Action, call: Call, values: list[str]) -> Outcome:
        """Those of a collection that the query is about, or all of them."""
        names = list(self._shapes.properties(action.resource.schema))
        asked = Asked(action.operation, self._shapes, call.query, names)
        for thing in self._there(action, values):
            if asked.wants(thing.data):
                self._store(action.resource).remove(thing)
        return Outcome(action.success.status)

    def _delete(self, action: Action, call: Call, values: list[str]) -> Outcome:
        thing = self._one(action, call, values)
        self._store(action.resource).remove(thing)
        if action.success.schema is None:
            return Outcome(action.success.status, thing=thing.data)
        return self._shown(action, thing, call, values)

    # -- parts ----------------------------------------------------------------------

    def _shown(self, action: Action, thing: Thing, call: Call, values: list[str]) -> Outcome:
        """The thing as the operation answers with it.

        Raises:
            Unfit: it answers with something else, a picture say.
        """
        success = action.success
        if success.schema is None:
            if success.answer.content:
                raise Unfit("no JSON")
            return Outcome(success.status, thing=thing.data)
        if action.listing is not None:
            things = [
                self._fitted(action.listing.schema, action.resource, one)
                for one in self._there(action, values)
            ]
            body = self._enveloped(action, action.listing, things, call)
            return Outcome(success.status, body, thing=thing.data)
        spot = action.thing or Spot((), success.schema)
        value = self._fitted(spot.schema, action.resource, thing)
        body = self._enveloped(action, spot, value, call)
        return Outcome(success.status, body, thing=thing.data)

    def _fitted(self, schema: str, resource: Resource, thing: Thing) -> Json:
        key = f"{resource.store} {thing.name}"
        shown = self._fitting.fitted(schema, thing.data, key)
        return self._births.titled(resource, schema, shown, thing.data)

    def _store(self, resource: Resource) -> Store:
        return self._stores.setdefault(resource.store, Store())

    def _seed(self, resource: Resource, store: Store, scope: Scope) -> None:
        if store.begin(scope):
            for name, data in self._births.seeds(resource, store, scope, self.inventory):
                store.add(name, dict(scope), data)


def _unwrapped(body: Any, spot: Spot | None) -> Json:
    found = within(body, spot.path if spot else ())
    return found if isinstance(found, dict) else {}
