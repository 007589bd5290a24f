"""The arrays that the compiled simulation reads and writes. Shapes: b bars, i instruments; one instrument is a portfolio of one."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Floats, Int64s

Int8s = npt.NDArray[np.int8]

METHODS: Final = ("fraction", "amount", "volatility", "risk", "inverse_volatility")
"""Ways to size a position; the index is the code."""
FRACTION, AMOUNT, VOLATILITY, RISK, INVERSE_VOLATILITY = range(len(METHODS))
REASONS: Final = ("", "exit", "reverse", "time", "stop", "target", "trailing", "ruin", "end")
"""Why a trade ended; the index is the code."""
NONE, EXIT, REVERSE, TIME, STOP, TARGET, TRAILING, RUIN, END = range(len(REASONS))
SKIPPED: Final = ("no_cash", "no_place", "no_size")
"""Why an entry was not taken: the account is spent, as many positions as are allowed, no price or volatility to size it by."""
NO_CASH, NO_PLACE, NO_SIZE = range(len(SKIPPED))
EITHER: Final = 2
"""An exit that closes a long or a short position."""


class Market(NamedTuple):
    """Prices and signals; contiguous arrays (b, i)."""

    open: Floats
    """NaN, in all four, where an instrument has no bar."""
    high: Floats
    low: Floats
    close: Floats
    entry: Int8s
    """Decided at the close: +1 opens a long, -1 a short position."""
    exit: Int8s
    """-1 closes a long, +1 a short position, ``EITHER`` both."""
    volatility: Floats
    """A year's standard deviation of returns as known at the close, NaN unknown; (0, 0) unless the size depends on it."""
    last: Int64s
    """(i,): the last bar of each instrument, -1 if it has none."""
    order: Int64s
    """(i,): the instruments in the order in which they may enter on one bar."""


EVENT: Final = np.dtype(
    [
        ("bar", "i8"),
        ("instrument", "i8"),
        ("split", "f8"),  # new shares for each old one; 1 for none
        ("dividend", "f8"),  # cash for each share after the split
    ]
)
"""Dividends and splits in the order of bars. They take effect before the open of their bar."""


class Terms(NamedTuple):
    """Orders, sizing and costs as numbers. A share or fraction that is 0 means none."""

    cash: float
    long: int
    short: int
    stop_loss: float
    take_profit: float
    trailing: float
    time_exit: int
    target_first: int
    method: int
    value: float
    whole: int
    leverage: float
    most: int
    commission: float
    slippage: float
    borrow: float
    """Cost of a bar, as a share of the value of borrowed shares and of borrowed cash."""


POSITION: Final = np.dtype(
    [
        ("shares", "f8"),  # below 0: short
        ("price", "f8"),  # of the entry's fill, in terms of shares after splits
        ("extreme", "f8"),  # the best price since the entry, up to the bar before: the trailing stop follows it
        ("worst", "f8"),  # lowest return since the entry, at most 0
        ("best", "f8"),  # highest, at least 0
        ("mark", "f8"),  # the last close
        ("flow", "f8"),  # cash that the open trade has brought so far; the purchase counts below 0
        ("cost", "f8"),  # commission, slippage and borrow cost of the open trade so far
        ("weight", "f8"),  # size that the method gave when the entry was decided, as a share of equity
        ("trade", "i8"),  # place of the open trade
        ("held", "i8"),  # bars that the position has been held for
        ("entry", "i8"),  # an entry that waits for the next open: +1, -1, 0
        ("exit", "i8"),  # the reason of an exit that waits for the next open; 0 for none
    ]
)
"""The state of each instrument, (i,). Zeros at first; written."""
ACCOUNT: Final = np.dtype(
    [
        ("equity", "f8"),
        ("cash", "f8"),
        ("invested", "f8"),  # value of all positions, long and short ones added up
        ("held", "i8"),  # positions that were held at some time after the open
    ]
)
"""The account at each close, (b,). Written."""
TRADE: Final = np.dtype(
    [
        ("instrument", "i8"),
        ("entry_bar", "i8"),
        ("exit_bar", "i8"),
        ("side", "i8"),
        ("reason", "i8"),
        ("shares", "f8"),  # at the entry, above 0
        ("exit_shares", "f8"),  # at the exit: another number after a split
        ("entry_price", "f8"),  # as filled, slippage included
        ("exit_price", "f8"),
        ("pnl", "f8"),  # profit in money after all costs, dividends included
        ("cost", "f8"),  # commission, slippage and borrow cost in money
        ("mae", "f8"),  # lowest return on the entry price while it was held, exit costs apart; at most 0
        ("mfe", "f8"),  # highest one; at least 0
    ]
)
"""Trades in the order of their entries, (n,). Written."""
Records = npt.NDArray[Any]


def zeros(n: int, kind: np.dtype[Any]) -> Records:
    """Records of zeros, as the compiled loop takes them."""
    return np.zeros(n, kind).view(np.recarray)
