"""Rules on how things are written."""

import re
from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.spelling import has_style, misspelled, style_named
from altlas_chat.toolkit.linting.subject import Subject
from altlas_chat.toolkit.linting.themes.paths import addresses

COMPONENT_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _words(path: str) -> Iterator[str]:
    """The parts of a path without those that have parameters, and without endings of files."""
    for segment in path.strip("/").split("/"):
        if segment and "{" not in segment:
            yield re.sub(r"\.[a-z0-9]+$", "", segment)


@check("paths-kebab-case")
def paths_kebab_case(subject: Subject, options: Options) -> Iterator[Flaw]:
    style = str(options["style"])
    for path, part in addresses(subject):
        for word in _words(path):
            if not has_style(word, style):
                yield Flaw(part.pointer, f"{word} in {path} is not written in {style_named(style)}")


@check("no-http-verbs-in-paths")
def no_http_verbs_in_paths(subject: Subject, options: Options) -> Iterator[Flaw]:
    for path, part in addresses(subject):
        for word in _words(path):
            verb = re.split(r"[-_.:]|(?<=[a-z])(?=[A-Z])", word)[0].lower()
            if verb in options["words"]:
                yield Flaw(part.pointer, f"{path} says what is done: {verb}")


@check("parameter-names-style")
def parameter_names_style(subject: Subject, options: Options) -> Iterator[Flaw]:
    named = [
        (joined(part.pointer, "name"), piece)
        for part in subject.parts.of("parameter")
        if part.text("in") in ("path", "query")
        for piece in _pieces(part.text("name"))
    ]
    yield from misspelled(named, str(options["style"]))


def _pieces(name: str) -> list[str]:
    """``page[sortBy]`` and ``page.sortBy`` are two names; ``$filter`` and ``X-Key`` are none."""
    if not name[:1].isalpha() or name.lower().startswith("x-"):
        return []
    return [piece for piece in re.split(r"[\[\].]+", name) if piece]


@check("property-names-style")
def property_names_style(subject: Subject, options: Options) -> Iterator[Flaw]:
    named = [
        (joined(part.pointer, "properties", name), str(name))
        for part in subject.parts.of("schema")
        for name in part.entries("properties")
        if not str(name).startswith(("_", "$", "@"))
    ]
    yield from misspelled(named, str(options["style"]))


@check("schema-names-style")
def schema_names_style(subject: Subject, options: Options) -> Iterator[Flaw]:
    components = subject.parts.child(subject.root, "components")
    if components is not None:
        schemas = subject.parts.below(components, "schemas")
        named = [(part.pointer, part.name) for part in schemas]
        yield from misspelled(named, str(options["style"]))


@check("component-names-valid")
def component_names_valid(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    components = subject.parts.child(subject.root, "components")
    if components is None:
        return
    for section in components.node:
        for part in subject.parts.below(components, str(section)):
            if not COMPONENT_NAME.fullmatch(part.name):
                yield Flaw(part.pointer, f"{part.name!r} is no name for a component")
