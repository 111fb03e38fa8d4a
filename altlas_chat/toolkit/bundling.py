"""One file of a document of many: for those who take it, not for those who write it."""

from pathlib import Path
from typing import Any, Literal

from altlas_chat.specs.borrowing import with_borrowed
from altlas_chat.specs.documents import Document
from altlas_chat.specs.findings import DocumentUnusable, Finding
from altlas_chat.specs.writing import as_json, as_yaml

Json = dict[str, Any]
Form = Literal["yaml", "json"]


def bundled(document: Document) -> Json:
    """The document in one piece; nothing in it leads to another file that could be read.

    References stay references, to ``#/components/…``; what other files held
    stands there in the order of its names. A document of one file is as it was.
    """
    data = with_borrowed(document)
    components = data.get("components")
    if len(document.files) == 1 or not isinstance(components, dict):
        return data
    ordered = {
        section: dict(sorted(entries.items())) if isinstance(entries, dict) else entries
        for section, entries in components.items()
    }
    return {**data, "components": ordered}


def written(data: Json, form: Form) -> bytes:
    """A bundle as the bytes of its file, the same for the same document."""
    if form == "json":
        return as_json(data)
    info = data.get("info") or {}
    title = " ".join(f"{info.get('title', 'API')} {info.get('version', '')}".split())
    head = f"# {title}. Made by `altlas-chat contract bundle`: change its sources, not this file.\n"
    return (head + as_yaml(data)).encode()


def form_of(path: Path, asked_for: Form | None) -> Form:
    """The form that was asked for, else the one that a file's name tells; YAML where it doesn't."""
    if asked_for is not None:
        return asked_for
    return "json" if path.suffix.lower() == ".json" else "yaml"


def version_of(document: Document) -> str:
    """The document's own version as the name of a release: its first two numbers.

    Raises:
        DocumentUnusable: it has none of that shape.
    """
    info = document.data.get("info")
    version = str(info.get("version", "")) if isinstance(info, dict) else ""
    numbers = version.split("-")[0].removeprefix("v").split(".")
    if len(numbers) < 2 or not all(one.isdecimal() for one in numbers[:2]):
        raise DocumentUnusable(
            [
                Finding(
                    document.place("/info/version" if version else ""),
                    "no-version",
                    f"info.version is no version with two numbers: {version or 'there is none'}",
                    "Write one, such as 1.0.0.",
                )
            ]
        )
    return ".".join(numbers[:2])
