"""XML as the values that its schema is about, the way the ``xml`` objects say."""

import xml.etree.ElementTree as ET
from typing import Any

from altlas_chat.mock.shapes import Shapes
from altlas_chat.mock.xml_nodes import XmlNode
from altlas_chat.specs.documents import Document

DEEPEST = 200


def from_xml(document: Document, schema: str | None, raw: bytes, shapes: Shapes) -> Any:
    """The value that an XML body is; entities of its own are not taken.

    Raises:
        ValueError: it is no XML, or declares a document type.
    """
    if b"<!DOCTYPE" in raw or "<!DOCTYPE".encode("utf-16-le") in raw:
        raise ValueError("a document type is not allowed")
    try:
        root = ET.fromstring(raw)  # noqa: S314 - without a document type it has no entities
    except ET.ParseError as error:
        raise ValueError(f"it is no XML: {error}") from error
    return _value(root, XmlNode(document, schema), shapes, 0)


def _value(element: ET.Element, node: XmlNode, shapes: Shapes, depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("its elements lie too deep")
    shape = shapes.of(node.pointer)
    if shape.is_array:
        items = node.below("items")
        return [_value(one, items, shapes, depth + 1) for one in element]
    if shape.is_object or (len(element) and not shape.kinds):
        return _object(element, node, shapes, depth)
    return shapes.value(element.text or "", node.pointer)


def _object(element: ET.Element, node: XmlNode, shapes: Shapes, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    known: set[str] = set()
    for name in shapes.of(node.pointer).properties:
        child = node.below("properties", name)
        tag = child.name or name
        if child.xml.get("attribute") is True:
            value = next((v for k, v in element.attrib.items() if _local(k) == tag), None)
            if value is not None:
                found[name] = shapes.value(value, child.pointer)
            continue
        is_array = shapes.of(child.pointer).is_array
        if is_array and child.xml.get("wrapped") is not True:
            tag = child.below("items").name or tag
        known.add(tag)
        elements = [one for one in element if _local(one.tag) == tag]
        if not elements:
            continue
        if is_array and child.xml.get("wrapped") is not True:
            items = child.below("items")
            found[name] = [_value(one, items, shapes, depth + 1) for one in elements]
        else:
            found[name] = _value(elements[0], child, shapes, depth + 1)
    for one in element:
        if _local(one.tag) not in known:
            others = node.below("additionalProperties")
            found[_local(one.tag)] = _value(one, others, shapes, depth + 1)
    return found


def _local(tag: str) -> str:
    """Without its namespace."""
    return tag.rpartition("}")[2]
