"""Candles with lines over them and panels below, as a matplotlib figure without a window or global state."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from services.analysis.documents.tape_bars import RecordedSeries
from services.analysis.kernels.indicators.kind import Floats
from shared.events import Timeframe

WIDTH, PRICE, PANEL, DPI = 9.0, 3.2, 1.3, 90
COLOURS: Final = ("#1f5fbf", "#d9822b", "#7b3fa0", "#0f8a8a", "#8a6d3b", "#c2185b", "#4d6a2f")
UP, DOWN, GREY = "#2e9e6b", "#d1495b", "#d8dce2"
PALETTE: Final = 64
"""Colours of a picture: a third of the bytes without a visible difference."""

Lines = Mapping[str, Floats]
"""Values by name, one a bar; NaN is a gap."""


def chart(recorded: RecordedSeries, over: Lines, panels: Sequence[Lines] = ()) -> Figure:
    """The candles with ``over`` drawn on them and each of ``panels`` below.

    ``figure.axes[0]`` has the candles, for further drawing; x is the bar's index, from 0.
    """
    sizes = [PRICE] + [PANEL] * len(panels)
    figure = Figure(figsize=(WIDTH, sum(sizes)), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes: list[Any] = figure.subplots(len(sizes), sharex=True, height_ratios=sizes, squeeze=False)[:, 0].tolist()
    _candles(axes[0], recorded)
    for axis, lines in zip(axes, (over, *panels), strict=True):
        _lines(axis, lines)
    _dates(axes[-1], recorded)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a PNG of few colours."""
    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    Image.open(drawn).convert("RGB").quantize(PALETTE, dither=Image.Dither.NONE).save(packed, "png", optimize=True)
    return packed.getvalue()


def _candles(axis: Any, recorded: RecordedSeries) -> None:
    b, x = recorded.bars, np.arange(len(recorded.start))
    colours = np.where(b.close >= b.open, UP, DOWN)
    axis.vlines(x, b.low, b.high, colors=colours, linewidth=0.7)
    axis.vlines(x, b.open, b.close, colors=colours, linewidth=min(4.0, 420 / len(x)))


def _lines(axis: Any, lines: Lines) -> None:
    for (name, values), colour in zip(lines.items(), COLOURS * len(lines), strict=False):
        axis.plot(values, color=colour, linewidth=1.1, label=name)
    if lines:
        axis.legend(loc="lower left", bbox_to_anchor=(0, 1), fontsize=7, ncols=7, frameon=False, borderpad=0.2, handlelength=1.2)
    axis.grid(color=GREY, linewidth=0.5)
    axis.tick_params(labelsize=7)
    axis.margins(x=0.01)
    axis.set_axisbelow(True)


def _dates(axis: Any, recorded: RecordedSeries) -> None:
    places = np.linspace(0, len(recorded.start) - 1, 7).astype(int)
    form = "%m-%d %H:%M" if Timeframe(recorded.timeframe).row.length_ms else "%Y-%m-%d"
    axis.set_xticks(places, [f"{dt.datetime.fromtimestamp(recorded.start[i] / 1000, dt.UTC):{form}}" for i in places])
