"""The page that shows an OpenAPI document, and tries its operations: Swagger UI."""

from html import escape

from altlas_chat.pages.frame import Surroundings, framed


def rest_page(
    title: str,
    around: Surroundings,
    *,
    document: str,
    server: str | None = None,
    script: str | None = None,
) -> str:
    """The page, as HTML.

    ``document`` is the address of the document as JSON; ``script`` that of a
    file that brings it, where it can't be fetched. ``server`` is where the
    operations are tried, instead of what the document says. All of them are
    relative to the page.
    """
    where = "" if server is None else f' data-server="{escape(server)}"'
    body = (
        f'<main id="docs" data-document="{escape(document)}"{where}></main>\n'
        "<noscript><p>This page needs JavaScript. The document itself is at "
        f'<a href="{escape(document)}">{escape(document)}</a>.</p></noscript>'
    )
    scripts = (
        f"{around.assets}swagger-ui-bundle.js",
        *(() if script is None else (script,)),
        f"{around.assets}docs.js",
    )
    styles = (f"{around.assets}swagger-ui.css",)
    return framed(title, body, around, styles=styles, scripts=scripts, page="rest")
