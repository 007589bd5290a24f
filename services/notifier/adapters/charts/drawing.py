"""Draws a chart with matplotlib's ``Figure`` on Agg: no pyplot and no global state."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from services.notifier.adapters.charts.colours import DARK, LIGHT, Colours
from services.notifier.adapters.charts.lettering import DPI, LEFT, SMALL, WIDTH, font, write, write_heading
from services.notifier.adapters.charts.marking import draw_oscillator, draw_shape
from services.notifier.domain.charts import SHOWN, ChartRequest, Overlay
from services.notifier.domain.decimals import fixed, places, volume
from services.notifier.domain.oscillators import exponential

Floats = npt.NDArray[np.float64]


RIGHT, TOP, BOTTOM = 0.86, 0.835, 0.075
"""Margins as shares of the picture. They are fixed: computing them takes longer than all of the drawing."""
GAP: Final = 0.015


def draw(request: ChartRequest) -> bytes:
    """The picture as PNG, 900 x 640 pixels; below the prices the indicator that fired and the volumes, where there are any.

    Raises:
        ValueError: there are fewer than two bars, or a price is not finite.
    """
    return png(make_figure(request))


def make_figure(request: ChartRequest) -> Figure:
    """The figure that ``draw`` saves. Raises as ``draw``."""
    prices = np.array([(bar.open, bar.high, bar.low, bar.close) for bar in request.bars], dtype=np.float64)
    if len(prices) < 2 or not np.isfinite(prices).all():
        raise ValueError(f"{len(prices)} bars, finite: {bool(np.isfinite(prices).all())}")
    shown = prices[-SHOWN:]
    colours = DARK if request.dark else LIGHT
    figure = Figure(figsize=(WIDTH / DPI, 6.4), dpi=DPI, facecolor=colours.paper)
    FigureCanvasAgg(figure)
    volumes = np.array([bar.volume or 0.0 for bar in request.bars[-SHOWN:]], dtype=np.float64)
    traded = bool((volumes > 0).any())
    heights = [4.0, *([1.2] if request.oscillator else []), *([1.0] if traded else [])]
    panes = _panes(figure, heights)
    price = panes[0]
    _candles(price, shown, colours)
    for overlay, colour in zip(request.overlays, colours.lines, strict=False):
        _overlay(price, prices[:, 3], overlay, colour, len(shown))
    _signal(price, request, shown, colours)
    if request.shape is not None:
        draw_shape(price, request.shape, _places(request), colours.shape)
    if request.oscillator is not None:
        draw_oscillator(panes[1], request.oscillator, prices, len(shown), colours)
    if traded:
        sides = np.where(shown[:, 3] >= shown[:, 0], colours.rising, colours.falling)
        _bars(panes[-1], volumes, sides)
        panes[-1].yaxis.set_major_formatter(FuncFormatter(lambda value, _: volume(value, request.language)))
    _axes(figure, panes, request, colours)
    return figure


def _panes(figure: Figure, heights: Sequence[float]) -> list[Axes]:
    room = TOP - BOTTOM - GAP * (len(heights) - 1)
    panes: list[Axes] = []
    top = TOP
    for height in heights:
        size = room * height / sum(heights)
        panes.append(figure.add_axes((LEFT, top - size, RIGHT - LEFT, size), sharex=panes[0] if panes else None))
        top -= size + GAP
    return panes


def png(figure: Figure) -> bytes:
    """The figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=figure.get_facecolor(), pil_kwargs={"compress_level": 3})
    return buffer.getvalue()


def _places(request: ChartRequest) -> dict[int, int]:
    """The index of each shown bar by its close."""
    return {bar.ts_event: i for i, bar in enumerate(request.bars[-SHOWN:])}


def _bars(axes: Axes, heights: Floats, colours: Any) -> None:
    """Bars from 0 as one collection, which is faster than a patch for each."""
    corners = [((i - 0.35, 0), (i + 0.35, 0), (i + 0.35, tall), (i - 0.35, tall)) for i, tall in enumerate(heights)]
    axes.add_collection(PolyCollection(corners, facecolors=colours, edgecolors="none"))
    axes.set_ylim(0, float(heights.max()) * 1.08)


def _candles(axes: Axes, bars: Floats, theme: Colours) -> None:
    x = np.arange(len(bars), dtype=np.float64)
    opens, highs, lows, closes = bars[:, 0], bars[:, 1], bars[:, 2], bars[:, 3]
    colours = np.where(closes >= opens, theme.rising, theme.falling)
    axes.add_collection(
        LineCollection([((i, low), (i, high)) for i, low, high in zip(x, lows, highs, strict=True)], colors=colours)
    )
    bottom, top = np.minimum(opens, closes), np.maximum(opens, closes)
    thin = np.maximum(top - bottom, (highs.max() - lows.min()) * 0.002)
    bodies = [
        ((i - 0.35, low), (i + 0.35, low), (i + 0.35, low + tall), (i - 0.35, low + tall))
        for i, low, tall in zip(x, bottom, thin, strict=True)
    ]
    axes.add_collection(PolyCollection(bodies, facecolors=colours, edgecolors=colours))
    margin = max((highs.max() - lows.min()) * 0.08, abs(highs.max()) * 1e-4)
    axes.set_xlim(-1, len(bars) + 1)
    axes.set_ylim(lows.min() - margin, highs.max() + margin)


