"""What a backtest is asked for: flat, as the options of the command line and of jobs are."""

from __future__ import annotations

from typing import Literal

import msgspec

from services.analysis.research.backtest.orders import Costs, Method, Orders, Side, Sizing, check_together
from services.analysis.research.domain.run_record import RunError

MOST_CASH = 1e15


class BacktestParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields are those of ``Orders``, ``Sizing`` and ``Costs``, and a few of the whole run."""

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

    def orders(self) -> Orders:
        """Raises ``BacktestError``."""
        return Orders(
            side=self.direction, stop_loss=self.stop_loss, take_profit=self.take_profit, trailing=self.trailing,
            time_exit=self.time_exit, both_hit=self.both_hit,
        )  # fmt: skip

    def sizing(self) -> Sizing:
        """Raises ``BacktestError``."""
        return Sizing(
            method=self.size, value=self.size_value, shares=self.shares, leverage=self.leverage,
            max_positions=self.max_positions, window=self.window,
        )  # fmt: skip

    def costs(self) -> Costs:
        """Raises ``BacktestError``."""
        return Costs(commission_bp=self.commission_bp, slippage_bp=self.slippage_bp, borrow=self.borrow)

    def check(self) -> None:
        """Raises ``RunError``, which names the field and the value."""
        self.costs()
        check_together(self.orders(), self.sizing())
        if not 0 < self.cash <= MOST_CASH:
            raise RunError(f"cash: {self.cash!r} is not above 0 and at most {MOST_CASH:g}")
        ways = (self.exit, self.stop_loss, self.take_profit, self.trailing, self.time_exit)
        if not any(ways) and self.direction != "both":
            raise RunError("exit: nothing ends a position; name a signal, or set stop_loss, take_profit, trailing or time_exit")
