"""What differs between the properties of two schemas: there or not, asked for or not."""

from collections.abc import Iterator
from typing import Any

from altlas_chat.toolkit.diffing.deltas import Delta
from altlas_chat.toolkit.diffing.levels import Effect
from altlas_chat.toolkit.diffing.views import View, Views, only_describes


def of_properties(olds: Views, news: Views, old: View, new: View) -> Iterator[Delta]:
    """Properties that came and went.

    One that went from an object that allows no others narrows for certain.
    """
    before, after = old.schemas("properties"), new.schemas("properties")
    closed = new.data.get("additionalProperties") is False
    for name in before.keys() - after.keys():
        prop = olds.child(old, "properties", name)
        effect = Effect.NARROWS if closed else None
        yield _about("property-removed", name, prop, name in old.required, effect)
    for name in after.keys() - before.keys():
        prop = news.child(new, "properties", name)
        yield _about("property-added", name, prop, name in new.required)


def of_required(news: Views, old: View, new: View) -> Iterator[Delta]:
    """Names that are asked for, or no longer; those that nothing here describes are told apart."""
    before, after = old.schemas("properties"), new.schemas("properties")
    for name in old.required ^ new.required:
        way = "required" if name in new.required else "optional"
        if name in before and name in after:
            prop = news.child(new, "properties", name)
            yield _about(f"became-{way}", name, prop, way == "required")
        elif name not in before and name not in after:
            yield Delta(f"undefined-became-{way}", name=name, step="required")


def _about(
    aspect: str, name: str, prop: View, required: bool, effect: Effect | None = None
) -> Delta:
    return Delta(
        aspect,
        name=name,
        step="required" if aspect.startswith("became") else "properties",
        effect=effect,
        required=required,
        read_only=prop.says("readOnly"),
        write_only=prop.says("writeOnly"),
        default="default" in prop.data,
    )


def of_additional_properties(old: View, new: View) -> Iterator[Delta]:
    """Whether an object may have properties that it does not name, and which."""
    one, other = _kind(old.data), _kind(new.data)
    if one == other:
        return
    if other == "none":
        aspect = "forbidden"
    elif one == "none":
        aspect = "allowed"
    else:
        aspect = "restricted" if other == "some" else "unrestricted"
    yield Delta(f"additional-properties-{aspect}", step="additionalProperties")


def _kind(data: dict[str, Any]) -> str:
    told = data.get("additionalProperties", True)
    if told is False:
        return "none"
    return "all" if only_describes(told) else "some"
