"""Answers calls from what is kept, and keeps what they change."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from altlas_chat.mock.state.answers import Spot, within
from altlas_chat.mock.state.births import Births
from altlas_chat.mock.state.calls import Call, Outcome, Refused
from altlas_chat.mock.state.changing import changed, replaced
from altlas_chat.mock.state.fitting import Fitting, Moment, Unfit
from altlas_chat.mock.state.inventory import take_inventory
from altlas_chat.mock.state.paging import Asked, counted, described
from altlas_chat.mock.state.patching import JSON_PATCH, MERGE_PATCH, PatchRefused, patched
from altlas_chat.mock.state.resources import Action, Does, Inventory, Resource
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.mock.state.shelves import Shelves
from altlas_chat.mock.state.things import Scope, Store, Thing
from altlas_chat.specs.api import Api, Operation
from altlas_chat.specs.documents import Json
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Schemas


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
        self._shelves = Shelves(self._shapes, self._births, self.inventory)

    def reset(self) -> None:
        """Forget all that was changed: every collection begins anew."""
        self._shelves.stores.clear()

    @property
    def stores(self) -> Mapping[str, Store]:
        """Everything that is kept, by the name of its store."""
        return self._shelves.stores

    def take_over(self, stores: Mapping[str, Store]) -> None:
        """Keep what another state kept, as far as this one has such things, too."""
        self._shelves.take_over(stores)

    def answer(self, operation: Operation, call: Call) -> Outcome | None:
        """What the call gets; None where nothing is remembered for such calls.

        Raises:
            Refused: it can't be done.
        """
        action = self.inventory.actions.get(operation.pointer)
        if action is None:
            return None
        values = [str(call.path.get(name, "")) for name in action.template.parameters]
        parents = list(self._shelves.parents(action, values))
        if any(one.made for one in parents):
            self._shelves.begin_empty(action, values)
        try:
            return self._done(action, call, values)
        except Unfit:
            return None

    def keep(self, operation: Operation, known: Json) -> Json | None:
        """Have a thing there that an operation reads, without a call; as it is kept.

        None where nothing is remembered for the operation, or no valid thing
        comes of what is known.
        """
        action = self.inventory.actions.get(operation.pointer)
        if action is None:
            return None
        store, examples = self._shelves.store(action.resource), ()
        try:
            name, data = self._births.born(action.resource, store, {}, known, (), examples)
        except Unfit:
            return None
        return store.add(name, {}, data, made=True).data

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
        things = {id(one.data): one for one in self._shelves.there(action, values)}
        page = asked.of([one.data for one in things.values()], lambda data: things[id(data)].name)
        shown = [self._fitted(spot.schema, resource, things[id(data)]) for data in page.things]
        body = self._enveloped(action, spot, shown, call)
        if spot.path and isinstance(body, dict) and action.success.schema is not None:
            right = described(self._shapes, action.success.schema, body, page)
            body = right if self._fitting.is_valid(action.success.schema, right) else body
        headers = counted(action.success.answer.headers, page)
        return Outcome(action.success.status, body, headers)

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

    def _one(self, action: Action, call: Call, values: list[str]) -> Thing:
        """The thing that a path names.

        Raises:
            Refused: there is none.
        """
        found = self._shelves.find(action, values)
        if found is None:
            raise Refused(404, f"there is no {action.resource.subject} at {call.address}")
        return found

    # -- changing -------------------------------------------------------------------

    def _create(self, action: Action, call: Call, values: list[str]) -> Outcome:
        resource = action.resource
        scope = dict(zip(action.template.owners, values, strict=True))
        store = self._shelves.store(resource)
        self._shelves.seed(resource, store, scope)
        body = self._representable(action, _unwrapped(call.body, action.sent))
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

    def _representable(self, action: Action, body: Json) -> Json:
        """A body without what the contract takes in one form and shows in another."""
        shown = self._shapes.properties(action.resource.schema)
        taken = self._shapes.properties(action.sent.schema) if action.sent else {}
        kind = self._shapes.kind
        return {
            name: value
            for name, value in body.items()
            if name not in shown
            or name not in taken
            or (value is None and action.does is Does.MERGE)
            or self._fitting.is_valid(shown[name], value)
            or (value is not None and kind(taken[name]) == kind(shown[name]))
        }

    def _create_many(self, action: Action, call: Call, values: list[str]) -> Outcome | None:
        store = self._shelves.store(action.resource)
        scope = dict(zip(action.template.owners, values, strict=True))
        self._shelves.seed(action.resource, store, scope)
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
        body = self._representable(action, _unwrapped(call.body, action.sent))
        flag = self._shelves.flag(action) if action.within else None
        if flag is not None and flag not in body:
            body = {**body, flag: action.operation.method != "delete"}
        if not action.within and not action.resource.single:
            values = [*values, self._named_by(action.resource, body)]
        thing = self._shelves.find(action, values)
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
        store = self._shelves.store(resource)
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
            self._shelves.store(resource).renamed(thing, str(data[name]))
            return data
        return {**data, name: thing.data[name]}

    def _clear(self, action: Action, call: Call, values: list[str]) -> Outcome:
        """Those of a collection that the query is about, or all of them."""
        names = list(self._shapes.properties(action.resource.schema))
        asked = Asked(action.operation, self._shapes, call.query, names)
        for thing in self._shelves.there(action, values):
            if asked.wants(thing.data):
                self._shelves.store(action.resource).remove(thing)
        return Outcome(action.success.status)

    def _delete(self, action: Action, call: Call, values: list[str]) -> Outcome:
        thing = self._one(action, call, values)
        self._shelves.store(action.resource).remove(thing)
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
                for one in self._shelves.there(action, values)
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


def _unwrapped(body: Any, spot: Spot | None) -> Json:
    found = within(body, spot.path if spot else ())
    return found if isinstance(found, dict) else {}
