"""Reports of rejected ticks, and the resolution of suspected splits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, cast

import numpy as np

from services.analysis.live.domain import ticks
from services.analysis.live.domain.adjustment_factors import AdjustmentFactors
from services.analysis.live.domain.layout import DAY, KEEP, PERIOD_CODES, REASONS, WINDOW
from services.analysis.live.domain.state import PartitionState, Records
from shared.events import Quarantined

SplitResolution = Literal["split", "none", "deadline"]
"""How a suspicion ends: a split is published; history of the session arrives without one; or nothing arrives in time."""
NOTES: Final = {
    "split": "the split was told",
    "none": "the session's daily bar came, and there was no split",
    "deadline": "no split was told in time",
}
AT_A_TIME: Final = WINDOW - KEEP - 8
"""Bars that fit a window after it has been moved down."""
REPORTED_AS: Final = {"absurd": "spike"}


def quarantined_ticks(rejected: Records, symbols: Sequence[str], sources: Sequence[str]) -> list[Quarantined]:
    """Rejected ticks (dtype REJECTED) as events."""
    found = []
    for row, reason, ts, ts_init, price, size, day_volume, last, source, replayed, more in rejected.tolist():
        suspected = reason == ticks.SPLIT
        name = "split" if suspected else REASONS[reason]
        values = {"price": price, "size": size, "day_volume": day_volume, "last": last}
        found.append(
            Quarantined(
                symbol=symbols[row],
                what="instrument" if suspected else "tick",
                reason=REPORTED_AS.get(name, name),
                values={
                    key: value if math.isfinite(value) else None for key, value in values.items() if not _is_omitted(key, value)
                },
                note="bars are set aside: this may be a split" if suspected else "",
                source=sources[source],
                ts_event=ts,
                ts_init=ts_init,
                more=more,
                replayed=bool(replayed),
            )
        )
    return found


def _is_omitted(key: str, value: float) -> bool:
    return key in {"day_volume", "last"} and math.isnan(value)


def resolution_of(record: Any, factors: AdjustmentFactors, has_daily: bool) -> SplitResolution | None:
    """How history resolves the suspected split; None if it does not decide. ``has_daily``: whether it contains daily bars."""
    before = int(np.searchsorted(factors.daily["ts_close"], record["suspected_open"], side="right"))
    if before and factors.daily["split_factor"][before - 1] != 1.0:
        return "split"
    return "none" if has_daily and before < len(factors.daily) else None


def released(state: PartitionState, row: int, resolution: SplitResolution, bars: int) -> Quarantined:
    """The report that the pending bars count from now on."""
    record: Any = state.records[row]
    return Quarantined(
        symbol=state.symbols[row],
        what="instrument",
        reason="split",
        outcome="released",
        values={"ratio": float(record["suspected_ratio"]), "bars": float(bars)},
        note=NOTES[resolution],
        source=state.source_names[record["source"]],
        ts_event=int(record["last_ts"]),
        ts_init=int(record["last_ts"]),
        replayed=bool(record["replayed"]),
    )


def take_pending(state: PartitionState, row: int) -> Records:
    """Removes and returns the pending bars of a row, in the order of their closing; ends the suspicion."""
    mine: Any = state.pending_bars["row"] == row
    found, state.pending_bars = state.pending_bars[mine], state.pending_bars[~mine]
    state.records[row]["split_suspected"] = 0
    return cast("Records", found)


def parts(closed: Records) -> Iterator[Records]:
    """The bars in parts that fit a window; bars that closed at one moment stay together, since conditions see all of them."""
    first = 0
    while first < len(closed):
        end = min(first + AT_A_TIME, len(closed))
        while end < len(closed) and closed[end]["close_at"] == closed[end - 1]["close_at"]:
            end += 1
        yield closed[first:end]
        first = end


def remake_periods(state: PartitionState, row: int, closed: Records, factors: AdjustmentFactors) -> None:
    """Recomputes weekly and monthly bars in place from their days: pending ones contain prices from before the split.

    ``closed``: as ``take_pending`` returns it; the days before the session must be in their window.
    """
    n = int(state.forming[row, DAY]["n"])
    ts_close = state.windows.ts_close[row, DAY, :n]
    days = closed[closed["timeframe"] == DAY]
    for i in np.flatnonzero(np.isin(closed["timeframe"], PERIOD_CODES)).tolist():
        start, end = closed["open_at"][i], closed["close_at"][i]
        before, late = (ts_close > start) & (ts_close <= end), (days["close_at"] > start) & (days["close_at"] <= end)
        price, split = factors.of_bars(ts_close[before])
        parts = {
            name: np.concatenate([getattr(state.windows, name)[row, DAY, :n][before] * by, days[name][late]])
            for name, by in (("open", split / price), ("high", split / price), ("low", split / price), ("volume", 1.0))
        }
        closed["open"][i], closed["high"][i], closed["low"][i] = parts["open"][0], parts["high"].max(), parts["low"].min()
        closed["volume"][i] = parts["volume"].sum()
