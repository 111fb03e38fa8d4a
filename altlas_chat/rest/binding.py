"""Routes come from the contract: each operationId is bound to the handler of that name.

A contract's operation without its handler, or a handler that no operation
names, keeps the server from starting. Operations that the contract lists as
planned answer 501. The files of the documentation's pages are no operations:
:mod:`.assets` adds them.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import ModuleType

from aiohttp import web

from altlas_chat.contract.documents import Operation
from altlas_chat.domain.errors import NotImplementedYet, PermissionDenied
from altlas_chat.domain.language import say
from altlas_chat.domain.permissions import PUBLIC
from altlas_chat.rest.authentication import actor_of
from altlas_chat.rest.call import ACTOR, NOBODY, OPERATION, Call, unknown_parameters
from altlas_chat.rest.request_ids import request_id_of
from altlas_chat.services.deps import Deps

Handler = Callable[[Call], Awaitable[web.StreamResponse]]


class ContractMismatch(Exception):
    """Code and contract do not name the same operations."""


def handler_name(operation_id: str) -> str:
    """``postMessage`` is handled by ``post_message``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation_id).lower()


def handlers_of(modules: Iterable[ModuleType]) -> dict[str, Handler]:
    """The public coroutine functions of handler modules, by name.

    Raises:
        ContractMismatch: two modules have one of the same name.
    """
    found: dict[str, Handler] = {}
    for module in modules:
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
                continue
            if callable(value) and not isinstance(value, type):
                if name in found:
                    raise ContractMismatch(f"two handlers are named {name}")
                found[name] = value
    return found


def bind(
    app: web.Application,
    deps: Deps,
    operations: Iterable[Operation],
    handlers: Mapping[str, Handler],
) -> None:
    """Add a route for each operation; what can be had by GET, can by HEAD (RFC 9110, 9.1).

    Raises:
        ContractMismatch: an operation has no handler though it is not planned,
            has one though it is, or a handler has no operation.
    """
    operations, unused = list(operations), set(handlers)
    plain = sorted({one.path for one in operations if "{" not in one.path})
    for operation in operations:
        name = handler_name(operation.operation_id)
        handler = handlers.get(name)
        if operation.planned:
            if handler is not None:
                raise ContractMismatch(f"{operation.operation_id} is planned, but has a handler")
            handler = _planned
        elif handler is None:
            raise ContractMismatch(f"no handler {name} for {operation.operation_id}")
        unused.discard(name)
        path, endpoint = (
            deps.settings.base_path + _but(operation.path, plain),
            _endpoint(deps, operation, handler),
        )
        method = operation.method.upper()
        for one in ("GET", "HEAD") if method == "GET" else (method,):
            app.router.add_route(one, path, endpoint)
    if unused:
        raise ContractMismatch(f"no operation for the handlers {sorted(unused)}")


def _but(path: str, plain: Iterable[str]) -> str:
    """The path, as aiohttp writes one, matching none of the plain ones.

    So ``/messages/search`` answers for itself whatever the method, and is
    never the message of that name.
    """
    if "{" not in path:
        return path
    start, _, after = path.partition("{")
    pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))
    tails = [re.escape(one.removeprefix(start)) for one in plain if pattern.fullmatch(one)]
    if not tails:
        return path
    name, _, rest = after.partition("}")
    others = "|".join(tails)
    return f"{start}{{{name}:(?!(?:{others})\\Z)[^/]+}}{rest}"


async def _planned(call: Call) -> web.StreamResponse:
    raise NotImplementedYet(
        say("{what} is planned.", what=f"{call.request.method} {call.request.path}")
    )


def _endpoint(
    deps: Deps, operation: Operation, handler: Handler
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    permission = operation.permission

    async def endpoint(request: web.Request) -> web.StreamResponse:
        request[OPERATION] = operation.operation_id
        actor = NOBODY if permission == PUBLIC else await actor_of(deps, request)
        request[ACTOR] = actor
        if not actor.may(permission):
            raise PermissionDenied(
                say(
                    "{what} needs {permission}.", what=operation.operation_id, permission=permission
                )
            )
        _require_known_parameters(request, operation)
        return await handler(Call(deps, actor, request, request_id_of(request)))

    return endpoint


def _require_known_parameters(request: web.Request, operation: Operation) -> None:
    unknown = [name for name in request.query if name not in operation.query]
    if unknown:
        raise unknown_parameters(unknown)
