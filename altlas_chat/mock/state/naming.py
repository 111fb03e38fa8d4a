"""What names of parameters and properties tell, in the ways that APIs write them."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")

ID_NAMES = ("id", "uuid", "guid", "key", "slug", "code", "name", "number", "username")
"""What the property is called that tells things of one kind apart, the likeliest first."""

_CREATED = {"created", "creation", "inserted", "registered", "joined", "added", "posted"}
_CHANGED = {"updated", "modified", "changed", "update", "modification"}
_WHEN = {"at", "on", "date", "time", "timestamp", "datetime", "last", "utc"}


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """``createdAt``, ``created_at`` and ``Created-At`` are all ("created", "at")."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without the way it is written: ``user_id`` and ``userId`` are the same."""
    return "".join(words(name)) or name.lower()


def singular(name: str) -> str:
    """One of several, in English: ``categories`` → ``category``."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("sses", "shes", "ches", "xes", "zes")):
        return name[:-2]
    if name.endswith("s") and not name.endswith(("ss", "us", "is", "news")):
        return name[:-1]
    return name


def plurals(name: str) -> Iterator[str]:
    """How several of it may be called."""
    yield name + "s"
    yield name + "es"
    if name.endswith("y"):
        yield name[:-1] + "ies"


def same_name(wanted: str, names: Iterable[str]) -> str | None:
    """The one of the names that is the wanted one, however it is written."""
    names = list(names)
    if wanted in names:
        return wanted
    return next((one for one in names if plain(one) == plain(wanted)), None)


def id_property(parameter: str, subject: str, names: Iterable[str]) -> str | None:
    """Which property of a thing is the value of its path's last parameter.

    ``subject`` is one of the collection's things (``user``): ``{id}`` may be
    its ``userId`` and ``{userId}`` its ``id``.
    """
    names = list(names)
    exact = same_name(parameter, names)
    if exact is not None:
        return exact
    last = words(parameter)[-1:] or ("id",)
    for wanted in (*last, f"{subject}_{last[0]}", *ID_NAMES, f"{subject}_id"):
        found = same_name(wanted, names)
        if found is not None:
            return found
    return None


def owner_properties(parameter: str, subject: str) -> Iterator[str]:
    """What a thing may call the one in its path that it belongs to."""
    own = words(parameter)
    if len(own) > 1:
        yield parameter
    for last in dict.fromkeys((*own[-1:], "id")):
        yield f"{subject}_{last}"
    yield subject


def tells_creation(name: str) -> bool:
    """It is when the thing came to be."""
    found = set(words(name))
    return bool(found & _CREATED) and found <= (_CREATED | _WHEN)


def tells_change(name: str) -> bool:
    """It is when the thing was changed last."""
    found = set(words(name))
    return bool(found & _CHANGED) and found <= (_CHANGED | _WHEN)


def tells_count(name: str) -> bool:
    """It is how many there are of something."""
    found = set(words(name))
    return bool(found & {"count", "counts", "total", "num", "likes", "views", "unread"})


def stem(name: str) -> str:
    """A word without its ending: ``pins``, ``pinned`` and ``pin`` have the same."""
    name = singular(name.lower())
    for ending in ("ing", "ed", "es", "e"):
        if name.endswith(ending) and len(name) - len(ending) > 2:
            name = name[: -len(ending)]
            break
    return name[:-1] if len(name) > 3 and name[-1] == name[-2] else name


def flag_of(word: str, names: Iterable[str]) -> str | None:
    """The property that says whether something was done: ``isPinned`` of ``pin``."""
    wanted = stem(word)
    for name in names:
        found = words(name)
        if found and stem(found[-1]) == wanted and set(found[:-1]) <= {"is", "has", "was"}:
            return name
    return None
