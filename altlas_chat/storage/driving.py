"""Queries and changes of SQLite never wait: they are run to their end at once, in any thread."""

from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")


def drive(work: Awaitable[T]) -> T:
    """The outcome of a query or a change that awaits nothing but its reader or transaction.

    Raises:
        RuntimeError: it awaited something else, and was stopped there.
    """
    coroutine = cast("Coroutine[Any, Any, T]", work)
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return cast("T", finished.value)
    coroutine.close()
    raise RuntimeError("a query or a change awaited something other than its reader or transaction")
