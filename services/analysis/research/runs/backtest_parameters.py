"""What a backtest is asked for: flat, as the options of the command line and of jobs are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from services.analysis.research.backtest.orders import BacktestError, Costs, Orders, Sizing, check_together
from services.analysis.research.domain.run_record import RunError
from shared.run_options.backtest import BacktestOptions

MOST_CASH = 1e15
OPTIONS: Final = MappingProxyType({"method": "size", "value": "size_value"})
"""Fields of ``Sizing`` whose options have other names."""


class BacktestParameters(BacktestOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields are those of ``Orders``, ``Sizing`` and ``Costs``, and a few of the whole run."""

    def orders(self) -> Orders:
        """Raises ``BacktestError``."""
        return Orders(
            side=self.direction, stop_loss=self.stop_loss, take_profit=self.take_profit, trailing=self.trailing,
            time_exit=self.time_exit, both_hit=self.both_hit,
        )  # fmt: skip

    def sizing(self) -> Sizing:
        """Raises ``BacktestError``."""
        with options_named():
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
        with options_named():
            check_together(self.orders(), self.sizing())
        if not 0 < self.cash <= MOST_CASH:
            raise RunError(
                f"cash: {self.cash!r} is not above 0 and at most {MOST_CASH:g}",
                "value-between",
                value=self.cash,
                least=0,
                most=f"{MOST_CASH:g}",
            )
        ways = (self.exit, self.stop_loss, self.take_profit, self.trailing, self.time_exit)
        if not any(ways) and self.direction != "both":
            raise RunError(
                "exit: nothing ends a position; name a signal, or set stop_loss, take_profit, time_exit or a trailing stop",
                "no-exit",
            )


@contextmanager
def options_named() -> Iterator[None]:
    """Errors of ``Sizing`` with the name of the option in front."""
    try:
        yield
    except BacktestError as error:
        field, sign, rest = str(error).partition(": ")
        raise BacktestError.like(error, f"{OPTIONS.get(field, field)}{sign}{rest}") from error
