"""What a picture marks: the indicator that fired, the corners and lines of a pattern."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from services.notifier.adapters.charts.colours import Colours
from services.notifier.adapters.charts.lettering import SMALL, font
from services.notifier.domain.charts import Corner, Oscillator, Shape
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
    axes.text(0.01, 0.72, name, transform=axes.transAxes, color=colours.ink, fontproperties=font(SMALL), parse_math=False)


def draw_shape(axes: Axes, shape: Shape, places: Mapping[int, int], colour: str) -> None:
    """The turning points of a pattern, joined, and its lines. Corners before the first shown bar are left out."""
    corners = [(places[corner.ts_event], corner.price) for corner in shape.corners if corner.ts_event in places]
    if corners:
        axes.plot(*zip(*corners, strict=True), color=colour, linewidth=1.4, marker="o", markersize=4)
    for begin, end in shape.lines:
        if end.ts_event in places and (begun := _shown_from(begin, end, places)) is not None:
            across = (places[begun.ts_event], places[end.ts_event])
            axes.plot(across, (begun.price, end.price), color=colour, linewidth=1.2, linestyle="--")


def _shown_from(begin: Corner, end: Corner, places: Mapping[int, int]) -> Corner | None:
    """Where a line enters the picture: at its begin, or at the first shown bar where it begins earlier."""
    if begin.ts_event in places:
        return begin
    first = min(places)
    if not begin.ts_event < first < end.ts_event:
        return None
    share = (first - begin.ts_event) / (end.ts_event - begin.ts_event)
    return Corner(first, begin.price + (end.price - begin.price) * share)
