"""Draws a chart with matplotlib's ``Figure`` on Agg: no pyplot, no global state, and the font of a package, not of the system."""

from __future__ import annotations

import datetime as dt
import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter

from services.notifier.domain.charts import SHOWN, ChartRequest, Overlay
from services.notifier.domain.decimals import fixed, places, volume

Floats = npt.NDArray[np.float64]
UP: Final = "#d24f45"
DOWN: Final = "#1261c4"
"""Korean convention: red for rising, blue for falling."""
LINES: Final = ("#e8a33d", "#7b5cc4", "#3c9d6b")


@lru_cache(maxsize=1)
def font_path() -> Path:
    """NanumGothic (SIL Open Font License) from the package koreanize-matplotlib. Only its file is used: its code changes pyplot.

    Raises:
        LookupError: the package is not installed.
    """
    spec = find_spec("koreanize_matplotlib")
    if spec is None or spec.origin is None:
        raise LookupError("koreanize-matplotlib, which contains the Korean font, is not installed")
    return Path(spec.origin).parent / "fonts" / "NanumGothic.ttf"


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(FT2Font(str(font_path())).get_charmap())


def drawable(text: str) -> str:
    """The text with ``?`` for characters without a glyph in the font.

    >>> drawable("삼성전자 AAPL 🚀")
    '삼성전자 AAPL ?'
    """
    return "".join(character if ord(character) in _glyphs() else "?" for character in text)


def draw(request: ChartRequest) -> bytes:
    """The picture as PNG, 900 x 560 pixels; volumes below the prices where there are any.

    Raises:
        ValueError: there are fewer than two bars, or a price is not finite.
    """
    return _png(make_figure(request))


def make_figure(request: ChartRequest) -> Figure:
    """The figure that ``draw`` saves. Raises as ``draw``."""
    prices = np.array([(bar.open, bar.high, bar.low, bar.close) for bar in request.bars], dtype=np.float64)
    if len(prices) < 2 or not np.isfinite(prices).all():
        raise ValueError(f"{len(prices)} bars, finite: {bool(np.isfinite(prices).all())}")
    shown = prices[-SHOWN:]
    figure = Figure(figsize=(9, 5.6), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    volumes = np.array([bar.volume or 0.0 for bar in request.bars[-SHOWN:]], dtype=np.float64)
    traded = bool((volumes > 0).any())
    panes = figure.subplots(1 + traded, 1, sharex=True, squeeze=False, height_ratios=(4, 1) if traded else (1,))[:, 0]
    price = panes[0]
    _candles(price, shown)
    for overlay, colour in zip(request.overlays, LINES, strict=False):
        _overlay(price, prices[:, 3], overlay, colour, len(shown))
    _signal(price, request, shown)
    if traded:
        colours = np.where(shown[:, 3] >= shown[:, 0], UP, DOWN)
        panes[1].bar(np.arange(len(shown)), volumes, color=colours, width=0.7)
        panes[1].yaxis.set_major_formatter(FuncFormatter(lambda value, _: volume(value, request.language)))
    _axes(figure, panes, request)
    return figure


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _candles(axes: Any, bars: Floats) -> None:
    x = np.arange(len(bars), dtype=np.float64)
    opens, highs, lows, closes = bars[:, 0], bars[:, 1], bars[:, 2], bars[:, 3]
    colours = np.where(closes >= opens, UP, DOWN)
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


def _overlay(axes: Any, closes: Floats, overlay: Overlay, colour: str, shown: int) -> None:
    x = np.arange(shown)
    if overlay.kind == "ema":
        axes.plot(x, ema(closes, overlay.period)[-shown:], color=colour, linewidth=1.2, label=f"EMA {overlay.period}")
        return
    middle = sma(closes, overlay.period)
    axes.plot(x, middle[-shown:], color=colour, linewidth=1.2, label=f"SMA {overlay.period}")
    if overlay.kind == "bands":
        spread = overlay.width * deviation(closes, overlay.period)
        axes.fill_between(x, (middle - spread)[-shown:], (middle + spread)[-shown:], color=colour, alpha=0.15)


def _signal(axes: Any, request: ChartRequest, shown: Floats) -> None:
    times = [bar.ts_event for bar in request.bars[-SHOWN:]]
    if request.level is not None:
        axes.axhline(request.level, color="#666666", linewidth=0.9, linestyle="--")
    if request.fired_at in times:
        at = times.index(request.fired_at)
        up = request.direction == "up"
        axes.axvspan(at - 0.5, at + 0.5, color=UP if up else DOWN, alpha=0.15)
        axes.annotate(
            "▲" if up else "▼",
            (at, shown[at, 2] if up else shown[at, 1]),
            xytext=(0, -16 if up else 6),
            textcoords="offset points",
            ha="center",
            color=UP if up else DOWN,
            fontproperties=FontProperties(fname=font_path(), size=12),
        )


def _axes(figure: Any, panes: Any, request: ChartRequest) -> None:
    price, lowest = panes[0], panes[-1]
    text = FontProperties(fname=font_path(), size=12)
    small = FontProperties(fname=font_path(), size=8)
    figure.suptitle(drawable(request.title), fontproperties=text, parse_math=False)
    if request.note:
        price.set_title(drawable(request.note), fontproperties=small, color="#a05a00", parse_math=False)
    if price.get_legend_handles_labels()[1]:
        price.legend(prop=small, loc="upper left", frameon=False)
    times = [bar.ts_event for bar in request.bars[-SHOWN:]]
    daily = times[-1] - times[0] > len(times) * 12 * 3_600_000
    ticks = np.linspace(0, len(times) - 1, num=min(6, len(times)), dtype=int)
    labels = [dt.datetime.fromtimestamp(times[i] / 1000, dt.UTC).strftime("%Y-%m-%d" if daily else "%m-%d %H:%M") for i in ticks]
    lowest.set_xticks(ticks, labels)
    wanted = places(request.bars[-1].close, request.kind, request.currency)
    price.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: fixed(value, wanted))
    )  # the default minus sign has no glyph in the font
    for axes in panes:
        axes.grid(visible=True, alpha=0.25)
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_fontproperties(small)
    lowest.set_xlabel("UTC", fontproperties=small)


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
    out = np.full(len(closes), np.nan)
    if len(closes) >= period:
        value = float(closes[:period].mean())
        out[period - 1] = value
        for i in range(period, len(closes)):
            value += 2 / (period + 1) * (float(closes[i]) - value)
            out[i] = value
    return out
