"""The colours of pictures on light and dark paper: texts have a contrast of at least 4.5, what is drawn of 3 (WCAG 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Colours:
    """The colours of a picture. Rising is red and falling blue, as in Korea."""

    paper: str
    ink: str
    """Of texts."""
    note: str
    faint: str
    """Of the grid, which need not be seen."""
    rising: str
    falling: str
    lines: tuple[str, str, str]
    level: str
    shape: str
    """Of patterns."""
    bought: str
    sold: str
    base: str
    """Of what is compared with."""


LIGHT: Final = Colours(
    paper="#ffffff", ink="#222222", note="#a05a00", faint="#dddddd", rising="#d24f45", falling="#1261c4",
    lines=("#b87514", "#7b5cc4", "#2f8558"), level="#777777", shape="#7b5cc4", bought="#2f8558", sold="#a03030", base="#858585",
)  # fmt: skip
DARK: Final = Colours(
    paper="#14181f", ink="#d8dee9", note="#e8a33d", faint="#2c3440", rising="#e06a61", falling="#4f94e8",
    lines=("#e8a33d", "#a48be0", "#4fb37f"), level="#999999", shape="#a48be0", bought="#4fb37f", sold="#e07a7a", base="#999999",
)  # fmt: skip
