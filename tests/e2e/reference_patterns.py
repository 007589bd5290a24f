"""Chart patterns on the reference's bars: the history kernel over each whole series at once, apart from engine, windows and state.

tests/analysis/test_patterns.py checks the kernel against docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from services.analysis.kernels import machine_code
from services.analysis.kernels.patterns.layout import STATUSES
from services.analysis.kernels.patterns.table import PATTERNS
from services.analysis.kernels.patterns.whole_series import history, no_patterns
from services.analysis.kernels.signatures import PriceArrays
from shared.events import pattern_id, signal_id
from tests.analysis.pattern_inputs import measured
from tests.analysis.shapes import unknown
from tests.e2e.reference_bars import Reference
from tests.e2e.reference_signals import Expected

FIELDS = ("high", "low", "close", "volume")
KERNELS = Path(__file__).parents[2] / ".cache" / "kernels"


class PatternEvent(NamedTuple):
    """A status of a pattern that is due."""

    id: str
    pattern: str
    status: str
    direction: str
    symbol: str
    timeframe: str
    ts_event: int
    price: float
    level: float


def patterns(reference: Reference) -> Iterator[PatternEvent]:
    """Every status that live bars bring about."""
    loops = machine_code.load_patterns(KERNELS)
    for symbol, series in reference.closed.items():
        for timeframe in ("15m", "1h", "4h", "1d", "1w"):
            bars = series.get(timeframe, [])
            high, low, close, volume = (np.array([getattr(bar, name) for bar in bars], float) for name in FIELDS)
            times = np.array([bar.ts_close for bar in bars], np.int64)
            if not bars:
                continue
            for x in history(loops, no_patterns(), measured(PriceArrays(high, low, close, volume, times, *unknown(len(bars))))):
                bar, name = bars[x["at"]], PATTERNS[x["kind"]].name
                if bar.live:
                    yield PatternEvent(
                        pattern_id(symbol, timeframe, name, x["corner_time"][: x["corners"]].tolist()), name, STATUSES[x["status"]],
                        {1: "up", -1: "down", 0: "either"}[int(x["direction"])], symbol, timeframe, bar.ts_close, bar.close,
                        float(x["level"]),
                    )  # fmt: skip


def confirmed(reference: Reference) -> dict[str, Expected]:
    """The signals of those that are confirmed, by id."""
    found = {}
    for each in patterns(reference):
        if each.status == "confirmed":
            key = signal_id(each.pattern, 2, {}, each.direction, each.symbol, each.timeframe, each.ts_event)
            facts = (each.direction, each.symbol, each.timeframe, each.ts_event, each.price, each.level)
            found[key] = Expected(key, each.pattern, *facts, ())
    return found
