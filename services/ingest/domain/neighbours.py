"""What is wrong with a closed bar can often be seen from the bars beside it: the wrong unit, a spike, a stray high or low."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import msgspec
import numpy as np

from services.ingest.domain.findings import Finding
from services.ingest.domain.fitness import unfit_bar
from services.ingest.domain.levels import in_one_level
from services.ingest.domain.ranges import true_ranges, usual_range
from shared.events import ProviderBar, Timeframe

SPIKE_FLOOR: Final = 0.25
"""A close must stand out from both neighbours by more than this, in logarithms, to be a spike at all."""
SPIKE_RANGES: Final = 8.0
"""And by more than so many usual ranges of the instrument."""
AGREE: Final = 0.25
"""The neighbours themselves may differ by this share of how far the spike stands out."""
WICK: Final = math.log(2.0)
"""A high or low must stand out from everything around it by a factor of two, and by ``WICK_RANGES``, to be a stray print."""
WICK_RANGES: Final = 12.0
HUNDRED: Final = math.log(100.0)
UNIT_NEAR: Final = math.log(1.05)
"""A price that is a hundred times another one to within 5 % is taken for the same price in another unit."""


@dataclass(frozen=True)
class Looked:
    """What may be published of a run of bars, and what was found."""

    bars: tuple[ProviderBar, ...]
    findings: tuple[Finding, ...]
    still: int
    """Bars without volume."""


def looked_at(
    bars: Sequence[ProviderBar],
    timeframe: Timeframe,
    *,
    hundredths: bool,
    market: Callable[[int, float], bool] | None = None,
    negative: bool = False,
) -> Looked:
    """Judge closed bars of one series, oldest first.

    Args:
        bars: as a provider told them.
        timeframe: theirs.
        hundredths: the currency has a unit of a hundredth in which prices are quoted (pence): a price in it is repaired.
        market: (close time, move in logarithms) -> whether the market moved so too: then a spike is believed.
        negative: prices of 0 and below are possible. A bar that has one is judged alone: ratios say nothing there.
    """
    findings: list[Finding] = []
    kept: list[ProviderBar] = []
    newest = 0
    for bar in bars:
        reason: str | None = unfit_bar(bar, timeframe, negative=negative)
        if reason is None and bar.ts_open < newest:
            reason = "duplicate" if kept and bar.ts_close == kept[-1].ts_close else "overlap"
        if reason is not None:
            findings.append(Finding(bar, reason, "quarantined"))
            continue
        newest = bar.ts_close
        kept.append(_widened(bar, findings))
    kept = in_same_terms(kept, findings, hundredths=hundredths)
    fine = [bar for above, run in _runs(kept) for bar in (_without_strays(run, findings, market) if above else run)]
    return Looked(tuple(fine), tuple(findings), sum(not bar.volume for bar in fine))


def in_same_terms(bars: Sequence[ProviderBar], findings: list[Finding], *, hundredths: bool) -> list[ProviderBar]:
    """Runs of bars in another unit or on another level are repaired or left out; ``findings`` gains what was found."""
    fine = list[ProviderBar]()
    for above, run in _runs(bars):
        fine += in_one_level(_in_one_unit(run, findings, hundredths=hundredths), findings) if above else run
    return fine


def _runs(bars: Sequence[ProviderBar]) -> Iterator[tuple[bool, list[ProviderBar]]]:
    """Runs of bars with and without prices of 0 and below."""
    for above, run in groupby(bars, lambda bar: min(bar.open, bar.low, bar.close) > 0):
        yield above, list(run)


def _widened(bar: ProviderBar, findings: list[Finding]) -> ProviderBar:
    high, low = max(bar.high, bar.open, bar.close), min(bar.low, bar.open, bar.close)
    if (high, low) == (bar.high, bar.low):
        return bar
    findings.append(Finding(bar, "order", "repaired", "high and low moved to the body"))
    return msgspec.structs.replace(bar, high=high, low=low)


def _in_one_unit(bars: list[ProviderBar], findings: list[Finding], *, hundredths: bool) -> list[ProviderBar]:
    """A run of bars a hundred times too dear or too cheap is repaired between bars that agree, and left out elsewhere."""
    closes, _ = true_ranges(bars) if bars else (np.empty(0), None)
    steps = np.diff(closes)
    edges = [int(at) + 1 for at in np.flatnonzero(np.abs(np.abs(steps) - HUNDRED) <= UNIT_NEAR)]
    if not edges:
        return bars
    fine = list[ProviderBar]()
    bounds = [0, *edges, len(bars)]
    levels = np.concatenate([[0.0], np.cumsum(np.sign(steps[[edge - 1 for edge in edges]]))])
    counts = {float(level): sum(bounds[i + 1] - bounds[i] for i, one in enumerate(levels) if one == level) for level in set(levels)}
    right = max(counts, key=lambda level: counts[level])
    for i, level in enumerate(levels):
        run = bars[bounds[i] : bounds[i + 1]]
        inside = 0 < i < len(levels) - 1 and levels[i - 1] == levels[i + 1] == right
        if level == right:
            fine += run
            continue
        for bar in run:
            last = fine[-1].close if fine else None
            if hundredths and inside and abs(level - right) == 1:
                by = 0.01 if level > right else 100.0
                fine.append(_scaled(bar, by))
                findings.append(Finding(bar, "unit", "repaired", f"prices x {by:g}", last))
            else:
                findings.append(Finding(bar, "unit", "quarantined", "", last))
    return fine


def _scaled(bar: ProviderBar, by: float) -> ProviderBar:
    prices = {name: float(f"{getattr(bar, name) * by:.9g}") for name in ("open", "high", "low", "close")}
    return msgspec.structs.replace(bar, **prices)


def _without_strays(
    bars: list[ProviderBar], findings: list[Finding], market: Callable[[int, float], bool] | None
) -> list[ProviderBar]:
    if len(bars) < 3:
        return bars
    closes, ranges = true_ranges(bars)
    up, down = closes[1:-1] - closes[:-2], closes[1:-1] - closes[2:]
    alone = (np.sign(up) == np.sign(down)) & (np.minimum(np.abs(up), np.abs(down)) > SPIKE_FLOOR)
    wide = ranges[1:-1] > WICK
    fine = list(bars)
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
            findings.append(Finding(bars[i], "wick", "repaired", "a stray high or low moved to the body", last))
            fine[i] = clipped
    return [bar for i, bar in enumerate(fine) if i not in drop]


def _clipped(bars: Sequence[ProviderBar], at: int, usual: float) -> ProviderBar | None:
    """The bar without a high or low that stands out from the body and both neighbours; None where it has none."""
    bar, by = bars[at], bars[at].price_factor
    beside = [(each.high * each.price_factor / by, each.low * each.price_factor / by) for each in (bars[at - 1], bars[at + 1])]
    top, bottom = max(bar.open, bar.close), min(bar.open, bar.close)
    far = max(WICK, WICK_RANGES * usual)
    high = top if math.log(bar.high / max(top, *(high for high, _ in beside))) > far else bar.high
    low = bottom if math.log(min(bottom, *(low for _, low in beside)) / bar.low) > far else bar.low
    return None if (high, low) == (bar.high, bar.low) else msgspec.structs.replace(bar, high=high, low=low)
