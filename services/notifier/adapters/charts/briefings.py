"""Draws the picture of a briefing."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from services.notifier.adapters.charts.colours import DARK, LIGHT, Colours
from services.notifier.adapters.charts.drawing import png
from services.notifier.adapters.charts.lettering import DPI, LEFT, SMALL, WIDTH, drawable, font, write, write_heading
from services.notifier.domain.decimals import fixed, percentage, places
from services.notifier.domain.picture_data import BriefingChart


def draw_briefing(chart: BriefingChart) -> bytes:
    """The picture as PNG, 900 x 640 pixels.

    Raises:
        ValueError: a close or a move is not finite, or there is nothing to draw.
    """
    return png(briefing_figure(chart))


def briefing_figure(chart: BriefingChart) -> Figure:
    """The figure that ``draw_briefing`` saves. Raises as that does."""
    values = [*chart.closes, *(move for _, move in chart.industries)]
    if not values or not all(map(math.isfinite, values)):
        raise ValueError(f"{len(chart.closes)} closes and {len(chart.industries)} industries, not all finite")
    colours = DARK if chart.dark else LIGHT
    figure = Figure(figsize=(WIDTH / DPI, 6.4), dpi=DPI, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    write_heading(figure, chart.title, colours.ink)
    if chart.note:
        write(figure, LEFT, 0.855, chart.note, SMALL, colours.note)
    beside = len(chart.closes) > 1
    if beside:
        write(figure, LEFT, 0.8, chart.index, SMALL, colours.ink)
        _index(figure.add_axes((LEFT, 0.04, 0.25, 0.67)), chart, colours)
    if chart.industries:
        left = 0.4 if beside else LEFT  # all of the width where there is no index
        write(figure, left, 0.735, chart.heading, SMALL, colours.ink, room=1 - left)
        _industries(figure.add_axes((left + 0.26, 0.04, 0.61 - left, 0.67)), chart, colours)
    return figure


def _index(axes: Axes, chart: BriefingChart, colours: Colours) -> None:
    rising = chart.closes[-1] >= chart.closes[0]
    axes.plot(range(len(chart.closes)), chart.closes, color=colours.rising if rising else colours.falling, linewidth=1.6)
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: fixed(value, places(value, "index", ""))))
    axes.set_xticks([])
    axes.grid(visible=True, axis="y", color=colours.faint, linewidth=0.6)
    _finish(axes, colours)


def _industries(axes: Axes, chart: BriefingChart, colours: Colours) -> None:
    names, moves = zip(*chart.industries, strict=True)
    rows = range(len(moves), 0, -1)
    axes.barh(list(rows), moves, height=0.62, color=[colours.rising if move >= 0 else colours.falling for move in moves])
    axes.axvline(0, color=colours.ink, linewidth=0.8)
    axes.set_yticks(list(rows), [drawable(name) for name in names])
    axes.set_xticks([])
    longest = max(*map(abs, moves), 1e-9)
    axes.set_xlim(-longest * 1.05 if min(moves) < 0 else -longest * 0.02, longest * 1.05 if max(moves) > 0 else longest * 0.02)
    small = font(SMALL)
    for row, move in zip(rows, moves, strict=True):
        axes.text(
            1.03, row, percentage(move), transform=axes.get_yaxis_transform(), va="center", fontproperties=small, color=colours.ink
        )
    _finish(axes, colours)


def _finish(axes: Axes, colours: Colours) -> None:
    small = font(SMALL)
    axes.set_facecolor(colours.paper)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.ink, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(small)
        label.set_color(colours.ink)
