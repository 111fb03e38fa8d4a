"""The rule on components that nothing needs."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from altlas_chat.specs.documents import Json
from altlas_chat.specs.pointers import joined, steps_of
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

Name = tuple[str, str]


@check("no-unused-components")
def no_unused_components(subject: Subject, options: Options) -> Iterator[Flaw]:
    """A document without operations is a library: all of it is for others."""
    del options
    components = subject.parts.child(subject.root, "components")
    if components is None or not _has_operations(subject.root.node):
        return
    used = _reached(subject, components)
    for section, entries in components.node.items():
        if str(section).startswith("x-") or not isinstance(entries, dict):
            continue
        for name in entries:
            if (str(section), str(name)) not in used:
                pointer = joined(components.pointer, section, name)
                yield Flaw(pointer, f"nothing needs {name} of {section}")


def _has_operations(document: Json) -> bool:
    return any(document.get(name) for name in ("paths", "webhooks", "channels", "operations"))


def _reached(subject: Subject, components: Part) -> set[Name]:
    """The components that something outside of them leads to, over others or straight."""
    outside = {key: value for key, value in subject.root.node.items() if key != "components"}
    used: set[Name] = set()
    waiting = list(_named(outside))
    while waiting:
        name = waiting.pop()
        if name in used:
            continue
        used.add(name)
        section = components.node.get(name[0])
        if isinstance(section, dict):
            waiting += _named(section.get(name[1]))
    return used


def _named(root: Any) -> Iterator[Name]:
    """Every component that something in a value names: by reference, mapping or requirement."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            for reference in _references(node):
                steps = steps_of(unquote(reference.removeprefix("#")))
                if len(steps) >= 3 and steps[0] == "components":
                    yield steps[1], steps[2]
            yield from _schemes(node)


def _references(node: Json) -> Iterator[str]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        yield reference
    discriminator = node.get("discriminator")
    if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
        for target in discriminator["mapping"].values():
            if isinstance(target, str):
                yield target if "/" in target else f"#/components/schemas/{target}"


def _schemes(node: Json) -> Iterator[Name]:
    security = node.get("security")
    for alternative in security if isinstance(security, list) else ():
        if isinstance(alternative, dict):
            yield from (("securitySchemes", str(name)) for name in alternative)
