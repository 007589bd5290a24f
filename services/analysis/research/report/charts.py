"""Pictures of a backtest, with matplotlib without a window or global state. The same input gives the same bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from services.analysis.kernels.indicators.kind import Floats, Int64s

WIDTH, HEIGHT, DPI = 10.0, 3.4, 100
OURS, OTHER, UP, DOWN, GREY = "#1f5fbf", "#8a8f98", "#2e9e6b", "#d1495b", "#d8dce2"
MOST_INSTRUMENTS: Final = 4
"""Instruments whose trades are drawn: those with the most trades."""


def equity_picture(equity: Mapping[str, Any]) -> bytes:
    """Equity beside buy and hold, and the drawdown below; the fields of ``equity_list``."""
    figure = _figure(HEIGHT * 1.5)
    above, below = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    dates = _dates(equity["session"])
    above.plot(dates, equity["equity"], color=OURS, linewidth=1.2, label="strategy")
    above.plot(dates, equity["buy_and_hold"], color=OTHER, linewidth=1.0, label="buy and hold")
    if min(np.min(equity["equity"]), np.min(equity["buy_and_hold"])) > 0:
        above.set_yscale("log")
    for set_formatter in (above.yaxis.set_major_formatter, above.yaxis.set_minor_formatter):
        set_formatter(StrMethodFormatter("{x:,.0f}"))
    above.set_title("Equity", loc="left", fontsize=10)
    above.legend(frameon=False, fontsize=8, loc="upper left")
    below.fill_between(dates, equity["drawdown"], 0.0, color=DOWN, alpha=0.4, linewidth=0.0)
    below.set_title("Drawdown", loc="left", fontsize=10)
    below.yaxis.set_major_formatter(PercentFormatter(1.0))
    return _png(figure, (above, below))


def trades_picture(trades: Sequence[Mapping[str, Any]], closes: Mapping[str, tuple[Int64s, Floats]]) -> bytes:
    """The closes of the instruments with the most trades, each with its entries and exits; the fields of ``trade_list``."""
    counts = Counter(trade["symbol"] for trade in trades)
    shown = sorted(closes, key=lambda symbol: (-counts[symbol], symbol))[:MOST_INSTRUMENTS]
    figure = _figure(HEIGHT * len(shown))
    axes = figure.subplots(len(shown), squeeze=False)[:, 0].tolist()
    for axis, symbol in zip(axes, shown, strict=True):
        session, close = closes[symbol]
        dates = _dates(session)
        axis.plot(dates, close, color=OTHER, linewidth=0.8)
        own = [trade for trade in trades if trade["symbol"] == symbol]
        _draw_trades(axis, [trade for trade in own if trade["pnl"] > 0], UP)
        _draw_trades(axis, [trade for trade in own if trade["pnl"] <= 0], DOWN)
        axis.set_title(f"{symbol}: {counts[symbol]} trades", loc="left", fontsize=10)
    return _png(figure, axes)


def _draw_trades(axis: Any, trades: Sequence[Mapping[str, Any]], colour: str) -> None:
    """A line from each entry (a triangle that points the way) to its exit (a dot), few artists for any number of trades."""
    days = np.array([(trade["entry"], trade["exit"], "NaT") for trade in trades], "datetime64[D]").reshape(-1, 3)
    prices = np.array([(trade["entry_price"], trade["exit_price"], np.nan) for trade in trades], float).reshape(-1, 3)
    long = np.array([trade["side"] == "long" for trade in trades], bool)
    axis.plot(days.ravel(), prices.ravel(), color=colour, linewidth=0.9, alpha=0.8)
    for way, marker in ((long, "^"), (~long, "v")):
        axis.plot(days[way, 0], prices[way, 0], marker, color=colour, markersize=5)
    axis.plot(days[:, 1], prices[:, 1], "o", color=colour, markersize=3)


def _dates(sessions: Int64s) -> Any:
    session = np.asarray(sessions)
    months = (session // 10_000 - 1970) * 12 + session // 100 % 100 - 1
    return months.astype("datetime64[M]").astype("datetime64[D]") + (session % 100 - 1)


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(WIDTH, height), dpi=DPI)
    FigureCanvasAgg(figure)
    inch = 1.0 / height  # a layout that measures texts would draw everything twice
    figure.subplots_adjust(left=0.08, right=0.985, top=1.0 - 0.35 * inch, bottom=0.35 * inch, hspace=0.25)
    return figure


def _png(figure: Figure, axes: Sequence[Any]) -> bytes:
    for axis in axes:
        axis.grid(color=GREY, linewidth=0.5)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(which="both", labelsize=8)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()
