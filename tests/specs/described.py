"""Documents that consist of schemas, as tests need them."""

from pathlib import Path
from typing import Any

import orjson

from altlas_chat.specs.documents import Document, Kind
from altlas_chat.specs.findings import Place
from altlas_chat.specs.loading import load_document
from altlas_chat.specs.sampling import Sampler
from altlas_chat.specs.schemas import Direction, Schemas, Violation

SCHEMAS = "/components/schemas/"


class Described:
    """One document of schemas: what they find wrong, and what is made up for them.

    Without a folder it is never in a file.
    """

    def __init__(
        self, folder: Path | None, schemas: dict[str, Any], version: str = "3.1.0", **more: Any
    ) -> None:
        head = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": {}, **more}
        data = {**head, "components": {"schemas": schemas}}
        if folder is None:
            kind, place = Kind.OPENAPI, Place("api.json", 1, 1)
            self.document = Document("api.json", kind, version, data, (), lambda _: place)
        else:
            file = folder / "api.json"
            file.write_bytes(orjson.dumps(data))
            self.document = load_document(file, lenient=True)
        self.schemas = Schemas(self.document)
        self.sampler = Sampler(self.document, self.schemas)

    def violations(
        self, name: str, value: Any, direction: Direction = Direction.REQUEST
    ) -> list[Violation]:
        return self.schemas.violations(SCHEMAS + name, value, direction)

    def told(self, name: str, value: Any, direction: Direction = Direction.REQUEST) -> list[str]:
        """The violations, each as pointer and words."""
        return [f"{one.pointer} {one.what}" for one in self.violations(name, value, direction)]

    def is_valid(self, name: str, value: Any, direction: Direction = Direction.REQUEST) -> bool:
        return self.schemas.is_valid(SCHEMAS + name, value, direction)

    def sample(self, name: str, key: str = "k", **wish: Any) -> Any:
        wish.setdefault("direction", Direction.ANSWER)
        return self.sampler.sample(SCHEMAS + name, key=key, **wish)
