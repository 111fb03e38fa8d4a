"""What a client is told when something does not work."""

from typing import Any

SERVER_ERRORS = 500
TOO_MANY_REQUESTS = 429


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

    @property
    def is_of_the_moment(self) -> bool:
        """The same may be taken later: the server is in trouble, or asked to wait."""
        status = int(self.problem.get("status", 0))
        return status >= SERVER_ERRORS or status == TOO_MANY_REQUESTS


class Unreachable(ClientError):
    """There is no server at the address, or the connection broke."""


class LoggedOut(ClientError):
    """The session is over: log in again."""
