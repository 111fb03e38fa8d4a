"""What schemas say of the XML elements that stand for their values."""

from typing import Any

from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import joined


class XmlNode:
    """What a schema says of the element that it stands for."""

    def __init__(self, document: Document, pointer: str | None) -> None:
        self.document = document
        self.pointer = pointer
        self.data: dict[str, Any] = {}
        if pointer is not None:
            try:
                self.pointer = document.target(pointer)
                found = document.at(self.pointer)
            except LookupError:
                found = None
            self.data = found if isinstance(found, dict) else {}
        xml = self.data.get("xml")
        self.xml: dict[str, Any] = xml if isinstance(xml, dict) else {}

    @property
    def name(self) -> str:
        return str(self.xml.get("name", ""))

    def below(self, *steps: object) -> "XmlNode":
        """The schema of a property or of items, also where only an ``allOf`` has it."""
        node: Any = self.data
        for step in steps:
            node = node.get(step) if isinstance(node, dict) else None
        if isinstance(node, dict) and self.pointer is not None:
            return XmlNode(self.document, joined(self.pointer, *steps))
        for keyword in ("allOf", "oneOf", "anyOf"):
            for number in range(len(self.data.get(keyword) or ())):
                part = XmlNode(self.document, joined(self.pointer or "", keyword, number))
                found = part.below(*steps)
                if found.pointer is not None:
                    return found
        return XmlNode(self.document, None)
