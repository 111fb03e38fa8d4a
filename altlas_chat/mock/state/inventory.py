"""Which operations belong together, and what each does to which things.

Found by the paths and schemas alone. What fits no pattern is not in the
result, and is answered as if nothing were remembered.
"""

from altlas_chat.mock.state.answers import success_of, thing_in
from altlas_chat.mock.state.paths import Template
from altlas_chat.mock.state.resources import CHANGING, Action, Does, Inventory, Resource, Taking
from altlas_chat.mock.state.shapes import Shapes
from altlas_chat.specs.api import Api, Operation


def take_inventory(api: Api, shapes: Shapes) -> Inventory:
    """All that the operations of a document can be found to do."""
    found = Taking(api, shapes)
    found.take()
    deeds = _Deeds(found)
    actions = {}
    for operations in found.by_shape.values():
        for operation in operations.values():
            action = deeds.action(operation, found.templates[operation.path])
            if action is not None:
                actions[operation.pointer] = action
    closed = frozenset(
        action.resource.store
        for action in actions.values()
        if not action.resource.single and action.does in (Does.LIST, Does.CREATE)
    )
    return Inventory(actions, closed, found.items)


class _Deeds:
    def __init__(self, found: Taking) -> None:
        self._found = found
        self._shapes = found.shapes

    def action(self, operation: Operation, template: Template) -> Action | None:
        for way in (self._of_item, self._of_collection, self._of_single, self._of_view):
            found = way(operation, template)
            if found is not None:
                return found
        return None

    def _of_item(self, operation: Operation, template: Template) -> Action | None:
        resource = self._found.items.get(template.shape)
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
        resource = self._found.collections.get(template.shape)
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
        resource = self._found.singles.get(template.shape)
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
            spot = self._found.list_of(operation, template)
            resource = self._found.kinds.get(self._shapes.kind(spot.schema)) if spot else None
            if resource is not None:
                return self._listing(resource, operation, template)
        for length in range(len(template.shape) - 1, 0, -1):
            within = self._found.items.get(template.shape[:length])
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
        resource = self._found.kinds.get(self._shapes.kind(items)) if items else None
        success = success_of(operation, made=True)
        if resource is None or success is None or operation.method != "post":
            return None
        return Action(Does.CREATE_MANY, resource, operation, template, success)

    def _listing(
        self, resource: Resource, operation: Operation, template: Template
    ) -> Action | None:
        success, spot = success_of(operation), self._found.list_of(operation, template)
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
                listing = self._found.list_of(operation, template)
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
