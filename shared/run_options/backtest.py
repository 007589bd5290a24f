"""The options of a backtest."""

from __future__ import annotations

from typing import Literal

import msgspec

Side = Literal["long", "short", "both"]
Method = Literal["fraction", "amount", "volatility", "risk", "inverse_volatility"]


class BacktestOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry, an exit, orders, sizes and costs; docs/research.md explains each."""

    entry: str
    """A rule with parameters, a chart pattern, a sequence or a condition."""
    exit: str = ""
    """The same; empty: the stops, target, time exit or reversals alone."""
    direction: Side = "long"
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing: float | None = None
    time_exit: int | None = None
    both_hit: Literal["stop", "target"] = "stop"
    size: Method = "fraction"
    size_value: float | None = None
    shares: Literal["fractional", "whole"] = "fractional"
    leverage: float = 1.0
    max_positions: int | None = None
    window: int = 20
    commission_bp: float = 5.0
    slippage_bp: float = 5.0
    borrow: float = 0.01
    cash: float = 100_000.0
    account: Literal["shared", "separate"] = "shared"
    """One account for all instruments, or an equal part of the money for each that never leaves it."""
    prices: Literal["raw", "adjusted"] = "raw"
    """As traded, with dividends in cash and splits; or adjusted, as if dividends were invested again."""
    page: bool = True
    """Whether to draw the pictures and the page, which take most of the time of a short run."""
