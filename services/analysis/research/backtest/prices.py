"""Prices, dividends and splits of one instrument or of many on one calendar, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.analysis.kernels.indicators.kind import Floats, Int64s
from services.analysis.research.backtest.layout import EVENT, Records, zeros
from services.analysis.research.backtest.orders import BacktestError


@dataclass(frozen=True)
class Prices:
    """Arrays (bars, instruments) in which orders are filled. Raises ``BacktestError``.

    Adjusted prices hold dividends and splits already: then there are no events, and shares are adjusted ones. Raw prices come with
    their events. A hole is NaN in all four arrays.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    events: Records = field(default_factory=lambda: zeros(0, EVENT))

    def __post_init__(self) -> None:
        arrays = {name: getattr(self, name) for name in ("open", "high", "low", "close")}
        for name, values in arrays.items():
            if values.ndim != 2 or values.shape != self.close.shape or values.dtype != np.float64:
                raise BacktestError(f"{name}: must be float64 (bars, instruments) like close, not {values.dtype} {values.shape}")
        if not self.close.size:
            raise BacktestError("close: there are no bars")
        holes = np.isnan(self.close)
        for name, values in arrays.items():
            if not np.array_equal(np.isnan(values), holes) or np.isinf(values).any():
                raise BacktestError(f"{name}: must be finite where close is, and NaN where close is NaN")
        wrong = (self.low > np.fmin(self.open, self.close)) | (self.high < np.fmax(self.open, self.close))
        if wrong.any():
            t, i = (int(place[0]) for place in np.nonzero(wrong))
            raise BacktestError(f"bar {t} of instrument {i}: open {self.open[t, i]} or close {self.close[t, i]} is outside of "
                                f"low {self.low[t, i]} to high {self.high[t, i]}")  # fmt: skip
        bar, instrument, split, dividend = (self.events[name] for name in EVENT.names or ())
        if any(len(each) and (each.min() < 0 or each.max() >= n) for each, n in zip((bar, instrument), holes.shape, strict=True)):
            raise BacktestError("events: a bar or instrument that is not there")
        if not (np.isfinite(split) & np.isfinite(dividend) & (split > 0)).all():  # a dividend below 0 is what holders paid
            raise BacktestError("events: splits must be finite and above 0, dividends finite")
        if (np.diff(bar) < 0).any():
            raise BacktestError("events: must be in the order of bars")

    @property
    def last(self) -> Int64s:
        """(instruments,): the last bar of each, -1 if it has none."""
        n = len(self.close)
        present = ~np.isnan(self.close)
        return np.where(present.any(0), n - 1 - np.argmax(present[::-1], 0), -1).astype(np.int64)


def single(open_: Floats, high: Floats, low: Floats, close: Floats, dividends: Floats | None = None,
           splits: Floats | None = None) -> Prices:  # fmt: skip
    """One instrument from arrays (bars,); ``dividends`` in cash a share, ``splits`` in new shares for an old one (1 none)."""
    cash = np.zeros(len(close)) if dividends is None else np.asarray(dividends, np.float64)
    ratio = np.ones(len(close)) if splits is None else np.asarray(splits, np.float64)
    if cash.shape != (len(close),) or ratio.shape != (len(close),):
        raise BacktestError(f"dividends, splits: must have one value a bar, not {cash.shape} and {ratio.shape}")
    bar = np.flatnonzero((cash != 0.0) | (ratio != 1.0))
    events = zeros(len(bar), EVENT)
    events["bar"], events["split"], events["dividend"] = bar, ratio[bar], cash[bar]
    return Prices(_column(open_), _column(high), _column(low), _column(close), events)


def together(each: Sequence[Prices], places: Sequence[Int64s], bars: int) -> Prices:
    """Many instruments on one calendar; ``places[i]``: the bars of the calendar at which instrument i has its own."""
    open_, high, low, close = (np.full((bars, len(each)), np.nan) for _ in range(4))
    events = []
    for i, (one, at) in enumerate(zip(each, places, strict=True)):
        for table, values in zip((open_, high, low, close), (one.open, one.high, one.low, one.close), strict=True):
            table[at, i] = values[:, 0]
        own = one.events.copy()
        own["bar"], own["instrument"] = at[own["bar"]], i
        events.append(own)
    joined = np.concatenate(events)
    return Prices(open_, high, low, close, joined[np.argsort(joined["bar"], kind="stable")].view(np.recarray))


def _column(values: Floats) -> Floats:
    return np.ascontiguousarray(values, np.float64)[:, None]
