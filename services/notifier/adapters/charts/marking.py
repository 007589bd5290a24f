"""What a picture marks: the indicator that fired, the corners and lines of a pattern, the trades of a backtest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from services.notifier.adapters.charts.colours import Colours
from services.notifier.domain.charts import Oscillator, Shape, Trade
from services.notifier.domain.formatting import number
from services.notifier.domain.oscillators import DRAWN, Floats


def draw_oscillator(axes: Axes, wanted: Oscillator, bars: Floats, shown: int, colours: Colours) -> None:
    """The indicator with its levels. ``bars``: all of them, so that it is warmed up."""
    for values, colour in zip(DRAWN[wanted.kind](bars, wanted.periods), (colours.falling, colours.lines[0]), strict=False):
        axes.plot(range(shown), values[-shown:], color=colour, linewidth=1.1)
    for level in wanted.levels:
        axes.axhline(level, color=colours.level, linewidth=0.8, linestyle="--")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))  # its minus sign is in the font
    name = f"{wanted.kind.upper()} {', '.join(map(str, wanted.periods))}"
    axes.text(0.01, 0.8, name, transform=axes.transAxes, color=colours.ink, fontsize=8, parse_math=False)


def draw_shape(axes: Axes, shape: Shape, places: Mapping[int, int], colour: str) -> None:
    """The turning points of a pattern, joined, and its lines. Corners before the first shown bar are left out."""
    corners = [(places[corner.ts_event], corner.price) for corner in shape.corners if corner.ts_event in places]
    if corners:
        axes.plot(*zip(*corners, strict=True), color=colour, linewidth=1.4, marker="o", markersize=4)
    for begin, end in shape.lines:
        if begin.ts_event in places and end.ts_event in places:
            across = (places[begin.ts_event], places[end.ts_event])
            axes.plot(across, (begin.price, end.price), color=colour, linewidth=1.2, linestyle="--")


def draw_trades(axes: Axes, trades: Sequence[Trade], places: Mapping[int, int], colours: Colours) -> None:
    """Where a backtest bought and sold."""
    for side, marker, colour in (("buy", "^", colours.bought), ("sell", "v", colours.sold)):
        found = [(places[each.ts_event], each.price) for each in trades if each.side == side and each.ts_event in places]
        if found:
            x, y = zip(*found, strict=True)
            axes.scatter(x, y, s=40, marker=marker, color=colour, zorder=3)
