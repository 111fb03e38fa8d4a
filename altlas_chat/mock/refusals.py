"""What a refused request gets: the contract's own words where it has some, else the mock's."""

from typing import Any

from altlas_chat.mock.answer_headers import header_pairs
from altlas_chat.mock.answering import resource_key
from altlas_chat.mock.encoding import encoded
from altlas_chat.mock.exchange import Exchange, Reply
from altlas_chat.mock.filling import Words, filled, has_list_of_violations
from altlas_chat.mock.negotiation import chosen_media
from altlas_chat.mock.problems import TITLES, Refused, problem
from altlas_chat.specs.api import Answer, MediaType
from altlas_chat.specs.sampling import NoSample
from altlas_chat.specs.schemas import Direction

NOTHING = object()


def refusal(exchange: Exchange, refused: Refused) -> Reply:
    """The answer of a refused request.

    Where the operation declares one of the refusal's statuses, their range or
    ``default``, it is this answer: its example, or a value of its schema that
    tells what is wrong. Else a problem (RFC 9457).
    """
    exchange.was_refused = True
    if exchange.endpoint is not None and refused.declared:
        declared = _declared(exchange, refused)
        if declared is not None:
            status, answer = declared
            reply = _in_its_words(exchange, refused, status, answer)
            if reply is not None:
                return reply
            refused.status = status
    return problem(refused, instance=exchange.path)


def _declared(exchange: Exchange, refused: Refused) -> tuple[int, Answer] | None:
    answers = exchange.known_endpoint.answers
    for status in refused.declared:
        if str(status) in answers:
            return status, answers[str(status)]
    for name in (f"{refused.status // 100}XX", "default"):
        if name in answers:
            return refused.status, answers[name]
    return None


def _in_its_words(
    exchange: Exchange, refused: Refused, status: int, answer: Answer
) -> Reply | None:
    """None where the contract says nothing of the body."""
    media = _media(exchange, answer)
    if media is None:
        return None
    words = Words(status, TITLES[refused.code], refused.detail, exchange.path, refused.breaches)
    value = _value(exchange, media, words)
    if value is NOTHING:
        return None
    content_type, body = encoded(exchange.known_endpoint, media, value, "")
    said = {name.lower() for name, _ in refused.headers}
    declared = header_pairs(exchange.known_endpoint, answer, resource_key(exchange))
    others = (pair for pair in declared if pair[0].lower() not in said)
    return Reply(status, (("Content-Type", content_type), *others, *refused.headers), body)


def _media(exchange: Exchange, answer: Answer) -> MediaType | None:
    accept = ",".join(exchange.request.headers.getall("Accept", ()))
    try:
        return chosen_media(answer.content, accept)
    except Refused:
        return chosen_media(answer.content, "")


def _value(exchange: Exchange, media: MediaType, words: Words) -> Any:
    spec = exchange.known_endpoint.spec
    examples = media.examples(spec.document)
    wishes = exchange.preferences
    if wishes.example in examples:
        return examples[wishes.example]
    if examples:
        value = next(iter(examples.values()))
        if media.schema is None or not has_list_of_violations(spec, media.schema):
            return value
        return filled(spec, media.schema, value, words)
    if media.schema is None:
        return NOTHING
    try:
        value = spec.sampler.sample(
            media.schema, key=exchange.known_endpoint.name, direction=Direction.ANSWER
        )
    except NoSample:
        return NOTHING
    return filled(spec, media.schema, value, words)
