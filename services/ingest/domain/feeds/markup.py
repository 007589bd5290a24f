"""The text of a piece of HTML, on one line."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from shared.text import plain_line

HIDDEN: Final = frozenset({"script", "style", "noscript", "template", "iframe", "object", "svg", "math", "title", "head"})
"""Elements whose content is no text of the entry."""
BLOCKS: Final = frozenset(
    {"address", "blockquote", "br", "dd", "div", "dt", "figcaption", "h1", "h2", "h3", "h4", "li", "p", "td", "tr"}
)
PASSES: Final = 3
"""Publishers escape markup twice, and some three times."""
LONGEST: Final = 100_000
"""Characters of HTML that are read."""


def text_of(html: str, maximum: int) -> str:
    """The text without markup: composed (NFC), on one line, without invisible characters, at most ``maximum`` characters.

    >>> text_of("<b>S&amp;P 500</b> falls<script>alert(1)</script>", 99), text_of("&lt;i&gt;5 &lt; 6&lt;/i&gt;", 99)
    ('S&P 500 falls', '5 < 6')
    >>> text_of("<속보> 삼성전자", 99)
    '<속보> 삼성전자'
    >>> text_of("IBM <![if gte mso]>rises<![endif]>", 99)
    'IBM rises'
    """
    text = html[:LONGEST]
    for _ in range(PASSES):
        if "<" not in text and "&" not in text:
            break
        text = _stripped(text)
    return plain_line(text, maximum)


def _stripped(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the signature is html.parser's
        if tag in HIDDEN:
            self._hidden.append(tag)
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        self._separate(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._separate(tag)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    def parse_html_declaration(self, i: int) -> int:
        """Skip ``<![...]>`` as browsers do: html.parser raises AssertionError for a keyword that it does not know."""
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def _separate(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append(" ")
