"""Documents made of parts, as the rules' own samples are."""

from pathlib import Path

import yaml

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.linting.configuration import Configuration
from altlas_chat.toolkit.linting.linter import Report, lint
from altlas_chat.toolkit.linting.registry import RuleSet, all_rules

AROUND = {
    Kind.OPENAPI: {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {}},
    Kind.ASYNCAPI: {"asyncapi": "3.0.0", "info": {"title": "Shop", "version": "1"}},
}


def document_of(folder: Path, part: str, kind: Kind = Kind.OPENAPI) -> Document:
    """A document that has these parts, and around them what it can't do without."""
    data = {**AROUND[kind], **yaml.safe_load(part)}
    file = folder / "document.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return load_document(file, lenient=True)


def found_by(rule: str, document: Document, **options: object) -> list[str]:
    """What one rule alone finds, as pointers."""
    return [one.place.pointer for one in linted(rule, document, **options).findings]


def linted(rule: str, document: Document, **options: object) -> Report:
    """What one rule alone finds."""
    severity = all_rules()[rule].severity
    return lint(document, Configuration(RuleSet.NONE, {rule: severity}, {rule: options}))
