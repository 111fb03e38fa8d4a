"""The kinds of things that a document lets one make and read, found by its paths and schemas."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from altlas_chat.mock.state.answers import Spot, Success, list_in, success_of, thing_in
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


class Taking:
    """Finds the things of a document by its paths and schemas."""

    def __init__(self, api: Api, shapes: Shapes) -> None:
        self.shapes = shapes
        self.by_shape: dict[Shape, dict[str, Operation]] = {}
        self.templates: dict[str, Template] = {}
        for operation in api.operations:
            template = self.templates.setdefault(operation.path, template_of(operation.path))
            self.by_shape.setdefault(template.shape, {}).setdefault(operation.method, operation)
        self.items: dict[Shape, Resource] = {}
        self.collections: dict[Shape, Resource] = {}
        self.singles: dict[Shape, Resource] = {}
        self.kinds: dict[str, Resource] = {}

    def take(self) -> None:
        """Find them all; what is more certain goes first."""
        for shape, operations in self.by_shape.items():
            template = self.templates[next(iter(operations.values())).path]
            if template.is_item:
                self._take_item(shape, template, operations)
        for path in list(self.templates):
            self._take_unnamed(path)
        for shape, operations in self.by_shape.items():
            path = next(iter(operations.values())).path
            if shape not in self.items and shape not in self.collections:
                self._take_collection(shape, path, operations)
                self._take_lone(shape, self.templates[path], operations)

    def _take_item(
        self, shape: Shape, template: Template, operations: Mapping[str, Operation]
    ) -> None:
        if not any(method in operations for method in CHANGING):
            return
        collection = self._collection_of(template)
        schema = self._schema_of(template, operations, self.by_shape.get(collection, {}))
        if schema is None:
            return
        found = self._resource(template, schema, next(iter(operations.values())))
        if found.id_name is None and "get" not in operations and not self._lists(collection):
            return
        self._keep(shape, collection, found)

    def _keep(self, shape: Shape, collection: Shape, found: Resource) -> None:
        self.items[shape] = found
        if collection in self.by_shape:
            self.collections.setdefault(collection, found)
        kind = self.shapes.kind(found.schema)
        if "get" in self.by_shape.get(shape, {}) or kind not in self.kinds:
            self.kinds[kind] = found

    def _lists(self, collection: Shape) -> bool:
        listed = self.by_shape.get(collection, {}).get("get")
        return listed is not None and self.list_of(listed, template_of(listed.path)) is not None

    def _take_unnamed(self, path: str) -> None:
        """``/notes/{id}/read`` tells that ``/notes`` has things, though none is read by itself."""
        template = self.templates[path]
        for length in range(2, len(template.shape)):
            shape, collection = template.shape[:length], template.shape[: length - 1]
            if "{}" not in shape[-1] or shape in self.items or not self._lists(collection):
                continue
            if shape in self.by_shape:
                continue
            item = template_of("/".join(path.strip("/").split("/")[:length]))
            listed = self.list_of(self.by_shape[collection]["get"], item)
            operation = next(iter(self.by_shape[template.shape].values()))
            success = success_of(operation)
            if listed is None or success is None or success.schema is None:
                continue
            if self.shapes.kind(success.schema) == self.shapes.kind(listed.schema):
                self._keep(shape, collection, self._resource(item, listed.schema, operation))

    def _take_collection(
        self, shape: Shape, path: str, operations: Mapping[str, Operation]
    ) -> None:
        """A list that one can add to, though its things have no path of their own."""
        listed, made = operations.get("get"), operations.get("post")
        if listed is None or made is None or not shape:
            return
        item = template_of(f"{path}/{{id}}")
        spot = self.list_of(listed, item)
        if spot is None or not self.shapes.properties(spot.schema) or made.body is None:
            return
        thing = self._thing_of(made, item, self.shapes.kind(spot.schema))
        if thing is not None and self.shapes.kind(thing) != self.shapes.kind(spot.schema):
            return
        self.collections[shape] = self._resource(item, spot.schema, listed)
        self.kinds.setdefault(self.shapes.kind(spot.schema), self.collections[shape])

    def _resource(self, template: Template, schema: str, operation: Operation) -> Resource:
        shapes = self.shapes
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
                return self.shapes.types(one.schema)
        return frozenset()

    def _collection_of(self, template: Template) -> Shape:
        """The shape of the collection: the path without its last part, or its plural."""
        shape = template.collection
        if shape in self.by_shape or not shape:
            return shape
        for last in plurals(shape[-1]):
            if (*shape[:-1], last) in self.by_shape:
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
        in_list = self.list_of(listed, template) if listed else None
        kind = self.shapes.kind(in_list.schema) if in_list else None
        found = self._thing_of(read, template, kind) if read is not None else None
        if found is not None:
            return found
        if in_list is not None and self.shapes.properties(in_list.schema):
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
        spot = thing_in(self.shapes, success.schema, template.subject, kind)
        return spot.schema if spot and self.shapes.properties(spot.schema) else None

    def list_of(self, operation: Operation, template: Template) -> Spot | None:
        success = success_of(operation)
        if success is None or success.schema is None:
            return None
        return list_in(self.shapes, success.schema, template.last_word)

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
            self.singles[shape] = Resource(
                template, store, template.subject, schema, None, None, single=True
            )
