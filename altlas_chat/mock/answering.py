"""Answers made of the contract: of its examples, else of its schemas."""

from collections.abc import Mapping
from typing import Any

from altlas_chat.mock.answer_headers import header_pairs
from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.encoding import concrete_type, encoded
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.negotiation import chosen_media, usual_answer, wished_answer
from altlas_chat.mock.problems import Refused
from altlas_chat.mock.queries import decoded
from altlas_chat.specs.api import Answer, MediaType
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction

NOTHING = object()
WITHOUT_BODY = frozenset({204, 205, 304})


async def answer_from_contract(exchange: Exchange) -> Reply:
    """The declared answer that fits the request's wishes best.

    The same request gets the same answer for as long as the contract and the
    seed stay: a value that is made up is about the operation and the resource,
    that is its path and the query's parameters.

    Raises:
        Refused: the wish can't be met (404), or nothing of what is offered is
            accepted (406).
    """
    kept = exchange.compiled.kept
    accept = ",".join(exchange.request.headers.getall("Accept", ()))
    wishes = exchange.preferences
    key = (exchange.endpoint, exchange.path, exchange.query, accept, wishes, exchange.dynamic)
    reply = kept.get(key)
    if reply is None:
        reply = declared_reply(exchange, accept)
        asked_bytes = len(exchange.path) + len(exchange.query) + len(accept)
        kept.keep(key, reply, len(reply.body) + asked_bytes)
    return reply


def declared_reply(exchange: Exchange, accept: str) -> Reply:
    """Made anew; see ``answer_from_contract``."""
    endpoint, wishes = exchange.known_endpoint, exchange.preferences
    if wishes.unreadable:
        raise Refused(422, "UNREADABLE_PREFERENCE", "; ".join(wishes.unreadable) + ".")
    if wishes.code is not None:
        status, answer = wishes.code, wished_answer(endpoint, wishes.code)
    else:
        usual = usual_answer(endpoint)
        if usual is None:
            return Reply(200)
        status, answer = usual
    return made_reply(exchange, status, answer, accept)


def made_reply(exchange: Exchange, status: int, answer: Answer, accept: str) -> Reply:
    """One declared answer in the media type that the request likes best.

    Raises:
        Refused: as ``answer_from_contract``.
    """
    endpoint = exchange.known_endpoint
    key = resource_key(exchange)
    headers = header_pairs(endpoint, answer, key)
    if status in WITHOUT_BODY:
        return Reply(status, headers)
    media = chosen_media(answer.content, accept)
    if media is None:
        return Reply(status, headers)
    value = answer_value(exchange, media, key)
    if value is NOTHING:
        return Reply(status, (("Content-Type", concrete_type(media.name, accept)), *headers))
    content_type, body = encoded(endpoint, media, value, accept)
    return Reply(status, (("Content-Type", content_type), *headers), body)


def answer_value(exchange: Exchange, media: MediaType, key: str) -> Any:
    """The example that is wished, else the first that is valid, else a value that is made up.

    Where no value can be made up the first example does, valid or not;
    ``NOTHING`` where the contract says nothing of it.

    Raises:
        Refused: there is no example of that name (404).
    """
    endpoint, wished = exchange.known_endpoint, exchange.preferences.example
    examples = media.examples(endpoint.spec.document)
    if wished is not None:
        if wished not in examples:
            names = ", ".join(name for name in examples if name) or "none with a name"
            detail = f"{media.name} of {endpoint.name} has no example {wished!r}, but {names}."
            raise Refused(404, "NO_SUCH_EXAMPLE", detail)
        return examples[wished]
    if media.schema is None:
        return next(iter(examples.values()), NOTHING)
    if not exchange.dynamic:
        usual = usual_example(endpoint, media)
        if usual is not NOTHING:
            return usual
    try:
        value = sampled(endpoint, media.schema, key, examples=not exchange.dynamic)
    except Refused:
        if examples:
            return next(iter(examples.values()))
        raise
    return of_resource(endpoint, media.schema, value, exchange.path_values)


def usual_example(endpoint: Endpoint, media: MediaType) -> Any:
    """The first example that is valid; ``NOTHING`` where none is.

    An example that its schema refuses is the contract contradicting itself,
    and a client that is built on it meets another server later.
    """
    key = ("usual example", media.pointer)
    if key not in endpoint.cache:
        examples = media.examples(endpoint.spec.document).values()
        valid = (one for one in examples if not example_faults(endpoint, media, one))
        endpoint.cache[key] = next(valid, NOTHING)
    return endpoint.cache[key]


def example_faults(endpoint: Endpoint, media: MediaType, value: Any) -> list[str]:
    """What its schema finds wrong with an example; text of another notation is let be."""
    if media.schema is None or (isinstance(value, str) and "json" not in media.name.lower()):
        return []
    found = endpoint.spec.schemas.violations(media.schema, value, Direction.ANSWER)
    return [f"{one.pointer} {one.what}".strip() for one in found]


def sampled(endpoint: Endpoint, schema: str, key: str, *, examples: bool = True) -> Any:
    """A value that the schema allows; ``examples`` of schemas are taken, or not even they.

    Raises:
        Refused: none could be made up (501): the schema allows nothing.
    """
    try:
        return endpoint.spec.sampler.sample(
            schema, key=key, direction=Direction.ANSWER, examples=examples
        )
    except NoSample as error:
        raise Refused(501, "NO_SAMPLE", f"{endpoint.name}: {error}") from error


def of_resource(endpoint: Endpoint, schema: str, value: Any, path: Mapping[str, str]) -> Any:
    """The value with the identity that the path names, where the schema allows it.

    ``/users/{userId}`` asked for with 7 has the ``userId``, or else the ``id``, 7.
    """
    name = endpoint.operation.path.rpartition("/")[2][1:-1]
    if not isinstance(value, dict) or name not in path:
        return value
    spec = endpoint.spec
    properties = spec.shapes.of(schema).properties
    for field in (name, "id"):
        if field in value and field in properties:
            identity = spec.shapes.value(path[name], properties[field])
            mine = {**value, field: identity}
            return mine if spec.schemas.is_valid(schema, mine, Direction.ANSWER) else value
    return value


def resource_key(exchange: Exchange) -> str:
    """What a made-up value is about: the operation, its path filled in, the query's parameters."""
    operation = exchange.known_endpoint.operation
    path = operation.path
    for name, value in exchange.path_values.items():
        path = path.replace(f"{{{name}}}", value, 1)
    key = f"{operation.method.upper()} {path}"
    if not exchange.query_pairs:
        return key
    known = {one.name for one in exchange.known_endpoint.parameters if one.where == "query"}
    query = sorted(
        f"{name}={decoded(value)}"
        for name, value in exchange.query_pairs
        if name in known or name.partition("[")[0] in known
    )
    return f"{key}?{'&'.join(query)}" if query else key
