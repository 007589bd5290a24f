"""The pages that are made from the kernels: current, complete, and drawn only when something is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from services.analysis.documents import indicators
from services.analysis.documents.__main__ import DOCS, PAGES, main
from services.analysis.documents.page import DocumentPage, Picture, out_of_date, write
from services.analysis.kernels.indicators import rsi
from services.analysis.kernels.indicators.table import KINDS


def test_the_committed_pages_are_current() -> None:
    assert main(["--check"]) == 0
    folders = [DOCS / folder for make in PAGES if (folder := make().folder)]
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) < 2_000_000


def test_every_kind_is_documented_with_its_columns_and_a_picture() -> None:
    text = indicators.page().text
    for kind in KINDS:
        assert f"\n## {kind.name}\n" in text
        assert all(f"| `{name}` |" in text for name in kind.names(kind.examples[0]))
    assert "| period | 14 | whole, 1 to 500 |" in text


def test_missing_pictures_are_drawn_and_unused_ones_deleted(tmp_path: Path) -> None:
    drawn: list[str] = []

    def picture(name: str) -> Picture:
        def draw() -> Figure:
            drawn.append(name)
            return Figure(figsize=(1, 1))

        return Picture(f"images/{name}.png", draw)

    page = DocumentPage("a.md", "words", "images", (picture("one"), picture("two")))
    assert out_of_date(tmp_path, page) == [tmp_path / "a.md", tmp_path / "images/one.png", tmp_path / "images/two.png"]
    write(tmp_path, page)
    assert (out_of_date(tmp_path, page), drawn) == ([], ["one", "two"])
    later = DocumentPage("a.md", "other words", "images", (picture("two"), picture("three")))
    assert out_of_date(tmp_path, later) == [tmp_path / "a.md", tmp_path / "images/one.png", tmp_path / "images/three.png"]
    write(tmp_path, later)
    assert (out_of_date(tmp_path, later), drawn) == ([], ["one", "two", "three"])
    write(tmp_path, later, redraw=True)
    assert drawn == ["one", "two", "three", "two", "three"]


def test_an_oscillator_is_drawn_below_the_candles() -> None:
    prices, below = indicators.draw(rsi.KIND).axes
    assert [line.get_label() for line in below.get_lines()] == ["rsi_14"]
    assert prices.get_lines() == []
    drawn = np.asarray(below.get_lines()[0].get_ydata(), float)
    assert 0 <= drawn.min() <= drawn.max() <= 100
