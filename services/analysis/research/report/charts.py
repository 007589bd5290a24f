"""Pictures of a backtest, with matplotlib without a window or global state. The same input gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

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
    above.set_title("Equity", loc="left", fontsize=10)
    above.legend(frameon=False, fontsize=8, loc="upper left")
    below.fill_between(dates, equity["drawdown"], 0.0, color=DOWN, alpha=0.4, linewidth=0.0)
    below.set_title("Drawdown", loc="left", fontsize=10)
    below.yaxis.set_major_formatter(PercentFormatter(1.0))
    return _png(figure, (above, below))


def trades_picture(trades: Sequence[Mapping[str, Any]], closes: Mapping[str, tuple[Int64s, Floats]]) -> bytes:
    """The closes of the instruments with the most trades, each with its entries and exits; the fields of ``trade_list``."""
    counts = {symbol: sum(trade["symbol"] == symbol for trade in trades) for symbol in closes}
    shown = sorted(closes, key=lambda symbol: (-counts[symbol], symbol))[:MOST_INSTRUMENTS]
    figure = _figure(HEIGHT * len(shown))
    axes = figure.subplots(len(shown), squeeze=False)[:, 0].tolist()
    for axis, symbol in zip(axes, shown, strict=True):
        session, close = closes[symbol]
        dates = _dates(session)
        axis.plot(dates, close, color=OTHER, linewidth=0.8)
        for trade in trades:
            if trade["symbol"] == symbol:
                _draw_trade(axis, trade)
        axis.set_title(f"{symbol}: {counts[symbol]} trades", loc="left", fontsize=10)
    return _png(figure, axes)


def _draw_trade(axis: Any, trade: Mapping[str, Any]) -> None:
    colour = UP if trade["pnl"] > 0 else DOWN
    days = np.array([trade["entry"], trade["exit"]], "datetime64[D]")
    scale = trade["exit_shares"] / trade["shares"]  # after a split the entry is shown at the prices of the exit
    axis.plot(days, [trade["entry_price"], trade["exit_price"]], color=colour, linewidth=1.0, alpha=0.8 if scale == 1 else 0.3)
    axis.plot(days[:1], trade["entry_price"], marker="^" if trade["side"] == "long" else "v", color=colour, markersize=5)
    axis.plot(days[1:], trade["exit_price"], marker="o", color=colour, markersize=3)


def _dates(sessions: Int64s) -> Any:
    session = np.asarray(sessions)
    months = (session // 10_000 - 1970) * 12 + session // 100 % 100 - 1
    return months.astype("datetime64[M]").astype("datetime64[D]") + (session % 100 - 1)


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Figure, axes: Sequence[Any]) -> bytes:
    for axis in axes:
        axis.grid(color=GREY, linewidth=0.5)
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=8)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()
