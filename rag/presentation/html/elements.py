"""HTML elements (pure): whatever is put into one stands there as plain characters, unless it is an element itself."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

WORD_JOINER = "\u2060"
"""Invisible, breaks no line: parts what a second reading of the text would take for a link, an icon or an emoji."""

BREAK = Markup("<br>")


def element(kind: str, *children: str, **attributes: str) -> Markup:
    """`element("p.wb-muted", "a < b", title="c")` is `<p class="wb-muted" title="c">a &lt; b</p>`.

    Attributes are named as Python names them: `data_text` is `data-text`. An empty one stands without a value.
    """
    name, *classes = kind.split(".")
    given = ({"class": " ".join(classes)} if classes else {}) | attributes
    marked = Markup().join(
        Markup(' {}="{}"' if value else " {}").format(key.replace("_", "-"), value) for key, value in given.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), marked, Markup().join(children))


def elements(kind: str, contents: Iterable[str]) -> Markup:
    """An element of the kind for each content, one behind the other."""
    return Markup().join(element(kind, content) for content in contents)


def if_any(kind: str, content: str) -> Markup:
    """The element, or nothing where it would be empty."""
    return element(kind, content) if content else Markup()


def lines(text: str) -> Markup:
    """Text with its line feeds kept, tabs as wide gaps."""
    return Markup(escape(text).replace("\t", "\u2003").replace("\n", BREAK))


def grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    """A table; without a head where nothing stands in it."""
    top = if_any("thead", if_any("tr", elements("th", head)))
    body = element("tbody", elements("tr", (elements("td", row) for row in rows)))
    return element("div.wb-table", element("table", top, body))


def badge(text: str) -> Markup:
    """A short word before what it warns of."""
    return element("span.wb-badge", text)
