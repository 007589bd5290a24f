"""Writes a page and its pictures, and lists what is out of date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from services.analysis.documents.chart import png


@dataclass(frozen=True)
class Picture:
    """A PNG beside a page."""

    path: str
    """Relative to docs/; make it with ``named``."""
    draw: Callable[[], Figure]


@dataclass(frozen=True)
class DocumentPage:
    """A document under docs/ and all pictures of one folder."""

    path: str
    """Relative to docs/."""
    text: str
    folder: str
    """Relative to docs/: pictures in it that the page does not name are deleted. Empty: the page has no pictures."""
    pictures: tuple[Picture, ...]


def named(folder: str, name: str, source: str) -> str:
    """The path of a picture; another source text gives another path.

    >>> named("images/indicators", "sma", "the step")
    'images/indicators/sma-1f2b72e9.png'
    """
    return f"{folder}/{name}-{hashlib.sha256(source.encode()).hexdigest()[:8]}.png"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [["1", "x|y"]]), end="")
    | a | b |
    |---|---|
    | 1 | x/y |
    """
    head = list(head)
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def out_of_date(docs: Path, page: DocumentPage) -> list[Path]:
    """The outdated files of a page: its text, missing pictures, pictures that are no longer shown."""
    text, due = docs / page.path, {docs / picture.path for picture in page.pictures}
    found = set((docs / page.folder).glob("*.png")) if page.folder else set()
    return [*([] if text.exists() and text.read_text("utf-8") == page.text else [text]), *sorted(due ^ found)]


def write(docs: Path, page: DocumentPage, *, redraw: bool = False) -> None:
    """Brings the page up to date; draws the pictures that are missing, or all of them."""
    (docs / page.path).write_text(page.text, "utf-8")
    if not page.folder:
        return
    (docs / page.folder).mkdir(parents=True, exist_ok=True)
    due = {docs / picture.path: picture.draw for picture in page.pictures}
    for path in set((docs / page.folder).glob("*.png")) - set(due):
        path.unlink()
    for path, draw in due.items():
        if redraw or not path.exists():
            path.write_bytes(png(draw()))
