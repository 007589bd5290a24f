"""Compares closed bars with adjacent ones to find wrong units, shifted levels, spikes and erroneous highs and lows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import msgspec
import numpy as np

from services.ingest.domain.bar_findings import Finding
from services.ingest.domain.level_shifts import repair_level_shifts
from services.ingest.domain.true_ranges import true_ranges, usual_range
from services.ingest.domain.value_checks import bar_rejection
from shared.events import ProviderBar, Timeframe

SPIKE_FLOOR: Final = 0.25
"""A spike differs from both adjacent closes by more than this, in logarithms."""
SPIKE_RANGES: Final = 8.0
"""And by more than this many usual ranges of the instrument."""
AGREE: Final = 0.25
"""The adjacent closes may differ by this share of the spike's size."""
WICK: Final = math.log(2.0)
"""An erroneous high or low differs from its body and both adjacent bars by a factor of two (in logarithms) and by
``WICK_RANGES``."""
WICK_RANGES: Final = 12.0
HUNDRED: Final = math.log(100.0)
UNIT_NEAR: Final = math.log(1.05)
"""A price that is a hundred times another one to within 5 % is the same price in another unit."""


@dataclass(frozen=True)
class InspectedBars:
    """The bars of a series that may be published, and the findings."""

    bars: tuple[ProviderBar, ...]
    findings: tuple[Finding, ...]
    without_volume: int
    """Bars without volume."""


def inspect_bars(
    bars: Sequence[ProviderBar],
    timeframe: Timeframe,
    *,
    hundredths: bool,
    market: Callable[[int, float], bool] | None = None,
    negative: bool = False,
) -> InspectedBars:
    """Inspect closed bars of one series, oldest first.

    Args:
        bars: as received from the provider.
        timeframe: the timeframe of the bars.
        hundredths: the currency has a minor unit in which prices are quoted (pence): a price in that unit is repaired.
        market: (close time, move in logarithms) -> whether the market moved too: then a spike is accepted.
        negative: prices of 0 and below are possible. A bar with one is not compared with others: ratios are meaningless there.
    """
    findings: list[Finding] = []
    kept: list[ProviderBar] = []
    newest = 0
    for bar in bars:
        reason: str | None = bar_rejection(bar, timeframe, negative=negative)
        if reason is None and bar.ts_open < newest:
            reason = "duplicate" if kept and bar.ts_close == kept[-1].ts_close else "overlap"
        if reason is not None:
            findings.append(Finding(bar, reason, "quarantined"))
            continue
        newest = bar.ts_close
        kept.append(_widened(bar, findings))
    kept = repair_scale(kept, findings, hundredths=hundredths)
    kept_bars = [bar for above, run in _runs(kept) for bar in (_repair_spikes_and_wicks(run, findings, market) if above else run)]
    return InspectedBars(tuple(kept_bars), tuple(findings), sum(not bar.volume for bar in kept_bars))


def repair_scale(bars: Sequence[ProviderBar], findings: list[Finding], *, hundredths: bool) -> list[ProviderBar]:
    """Repair or remove bars in another unit or on another level; findings are appended to ``findings``."""
    kept_bars = list[ProviderBar]()
    for above, run in _runs(bars):
        kept_bars += repair_level_shifts(_repair_units(run, findings, hundredths=hundredths), findings) if above else run
    return kept_bars


def _runs(bars: Sequence[ProviderBar]) -> Iterator[tuple[bool, list[ProviderBar]]]:
    """Split into consecutive bars whose prices are all above 0 (True) and others (False)."""
    for above, run in groupby(bars, lambda bar: min(bar.open, bar.low, bar.close) > 0):
        yield above, list(run)


def _widened(bar: ProviderBar, findings: list[Finding]) -> ProviderBar:
    high, low = max(bar.high, bar.open, bar.close), min(bar.low, bar.open, bar.close)
    if (high, low) == (bar.high, bar.low):
        return bar
    findings.append(Finding(bar, "order", "repaired", "high and low moved to the body"))
    return msgspec.structs.replace(bar, high=high, low=low)


