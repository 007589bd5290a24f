"""The record of a sequence that was found, as its signals carry it."""

from __future__ import annotations

from collections.abc import Iterable

from services.analysis.research.discovery.run import Finding
from services.analysis.research.quality.records import ALL
from services.analysis.research.quality.rows import StoredQuality
from shared.events import SignalQuality
from shared.sequences import SignalSequence


def record_of(sequence: SignalSequence, found: Iterable[Finding], as_of: int) -> StoredQuality | None:
    """The row of ``signal_quality`` for a sequence that was judged; None if it was not.

    It holds the signals after the split alone, and the q-value over all candidates of the search. ``as_of``: close of the newest
    bar that was read.
    """
    one = next((each for each in found if each.sequence and each.signal == sequence.text), None)
    if one is None:
        return None
    quality = SignalQuality(
        n=one.n,
        years=one.years,
        horizon_bars=one.horizon_bars,
        win_rate=one.win_rate,
        win_rate_low=one.win_rate_low,
        win_rate_high=one.win_rate_high,
        mean_return=one.mean_return,
        worst=one.worst,
        base_rate=one.base_rate,
        q_value=one.q_value,
        validated=one.validated,
        dates=one.dates,
        effective_n=one.effective_n,
        level="all",
        group=ALL,
        adverse=one.adverse,
        tried=one.tried,
        as_of=as_of,
    )
    direction = sequence.steps[-1].direction
    return StoredQuality(sequence.rule, {}, direction, sequence.timeframe, "all", ALL, one.horizon_bars, True, quality)
