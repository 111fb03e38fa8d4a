"""What changed about the parameters of an operation."""

from altlas_chat.specs.api import MediaType, Parameter
from altlas_chat.specs.documents import Json
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.changes import Found, Where
from altlas_chat.toolkit.diffing.comparer import Comparer
from altlas_chat.toolkit.diffing.kinds import holds_types, types_said
from altlas_chat.toolkit.diffing.lifecycle import Lifecycle
from altlas_chat.toolkit.diffing.paths import Pair
from altlas_chat.toolkit.diffing.telling import Scope, Teller
from altlas_chat.toolkit.diffing.views import View, Views

IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""Headers that the specification describes elsewhere."""

REMOVED = (
    "request-parameter-removed",
    "request-parameter-removed-with-deprecation",
    "request-parameter-removed-before-sunset",
    "request-parameter-sunset-parse",
)
_SCALARS = frozenset({"string", "number", "integer", "boolean", "null"})

Key = tuple[str, str]


class Parameters:
    """Compares the parameters of operations."""

    def __init__(
        self, comparer: Comparer, teller: Teller, found: Found, lifecycle: Lifecycle
    ) -> None:
        self._comparer = comparer
        self._teller = teller
        self._found = found
        self._lifecycle = lifecycle

    def compare(self, where: Where, pair: Pair) -> None:
        """Those that came, went and changed; a path parameter may have another name."""
        before = _by_key(pair.old.parameters, pair.renamed)
        after = _by_key(pair.new.parameters, {})
        spread = self._spread(before, after)
        for key, old in before.items():
            new = after.get(key)
            if new is not None:
                self._compare(where, old, new)
            elif key in spread:
                self._compare_spread(where, old, spread[key])
            else:
                self._lifecycle.of_removed(where, old.data, old.pointer, REMOVED, _name(old))
        whole = {id(one) for one in spread.values()}
        for key, new in after.items():
            if key not in before and id(new) not in whole:
                self._added(where, new, pair)

    def _added(self, where: Where, new: Parameter, pair: Pair) -> None:
        if new.where == "path":
            rule = "new-request-path-parameter"
        else:
            need = "required" if new.required else "optional"
            shared = new.pointer.startswith(joined(pair.new.item, "parameters")) or not any(
                new.pointer == pair.new.document.target(joined(pair.new.pointer, "parameters", n))
                for n in range(len(pair.new.data.get("parameters") or ()))
            )
            rule = f"new-{need}-request-parameter"
            if shared:
                rule = f"new-{need}-request-default-parameter-to-existing-path"
        self._found.add(rule, where, None, new.pointer, name=_name(new))

    def _compare(self, where: Where, old: Parameter, new: Parameter) -> None:
        places = (old.pointer, new.pointer)
        name = _name(new)
        if old.required != new.required:
            rule = f"request-parameter-became-{'required' if new.required else 'optional'}"
            self._found.add(rule, where, *places, name=name)
        self._lifecycle.of_parameter(where, (old.data, new.data), places, name)
        self._compare_flags(where, old, new)
        if old.schema is not None and new.schema is not None:
            self._compare_form(where, old, new)
            self._compare_schemas(where, new, old.schema, new.schema, old)
        elif old.content is not None or new.content is not None:
            self._compare_content(where, old, new)

    def _compare_flags(self, where: Where, old: Parameter, new: Parameter) -> None:
        if old.where != "query":
            return
        for keyword, rule in (("allowReserved", "reserved"), ("allowEmptyValue", "empty")):
            before, after = (one.data.get(keyword) is True for one in (old, new))
            if before != after:
                way = "" if after else "not-"
                self._found.add(
                    f"request-parameter-became-{way}allow-{rule}",
                    where,
                    old.pointer,
                    new.pointer,
                    name=_name(new),
                )

    def _compare_form(self, where: Where, old: Parameter, new: Parameter) -> None:
        """How the values are written: as it is in effect, so that a default may be said or not."""
        places, name = (old.pointer, new.pointer), _name(new)
        if old.style != new.style:
            rule = "request-parameter-style-changed"
            self._found.add(rule, where, *places, name=name, old=old.style, new=new.style)
        elif old.explode != new.explode and not (self._is_scalar(old) and self._is_scalar(new)):
            rule = "request-parameter-explode-changed"
            self._found.add(rule, where, *places, name=name, old=old.explode, new=new.explode)

    def _view(self, parameter: Parameter, *, new: bool) -> View | None:
        views = self._comparer.new if new else self._comparer.old
        if parameter.schema is None:
            return None
        return views.of(views.document.at(parameter.schema), parameter.schema)

    def _is_scalar(self, parameter: Parameter) -> bool:
        """Each of its values is a single one; it does not matter then whether they are exploded."""
        found: Json = parameter.data.get("schema") or {}
        told = found.get("type")
        kinds = set(told) if isinstance(told, list) else {told}
        choices = any(found.get(key) for key in ("oneOf", "anyOf", "allOf"))
        return kinds <= _SCALARS and not choices

    def _compare_schemas(
        self, where: Where, new: Parameter, one: str, other: str, old: Parameter
    ) -> None:
        if self._became_list(old, new):
            before, after = self._view(old, new=False), self._view(new, new=True)
            if before is None or after is None:
                return
            self._found.add(
                "request-parameter-type-generalized",
                where,
                one,
                other,
                where=_said(new),
                old=types_said(before.types, ""),
                new=types_said(after.types, ""),
            )
            return
        self._teller.tell(where, _scope(new, strong=False), one, other)

    def _became_list(self, old: Parameter, new: Parameter) -> bool:
        """``?a=1`` is a list of one, too, where lists are written as ``?a=1&a=2``."""
        before, after = self._view(old, new=False), self._view(new, new=True)
        if before is None or after is None or (new.style, new.explode) != ("form", True):
            return False
        if after.types != ("array",) or before.types == ("array",) or not before.types:
            return False
        if "items" not in after.data:
            return False
        items = self._comparer.new.child(after, "items")
        if self._comparer.sameness.of(before, items):
            return True
        return holds_types(before.types, items.types, strong=False) and self._comparer.sameness.of(
            _untyped(self._comparer.old, before), _untyped(self._comparer.new, items)
        )

    def _compare_content(self, where: Where, old: Parameter, new: Parameter) -> None:
        before = old.content.name if old.content else f"style {old.style}"
        after = new.content.name if new.content else f"style {new.style}"
        places = (old.pointer, new.pointer)
        if before != after:
            rule = "request-parameter-content-changed"
            self._found.add(rule, where, *places, name=_name(new), old=before, new=after)
            return
        one, other = _schema(old.content), _schema(new.content)
        if one and other:
            self._teller.tell(where, _scope(new, strong=is_strong(after)), one, other)

    def _spread(
        self, before: dict[Key, Parameter], after: dict[Key, Parameter]
    ) -> dict[Key, Parameter]:
        """Old parameters that are properties of a new one, written as ``?a=1&b=2`` as before."""
        found = {}
        for key, new in after.items():
            view = self._view(new, new=True)
            if key in before or view is None or view.types != ("object",):
                continue
            if (new.style, new.explode) == ("form", True):
                for name in view.schemas("properties"):
                    mine = (new.where, name)
                    if mine in before and mine not in after:
                        found[mine] = new
        return found

    def _compare_spread(self, where: Where, old: Parameter, new: Parameter) -> None:
        view = self._view(new, new=True)
        if old.schema is None or view is None:
            return
        below = joined(view.pointer, "properties", old.name)
        self._teller.tell(where, _scope(old, strong=False), old.schema, below)
        if not old.required and old.name in view.required:
            rule = "request-parameter-became-required"
            self._found.add(rule, where, old.pointer, below, name=_name(old))


def is_strong(media_type: str) -> bool:
    """Numbers and texts are told apart in it."""
    name = media_type.partition(";")[0].strip().lower()
    return name == "application/json" or name.endswith("+json") or "*" in name


def _untyped(views: Views, view: View) -> View:
    """The same schema for values of any type."""
    rest = {key: value for key, value in view.data.items() if key not in ("type", "nullable")}
    return views.of(rest, view.pointer)


def _schema(content: MediaType | None) -> str | None:
    return content.schema if content else None


def _scope(parameter: Parameter, *, strong: bool) -> Scope:
    return Scope(
        "request-parameter",
        "request-parameter-property",
        sends=True,
        strong=strong,
        said=_said(parameter),
        header=parameter.where == "header",
    )


def _name(parameter: Parameter) -> str:
    return f"`{parameter.name}` in {parameter.where}"


def _said(parameter: Parameter) -> str:
    return f" {_name(parameter)}"


def _by_key(parameters: tuple[Parameter, ...], renamed: dict[str, str]) -> dict[Key, Parameter]:
    found = {}
    for one in parameters:
        name = one.name.lower() if one.where == "header" else one.name
        if one.where == "header" and name in IGNORED_HEADERS:
            continue
        found[one.where, renamed.get(name, name) if one.where == "path" else name] = one
    return found