def _repair_units(bars: list[ProviderBar], findings: list[Finding], *, hundredths: bool) -> list[ProviderBar]:
    """Repair bars at 100 times or 1/100 of the price between bars of the main level; remove them elsewhere."""
    closes, _ = true_ranges(bars) if bars else (np.empty(0), None)
    steps = np.diff(closes)
    edges = [int(at) + 1 for at in np.flatnonzero(np.abs(np.abs(steps) - HUNDRED) <= UNIT_NEAR)]
    if not edges:
        return bars
    kept_bars = list[ProviderBar]()
    bounds = [0, *edges, len(bars)]
    levels = np.concatenate([[0.0], np.cumsum(np.sign(steps[[edge - 1 for edge in edges]]))])
    counts = {float(level): sum(bounds[i + 1] - bounds[i] for i, one in enumerate(levels) if one == level) for level in set(levels)}
    main_level = max(counts, key=lambda level: counts[level])
    for i, level in enumerate(levels):
        run = bars[bounds[i] : bounds[i + 1]]
        inside = 0 < i < len(levels) - 1 and levels[i - 1] == levels[i + 1] == main_level
        if level == main_level:
            kept_bars += run
            continue
        for bar in run:
            last = kept_bars[-1].close if kept_bars else None
            if hundredths and inside and abs(level - main_level) == 1:
                by = 0.01 if level > main_level else 100.0
                kept_bars.append(_scaled(bar, by))
                findings.append(Finding(bar, "unit", "repaired", f"prices x {by:g}", last))
            else:
                findings.append(Finding(bar, "unit", "quarantined", "", last))
    return kept_bars


def _scaled(bar: ProviderBar, by: float) -> ProviderBar:
    prices = {name: float(f"{getattr(bar, name) * by:.9g}") for name in ("open", "high", "low", "close")}
    return msgspec.structs.replace(bar, **prices)


def _repair_spikes_and_wicks(
    bars: list[ProviderBar], findings: list[Finding], market: Callable[[int, float], bool] | None
) -> list[ProviderBar]:
    if len(bars) < 3:
        return bars
    closes, ranges = true_ranges(bars)
    up, down = closes[1:-1] - closes[:-2], closes[1:-1] - closes[2:]
    alone = (np.sign(up) == np.sign(down)) & (np.minimum(np.abs(up), np.abs(down)) > SPIKE_FLOOR)
    wide = ranges[1:-1] > WICK
    kept_bars = list(bars)
    drop = set[int]()
    for i in (np.flatnonzero(alone | wide) + 1).tolist():
        usual = usual_range(ranges, i)
        last = bars[i - 1].close * bars[i - 1].price_factor / bars[i].price_factor
        out, back, between = closes[i] - closes[i - 1], closes[i] - closes[i + 1], abs(closes[i + 1] - closes[i - 1])
        away = min(abs(out), abs(back))
        if alone[i - 1] and away > max(SPIKE_FLOOR, SPIKE_RANGES * usual) and between < AGREE * away:
            if market is None or not market(bars[i].ts_close, out):
                findings.append(Finding(bars[i], "spike", "quarantined", "", last))
                drop.add(i)
        elif (clipped := _clipped(bars, i, usual)) is not None:
            findings.append(Finding(bars[i], "wick", "repaired", "an erroneous high or low moved to the body", last))
            kept_bars[i] = clipped
    return [bar for i, bar in enumerate(kept_bars) if i not in drop]


def _clipped(bars: Sequence[ProviderBar], at: int, usual: float) -> ProviderBar | None:
    """The bar without an erroneous high or low; None if it has none."""
    bar, by = bars[at], bars[at].price_factor
    beside = [(each.high * each.price_factor / by, each.low * each.price_factor / by) for each in (bars[at - 1], bars[at + 1])]
    top, bottom = max(bar.open, bar.close), min(bar.open, bar.close)
    far = max(WICK, WICK_RANGES * usual)
    high = top if math.log(bar.high / max(top, *(high for high, _ in beside))) > far else bar.high
    low = bottom if math.log(min(bottom, *(low for _, low in beside)) / bar.low) > far else bar.low
    return None if (high, low) == (bar.high, bar.low) else msgspec.structs.replace(bar, high=high, low=low)
