"""Makes changes of the differences between schemas: who sends and who receives is known here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.diffing.changes import Found, Policy, Where
from altlas_chat.toolkit.diffing.comparer import Comparer
from altlas_chat.toolkit.diffing.deltas import Delta, Edge, Node
from altlas_chat.toolkit.diffing.kinds import type_rule, types_said
from altlas_chat.toolkit.diffing.levels import Effect, Level, level_of
from altlas_chat.toolkit.diffing.lifecycle import steps_of_stability, sunset_rule
from altlas_chat.toolkit.diffing.rules import RULES
from altlas_chat.toolkit.diffing.rules_of_schemas import named


@dataclass(frozen=True, slots=True)
class Scope:
    """A place in an operation where a schema is.

    ``root`` and ``below`` begin the names of the rules about the schema itself
    and about what is in it; ``strong`` says that numbers and texts are told
    apart when they are written; ``said`` stands after the place's name.
    """

    root: str
    below: str
    sends: bool
    strong: bool = True
    said: str = ""
    status: str = ""
    header: bool = False

    @property
    def existence(self) -> str:
        """How the rules about properties that come and go call this place."""
        if self.header:
            return "request-header"
        return self.root.removesuffix("-body")


@dataclass(frozen=True, slots=True)
class _Step:
    """A pair of schemas on the way: its name, and what is known from above it."""

    node: Node
    path: tuple[str, ...] = ()
    prop: str = ""
    required: bool = False
    turned: bool = False
    read_only: bool = False
    write_only: bool = False
    owner: Node | None = None


READ_ONLY_RULES = frozenset(
    name.removeprefix("request-read-only-property-")
    for name in RULES
    if name.startswith("request-read-only-property-")
)


class Teller:
    """Tells the changes of schemas of one comparison."""

    def __init__(self, comparer: Comparer, found: Found, policy: Policy) -> None:
        self._comparer = comparer
        self._found = found
        self._policy = policy

    def tell(self, where: Where, scope: Scope, old: str, new: str) -> None:
        """The changes between the schemas at two pointers."""
        root = self._comparer.compared(old, new)
        if not root.changed:
            return
        seen = {id(root)}
        waiting = [_Step(root)]
        while waiting:
            step = waiting.pop()
            for delta in step.node.deltas:
                _Telling(self._comparer, self._found, self._policy, where, scope, step).tell(delta)
            for edge in reversed(step.node.edges):
                if edge.node.changed and id(edge.node) not in seen:
                    seen.add(id(edge.node))
                    waiting.append(_below(step, edge))


def _below(step: _Step, edge: Edge) -> _Step:
    new = edge.node.new
    return _Step(
        edge.node,
        (*step.path, *edge.steps),
        edge.prop,
        edge.required,
        step.turned or edge.turned,
        step.read_only or new.says("readOnly"),
        step.write_only or new.says("writeOnly"),
        (step.owner or step.node) if edge.whole else None,
    )


@dataclass(frozen=True, slots=True)
class _Telling:
    comparer: Comparer
    found: Found
    policy: Policy
    where: Where
    scope: Scope
    step: _Step

    def tell(self, delta: Delta) -> None:
        handler = _HANDLERS.get(delta.aspect)
        if handler is not None:
            handler(self, delta)
        else:
            self._plain(delta)

    @property
    def _sends(self) -> bool:
        return self.scope.sends != self.where.turned

    @property
    def _prefix(self) -> str:
        return self.scope.below if self.step.path else self.scope.root

    @property
    def _path(self) -> str:
        return "/".join(self.step.path)

    def _full(self, name: str) -> str:
        return "/".join((*self.step.path, name)) if name else self._path

    def _plain(self, delta: Delta) -> None:
        aspect, effect = self._by_direction(delta)
        rule = named(f"{self._prefix}-{aspect}")
        guarded = self._guarded(delta)
        if guarded and self.scope.root == "request-body" and aspect in READ_ONLY_RULES:
            rule = f"request-read-only-property-{aspect}"
        if guarded and rule == "response-property-enum-value-added":
            rule = "response-write-only-property-enum-value-added"
        if self.scope.header and rule == "request-parameter-property-became-enum":
            rule = "request-header-property-became-enum"
        if rule in RULES:
            self._add(rule, replace(delta, effect=effect), name=delta.name, guarded=guarded)

    def _by_direction(self, delta: Delta) -> tuple[str, Effect | None]:
        """Aspects that only one direction has, as the other one calls them."""
        if delta.aspect == "multiple-of-specialized" and self.scope.sends:
            return "multiple-of-changed", Effect.NARROWS
        if delta.aspect == "multiple-of-generalized" and not self.scope.sends:
            return "multiple-of-changed", Effect.WIDENS
        if delta.aspect == "pattern-generalized" and not self.scope.sends:
            return "pattern-changed", None
        return delta.aspect, delta.effect

    def _guarded(self, delta: Delta) -> bool:
        """It is about what is not sent, or not received, at all."""
        if self.where.turned:
            return False
        if self.scope.sends:
            return self.step.read_only or delta.read_only
        return self.step.write_only or delta.write_only

    def _add(
        self,
        rule: str,
        delta: Delta,
        *,
        name: str = "",
        guarded: bool = False,
        days: int = 0,
    ) -> None:
        old, new = self.step.node.old, self.step.node.new
        self.found.add(
            rule,
            self.where,
            _place(old.pointer, old.data, delta),
            _place(new.pointer, new.data, delta),
            level=self._level(rule, delta, guarded=guarded),
            where=self.scope.said,
            inside=f" `{self._path}`" if self.step.path else "",
            name=name,
            status=self.scope.status,
            old=delta.old,
            new=delta.new,
            days=days,
        )

    def _level(self, rule: str, delta: Delta, *, guarded: bool) -> Level:
        told = RULES[rule]
        effect = delta.effect or told.effect
        if guarded or delta.effect is Effect.NONE:
            return Level.SAFE
        if effect is Effect.NONE:
            return told.level
        if self.step.turned:
            return Level.DANGEROUS
        if effect is not None and (delta.effect is not None or self.where.turned):
            return level_of(effect, sends=self._sends)
        return told.level

    def tell_type(self, delta: Delta) -> None:
        rule = type_rule(
            delta.old,
            delta.new,
            sends=self.scope.sends,
            strong=self.scope.strong,
            parameter=self.scope.root == "request-parameter",
            below=bool(self.step.path),
        )
        said = replace(delta, old=types_said(*delta.old), new=types_said(*delta.new))
        self._add(f"{self._prefix}-{rule}", said, guarded=self._guarded(delta))

    def tell_property(self, delta: Delta) -> None:
        came = delta.aspect == "property-added"
        if self._elsewhere(delta, self.step.owner, came=came):
            return
        kind = self.scope.existence
        if kind == "request" and self._guarded(delta):
            return
        if kind == "response":
            flag = "-write-only" if self._guarded(delta) else ""
            need = "required" if delta.required else "optional"
            rule = f"response-{need}{flag}-property-{'added' if came else 'removed'}"
        elif came:
            rule = f"new-{'required' if delta.required else 'optional'}-{kind}-property"
            if rule == "new-required-request-property" and delta.default:
                rule += "-with-default"
        else:
            rule = f"{kind}-property-removed"
        told = replace(delta, effect=self._effect_of(rule, delta))
        self._add(rule, told, name=self._full(delta.name))

    def _effect_of(self, rule: str, delta: Delta) -> Effect | None:
        if rule not in ("request-property-removed", "request-parameter-property-removed"):
            return None
        if self.where.turned:
            return Effect.WIDENS if delta.required else Effect.NONE
        return delta.effect

    def _elsewhere(self, delta: Delta, owner: Node | None, *, came: bool) -> bool:
        """Another branch of ``allOf`` had it before, or still has it."""
        if owner is None:
            return False
        if came:
            flat = self.comparer.flat_old.of(owner.old)
        else:
            flat = self.comparer.flat_new.of(owner.new)
        return delta.name in flat.schemas("properties")

    def tell_required(self, delta: Delta) -> None:
        owner, became = self.step.owner, delta.aspect.rpartition("-")[2]
        if owner is not None:
            before = delta.name in self.comparer.flat_old.of(owner.old).required
            after = delta.name in self.comparer.flat_new.of(owner.new).required
            if before == after:
                return
            described = delta.name in self.comparer.flat_new.of(owner.new).schemas("properties")
        else:
            described = not delta.aspect.startswith("undefined")
        self._tell_required(delta, became, described=described)

    def _tell_required(self, delta: Delta, became: str, *, described: bool) -> None:
        kind, guarded = self.scope.existence, self._guarded(delta)
        if kind == "request" and guarded:
            return
        if not described:
            if became == "required" and self.scope.root == "request-body":
                rule = "request-property-undefined-became-required"
                self._add(rule, delta, name=self._full(delta.name))
            return
        rule = f"{kind}-property-became-{became}"
        if kind == "response" and guarded:
            rule = f"response-write-only-property-became-{became}"
        if rule == "request-property-became-required" and delta.default:
            rule += "-with-default"
        self._add(rule, delta, name=self._full(delta.name), guarded=guarded)

    def tell_flag(self, delta: Delta) -> None:
        kind = self.scope.existence
        if not self.step.prop or kind not in ("request", "response"):
            return
        need = "required" if self.step.required else "optional"
        self._add(f"{kind}-{need}-property-became-{delta.aspect}", delta, name=self._path)

    def tell_lifecycle(self, delta: Delta) -> None:
        kind = self.scope.existence
        if not self.step.path or kind not in ("request", "response"):
            return
        rule, until, days = sunset_rule(self.step.node.new.data, delta.aspect, self.policy)
        told = replace(delta, new=until)
        self._add(f"{kind}-property-{rule}", told, name=self._path, days=days)

    def tell_stability(self, delta: Delta) -> None:
        kind = self.scope.existence
        found = steps_of_stability(delta.old, delta.new, self.policy)
        if found is None or not self.step.path or kind not in ("request", "response"):
            return
        way, before, after = found
        told = replace(delta, old=before, new=after)
        self._add(f"{kind}-property-stability-{way}", told, name=self._path)


def _place(pointer: str, data: Mapping[str, object], delta: Delta) -> str:
    """The keyword that changed where it is written, else the schema."""
    if delta.step == "properties":
        held = data.get("properties")
        if isinstance(held, dict) and delta.name in held:
            return joined(pointer, "properties", delta.name)
        return pointer
    return joined(pointer, delta.step) if delta.step in data else pointer


def _table() -> Iterator[tuple[str, Callable[[_Telling, Delta], None]]]:
    yield "type", _Telling.tell_type
    yield "stability", _Telling.tell_stability
    for aspect in ("property-added", "property-removed"):
        yield aspect, _Telling.tell_property
    for aspect in ("deprecated", "reactivated"):
        yield aspect, _Telling.tell_lifecycle
    for became in ("became-required", "became-optional"):
        yield became, _Telling.tell_required
        yield f"undefined-{became}", _Telling.tell_required
    for flag in ("read-only", "write-only"):
        yield flag, _Telling.tell_flag
        yield f"not-{flag}", _Telling.tell_flag


_HANDLERS: Mapping[str, Callable[[_Telling, Delta], None]] = MappingProxyType(dict(_table()))
