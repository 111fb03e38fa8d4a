"""Lints documents by where they are, each with the configuration that lies beside it."""

from collections.abc import Sequence
from pathlib import Path

from altlas_chat.data import data_folder
from altlas_chat.specs.loading import load_document
from altlas_chat.toolkit.linting.configuration import (
    FILE_NAMES,
    Configuration,
    found_configuration,
    read_configuration,
)
from altlas_chat.toolkit.linting.ignoring import unused
from altlas_chat.toolkit.linting.linter import NOTHING, Report, lint

DEFAULT = Configuration()


OWN = ("openapi/openapi.yaml", "generated/asyncapi.json")
"""Our own contract. The sources of its AsyncAPI refer to parts of examples, which only our
bundler understands."""


def lint_sources(
    sources: Sequence[str],
    *,
    configuration: Path | None = None,
    fetch: bool = False,
    cache: Path | None = None,
) -> Report:
    """What is found in documents; in our own contract where none is named.

    Without a ``configuration`` the one that lies beside a document counts, else
    the one in the working folder, else there is none. What a configuration lets
    pass and nothing needs is found, too. ``fetch`` and ``cache`` are those of
    :func:`load_document`.

    Raises:
        DocumentUnusable: a document can't be read, or a configuration is wrong.
    """
    report = NOTHING
    read: dict[Path, Configuration] = {}
    if not sources:
        folder = data_folder("contracts")
        sources = [str(folder / name) for name in OWN]
        configuration = configuration or folder / FILE_NAMES[0]
    for source in sources:
        path = configuration or found_configuration([Path(source).parent, Path()])
        if path is not None and path not in read:
            read[path] = read_configuration(path)
        document = load_document(source, fetch=fetch, lenient=True, cache=cache)
        report = report.joined(lint(document, DEFAULT if path is None else read[path]))
    needless = [one for chosen in read.values() for one in unused(chosen, report.used)]
    return Report(report.sources, (*report.findings, *needless), report.ignored, report.used)
