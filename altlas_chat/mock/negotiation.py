"""Which of its declared answers an operation gives, and in which media type."""

from collections.abc import Mapping

from altlas_chat.mock.compiled import Endpoint
from altlas_chat.mock.media_types import NOT_LIKED, accepted_quality, named, ranges
from altlas_chat.mock.problems import Refused
from altlas_chat.specs.api import Answer, MediaType

DEFAULT = "default"


def usual_answer(endpoint: Endpoint) -> tuple[int, Answer] | None:
    """What is answered when nothing else is wished: the lowest success that is declared.

    Else ``2XX``, then ``default`` (both as 200), then the lowest of the others;
    None where nothing is declared at all.
    """
    answers = endpoint.answers
    numbers = sorted(int(status) for status in answers if status.isdecimal())
    for number in numbers:
        if 200 <= number < 300:
            return number, answers[str(number)]
    for status in ("2XX", DEFAULT):
        if status in answers:
            return 200, answers[status]
    for number in numbers:
        if number >= 300:
            return number, answers[str(number)]
    for status, answer in answers.items():
        if status[1:] == "XX" and status[0] in "345":
            return int(status[0]) * 100, answer
    return None


def wished_answer(endpoint: Endpoint, status: int) -> Answer:
    """The declared answer of a status.

    Raises:
        Refused: there is none (404).
    """
    found = endpoint.answer_for(status)
    if found is None:
        declared = ", ".join(endpoint.answers) or "none"
        raise Refused(
            404,
            "NO_SUCH_ANSWER",
            f"{endpoint.name} declares no answer {status}; it declares {declared}.",
        )
    return found


def chosen_media(content: Mapping[str, MediaType], accept: str) -> MediaType | None:
    """The media type that the request likes best; of equals the first in ``Accept``.

    Where that makes no difference the contract's order decides; without it
    ``*/*`` goes first, then JSON.

    None where the answer has no content at all.

    Raises:
        Refused: it accepts none of them (406).
    """
    if not content:
        return None
    if not accept:
        return _usual(content)
    wanted = ranges(accept)
    best, liking = None, NOT_LIKED
    for media in content.values():
        offered = named(media.name)
        found = accepted_quality(offered, wanted) if offered else NOT_LIKED
        if found[0] > 0 and found > liking:
            best, liking = media, found
    if best is None:
        offered_names = ", ".join(content)
        raise Refused(
            406,
            "NOT_ACCEPTABLE",
            f"The request accepts {accept}; the contract offers {offered_names}.",
            declared=(406,),
        )
    return best


def _usual(content: Mapping[str, MediaType]) -> MediaType:
    if "*/*" in content:
        return content["*/*"]
    return next(
        (one for one in content.values() if _is_json(one.name)), next(iter(content.values()))
    )


def _is_json(name: str) -> bool:
    found = named(name)
    return found is not None and found.is_json
