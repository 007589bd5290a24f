"""Text for chats: cleaning, escaping, Telegram's measure of length, and splitting that keeps tags balanced."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024

_ATOM: Final = re.compile(r"<[^<>]*>|&[a-zA-Z#0-9]{1,10};|.", re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def clean(text: str, maximum: int = 200) -> str:
    r"""One line without control, bidirectional, invisible and unassigned characters, at most ``maximum`` long.

    >>> clean("a\u202eb\x00c\n d")
    'abc d'
    """
    shown = (" " if c in "\n\r\t" else c for c in text[: 4 * maximum] if c in "\n\r\t" or unicodedata.category(c) not in _HIDDEN)
    line = " ".join("".join(shown).split())
    return line if len(line) <= maximum else line[: maximum - 1] + "…"


def escape(text: str, maximum: int = 200) -> str:
    """``clean``, then escaped for HTML text and attributes.

    >>> escape("<b>&")
    '&lt;b&gt;&amp;'
    """
    return html.escape(clean(text, maximum), quote=True)


def plain(markup: str) -> str:
    """The text without markup."""
    return html.unescape(_TAG.sub("", markup))


def units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts: an emoji is two."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def visible(markup: str) -> int:
    """Length after the entities are parsed, in UTF-16 code units.

    >>> visible("<b>a &amp; b</b>")
    5
    """
    return units(plain(markup))


def split(markup: str, limit: int = TEXT_LIMIT) -> list[str]:
    r"""Pieces of at most ``limit`` visible units, split at line ends where possible; open tags are closed and reopened.

    >>> split("<b>ab\ncd</b>", 3)
    ['<b>ab</b>', '<b>cd</b>']
    """
    pieces: list[str] = []
    atoms = _ATOM.findall(markup)
    opened: list[str] = []
    while atoms:
        piece, atoms, opened = _piece(atoms, opened, limit)
        if plain(piece).strip():
            pieces.append(piece)
    return pieces


def _piece(atoms: list[str], opened: list[str], limit: int) -> tuple[str, list[str], list[str]]:
    """The first piece, the remaining atoms, and the tags that are open after it."""
    start, size, at = list(opened), 0, len(atoms)
    line_end: tuple[int, list[str]] | None = None
    for i, atom in enumerate(atoms):
        if atom.startswith("<") and atom.endswith(">"):
            opened = opened[:-1] if atom.startswith("</") else [*opened, atom]
            continue
        size += units(html.unescape(atom))
        if size > limit:
            at, opened = (line_end[0], line_end[1]) if line_end else (i, opened)
            break
        if atom == "\n":
            line_end = (i + 1, list(opened))
    body = "".join(atoms[:at]).rstrip("\n") if at < len(atoms) else "".join(atoms)
    closing = "".join(f"</{tag[1:-1].split()[0]}>" for tag in reversed(opened)) if at < len(atoms) else ""
    return "".join(start) + body + closing, atoms[at:], opened
