"""What a grid is asked for: flat, as the options of the command line and of jobs are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.analysis.research.backtest.orders import Costs, Orders
from services.analysis.research.domain.run_record import RunError
from services.analysis.research.grid.ranges import GridError
from services.analysis.research.grid.sets import ParameterSets, filled, parameter_sets, places
from services.analysis.research.overfitting.cross_validation import NoCrossValidationError, check_blocks
from services.analysis.research.overfitting.splits import SplitError, check_choices
from shared.run_options.grid import GridOptions

ORDERS: Final = ("stop_loss", "take_profit", "trailing", "time_exit")
"""Parameters that are no part of a signal."""
MOST_TRIALS: Final = 1_000_000_000


class GridParameters(GridOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each instrument is traded with an equal part of the money that never leaves it, at adjusted prices."""

    def costs(self) -> Costs:
        """Raises ``BacktestError``."""
        return Costs(commission_bp=self.commission_bp, slippage_bp=self.slippage_bp, borrow=self.borrow)

    def sets(self) -> ParameterSets:
        """All sets. Raises GridError before any of them is made if there are too many."""
        named = dict.fromkeys((*places(self.entry), *places(self.exit)))
        for name in self.ranges:
            if name not in named and name not in ORDERS:
                raise GridError(
                    f"ranges: there is no parameter {name[:32]!r}: entry and exit have {', '.join(named) or 'none'} in braces, "
                    f"and the orders are {', '.join(ORDERS)}",
                    "range-parameter",
                    name=name[:32],
                    known=", ".join((*named, *ORDERS)),
                )
            if name in ORDERS and getattr(self, name) is not None:
                raise GridError(f"{name}: it is a value and a range at once", "value-and-range")
        if missing := [name for name in named if name not in self.ranges]:
            raise GridError(
                f"ranges: {missing[0]} has no values; write them as {missing[0]}=5:50:5 or {missing[0]}=5,10,20",
                "range-missing",
                name=missing[0],
            )
        found = parameter_sets(self.ranges, self.constraints)
        try:
            check_blocks(self.blocks, len(found))
        except NoCrossValidationError as error:
            raise GridError.like(error, str(error)) from error
        return found

    def orders(self, chosen: Mapping[str, float]) -> Orders:
        """Of a set. Raises ``BacktestError``."""
        given = {name: chosen.get(name, getattr(self, name)) for name in ORDERS}
        bars = given["time_exit"]
        if bars is not None and bars != int(bars):
            raise GridError(f"time_exit: {bars:g} is no whole number of bars", "value-whole", value=f"{bars:g}")
        given["time_exit"] = None if bars is None else int(bars)
        return Orders(side=self.direction, both_hit=self.both_hit, **given)

    def signals(self, chosen: Mapping[str, float]) -> tuple[str, str]:
        """Entry and exit of a set."""
        return filled(self.entry, chosen), filled(self.exit, chosen)

    def check(self) -> None:
        """Raises ``RunError``, which names the field and the value."""
        self.costs()
        for name, least, most in (
            ("minimum_trades", 0, 1_000_000), ("radius", 0, 10), ("folds", 1, 100), ("window", 1, 100), ("tested", 1, 50),
            ("earlier_trials", 0, MOST_TRIALS),
        ):  # fmt: skip
            _within(name, getattr(self, name), least, most)
        for name in ("holding", "embargo"):
            if (bars := getattr(self, name)) is not None:
                _within(name, bars, 0, 100_000)
        if self.split == "combinatorial":
            try:
                check_choices(self.folds, self.tested)
            except SplitError as error:
                raise RunError.like(error, str(error)) from error
        if not 0.05 <= self.test <= 0.9:
            raise RunError(f"test: {self.test!r} is not from 0.05 to 0.9", "value-within", value=self.test, least=0.05, most=0.9)
        ways = (self.exit, *(getattr(self, name) or name in self.ranges for name in ORDERS))
        if not any(ways) and self.direction != "both":
            raise RunError(
                "exit: nothing ends a position; name a signal, or set stop_loss, take_profit, time_exit or a trailing stop",
                "no-exit",
            )


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise RunError(f"{name}: {value!r} is not from {least} to {most:,}", "value-within", value=value, least=least, most=most)
