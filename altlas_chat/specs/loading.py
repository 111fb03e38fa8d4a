"""Reads a document and all that it refers to, or says why that can't be."""

from pathlib import Path
from typing import Any

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import DocumentUnusable, Finding
from altlas_chat.specs.grammar import grammar_of
from altlas_chat.specs.joining import join
from altlas_chat.specs.sources import LIMITS, Limits, SourceFile, Sources

UNDERSTOOD = {Kind.OPENAPI: ("3.0", "3.1", "3.2"), Kind.ASYNCAPI: ("2", "3")}
"""What versions begin with; 3.2 is read as far as it is like 3.1."""


def load_document(
    source: str | Path,
    *,
    fetch: bool = False,
    lenient: bool = False,
    cache: Path | None = None,
    limits: Limits = LIMITS,
) -> Document:
    """The document of a file, in one piece: each ``$ref`` leads inside it.

    ``source`` is a path, ``-`` for standard input or, with ``fetch``, an http(s) address. With
    ``fetch`` references to addresses are followed; without it they are a finding. ``cache`` is a
    folder where what large YAML files hold is kept for the next time.

    With ``lenient`` a reference that leads nowhere is one of the document's ``findings``, and an
    empty object takes its place. Duplicate keys, of which the last counts, are always only that.

    Raises:
        DocumentUnusable: it can't be read, is no YAML or JSON, is neither OpenAPI 3 nor AsyncAPI
            2 or 3, or a reference leads nowhere, to an address or in a circle.
    """
    sources = Sources(fetch=fetch, cache=cache, limits=limits)
    root = sources.read(str(source))
    kind, version = _identified(root)
    whole = join(root, sources, grammar_of(kind, version), version)
    if whole.findings and not lenient:
        raise DocumentUnusable(sorted(whole.findings))
    findings = (*sources.findings, *whole.findings)
    return Document(
        source=str(source),
        kind=kind,
        version=version,
        data=whole.data,
        files=sources.names,
        _placed=whole.place,
        findings=tuple(sorted(findings)),
    )


def _identified(root: SourceFile) -> tuple[Kind, str]:
    """Which specification a file follows, in which version."""
    data = root.data
    if isinstance(data, dict):
        for kind, versions in UNDERSTOOD.items():
            if kind in data:
                version = str(data[kind])
                if version.startswith(versions) and not isinstance(data[kind], dict | list):
                    return kind, version
                raise _unsupported(root, kind, version)
        if "swagger" in data:
            raise _swagger(root, str(data["swagger"]))
    what = (
        "it is neither an OpenAPI 3 nor an AsyncAPI document: it has no field openapi or asyncapi"
    )
    if not isinstance(data, dict):
        what = f"it is no API document: it holds {_named(data)}"
    remedy = "Name the file that begins with `openapi: 3.…` or `asyncapi: …`."
    raise DocumentUnusable([Finding(root.place(""), "not-openapi", what, remedy)])


def _named(data: Any) -> str:
    if isinstance(data, list):
        return "a list"
    return "nothing" if data is None else "a single value"


def _unsupported(root: SourceFile, kind: Kind, version: str) -> DocumentUnusable:
    name = "OpenAPI 3.0 or 3.1" if kind is Kind.OPENAPI else "AsyncAPI 2 or 3"
    what = f"the version {version} of {kind} is not understood"
    place = root.place(f"/{kind}")
    return DocumentUnusable([Finding(place, "unsupported-version", what, f"Make it {name}.")])


def _swagger(root: SourceFile, version: str) -> DocumentUnusable:
    what = f"it is Swagger {version}, which came before OpenAPI 3"
    remedy = "Convert it to OpenAPI 3, for example with `npx swagger2openapi`."
    return DocumentUnusable([Finding(root.place("/swagger"), "swagger-2", what, remedy)])
