"""Where things are kept, and how paths lead to them."""

from collections.abc import Iterator, Mapping

from altlas_chat.mock.state.births import Births
from altlas_chat.mock.state.calls import Refused
from altlas_chat.mock.state.naming import flag_of, owner_properties, same_name
from altlas_chat.mock.state.resources import Action, Does, Inventory, Resource
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.mock.state.things import Scope, Store, Thing
from altlas_chat.specs.documents import Json


class Shelves:
    """The stores of one document; each place is filled when it is first asked about."""

    def __init__(self, shapes: Shapes, births: Births, inventory: Inventory) -> None:
        self._shapes = shapes
        self._births = births
        self._inventory = inventory
        self.stores: dict[str, Store] = {}

    def take_over(self, stores: Mapping[str, Store]) -> None:
        """Keep what was kept elsewhere, as far as there are such things here, too."""
        known = {one.resource.store for one in self._inventory.actions.values()}
        self.stores = {name: one for name, one in stores.items() if name in known}

    def there(self, action: Action, values: list[str]) -> list[Thing]:
        """Those that a path tells of, in their order."""
        resource = action.resource
        scope = dict(zip(action.template.owners, values, strict=True))
        if action.does is not Does.LIST or resource.template.collection == action.template.shape:
            scope = dict(zip(resource.owners, values, strict=False))
        store = self.store(resource)
        self.seed(resource, store, scope)
        parameters = dict(zip(scope, action.template.parameters, strict=False))
        flag = self.flag(action) if action.does is Does.LIST else None
        return [
            one
            for one in store.all()
            if self._belongs(one, scope, parameters) and (flag is None or one.data.get(flag))
        ]

    def flag(self, action: Action) -> str | None:
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

    def find(self, action: Action, values: list[str]) -> Thing | None:
        resource = action.resource
        scope = dict(zip(resource.owners, values, strict=False))
        store = self.store(resource)
        self.seed(resource, store, scope)
        position = len(resource.template.parameters) - 1
        name = "" if resource.single else values[position]
        parameters = dict(zip(scope, resource.template.parameters, strict=False))
        for thing in store.named(name):
            if self._belongs(thing, scope, parameters):
                return thing
        if resource.single or resource.store in self._inventory.closed:
            return None
        if not store.begin({**scope, "": name}):
            return None
        data = self._births.found(resource, scope, name)
        return store.add(name, scope, data)

    def begin_empty(self, action: Action, values: list[str]) -> None:
        """What belongs to a thing that was made has nothing in it at first."""
        store = self.store(action.resource)
        store.begin(dict(zip(action.template.owners, values, strict=True)))
        store.begin(dict(zip(action.resource.owners, values, strict=False)))

    def parents(self, action: Action, values: list[str]) -> Iterator[Thing]:
        """What the path goes through; it has to be there.

        Raises:
            Refused: it is not.
        """
        shape = action.template.shape
        for length in range(2, len(shape)):
            parent = self._inventory.items.get(shape[:length])
            if parent is None or parent.store not in self._inventory.closed:
                continue
            if parent is action.resource:
                continue
            reading = Action(Does.READ, parent, action.operation, parent.template, action.success)
            found = self.find(reading, values)
            if found is None:
                at = values[len(parent.template.parameters) - 1]
                raise Refused(404, f"there is no {parent.subject} {at!r}")
            yield found

    def store(self, resource: Resource) -> Store:
        return self.stores.setdefault(resource.store, Store())

    def seed(self, resource: Resource, store: Store, scope: Scope) -> None:
        if store.begin(scope):
            for name, data in self._births.seeds(resource, store, scope, self._inventory):
                store.add(name, dict(scope), data)
