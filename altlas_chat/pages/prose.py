"""Words of a document as HTML: CommonMark and tables, without HTML and pictures of its own."""

from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - a server that shows no page starts without

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def prose(text: str, *, below: int = 0) -> str:
    """Paragraphs and all the rest; headings are ``below`` levels smaller than they say."""
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        _lower(token, below)
    return str(parser.renderer.render(tokens, parser.options, {}))


def inline(text: str) -> str:
    """Words within a line: paragraphs are told apart by a break, nothing else is."""
    paragraphs = (one for one in text.strip().split("\n\n") if one.strip())
    return "<br>".join(str(_parser().renderInline(one)) for one in paragraphs)


def code(text: object) -> str:
    """A word as it is written."""
    return f"<code>{escape(str(text))}</code>"


def _lower(token: "Token", below: int) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + below)}"
