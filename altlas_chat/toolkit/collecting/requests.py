"""What a collection is made of, whichever program it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import NAMESPACE_URL, uuid5


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, a header or a part of a form: a name with its text.

    What is not ``enabled`` is there to be turned on. ``is_file``: it is the
    contents of a file, which the sender picks.
    """

    name: str
    value: str
    description: str = ""
    enabled: bool = True
    is_file: bool = False
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that many requests share, by a name; ``secret`` ones are not shown."""

    name: str
    value: str
    description: str = ""
    secret: bool = False


CredentialKind = Literal["none", "bearer", "basic", "digest", "apikey", "oauth2"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """How a request shows who sends it: attributes in the terms of Postman, and fields beside."""

    kind: CredentialKind
    attributes: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What is sent: text, or the fields of a form, or a file that the sender picks."""

    kind: Literal["text", "urlencoded", "multipart", "file"]
    media_type: str
    text: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer to look at without sending anything."""

    name: str
    status: int
    media_type: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One operation. ``base`` is the beginning of its address, ``path`` its template after that.

    ``credentials`` is None where those of the collection count. ``token`` names
    the property of its answer that is kept in the variable ``keeps``.
    """

    key: str
    name: str
    description: str
    method: str
    base: str
    path: str
    folder: str
    path_fields: tuple[Field, ...] = ()
    query: tuple[Field, ...] = ()
    headers: tuple[Field, ...] = ()
    body: RequestBody | None = None
    credentials: Credentials | None = None
    saved: tuple[SavedAnswer, ...] = ()
    operation_id: str = ""
    token: str = ""
    keeps: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """All requests of an API; ``folders`` says in which order they are, and what each is about."""

    key: str
    name: str
    description: str
    version: str
    credentials: Credentials
    variables: tuple[Variable, ...]
    folders: Mapping[str, str]
    requests: tuple[Request, ...]


def stable_id(*about: str) -> str:
    """A UUID that is always the same for the same thing."""
    return str(uuid5(NAMESPACE_URL, "urn:altlas-chat:collection:" + "\n".join(about)))
