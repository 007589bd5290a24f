"""Draws the picture of a backtest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter, MaxNLocator

from services.notifier.adapters.charts.colours import DARK, LIGHT, Colours
from services.notifier.adapters.charts.drawing import BOTTOM, RIGHT, png
from services.notifier.adapters.charts.lettering import DPI, LEFT, SMALL, WIDTH, drawable, font, write_heading
from services.notifier.domain.decimals import percentage, volume
from services.notifier.domain.picture_data import BacktestChart

TICKS = 4


def draw_backtest(chart: BacktestChart) -> bytes:
    """The picture as PNG, 900 x 640 pixels.

    Raises:
        ValueError: a value is not finite.
    """
    return png(backtest_figure(chart))


def backtest_figure(chart: BacktestChart) -> Figure:
    """The figure that ``draw_backtest`` saves. Raises as that does."""
    if not np.isfinite([*chart.equity, *chart.held, *chart.drawdown]).all():
        raise ValueError("a value of the backtest is not finite")
    colours = DARK if chart.dark else LIGHT
    figure = Figure(figsize=(WIDTH / DPI, 6.4), dpi=DPI, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    write_heading(figure, chart.title, colours.ink)
    money = figure.add_axes((LEFT, 0.34, RIGHT - LEFT, 0.54))
    fall = figure.add_axes((LEFT, BOTTOM, RIGHT - LEFT, 0.23), sharex=money)
    x = range(len(chart.times))
    strategy, held, bought, sold, drawdown = map(drawable, chart.names)
    money.plot(x, chart.held, color=colours.base, linewidth=1.1, label=held)
    money.plot(x, chart.equity, color=colours.falling, linewidth=1.6, label=strategy)
    for times, marker, colour, name in ((chart.bought, "^", colours.bought, bought), (chart.sold, "v", colours.sold, sold)):
        at = _places(times, chart.times)
        money.scatter(at, [chart.held[i] for i in at], s=36, marker=marker, color=colour, zorder=3, label=name)
    small = font(SMALL)
    legend = {"handlelength": 1.0, "columnspacing": 1.0, "handletextpad": 0.4, "borderpad": 0.2}
    money.legend(prop=small, frameon=False, labelcolor=colours.ink, ncols=4, loc="upper left", **legend)
    money.margins(y=0.16)
    fall.fill_between(x, chart.drawdown, color=colours.rising, alpha=0.6, linewidth=0)
    fall.text(0.01, 0.08, drawdown, transform=fall.transAxes, fontproperties=small, color=colours.ink, parse_math=False)
    money.yaxis.set_major_formatter(FuncFormatter(lambda value, _: volume(value, chart.language)))
    digits = 0 if min(chart.drawdown) < -0.05 else 1  # so that no two labels are the same
    fall.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percentage(value, digits)))
    _finish(money, colours, small, [])
    _finish(fall, colours, small, chart.times)
    return figure


def _places(times: Sequence[int], shown: Sequence[int]) -> list[int]:
    """Where trades stand on the shown points; those outside are left out."""
    inside = [each for each in times if shown[0] <= each <= shown[-1]]
    return [int(i) for i in np.searchsorted(shown, inside)]


def _finish(axes: Axes, colours: Colours, small: FontProperties, times: Sequence[int]) -> None:
    """``times``: of the labels below; empty where there are none."""
    if times:
        ticks = np.linspace(0, len(times) - 1, num=min(TICKS, len(times)), dtype=int)
        axes.set_xticks(ticks, [dt.datetime.fromtimestamp(times[i] / 1000, dt.UTC).strftime("%Y-%m-%d") for i in ticks])
        first, *_, last = axes.get_xticklabels()
        first.set_horizontalalignment("left")
        last.set_horizontalalignment("right")
    axes.set_facecolor(colours.paper)
    axes.grid(visible=True, color=colours.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(MaxNLocator(5 if not times else 3))
    axes.tick_params(colors=colours.ink, length=0, labelbottom=bool(times))
    for spine in axes.spines.values():
        spine.set_color(colours.faint)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(small)
        label.set_color(colours.ink)
