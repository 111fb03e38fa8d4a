"""What is wrong with a contract, where, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """``place`` is a file with a JSON pointer (RFC 6901) or a line."""

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}. {self.remedy}"


def pointer(*steps: object) -> str:
    """A JSON pointer into a bundle, as it stands behind the file's name."""
    return "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)
