"""What a client is told when something does not work."""

from typing import Any


class ClientError(Exception):
    """Any failure of a client's request."""


class Refused(ClientError):
    """The server refused; ``problem`` is its problem document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem

    @property
    def code(self) -> str:
        return str(self.problem.get("code", ""))


class Unreachable(ClientError):
    """There is no server at the address, or the connection broke."""


class LoggedOut(ClientError):
    """The session is over: log in again."""
