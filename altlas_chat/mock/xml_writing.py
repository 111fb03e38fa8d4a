"""Values as XML, the way the ``xml`` objects of their schemas say."""

from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from altlas_chat.mock.xml_nodes import XmlNode
from altlas_chat.specs.documents import Document
from altlas_chat.specs.pointers import steps_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def as_xml(document: Document, schema: str | None, value: Any) -> bytes:
    """The value as one XML document; its root is named by the schema, else ``root``."""
    node = XmlNode(document, schema)
    name = node.name or (_component(schema, document) or "root")
    return (HEAD + _element(name, node, value)).encode()


def _component(schema: str | None, document: Document) -> str:
    """The name of the component that a schema is, which names its element."""
    if schema is None:
        return ""
    try:
        steps = steps_of(document.target(schema))
    except LookupError:
        return ""
    return steps[2] if len(steps) == 3 and steps[:2] == ["components", "schemas"] else ""


def _tagged(name: str, node: XmlNode) -> tuple[str, str]:
    """The name with its prefix, and the declaration of its namespace."""
    prefix, namespace = node.xml.get("prefix"), node.xml.get("namespace")
    tag = f"{prefix}:{name}" if prefix else name
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    return tag, f" {declared}={quoteattr(str(namespace))}" if namespace else ""


def _element(name: str, node: XmlNode, value: Any) -> str:
    tag, attributes = _tagged(name, node)
    if isinstance(value, dict):
        inside = []
        for key, one in value.items():
            child = node.below("properties", key)
            if child.xml.get("attribute") is True and not isinstance(one, dict | list):
                attribute, _ = _tagged(child.name or key, child)
                attributes += f" {attribute}={quoteattr(_text(one))}"
            else:
                inside.append(_property(key, child, one))
        return f"<{tag}{attributes}>{''.join(inside)}</{tag}>"
    if isinstance(value, list):
        items = node.below("items")
        each = items.name or name
        return f"<{tag}{attributes}>{''.join(_element(each, items, one) for one in value)}</{tag}>"
    return f"<{tag}{attributes}>{escape(_text(value))}</{tag}>"


def _property(key: str, node: XmlNode, value: Any) -> str:
    name = node.name or key
    if isinstance(value, list):
        items = node.below("items")
        if node.xml.get("wrapped") is not True:
            return "".join(_element(items.name or name, items, one) for one in value)
        inside = "".join(_element(items.name or key, items, one) for one in value)
        tag, attributes = _tagged(name, node)
        return f"<{tag}{attributes}>{inside}</{tag}>"
    return _element(name, node, value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")
    return orjson.dumps(value).decode()
