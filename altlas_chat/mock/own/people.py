"""Who talks to the mock: anybody may log in, under any name."""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from altlas_chat.specs.documents import Document, Json
from altlas_chat.specs.pointers import joined

HEADER = {"alg": "none", "typ": "JWT"}
LOCAL_FIELDS = ("email", "language", "permissions")


class People:
    """The people of a mock: those of the contract's examples, and whoever logs in.

    The same name is the same person in every process.
    """

    def __init__(self, document: Document) -> None:
        self._by_name: dict[str, Json] = {}
        self._first: Json = {}
        for value in _examples(document):
            for found in _people_in(value):
                if "permissions" in found and not self._first:
                    self._first = found
                self._by_name.setdefault(found["username"], found)
        if self._first:
            self._by_name[self._first["username"]] = self._first

    @property
    def first(self) -> Json:
        """Whom a token stands for that names nobody."""
        return self._whole(self._first)

    def named(self, name: str) -> Json:
        """The person of a username or an address of mail, as that person sees it."""
        username = name.partition("@")[0].strip().lower() or "somebody"
        return self._whole(self._by_name.get(username) or self._made(username))

    def changed(self, person: Json, changes: Json) -> Json:
        """The person with changes; they hold for as long as the mock runs."""
        found = {**person, **{name: changes[name] for name in changes if name in person}}
        self._by_name[person["username"]] = found
        return found

    def seen(self, user_id: str) -> Json:
        """The person of an id, as others see it."""
        known = (one for one in self._by_name.values() if one["id"] == user_id)
        found = next(known, None) or {**self._made(f"user-{user_id[-8:]}"), "id": user_id}
        return {name: one for name, one in found.items() if name not in LOCAL_FIELDS}

    def of_token(self, token: str | None) -> Json:
        """Whom a token stands for: any that a mock gave, or one that says ``sub`` or a name."""
        claims = _claims(token or "")
        name = claims.get("preferred_username") or claims.get("username")
        if not name and isinstance(claims.get("sub"), str):
            subject = claims["sub"]
            known = [one for one in self._by_name.values() if one["id"] == subject]
            return self._whole(known[0]) if known else {**self.named(subject), "id": subject}
        return self.named(str(name)) if name else self.first

    def token(self, person: Json, session_id: str) -> str:
        """A token that stands for the person; it is not signed, and never expires."""
        claims = {"sub": person["id"], "preferred_username": person["username"], "sid": session_id}
        parts = [_encoded(orjson.dumps(one)) for one in (HEADER, claims)]
        return ".".join((*parts, _encoded(b"mock")))

    def _made(self, username: str) -> Json:
        digest = hashlib.sha256(username.encode()).hexdigest()
        made = {
            **self._first,
            "id": f"019ab3f0-{digest[:4]}-7{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}",
            "username": username,
            "displayName": username.replace(".", " ").replace("_", " ").title(),
            "avatarFileId": None,
            "email": f"{username}@example.org",
        }
        self._by_name[username] = made
        return made

    def _whole(self, person: Json) -> Json:
        lacking = {name: self._first.get(name) for name in LOCAL_FIELDS if name not in person}
        if "email" in lacking:
            lacking["email"] = f"{person['username']}@example.org"
        return {**person, **lacking}


def _examples(document: Document) -> Iterator[Any]:
    components = document.data.get("components") or {}
    for name in components.get("examples") or ():
        example = document.resolved(joined("/components/examples", name))
        if isinstance(example, dict) and "value" in example:
            yield example["value"]


def _people_in(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if {"id", "username", "displayName", "presence", "createdAt"} <= value.keys():
            yield value
        for one in value.values():
            yield from _people_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _people_in(one)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _claims(token: str) -> Json:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        found = orjson.loads(raw)
    except (binascii.Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
