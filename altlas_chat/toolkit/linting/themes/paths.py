"""Rules on paths, channel addresses, and the parameters in them."""

import re
from collections import defaultdict
from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

PARAMETER = re.compile(r"\{([^{}]+)\}")


def addresses(subject: Subject) -> Iterator[tuple[str, Part]]:
    """The paths, or the addresses of channels, each with what lies there."""
    if subject.is_openapi:
        yield from ((part.name, part) for part in subject.parts.below(subject.root, "paths"))
        return
    for part in subject.parts.of("channel"):
        yield part.text("address") if "address" in part.node else part.name, part


@check("path-parameters-defined")
def path_parameters_defined(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    if not subject.is_openapi:
        yield from _channel_parameters(subject)
    for call in subject.path_calls:
        wanted = set(PARAMETER.findall(call.path))
        declared = {
            part.text("name"): entry
            for entry, part in subject.parameters(call)
            if part.text("in") == "path"
        }
        for name in sorted(wanted - set(declared)):
            yield Flaw(call.part.pointer, f"{call.name} does not declare its parameter {name}")
        for name in sorted(set(declared) - wanted):
            yield Flaw(declared[name].pointer, f"the path {call.path} has no {{{name}}}")


def _channel_parameters(subject: Subject) -> Iterator[Flaw]:
    for address, part in addresses(subject):
        wanted, declared = set(PARAMETER.findall(address)), set(part.entries("parameters"))
        for name in sorted(wanted - declared):
            yield Flaw(part.pointer, f"the channel {part.name} does not declare {name}")
        for name in sorted(declared - wanted):
            pointer = joined(part.pointer, "parameters", name)
            yield Flaw(pointer, f"the address {address} has no {{{name}}}")


@check("path-parameters-required")
def path_parameters_required(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("parameter"):
        if part.text("in") == "path" and part.node.get("required") is not True:
            yield Flaw(part.pointer, f"{part.node.get('name')} in the path is not required")


@check("path-declarations-must-exist")
def path_declarations_must_exist(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for address, part in addresses(subject):
        if re.search(r"\{\s*\}", address):
            yield Flaw(part.pointer, f"{address} has a parameter without a name")


@check("no-path-trailing-slash")
def no_path_trailing_slash(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for address, part in addresses(subject):
        if len(address) > 1 and address.endswith("/"):
            yield Flaw(part.pointer, f"{address} ends with a slash")


@check("path-not-include-query")
def path_not_include_query(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for address, part in addresses(subject):
        if re.search(r"[?#]", PARAMETER.sub("", address)):
            yield Flaw(part.pointer, f"{address} has a query or a fragment")


def _segments(path: str) -> tuple[str, ...]:
    """The parts of a path; ``{}`` stands for each parameter."""
    return tuple(PARAMETER.sub("{}", segment) for segment in path.removeprefix("/").split("/"))


@check("no-identical-paths")
def no_identical_paths(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    first: dict[tuple[str, ...], str] = {}
    for path, part in addresses(subject):
        before = first.setdefault(_segments(path), path)
        if before != path:
            yield Flaw(part.pointer, f"{path} is the same as {before}")


@check("no-ambiguous-paths")
def no_ambiguous_paths(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    by_length: dict[int, list[tuple[str, tuple[str, ...], Part]]] = defaultdict(list)
    for path, part in addresses(subject):
        segments = _segments(path)
        for other, others, _ in by_length[len(segments)]:
            if _clash(segments, others) and _share_method(subject, path, other):
                yield Flaw(part.pointer, f"an address can fit both {path} and {other}")
        by_length[len(segments)].append((path, segments, part))


def _clash(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Each is the more concrete one at some place, and they differ nowhere."""
    ours = theirs = False
    for mine, yours in zip(one, other, strict=True):
        if mine == yours:
            continue
        if mine == "{}":
            theirs = True
        elif yours == "{}":
            ours = True
        else:
            return False
    return ours and theirs


def _share_method(subject: Subject, path: str, other: str) -> bool:
    """They could be called in the same way; paths without operations could, one day."""
    methods = [
        {call.method for call in subject.path_calls if call.path == wanted}
        for wanted in (path, other)
    ]
    return not all(methods) or bool(methods[0] & methods[1])
