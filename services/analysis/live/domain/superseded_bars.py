"""Compares a provider's closed bars with the stored ones: which stored bars are removed, and which were wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.closed_bars import BarRecords, no_bars
from shared.events import Quarantined, Timeframe

Int64s = npt.NDArray[np.int64]

PRICE_FAR: Final = 0.005
"""A high, low or close that differs more from the provider's, as a fraction, is reported. Streamed prices miss some trades."""
MOST_REPORTED: Final = 10
"""The newest bars of one history that are reported one by one; the others are counted in ``more``."""


def superseded(stored: Mapping[Timeframe, BarRecords], provided: Mapping[Timeframe, BarRecords]) -> dict[Timeframe, Int64s]:
    """Close times of stored bars that overlap a provided bar which closes at another time; without timeframes that have none.

    Two bars of a series never overlap. Such bars remain from earlier session hours. A bar that is longer than any plausible one
    supersedes nothing: one wrong message must not clear a series.
    """
    found = {}
    for timeframe, bars in provided.items():
        mine = stored.get(timeframe, no_bars())
        new = bars[bars["ts_close"] - bars["ts_open"] <= timeframe.row.longest_ms]
        if not len(mine) or not len(new):
            continue
        at = np.searchsorted(new["ts_close"], mine["ts_open"], side="right")
        overlaps = (at < len(new)) & (new["ts_open"][np.minimum(at, len(new) - 1)] < mine["ts_close"])
        gone = mine["ts_close"][overlaps & ~np.isin(mine["ts_close"], bars["ts_close"])]
        if len(gone):
            found[timeframe] = gone.astype(np.int64)
    return found


def without_superseded(stored: Mapping[Timeframe, BarRecords], gone: Mapping[Timeframe, Int64s]) -> dict[Timeframe, BarRecords]:
    """The stored bars without those that closed at the times ``gone``."""
    return {
        timeframe: bars[~np.isin(bars["ts_close"], gone[timeframe])] if timeframe in gone else bars
        for timeframe, bars in stored.items()
    }


def contradiction_reports(symbol: str, stored: BarRecords, provided: BarRecords, ts_init: int) -> list[Quarantined]:
    """Reports of stored daily bars made of ticks that the provider's bars replace with other prices or hours."""
    found = list(_pairs(stored, provided))[::-1]
    return [
        Quarantined(
            symbol=symbol,
            what="bar",
            reason="contradicted",
            outcome="repaired",
            values={
                **{name: float(mine[name]) for name in ("open", "high", "low", "close", "volume")},
                "last": float(new["close"]),
            },
            note="now " + ", ".join(f"{name} {new[name]:g}" for name in ("open", "high", "low", "close", "volume")),
            timeframe=Timeframe.D1.value,
            source=str(new["source"]),
            ts_event=int(mine["ts_close"]),
            ts_init=ts_init,
            more=max(0, len(found) - MOST_REPORTED) if number == 0 else 0,
            replayed=bool(new["replayed"]),
        )
        for number, (mine, new) in enumerate(found[:MOST_REPORTED])
    ]


def _pairs(stored: BarRecords, provided: BarRecords) -> Iterator[tuple[np.void, np.void]]:
    """Stored and provided bars of one session that differ, oldest first."""
    _, mine, theirs = np.intersect1d(stored["session"], provided["session"], return_indices=True)
    for old, new in zip(stored[mine], provided[theirs], strict=True):
        far = any(abs(new[name] / old[name] - 1.0) > PRICE_FAR for name in ("high", "low", "close"))
        if old["source"] != new["source"] and (far or old["ts_close"] != new["ts_close"]):
            yield old, new
