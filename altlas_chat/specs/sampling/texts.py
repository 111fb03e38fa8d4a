"""Made-up texts."""

import base64
import json
from collections.abc import Callable, Iterator

from altlas_chat.specs.sampling import formats, meanings
from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.fakes import fake_of
from altlas_chat.specs.sampling.formats import MakeText
from altlas_chat.specs.sampling.plans import Check, Made, Plan
from altlas_chat.specs.sampling.regexes import NoRegularExpression, Regex
from altlas_chat.specs.sampling.shapes import Impossible, Shape

STRETCHES = (0, 0, 0, 0, 1, 2, 4, 8, 16, -1, -1, 32, 64, 128, 300)
EXACT = frozenset(
    {
        "date-time", "date", "time", "duration", "uuid", "email", "idn-email", "hostname",
        "idn-hostname", "uri", "uri-reference", "uri-template", "iri", "iri-reference", "ipv4",
        "ipv6", "json-pointer", "relative-json-pointer", "regex", "byte", "base64url", "char",
        "media-range",
    }
)  # fmt: skip
"""Formats whose texts can't be cut or padded."""


def text_plan(shape: Shape, name: str, owner: str, check: Callable[[], Check]) -> Plan:
    """Texts that a shape allows, about what its property is named for.

    ``check`` gives what tells whether one is allowed, where that is not plain.

    Raises:
        Impossible: none can be found.
    """
    least = int(shape.bounds.get("minLength", 0))
    most = shape.bounds.get("maxLength")
    if most is not None and least > most:
        raise Impossible(f"no text has at least {least} and at most {most} characters")
    most = None if most is None else int(most)
    make = _wanted(shape, name, owner)
    if shape.patterns:
        return Made(_matching(shape, make, least, most, check()))
    known = [one for one in shape.formats if one in EXACT]
    if (known or shape.encoding) and (least > 0 or most is not None):
        return Made(_fitting(known, make, least, most, check()))
    return Made(_sized(make, least, most))


def _wanted(shape: Shape, name: str, owner: str) -> MakeText:
    """What to make up by ``x-faker``, format, content or name."""
    if shape.faker:
        name = shape.faker.rpartition(".")[2]
        return fake_of(name) or meanings.text_about(name, owner)
    for one in shape.formats:
        if one in ("date", "date-time") and meanings.text_about(name, owner) is formats.birthday:
            return formats.birthday if one == "date" else formats.date_time
        if one in formats.FORMATS:
            return formats.FORMATS[one]
    if shape.encoding or shape.media_type:
        return _content(shape)
    return fake_of(name) or meanings.text_about(name, owner)


def _content(shape: Shape) -> MakeText:
    def plain_content(draw: Draw) -> str:
        text = draw.pick(draw.words.sentences)
        return json.dumps({"text": text}) if shape.media_type.endswith("json") else text

    def encoded(draw: Draw) -> str:
        raw = plain_content(draw).encode()
        if shape.encoding == "base16":
            return base64.b16encode(raw).decode()
        if shape.encoding == "base32":
            return base64.b32encode(raw).decode()
        if shape.encoding == "base64url":
            return base64.urlsafe_b64encode(raw).decode().rstrip("=")
        return base64.b64encode(raw).decode()

    return encoded if shape.encoding.startswith("base") else plain_content


def _sized(make: MakeText, least: int, most: int | None) -> MakeText:
    if not least and most is None:
        return make

    def sized(draw: Draw) -> str:
        text = make(draw)
        if most is not None and len(text) > most:
            text = _cut(text, least, most)
        while len(text) < least:
            text = f"{text} {draw.pick(draw.words.sentences)}" if text else meanings.word(draw)
            if most is not None and len(text) > most:
                text = _cut(text, least, most)
        return text

    return sized


def _cut(text: str, least: int, most: int) -> str:
    """The first words that fit, or else the first letters."""
    words = text[: most + 1].rpartition(" ")[0].rstrip(" ,.;:")
    shorter = words if words and len(words) >= max(least, 1) else text[:most]
    return shorter if len(shorter.rstrip()) < least else shorter.rstrip() or text[:most]


def _fitting(
    known: list[str], make: MakeText, least: int, most: int | None, check: Check
) -> MakeText:
    def fitting(draw: Draw) -> str:
        for number in range(40):
            text = make(draw)
            if number >= 4 and known:
                text = _of_length(known[0], draw, text, least, most)
            if check(text):
                return text
        raise Impossible(f"no {known[0] if known else 'content'} of that length was found")

    return fitting


