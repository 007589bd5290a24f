"""The texts of pictures: the font of a package, not of the system, in sizes that can be read on a phone."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

WIDTH: Final = 900
"""Pixels of each picture. A phone shows it on about 390 points, where a text of ``SMALL`` is 9 points high."""
DPI: Final = 100
SMALL: Final = 15
HEADING: Final = 18
LEFT: Final = 0.02
"""Where texts begin, as a share of the width."""
_ROOM: Final = WIDTH * (1 - 2 * LEFT) * 72 / DPI
"""Points that a line of text has."""


@lru_cache(maxsize=1)
def font_path() -> Path:
    """NanumGothic (SIL Open Font License) from the package koreanize-matplotlib. Only its file is used: its code changes pyplot.

    Raises:
        LookupError: the package is not installed.
    """
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        raise LookupError("koreanize-matplotlib, which contains the Korean font, is not installed")
    return Path(spec.origin).parent / "fonts" / "NanumGothic.ttf"


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(font_path())).get_charmap())


def drawable(text: str) -> str:
    """The text with ``?`` for characters without a glyph in the font.

    >>> drawable("삼성전자 AAPL 🚀")
    '삼성전자 AAPL ?'
    """
    return "".join(character if ord(character) in _glyphs() else "?" for character in text)


@lru_cache(maxsize=8)
def font(size: int) -> FontProperties:
    """The font in a size, points. It is shared: nobody may change it."""
    return FontProperties(fname=font_path(), size=size)


def write(figure: Figure, x: float, y: float, text: str, size: int, colour: str, room: float = 1.0) -> None:
    """One line at a place of the picture, shortened to ``room``, a share of the width of a line."""
    shown = _fitted(drawable(text), size, _ROOM * room)
    figure.text(x, y, shown, fontproperties=font(size), color=colour, parse_math=False)


def write_heading(figure: Figure, text: str, colour: str) -> None:
    """The title: what it is about, and below it in the smaller size the rest, as parted by the middle dots."""
    height = figure.get_figheight() * DPI
    lines = heading_lines(text)
    for line, size, down in zip(lines, (HEADING, SMALL), (34, 62), strict=False):
        write(figure, LEFT, 1 - down / height, line, size, colour)


def heading_lines(text: str) -> tuple[str, ...]:
    """A title on one line where it fits, else on two: as many of its parts on the first one as fit.

    >>> heading_lines("AAPL · daily")
    ('AAPL · daily',)
    >>> heading_lines("Advanced Micro Devices (에이엠디) · AMD · 15-minute · Bollinger band break")
    ('Advanced Micro Devices (에이엠디) · AMD · 15-minute', 'Bollinger band break')
    """
    parts = text.split(" · ")
    for count in range(len(parts), 0, -1):
        first, rest = " · ".join(parts[:count]), " · ".join(parts[count:])
        if count == 1 or _points(first, HEADING) <= _ROOM:
            return (first, rest) if rest else (first,)
    return (text,)


def _points(text: str, size: int) -> float:
    """About how wide a text is; never less than it is drawn."""
    return size * sum(_share(character) for character in text)


def _share(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 0.95
    return 0.75 if character.isupper() or character in "%@&" else 0.6


def _fitted(text: str, size: int, room: float) -> str:
    if _points(text, size) <= room:
        return text
    while text and _points(f"{text}…", size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
