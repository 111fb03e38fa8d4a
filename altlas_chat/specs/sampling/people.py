"""One made-up person: what is told of him in one object fits together."""

from dataclasses import dataclass
from functools import cached_property

_PLAIN = str.maketrans("çğıöşüâîûÇĞİÖŞÜ", "cgiosuaiucgiosu")


def plain(text: str) -> str:
    """In small Latin letters, as user names and addresses have it."""
    return text.translate(_PLAIN).lower().replace(" ", "").replace("'", "")


@dataclass(frozen=True)
class Person:
    """Somebody by name."""

    first: str
    last: str

    @cached_property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @cached_property
    def user_name(self) -> str:
        return f"{plain(self.first)}.{plain(self.last)}"

    @cached_property
    def email(self) -> str:
        # A domain that RFC 2606 keeps free: nobody gets such mail.
        return f"{self.user_name}@example.com"
