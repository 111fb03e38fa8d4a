"""Rules on what a document says of itself: contact, licence, tags, descriptions."""

import re
from collections.abc import Iterator

from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.parts import Part
from altlas_chat.toolkit.linting.registry import Flaw, Options, check
from altlas_chat.toolkit.linting.subject import Subject

SCRIPT = re.compile(r"<\s*script|\beval\s*\(", re.IGNORECASE)


def _info(subject: Subject) -> Part:
    return subject.parts.child(subject.root, "info") or subject.root


@check("info-description")
def info_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    info = _info(subject)
    if not info.text("description"):
        yield Flaw(info.pointer, "nothing says what the API is for")


@check("info-contact")
def info_contact(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    info = _info(subject)
    if not any(info.entries("contact").get(name) for name in ("name", "url", "email")):
        yield Flaw(info.pointer, "nobody is named whom one may ask")


@check("info-license")
def info_license(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    info = _info(subject)
    if not info.entries("license").get("name"):
        yield Flaw(info.pointer, "there is no licence")


@check("info-license-url")
def info_license_url(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("license"):
        if not part.text("url") and not part.text("identifier"):
            yield Flaw(part.pointer, "the licence has neither a url nor an identifier")


@check("tag-description")
def tag_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts.of("tag"):
        if not part.text("description"):
            yield Flaw(part.pointer, f"the tag {part.node.get('name')} has no description")


@check("tags-declared")
def tags_declared(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    if not any(part.parent in (subject.root, _info(subject)) for part in subject.parts.of("tag")):
        has = "tags" in subject.root.node
        yield Flaw("/tags" if has else "", "no tag is declared")


@check("tags-unique")
def tags_unique(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    seen = set()
    for part in subject.parts.of("tag"):
        name = part.text("name")
        if name in seen:
            yield Flaw(part.pointer, f"the tag {name} is declared twice")
        seen.add(name)


@check("tags-alphabetical")
def tags_alphabetical(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    before = ""
    for part in subject.parts.of("tag"):
        name = part.text("name")
        if name.casefold() < before.casefold():
            yield Flaw(part.pointer, f"the tag {name} comes after {before}")
        before = name


@check("no-unused-tags")
def no_unused_tags(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    used = {str(tag) for call in subject.calls for tag in call.part.items("tags")}
    for part in subject.parts.of("tag"):
        if part.text("name") not in used:
            yield Flaw(part.pointer, f"no operation has the tag {part.node.get('name')}")


@check("no-script-in-markdown")
def no_script_in_markdown(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts:
        for name in ("description", "title", "summary"):
            text = part.node.get(name)
            if isinstance(text, str) and SCRIPT.search(text):
                yield Flaw(joined(part.pointer, name), f"the {name} has a script in it")


@check("no-blank-description")
def no_blank_description(subject: Subject, options: Options) -> Iterator[Flaw]:
    del options
    for part in subject.parts:
        for name in ("description", "summary"):
            text = part.node.get(name)
            if isinstance(text, str) and not text.strip():
                yield Flaw(joined(part.pointer, name), f"the {name} is blank")
