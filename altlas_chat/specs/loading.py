"""Reads a document and all that it refers to, or says why that can't be."""

from pathlib import Path
from typing import Any

import orjson
import yaml

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding, Place


def load_document(source: str | Path, *, fetch: bool = False) -> Document:
    """The document at a path, in one piece.

    With ``fetch`` references to http(s) addresses are followed; without it they
    are a finding.

    Raises:
        DocumentUnusable: it can't be read, is no YAML or JSON, is neither
            OpenAPI 3 nor AsyncAPI, or a reference leads nowhere.
    """
    del fetch
    path = Path(source)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unusable(source, "no-file", f"it can't be read: {error.strerror}") from error
    try:
        data = orjson.loads(raw) if raw.lstrip()[:1] == b"{" else _from_yaml(raw)
    except (yaml.YAMLError, orjson.JSONDecodeError) as error:
        raise _unusable(source, "no-yaml", f"it is no YAML: {error}") from error
    place = Place(str(source))
    for kind in Kind:
        if isinstance(data, dict) and isinstance(data.get(kind), str):
            return Document(str(source), kind, data[kind], data, (str(path),), lambda _: place)
    raise _unusable(source, "no-openapi", "it is neither OpenAPI 3 nor AsyncAPI")


def _from_yaml(raw: bytes) -> Any:
    return yaml.load(raw, Loader=yaml.CSafeLoader)


def _unusable(source: object, rule: str, what: str) -> DocumentUnusable:
    return DocumentUnusable([Finding(Place(str(source)), rule, what, "Check the file.")])
