"""JSON pointers (RFC 6901) as text: "" is the whole, ``/paths/~1users/get`` a part."""

from typing import Any


def joined(pointer: str, *steps: object) -> str:
    """The pointer to what lies further down."""
    return pointer + "".join(
        f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps
    )


def steps_of(pointer: str) -> list[str]:
    """The keys and numbers on the way, as text."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def found_at(node: Any, pointer: str) -> Any:
    """What the pointer leads to.

    Raises:
        LookupError: there is no such place.
    """
    for step in steps_of(pointer):
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        else:
            raise LookupError(f"{pointer} leads nowhere")
    return node
