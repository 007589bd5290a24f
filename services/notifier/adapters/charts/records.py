"""Draws the picture of a record."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from services.notifier.adapters.charts.colours import DARK, LIGHT
from services.notifier.adapters.charts.drawing import png
from services.notifier.adapters.charts.lettering import DPI, SMALL, WIDTH, drawable, font, write_heading
from services.notifier.domain.decimals import percentage
from services.notifier.domain.picture_data import RecordChart


def draw_record(chart: RecordChart) -> bytes:
    """The picture as PNG, 900 x 560 pixels."""
    return png(record_figure(chart))


def record_figure(chart: RecordChart) -> Figure:
    """The figure that ``draw_record`` saves."""
    colours = DARK if chart.dark else LIGHT
    small = font(SMALL)
    figure = Figure(figsize=(WIDTH / DPI, 5.6), dpi=DPI, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.13, 0.09, 0.85, 0.75))
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
    write_heading(figure, chart.title, colours.ink)
    return figure
