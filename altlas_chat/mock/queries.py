"""Query strings, forms and cookies as pairs; nothing here decides what a value means."""

from urllib.parse import unquote

Pairs = list[tuple[str, str]]


def query_pairs(query: str) -> Pairs:
    """The pairs of a query string or an urlencoded form, in order.

    Names are decoded; values stay as they came (percent-encoded, ``+`` for a
    space), since delimiters of styles are told from data only so.
    """
    if not query:
        return []
    pairs = (one.partition("=") for one in query.split("&") if one)
    return [(decoded(name), value) for name, _, value in pairs]


def decoded(text: str) -> str:
    """A value of a query: what is no UTF-8 becomes the replacement character."""
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="replace") if "%" in text else text


def cookie_pairs(headers: list[str]) -> Pairs:
    """The cookies of ``Cookie`` headers (RFC 6265, section 5.4); quotes around a value go."""
    found: Pairs = []
    for header in headers:
        for part in header.split(";"):
            name, equals, value = part.strip().partition("=")
            if equals:
                found.append((name.strip(), value.strip().strip('"')))
    return found
