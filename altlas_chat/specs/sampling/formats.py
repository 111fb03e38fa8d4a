"""Made-up texts of a format."""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from altlas_chat.specs.sampling.draw import Draw
from altlas_chat.specs.sampling.people import plain

MakeText = Callable[[Draw], str]

# Nothing that is made up depends on the day it is made up on.
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = 730
HEX = "0123456789abcdef"


def moment(draw: Draw) -> datetime:
    """A second of 2024 or 2025, in working hours."""
    day = FIRST_DAY + timedelta(days=draw.integer(0, DAYS - 1))
    return day + timedelta(seconds=draw.integer(8 * 3600, 18 * 3600))


def date_time(draw: Draw) -> str:
    return moment(draw).strftime("%Y-%m-%dT%H:%M:%SZ")


def date(draw: Draw) -> str:
    return moment(draw).strftime("%Y-%m-%d")


def birthday(draw: Draw) -> str:
    return f"{draw.integer(1950, 2005)}-{draw.integer(1, 12):02}-{draw.integer(1, 28):02}"


def time(draw: Draw) -> str:
    return moment(draw).strftime("%H:%M:%SZ")


def duration(draw: Draw) -> str:
    return f"PT{draw.integer(1, 12)}H{draw.integer(1, 59)}M"


def uuid(draw: Draw) -> str:
    text = draw.letters(32, HEX)
    version = f"4{text[13:16]}-{draw.pick('89ab')}{text[17:20]}"
    return f"{text[:8]}-{text[8:12]}-{version}-{text[20:]}"


def email(draw: Draw) -> str:
    return draw.somebody().email


def host(draw: Draw) -> str:
    return f"{_latin(draw, draw.words.topics)}.example.com"


def url(draw: Draw) -> str:
    topics = draw.words.topics
    return f"https://example.com/{_latin(draw, topics)}/{_latin(draw, draw.words.things)}"


def path(draw: Draw) -> str:
    return f"/{_latin(draw, draw.words.topics)}/{_latin(draw, draw.words.things)}"


def image(draw: Draw) -> str:
    return f"https://example.com/images/{_latin(draw, draw.words.things)}-{draw.digits(3)}.jpg"


def slug(draw: Draw) -> str:
    words = draw.words
    return f"{_latin(draw, words.adjectives)}-{_latin(draw, words.things)}"


def ipv4(draw: Draw) -> str:
    # 192.0.2.0/24 is for documentation (RFC 5737), 2001:db8::/32 too (RFC 3849).
    return f"192.0.2.{draw.integer(1, 254)}"


def ipv6(draw: Draw) -> str:
    return f"2001:db8::{draw.integer(1, 65535):x}"


def json_pointer(draw: Draw) -> str:
    return f"/{_latin(draw, draw.words.things)}/{draw.integer(0, 9)}"


def relative_json_pointer(draw: Draw) -> str:
    return f"{draw.integer(0, 3)}{json_pointer(draw)}"


def regex(draw: Draw) -> str:
    return f"^[a-z]{{{draw.integer(1, 9)}}}$"


def uri_template(draw: Draw) -> str:
    return f"https://example.com/{_latin(draw, draw.words.things)}/{{id}}"


def base64_text(draw: Draw) -> str:
    return base64.b64encode(draw.pick(draw.words.sentences).encode()).decode()


def base64url(draw: Draw) -> str:
    text = draw.pick(draw.words.sentences).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def sentence(draw: Draw) -> str:
    return draw.pick(draw.words.sentences)


def password(draw: Draw) -> str:
    letters = draw.letters(6, "abcdefghijkmnpqrstuvwxyz")
    return f"{letters[:1].upper()}{letters[1:]}-{draw.digits(3)}!"


def digits(draw: Draw) -> str:
    return str(draw.integer(1, 99_999))


def decimal(draw: Draw) -> str:
    return f"{draw.integer(1, 999)}.{draw.integer(0, 99):02}"


def http_date(draw: Draw) -> str:
    found = moment(draw)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[found.weekday()]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day}, {found.day:02} {months[found.month - 1]} {found:%Y %H:%M:%S} GMT"


def color(draw: Draw) -> str:
    return f"#{draw.letters(6, HEX)}"


def _latin(draw: Draw, options: tuple[str, ...]) -> str:
    return plain(draw.pick(options))


def phone(draw: Draw) -> str:
    return filled(draw, draw.words.phone)


def filled(draw: Draw, form: str) -> str:
    """A form whose # become digits, ? letters and A capitals."""
    return "".join(
        str(draw.integer(0, 9))
        if sign == "#"
        else draw.letters(1).upper()
        if sign in "?A"
        else sign
        for sign in form
    )


FORMATS: Mapping[str, MakeText] = {
    "date-time": date_time,
    "date": date,
    "time": time,
    "duration": duration,
    "uuid": uuid,
    "guid": uuid,
    "email": email,
    "idn-email": email,
    "hostname": host,
    "idn-hostname": host,
    "uri": url,
    "url": url,
    "iri": url,
    "uri-reference": path,
    "iri-reference": path,
    "uri-template": uri_template,
    "ipv4": ipv4,
    "ip": ipv4,
    "ipv6": ipv6,
    "json-pointer": json_pointer,
    "relative-json-pointer": relative_json_pointer,
    "regex": regex,
    "byte": base64_text,
    "base64": base64_text,
    "base64url": base64url,
    "binary": sentence,
    "password": password,
    "int8": lambda draw: str(draw.integer(1, 127)),
    "int32": digits,
    "int64": digits,
    "uint64": digits,
    "float": decimal,
    "double": decimal,
    "decimal": decimal,
    "number": decimal,
    "char": lambda draw: draw.letters(1),
    "color": color,
    "http-date": http_date,
    "media-range": lambda draw: draw.pick(("application/json", "text/plain", "image/png")),
    "commonmark": sentence,
    "html": lambda draw: f"<p>{sentence(draw)}</p>",
    "phone": phone,
    "slug": slug,
}
"""By name of the format."""
