"""Where a request or an answer breaks its contract."""

from dataclasses import dataclass
from typing import Any, Literal

Where = Literal["path", "query", "header", "cookie", "body", "security", "status", "operation"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a message breaks the contract.

    ``name`` is the parameter's, "" for a body; ``pointer`` leads into the value
    (RFC 6901), "" for the whole; ``keyword`` is the schema's keyword that is
    broken (``minLength``), or ``style``, ``unknown``, ``contentType`` and the
    like for what is no matter of a schema. One that is no more than advice
    never makes a request fail.
    """

    where: Where
    name: str
    pointer: str
    keyword: str
    what: str
    is_advice: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it stands in answers and journals."""
        return {
            "in": self.where,
            "name": self.name,
            "pointer": self.pointer,
            "keyword": self.keyword,
            "message": self.what,
        }

    def __str__(self) -> str:
        place = f"{self.where} {self.name}".rstrip() + self.pointer
        return f"{place}: {self.what}"