def _of_length(known: str, draw: Draw, text: str, least: int, most: int | None) -> str:
    """A text of a format, longer or shorter than they mostly are."""
    wanted = max(least, 1) if most is None else min(max(least, 1, most // 2), most)
    fill = draw.letters(max(wanted - 1, 1))
    short: dict[str, str] = {
        "email": f"{fill[: max(wanted - 7, 1)]}@{_labels(draw, wanted - 10)}b.co",
        "idn-email": f"{fill[: max(wanted - 7, 1)]}@b.co",
        "hostname": f"{_labels(draw, wanted - 3)}b.co" if wanted > 4 else fill[:wanted],
        "uri": f"http://a/{fill[: max(wanted - 9, 0)]}"
        if wanted > 8
        else "a:" + fill[: wanted - 2],
        "iri": f"http://a/{fill[: max(wanted - 9, 0)]}"
        if wanted > 8
        else "a:" + fill[: wanted - 2],
        "uri-reference": "/" + fill[: wanted - 1],
        "iri-reference": "/" + fill[: wanted - 1],
        "uri-template": "/" + fill[: wanted - 1],
        "json-pointer": ("/" + fill)[:wanted],
        "regex": fill[:wanted] or "a",
        "byte": base64.b64encode(fill.encode()).decode()[: wanted - wanted % 4 or 4],
        "base64url": fill[:wanted],
        "ipv4": draw.pick(("1.1.1.1", "192.0.2.10", "192.0.2.101")),
        "ipv6": draw.pick(("::1", "2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001")),
        "duration": draw.pick(("P1D", "PT1H", "P1Y2M3DT4H5M6S")),
        "date-time": text.replace("Z", "." + draw.digits(max(wanted - 20, 3) - 1) + "Z")
        if wanted > 20
        else text,
        "time": text.replace("Z", "+00:00") if wanted > 9 else text,
    }
    return short.get(known, text)


def _labels(draw: Draw, count: int) -> str:
    """The beginning of a host name, in labels of at most 60 letters."""
    whole = "".join(draw.letters(50) + "." for _ in range(max(count, 0) // 51))
    left = max(count, 0) % 51
    return whole + (draw.letters(left - 1) + "." if left > 1 else "")


def _matching(shape: Shape, make: MakeText, least: int, most: int | None, check: Check) -> MakeText:
    regexes: list[Regex] = []
    for pattern in shape.patterns:
        try:
            regexes.append(Regex(pattern))
        except (NoRegularExpression, ValueError, RecursionError):
            continue

    likely: list[bool] = []

    def matching(draw: Draw) -> str:
        if not likely:
            likely.append(any(check(make(draw.trial(number))) for number in range(3)))
        if likely[0] and check(text := make(draw)):
            return text
        for stretch in STRETCHES:
            for text in _candidates(regexes, make, draw, stretch, least):
                if check(text):
                    return text
                if most is not None and len(text) > most and check(text[:most]):
                    return text[:most]
        raise Impossible(f"no text was found that matches {' and '.join(shape.patterns)}")

    return matching


def _candidates(
    regexes: list[Regex], make: MakeText, draw: Draw, stretch: int, least: int
) -> Iterator[str]:
    """What each expression matches, as it is, with more before or after it, and all together."""
    texts = [regex.make(draw, stretch) for regex in regexes]
    for text in texts:
        yield text
        fill = draw.letters(max(least - len(text), 4))
        made = make(draw)
        yield from (text + fill, fill + text, text + made, made + text)
        yield from _otherwise(made, draw)
    if len(texts) > 1:
        yield "".join(texts)
        yield "".join(reversed(texts))


def _otherwise(text: str, draw: Draw) -> Iterator[str]:
    """The same in other ways to write it: moments with fractions or an offset, capitals, http."""
    if text.endswith("Z"):
        for fraction in (f".{draw.digits(3)}", f".{draw.digits(6)}"):
            yield f"{text[:-1]}{fraction}Z"
            yield f"{text[:-1]}{fraction}+00:00"
        yield f"{text[:-1]}+00:00"
    yield from (text.upper(), text.lower(), text.replace("https:", "http:"), f"{text}/")
