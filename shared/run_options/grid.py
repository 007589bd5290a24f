"""The options of a grid."""

from __future__ import annotations

from typing import Literal

import msgspec

from shared.run_options.backtest import Side

Objective = Literal["sharpe", "sortino", "calmar", "total_return"]


class GridOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each instrument is traded with an equal part of the money that never leaves it, at adjusted prices."""

    entry: str
    """As of a backtest, with parameters in braces: ``rsi_{a} < {b}``, ``golden_cross({fast}, {slow})``."""
    exit: str = ""
    direction: Side = "long"
    ranges: dict[str, str | tuple[float, ...]] = {}
    """Values by the name of a parameter: in braces above, or stop_loss, take_profit, trailing, time_exit."""
    constraints: tuple[str, ...] = ()
    stop_loss: float | None = None
    take_profit: float | None = None
    trailing: float | None = None
    time_exit: int | None = None
    both_hit: Literal["stop", "target"] = "stop"
    commission_bp: float = 5.0
    slippage_bp: float = 5.0
    borrow: float = 0.01
    objective: Objective = "sharpe"
    minimum_trades: int = 30
    """Fewer in the bars that are chosen on: a set is not chosen."""
    radius: int = 1
    """Steps to each side that make the neighbourhood of a set."""
    split: Literal["anchored", "rolling", "combinatorial"] = "anchored"
    folds: int = 5
    """Parts that are tested one after the other; of combinatorial splits the groups."""
    window: int = 2
    """Parts before the tested one that rolling splits train on."""
    tested: int = 2
    """Groups that combinatorial splits test at a time."""
    holding: int | None = None
    """Bars that are purged; None: the longest time exit, or the mean time for which positions were held."""
    embargo: int | None = None
    """Further bars after a tested part; None: as many as are purged."""
    test: float = 0.2
    """Share of the bars, the newest, on which nothing is chosen."""
    blocks: int = 16
    """Blocks of the cross-validation that gives the probability of overfitting."""
    earlier_trials: int = 0
    """Sets that were tried on these bars before, in other grids."""