def _overlay(axes: Axes, closes: Floats, overlay: Overlay, colour: str, shown: int) -> None:
    x = np.arange(shown)
    if overlay.kind == "ema":
        axes.plot(x, ema(closes, overlay.period)[-shown:], color=colour, linewidth=1.2, label=f"EMA {overlay.period}")
        return
    middle = sma(closes, overlay.period)
    axes.plot(x, middle[-shown:], color=colour, linewidth=1.2, label=f"SMA {overlay.period}")
    if overlay.kind == "bands":
        spread = overlay.width * deviation(closes, overlay.period)
        axes.fill_between(x, (middle - spread)[-shown:], (middle + spread)[-shown:], color=colour, alpha=0.15)


def _signal(axes: Axes, request: ChartRequest, shown: Floats, colours: Colours) -> None:
    times = _places(request)
    if request.level is not None:
        axes.axhline(request.level, color=colours.level, linewidth=0.9, linestyle="--")
        _level_label(axes, request, colours)
    if request.direction and request.fired_at in times:
        at = times[request.fired_at]
        up = request.direction == "up"
        colour = colours.rising if up else colours.falling
        axes.axvspan(at - 0.5, at + 0.5, color=colour, alpha=0.15)
        axes.annotate(
            "▲" if up else "▼",
            (at, shown[at, 2] if up else shown[at, 1]),
            xytext=(0, -19 if up else 6),
            textcoords="offset points",
            ha="center",
            color=colour,
            fontproperties=font(SMALL),
        )


def _level_label(axes: Axes, request: ChartRequest, colours: Colours) -> None:
    """The value of the level beside its line, among the prices, where it lies within the shown ones."""
    low, high = axes.get_ylim()
    level = request.level
    if level is None or not low <= level <= high:
        return
    axes.annotate(
        fixed(level, places(level, request.kind, request.currency)),
        (1.0, level),
        xycoords=("axes fraction", "data"),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        color=colours.paper,
        bbox={"facecolor": colours.ink, "edgecolor": "none", "pad": 2.0},
        fontproperties=font(SMALL),
        zorder=4,
    )


def _axes(figure: Figure, panes: Sequence[Axes], request: ChartRequest, colours: Colours) -> None:
    price, lowest = panes[0], panes[-1]
    small = font(SMALL)
    write_heading(figure, request.title, colours.ink)
    if request.note:
        write(figure, LEFT, TOP + 0.015, request.note, SMALL, colours.note)
    lines = [each for each in price.get_lines() if not str(each.get_label()).startswith("_")]
    for i, line in enumerate(lines):
        place = (0.01 + 0.14 * i, 0.92)
        price.text(
            *place, str(line.get_label()), transform=price.transAxes, color=line.get_color(), fontproperties=small, parse_math=False
        )
    times = [bar.ts_event for bar in request.bars[-SHOWN:]]
    daily = times[-1] - times[0] > len(times) * 12 * 3_600_000
    ticks = np.linspace(0, len(times) - 1, num=min(4, len(times)), dtype=int)
    labels = [dt.datetime.fromtimestamp(times[i] / 1000, dt.UTC).strftime("%Y-%m-%d" if daily else "%m-%d %H:%M") for i in ticks]
    lowest.set_xticks(ticks, labels)
    first, *_, last = lowest.get_xticklabels()
    first.set_horizontalalignment("left")  # within the picture
    last.set_horizontalalignment("right")  # beside the labels of the volumes
    wanted = places(request.bars[-1].close, request.kind, request.currency)
    price.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: fixed(value, wanted))
    )  # the default minus sign has no glyph in the font
    for axes in panes:
        axes.set_facecolor(colours.paper)
        axes.grid(visible=True, color=colours.faint, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.yaxis.tick_right()
        axes.yaxis.set_major_locator(MaxNLocator(5 if axes is price else 2))
        axes.tick_params(colors=colours.ink, length=0, labelbottom=axes is lowest)
        for spine in axes.spines.values():
            spine.set_color(colours.faint)
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(small)
            label.set_color(colours.ink)
    write(figure, RIGHT + 0.01, BOTTOM - 0.05, "UTC", SMALL, colours.ink)


def sma(closes: Floats, period: int) -> Floats:
    """Mean of the last ``period`` closes, shape as ``closes``; NaN while there are fewer."""
    out = np.full(len(closes), np.nan)
    if len(closes) >= period:
        out[period - 1 :] = np.lib.stride_tricks.sliding_window_view(closes, period).mean(axis=1)
    return out


def deviation(closes: Floats, period: int) -> Floats:
    """Population standard deviation of the last ``period`` closes, shape as ``closes``; NaN while there are fewer."""
    out = np.full(len(closes), np.nan)
    if len(closes) >= period:
        out[period - 1 :] = np.lib.stride_tricks.sliding_window_view(closes, period).std(axis=1)
    return out


def ema(closes: Floats, period: int) -> Floats:
    """Exponential mean with factor 2 / (period + 1), seeded with the mean of the first ``period`` closes; NaN before."""
    return exponential(closes, period, 2 / (period + 1))
