"""Draws the picture of a record."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter

from services.notifier.adapters.charts.colours import DARK, LIGHT
from services.notifier.adapters.charts.drawing import drawable, font_path, png
from services.notifier.domain.decimals import percentage
from services.notifier.domain.record_chart import RecordChart


def draw_record(chart: RecordChart) -> bytes:
    """The picture as PNG, 900 x 420 pixels."""
    return png(record_figure(chart))


def record_figure(chart: RecordChart) -> Figure:
    """The figure that ``draw_record`` saves."""
    colours = DARK if chart.dark else LIGHT
    small = FontProperties(fname=font_path(), size=10)
    figure = Figure(figsize=(9, 4.2), dpi=100, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.08, 0.12, 0.9, 0.72))
    places = range(len(chart.spans))
    shades = [colours.rising if mean >= 0 else colours.falling for mean in chart.means]
    axes.bar([place - 0.2 for place in places], chart.means, width=0.4, color=shades, label=drawable(chart.names[0]))
    axes.bar([place + 0.2 for place in places], chart.bases, width=0.4, color=colours.base, label=drawable(chart.names[1]))
    axes.axhline(0, color=colours.ink, linewidth=0.8)
    axes.set_xticks(list(places), [drawable(span) for span in chart.spans])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percentage(value, 1)))
    axes.set_facecolor(colours.paper)
    axes.grid(visible=True, axis="y", color=colours.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=colours.ink, length=0)
    for spine in axes.spines.values():
        spine.set_color(colours.faint)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(small)
        label.set_color(colours.ink)
    axes.legend(prop=small, frameon=False, labelcolor=colours.ink)
    heading = FontProperties(fname=font_path(), size=13)
    figure.text(0.02, 0.91, drawable(chart.title), fontproperties=heading, color=colours.ink, parse_math=False)
    return figure
