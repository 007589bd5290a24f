"""What became of the chart patterns of the tapes, beside those of the same bars in a random order.

A shuffle keeps each bar's shape, as shares of the close before it, and its volume, but not their order: what is found in it is
chance.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from services.analysis.documents.tape_bars import RecordedSeries, every
from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars, Int64s
from services.analysis.kernels.pattern_inputs import pattern_inputs
from services.analysis.kernels.patterns.layout import CONFIRMED, FAILED, INVALIDATED, TARGET, Records
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.patterns.whole_series import history, no_patterns

KERNELS: Final = Path(__file__).parents[3] / ".cache" / "kernels"
SHUFFLES: Final = 100
PLAYED: Final = (("daily", "1d"), ("demo", "1m"), ("seconds", "1s"), ("crypto", "1m"))
"""The tapes, and the length of their bars."""


class Outcomes(NamedTuple):
    """Numbers of patterns of each kind and direction, each of shape (patterns, 2); the second index is 0 for up, 1 for down."""

    bars: int
    confirmed: Int64s
    reached: Int64s
    """Those that reached their target before their invalidation level."""
    invalidated: Int64s


def found_in(recorded: RecordedSeries) -> Records:
    """The events (dtype PATTERN) of recorded bars."""
    series, patterns = machine_code.load(KERNELS), machine_code.load_patterns(KERNELS)
    return history(patterns, no_patterns(), pattern_inputs(series, recorded.bars, recorded.start))


def outcomes(events: Records, bars: int) -> Outcomes:
    """Counts the events of some bars."""
    broke_out = np.isfinite(events["level"])
    cells = 2 * events["kind"] + (events["direction"] < 0)

    def count(chosen: np.ndarray) -> Int64s:
        return np.bincount(cells[chosen & broke_out], minlength=2 * len(PATTERNS)).reshape(-1, 2)

    status, failed = events["status"], events["status"] == FAILED
    return Outcomes(bars, count(status == CONFIRMED), count(status == TARGET), count(failed & (events["reason"] == INVALIDATED)))


def shuffled(bars: Bars, rng: np.random.Generator) -> Bars:
    """The bars after the first in another order; the first one stays. Uses products alone, which are the same on every machine."""
    order = rng.permutation(len(bars.close) - 1) + 1
    opened, high, low, close = ((values[1:] / bars.close[:-1])[order - 1] for values in bars[:4])
    closes = np.multiply.accumulate(np.concatenate([bars.close[:1], close]))
    made = [np.concatenate([values[:1], share * closes[:-1]]) for values, share in zip(bars[:3], (opened, high, low), strict=True)]
    return bars._replace(
        open=made[0], high=made[1], low=made[2], close=closes, volume=np.concatenate([bars.volume[:1], bars.volume[order]])
    )


def together(parts: list[Outcomes]) -> Outcomes:
    """The sum of some counts."""
    return Outcomes(*(sum(values[1:], start=values[0]) for values in zip(*parts, strict=True)))


@cache
def played() -> tuple[RecordedSeries, ...]:
    """The series of all tapes, daily ones first."""
    return tuple(recorded for tape, timeframe in PLAYED for recorded in every(tape, timeframe))


@cache
def measured() -> tuple[Outcomes, Outcomes]:
    """What became of the patterns on the tapes, and on ``SHUFFLES`` shuffles of each of their series. The seeds are fixed."""
    real, chance = list[Outcomes](), list[Outcomes]()
    for place, recorded in enumerate(played()):
        length = len(recorded.start)
        real.append(outcomes(found_in(recorded), length))
        for number in range(SHUFFLES):
            bars = shuffled(recorded.bars, np.random.default_rng([place, number]))
            made = RecordedSeries(recorded.symbol, recorded.timeframe, recorded.tape, recorded.start, bars)
            chance.append(outcomes(found_in(made), length))
    return together(real), together(chance)
