"""What every page has around it: its head, the bar with links, its policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_POLICY = (
    "default-src 'none'; script-src {own}; style-src {own}; img-src {own} data:; "
    "connect-src {connect}; base-uri 'none'; form-action 'none'"
)


def policy(connect: Iterable[str] = ("'self'",)) -> str:
    """The Content-Security-Policy of the pages: nothing from elsewhere, nothing written into them.

    ``connect`` are the origins that "try it out" may call. Nobody may put the page into a frame.
    """
    said = _POLICY.format(own="'self'", connect=" ".join(connect))
    return f"{said}; frame-ancestors 'none'"


def policy_of_a_file(connect: Iterable[str]) -> str:
    """The same for a page that is opened from the disk, and says it itself.

    Not every browser takes a file beside the page for its own; a page that came
    by http can't load files by that word. ``<meta>`` can't say who may frame it.
    """
    return _POLICY.format(own="'self' file:", connect=" ".join(connect))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a page stands.

    ``assets`` is the address of its files, with the slash at its end;
    ``links`` are words and addresses in its bar; ``policy`` goes into the page
    itself, for where no server sends it. Addresses are relative to the page.
    """

    name: str
    assets: str
    links: tuple[tuple[str, str], ...] = ()
    policy: str | None = None


def framed(
    title: str,
    body: str,
    around: Surroundings,
    *,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
    page: str = "",
) -> str:
    """A whole page; ``body`` is HTML, ``styles`` and ``scripts`` are addresses, in order.

    ``page`` is a class for its style.
    """
    meta = (
        ""
        if around.policy is None
        else f'<meta http-equiv="Content-Security-Policy" content="{escape(around.policy)}">\n'
    )
    sheets = "".join(
        f'<link rel="stylesheet" href="{escape(one)}">\n'
        for one in (*styles, f"{around.assets}pages.css")
    )
    links = " ".join(f'<a href="{escape(to)}">{escape(words)}</a>' for words, to in around.links)
    ends = "".join(f'<script src="{escape(one)}"></script>\n' for one in scripts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"{meta}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title)}</title>\n"
        f'<link rel="icon" href="{escape(around.assets)}favicon-32x32.png">\n'
        f'{sheets}</head>\n<body class="{escape(page)}">\n'
        f'<nav class="top"><b>{escape(around.name)}</b> {links}</nav>\n'
        f"{body}\n{ends}</body>\n</html>\n"
    )
