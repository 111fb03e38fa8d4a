"""Which operations belong together: the kinds of things that a document lets one make and read.

Found by the paths and schemas alone. What fits no pattern is not in the
result, and is answered as if nothing were remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from altlas_chat.mock.state.answers import Spot, Success, json_of, list_in, success_of, thing_in
from altlas_chat.mock.state.naming import id_property, plurals
from altlas_chat.mock.state.paths import Template, template_of
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.api import Api, Operation

Shape = tuple[str, ...]

CHANGING = ("get", "put", "patch", "delete")


class Does(StrEnum):
    """What an operation does to the things that are kept."""

    LIST = "list"
    CREATE = "create"
    CREATE_MANY = "create many"
    READ = "read"
    REPLACE = "replace"
    MERGE = "merge"
    DELETE = "delete"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One kind of thing at one place of the paths.

    ``store`` names what is shared with other places that have the same things;
    ``id_name`` is the property that its path's last parameter stands for (None:
    the thing does not tell), ``id_schema`` the schema of that. A ``single``
    thing has no collection (``/preferences``).
    """

    template: Template
    store: str
    subject: str
    schema: str
    id_name: str | None
    id_schema: str | None
    single: bool = False

    @property
    def owners(self) -> tuple[str, ...]:
        """What its things belong to, as far as the path says."""
        if self.single or not self.template.is_item:
            return self.template.owners
        return self.template.owners[:-1]


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What one operation does to which things, and where they lie in its bodies.

    ``within`` tells that it concerns one thing, which its path names.
    """

    does: Does
    resource: Resource
    operation: Operation
    template: Template
    success: Success
    listing: Spot | None = None
    thing: Spot | None = None
    sent: Spot | None = None
    within: bool = False


@dataclass(frozen=True, slots=True)
class Inventory:
    """What can be remembered: ``actions`` by the pointer of the operation.

    ``closed`` are the shapes of the things that are there only if they are
    kept, since they can be listed or made; others are there when asked for.
    """

    actions: Mapping[str, Action]
    closed: frozenset[str]
    items: Mapping[Shape, Resource]


def take_inventory(api: Api, shapes: Shapes) -> Inventory:
    """All that the operations of a document can be found to do."""
    return _Taking(api, shapes).taken()


class _Taking:
    def __init__(self, api: Api, shapes: Shapes) -> None:
        self._shapes = shapes
        self._by_shape: dict[Shape, dict[str, Operation]] = {}
        self._templates: dict[str, Template] = {}
        for operation in api.operations:
            template = self._templates.setdefault(operation.path, template_of(operation.path))
            self._by_shape.setdefault(template.shape, {}).setdefault(operation.method, operation)
        self._items: dict[Shape, Resource] = {}
        self._collections: dict[Shape, Resource] = {}
        self._singles: dict[Shape, Resource] = {}
        self._kinds: dict[str, Resource] = {}

    def taken(self) -> Inventory:
        for shape, operations in self._by_shape.items():
            template = self._templates[next(iter(operations.values())).path]
            if template.is_item:
                self._take_item(shape, template, operations)
        for path in list(self._templates):
            self._take_unnamed(path)
        for shape, operations in self._by_shape.items():
            path = next(iter(operations.values())).path
            if shape not in self._items and shape not in self._collections:
                self._take_collection(shape, path, operations)
                self._take_lone(shape, self._templates[path], operations)
        actions = {}
        for operations in self._by_shape.values():
            for operation in operations.values():
                found = self._action(operation, self._templates[operation.path])
                if found is not None:
                    actions[operation.pointer] = found
        closed = frozenset(
            action.resource.store
            for action in actions.values()
            if not action.resource.single and action.does in (Does.LIST, Does.CREATE)
        )
        return Inventory(actions, closed, self._items)

    # -- things ---------------------------------------------------------------------

    def _take_item(
        self, shape: Shape, template: Template, operations: Mapping[str, Operation]
    ) -> None:
        if not any(method in operations for method in CHANGING):
            return
        collection = self._collection_of(template)
        schema = self._schema_of(template, operations, self._by_shape.get(collection, {}))
        if schema is None:
            return
        found = self._resource(template, schema, next(iter(operations.values())))
        if found.id_name is None and "get" not in operations and not self._lists(collection):
            return
        self._keep(shape, collection, found)

    def _keep(self, shape: Shape, collection: Shape, found: Resource) -> None:
        self._items[shape] = found
        if collection in self._by_shape:
            self._collections.setdefault(collection, found)
        kind = self._shapes.kind(found.schema)
        if "get" in self._by_shape.get(shape, {}) or kind not in self._kinds:
            self._kinds[kind] = found

    def _lists(self, collection: Shape) -> bool:
        listed = self._by_shape.get(collection, {}).get("get")
        return listed is not None and self._list_of(listed, template_of(listed.path)) is not None

    def _take_unnamed(self, path: str) -> None:
        """``/notes/{id}/read`` tells that ``/notes`` has things, though none is read by itself."""
        template = self._templates[path]
        for length in range(2, len(template.shape)):
            shape, collection = template.shape[:length], template.shape[: length - 1]
            if "{}" not in shape[-1] or shape in self._items or not self._lists(collection):
                continue
            if shape in self._by_shape:
                continue
            item = template_of("/".join(path.strip("/").split("/")[:length]))
            listed = self._list_of(self._by_shape[collection]["get"], item)
            operation = next(iter(self._by_shape[template.shape].values()))
            success = success_of(operation)
            if listed is None or success is None or success.schema is None:
                continue
            if self._shapes.kind(success.schema) == self._shapes.kind(listed.schema):
                self._keep(shape, collection, self._resource(item, listed.schema, operation))

    def _take_collection(
        self, shape: Shape, path: str, operations: Mapping[str, Operation]
    ) -> None:
        """A list that one can add to, though its things have no path of their own."""
        listed, made = operations.get("get"), operations.get("post")
        if listed is None or made is None or not shape:
            return
        item = template_of(f"{path}/{{id}}")
        spot = self._list_of(listed, item)
        if spot is None or not self._shapes.properties(spot.schema) or made.body is None:
            return
        thing = self._thing_of(made, item, self._shapes.kind(spot.schema))
        if thing is not None and self._shapes.kind(thing) != self._shapes.kind(spot.schema):
            return
        self._collections[shape] = self._resource(item, spot.schema, listed)
        self._kinds.setdefault(self._shapes.kind(spot.schema), self._collections[shape])

    def _resource(self, template: Template, schema: str, operation: Operation) -> Resource:
        shapes = self._shapes
        properties = shapes.properties(schema)
        wanted = self._types_of_last(template, operation)
        fitting = [
            name
            for name, one in properties.items()
            if not wanted or not shapes.types(one) or wanted & shapes.types(one)
        ]
        id_name = id_property(template.parameters[-1], template.subject, fitting)
        kind = shapes.kind(schema)
        store = kind if "/components/" in kind else "/" + "/".join(template.collection)
        id_schema = properties[id_name] if id_name else None
        return Resource(template, store, template.subject, schema, id_name, id_schema)

    def _types_of_last(self, template: Template, operation: Operation) -> frozenset[str]:
        for one in operation.parameters:
            if one.where == "path" and one.name == template.parameters[-1] and one.schema:
                return self._shapes.types(one.schema)
        return frozenset()

    def _collection_of(self, template: Template) -> Shape:
        """The shape of the collection: the path without its last part, or its plural."""
        shape = template.collection
        if shape in self._by_shape or not shape:
            return shape
        for last in plurals(shape[-1]):
            if (*shape[:-1], last) in self._by_shape:
                return (*shape[:-1], last)
        return shape

    def _schema_of(
        self,
        template: Template,
        operations: Mapping[str, Operation],
        collection: Mapping[str, Operation],
    ) -> str | None:
        """The schema of one thing: as it is read, listed, made or changed, whatever there is."""
        read, listed = operations.get("get"), collection.get("get")
        in_list = self._list_of(listed, template) if listed else None
        kind = self._shapes.kind(in_list.schema) if in_list else None
        found = self._thing_of(read, template, kind) if read is not None else None
        if found is not None:
            return found
        if in_list is not None and self._shapes.properties(in_list.schema):
            return in_list.schema
        for operation in (collection.get("post"), operations.get("put"), operations.get("patch")):
            if operation is not None:
                found = self._thing_of(operation, template, kind)
                if found is not None:
                    return found
        return None

    def _thing_of(self, operation: Operation, template: Template, kind: str | None) -> str | None:
        success = success_of(operation, made=operation.method == "post")
        if success is None or success.schema is None:
            return None
        spot = thing_in(self._shapes, success.schema, template.subject, kind)
        return spot.schema if spot and self._shapes.properties(spot.schema) else None

    def _list_of(self, operation: Operation, template: Template) -> Spot | None:
        success = success_of(operation)
        if success is None or success.schema is None:
            return None
        return list_in(self._shapes, success.schema, template.last_word)

    def _take_lone(
        self, shape: Shape, template: Template, operations: Mapping[str, Operation]
    ) -> None:
        """A thing without a collection: one can read it, and change it at the same path."""
        read = operations.get("get")
        if read is None or not any(method in operations for method in ("put", "patch")):
            return
        schema = self._thing_of(read, template, None)
        if schema is not None:
            store = "/" + "/".join(template.shape)
            self._singles[shape] = Resource(
                template, store, template.subject, schema, None, None, single=True
            )

    # -- operations -----------------------------------------------------------------

    def _action(self, operation: Operation, template: Template) -> Action | None:
        for way in (self._of_item, self._of_collection, self._of_single, self._of_view):
            found = way(operation, template)
            if found is not None:
                return found
        return None

    def _of_item(self, operation: Operation, template: Template) -> Action | None:
        resource = self._items.get(template.shape)
        does = {
            "get": Does.READ,
            "head": Does.READ,
            "put": Does.REPLACE,
            "patch": Does.MERGE,
            "post": Does.MERGE,
            "delete": Does.DELETE,
        }.get(operation.method)
        if resource is None or does is None:
            return None
        return self._made(does, resource, operation, template, within=True)

    def _of_collection(self, operation: Operation, template: Template) -> Action | None:
        resource = self._collections.get(template.shape)
        if resource is None:
            return None
        if operation.method in ("get", "head"):
            return self._listing(resource, operation, template)
        does = {"post": Does.CREATE, "put": Does.REPLACE, "patch": Does.MERGE}.get(operation.method)
        if operation.method == "delete":
            does = Does.CLEAR
        if does is None or (does in (Does.REPLACE, Does.MERGE) and resource.id_name is None):
            return None
        found = self._made(does, resource, operation, template)
        if found is None or (does is Does.CREATE and not self._makes_one(found)):
            return None
        return found

    def _makes_one(self, action: Action) -> bool:
        """A POST to a collection that takes an object and does not answer with a list."""
        if action.success.schema is not None and self._shapes.items(action.success.schema):
            return False
        return action.sent is not None or action.thing is not None

    def _of_single(self, operation: Operation, template: Template) -> Action | None:
        resource = self._singles.get(template.shape)
        does = {
            "get": Does.READ,
            "head": Does.READ,
            "put": Does.REPLACE,
            "patch": Does.MERGE,
            "delete": Does.DELETE,
        }.get(operation.method)
        if resource is None or does is None:
            return None
        return self._made(does, resource, operation, template)

    def _of_view(self, operation: Operation, template: Template) -> Action | None:
        """A list of things that are kept elsewhere, or something done to one of them."""
        if operation.method == "get":
            spot = self._list_of(operation, template)
            resource = self._kinds.get(self._shapes.kind(spot.schema)) if spot else None
            if resource is not None:
                return self._listing(resource, operation, template)
        for length in range(len(template.shape) - 1, 0, -1):
            within = self._items.get(template.shape[:length])
            if within is not None:
                return self._done_to(within, operation, template)
        return self._many(operation, template)

    def _done_to(
        self, resource: Resource, operation: Operation, template: Template
    ) -> Action | None:
        """``POST /users/{id}/activate`` that answers with the user."""
        if operation.method not in (*CHANGING, "post"):
            return None
        success = success_of(operation)
        schema = success.schema if success else None
        kind = self._shapes.kind(resource.schema)
        thing = thing_in(self._shapes, schema, resource.subject, kind) if schema else None
        if thing is None or self._shapes.kind(thing.schema) != kind:
            return None
        does = Does.READ if operation.method == "get" else Does.MERGE
        return self._made(does, resource, operation, template, within=True)

    def _many(self, operation: Operation, template: Template) -> Action | None:
        """``POST /user/createWithList`` that takes several."""
        sent = _sent_schema(operation)
        items = self._shapes.items(sent) if sent else None
        resource = self._kinds.get(self._shapes.kind(items)) if items else None
        success = success_of(operation, made=True)
        if resource is None or success is None or operation.method != "post":
            return None
        return Action(Does.CREATE_MANY, resource, operation, template, success)

    def _listing(
        self, resource: Resource, operation: Operation, template: Template
    ) -> Action | None:
        success, spot = success_of(operation), self._list_of(operation, template)
        if success is None or spot is None:
            return None
        return Action(Does.LIST, resource, operation, template, success, listing=spot)

    def _made(
        self,
        does: Does,
        resource: Resource,
        operation: Operation,
        template: Template,
        *,
        within: bool = False,
    ) -> Action | None:
        success = success_of(operation, made=does is Does.CREATE)
        if success is None:
            return None
        shapes, kind = self._shapes, self._shapes.kind(resource.schema)
        sent = _sent_schema(operation)
        listing = thing = None
        if success.schema is not None:
            thing = thing_in(shapes, success.schema, resource.subject, kind)
            if thing is None or (thing.path == () and shapes.kind(thing.schema) != kind):
                listing = self._list_of(operation, template)
                if listing and shapes.kind(listing.schema) != kind:
                    listing = None
        return Action(
            does=does,
            resource=resource,
            operation=operation,
            template=template,
            success=success,
            listing=listing,
            thing=None if listing else thing,
            sent=thing_in(shapes, sent, resource.subject, kind) if sent else None,
            within=within,
        )


def _sent_schema(operation: Operation) -> str | None:
    """The schema of the body that an operation takes, of JSON rather than of forms."""
    if operation.body is None:
        return None
    media = [one for one in operation.body.content.values() if one.schema]
    preferred = [one for one in media if "json" in one.name]
    return next((one.schema for one in (*preferred, *media)), None)


__all__ = ["Action", "Does", "Inventory", "Resource", "json_of", "take_inventory"]
