"""Headers that are lists (RFC 9110, section 5.6.1)."""

from collections.abc import Iterator


def elements(header: str) -> Iterator[str]:
    """What stands between the commas, but for those within quotes; empty ones are left out.

    Takes time in proportion to the header's length, whatever it holds.
    """
    if '"' not in header:
        yield from (part for one in header.split(",") if (part := one.strip()))
        return
    start, quoted, escaped = 0, False, False
    for at, sign in enumerate(header):
        if escaped:
            escaped = False
        elif quoted and sign == "\\":
            escaped = True
        elif sign == '"':
            quoted = not quoted
        elif sign == "," and not quoted:
            if part := header[start:at].strip():
                yield part
            start = at + 1
    if part := header[start:].strip():
        yield part
