"""Consecutive bars at a multiple of the prices around them: an error of the provider, since no market moves by a whole ratio and
back.

An edge is a step, from a close to the next open and the next close, far outside what is usual. Bars between two edges of
opposite sign and equal size are at another level: they are repaired if exactly one whole ratio explains
both edges, else quarantined. A single edge is a crash or a rally, unless the volume contradicts that: on such a day turnover
(price x volume) rises sharply, and after a change of level by the provider it is unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

from services.ingest.domain.bar_findings import Finding
from services.ingest.domain.true_ranges import true_ranges, usual_range
from shared.events import ProviderBar

MIN_STEP: Final = math.log(1.8)
MIN_RANGES: Final = 8.0
"""An edge is larger than this ratio (in logarithms) and than this many usual ranges."""
MAX_BARS_BETWEEN: Final = 250
"""Maximum number of bars between two edges."""
AGREE: Final = 0.08
AGREE_RANGES: Final = 3.0
"""The sizes of the two edges differ by less than this, in logarithms, or by less than this many usual ranges."""
RATIO_TOLERANCE: Final = 0.03
MAX_RATIO: Final = 1000
"""Largest whole ratio that is tried."""
MAX_GRID_DECIMALS: Final = 4
"""Only prices with at most this many decimals are on a grid coarse enough to select one of several ratios."""
LONE_MIN_STEP: Final = math.log(3.0)
LONE_BARS: Final = 10
"""A single edge is accepted or not by the volume of this many bars on either side; half of them must exist."""
MAX_NEW_BARS: Final = 20
"""Fewer bars than this on a new level, after three times as many on the old one, may be an error that has not ended."""
SAME_MONEY: Final = math.log(3.0)
SAME_VOLUME: Final = math.log(2.0)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Edge:
    at: int
    """Index of the first bar on the new level."""
    size: float
    """Step from the previous close to the open, adjusted, in logarithms."""
    usual: float


def repair_level_shifts(bars: Sequence[ProviderBar], findings: list[Finding]) -> list[ProviderBar]:
    """Repair or remove bars on another level; findings are appended to ``findings``. All prices must be above 0."""
    edges = _edges(bars)
    if not edges:
        return list(bars)
    replaced: dict[int, ProviderBar | None] = {}
    paired = set[int]()
    for first, second in pairwise(edges):
        if first.at not in paired and _same_size(first, second):
            paired |= {first.at, second.at}
            replaced.update(_repair_block(bars, first, second, findings))
    lone = [edge for edge in edges if edge.at not in paired and _turnover_unchanged(bars, edge)]
    if lone:
        side = "before" if _new_side_is_short(bars, lone[-1]) else "after"
        note = f"{math.exp(abs(lone[-1].size)):.3g} times off the prices {side} it"
        for i in range(lone[-1].at, len(bars)) if _new_side_is_short(bars, lone[-1]) else range(lone[-1].at):
            replaced[i] = None
            findings.append(_finding(bars, i, "quarantined", note))
    kept = (replaced.get(i, bar) for i, bar in enumerate(bars))
    return [bar for bar in kept if bar is not None]


def _edges(bars: Sequence[ProviderBar]) -> list[_Edge]:
    if len(bars) < 3:
        return []
    closes, ranges = true_ranges(bars)
    opens = np.log(np.array([bar.open * bar.price_factor for bar in bars]))
    at_open, at_close = opens[1:] - closes[:-1], np.diff(closes)
    smaller = np.where(np.sign(at_open) == np.sign(at_close), np.minimum(np.abs(at_open), np.abs(at_close)), 0.0)
    found = []
    for i in (np.flatnonzero(smaller > MIN_STEP) + 1).tolist():
        usual = usual_range(ranges, i)
        if smaller[i - 1] > MIN_RANGES * usual:  # False if the usual range is NaN
            found.append(_Edge(i, float(at_open[i - 1]), usual))
    return found


def _same_size(first: _Edge, second: _Edge) -> bool:
    apart = abs(first.size + second.size)
    return 1 < second.at - first.at <= MAX_BARS_BETWEEN and apart <= max(AGREE, AGREE_RANGES * min(first.usual, second.usual))


def _repair_block(
    bars: Sequence[ProviderBar], first: _Edge, second: _Edge, findings: list[Finding]
) -> dict[int, ProviderBar | None]:
    """Index -> repaired bar between two edges; None if the bar is quarantined."""
    inside = range(first.at, second.at)
    ratio = _ratio(bars, first, second)
    if ratio is None:
        about = math.exp((abs(first.size) + abs(second.size)) / 2)
        findings += [_finding(bars, i, "quarantined", f"about {about:.3g} times off the prices around it") for i in inside]
        return dict.fromkeys(inside)
    by = 1.0 / ratio if first.size > 0 else float(ratio)
    volume_by = _volume_scale(bars, first, second, by)
    note = f"prices x {by:.6g}" + (f", volume x {volume_by:.6g}" if volume_by != 1.0 else "")
    findings += [_finding(bars, i, "repaired", note) for i in inside]
    return {i: _scaled(bars[i], by, volume_by) for i in inside}


def _ratio(bars: Sequence[ProviderBar], first: _Edge, second: _Edge) -> int | None:
    """The only whole ratio consistent with both edges or, of several, the only one that puts all prices on the grid of the bars
    around; None if there is no single one.
    """
    size = (abs(first.size) + abs(second.size)) / 2
    off = max(RATIO_TOLERANCE, min(first.usual, second.usual))
    low, high = math.ceil(math.exp(size - off)), math.floor(math.exp(size + off))
    candidates = list(range(max(2, low), min(MAX_RATIO, high) + 1))
    around = [*bars[max(0, first.at - LONE_BARS) : first.at], *bars[second.at : second.at + LONE_BARS]]
    grid = max(_decimals(price) for bar in around for price in _prices(bar))
    if len(candidates) > 1 and grid <= MAX_GRID_DECIMALS:
        prices = [price for bar in bars[first.at : second.at] for price in _prices(bar)]
        candidates = [each for each in candidates if _on_grid(prices, 1.0 / each if first.size > 0 else each, grid)]
    return candidates[0] if len(candidates) == 1 else None


def _on_grid(prices: Sequence[float], by: float, decimals: int) -> bool:
    return all(abs(price * by - round(price * by, decimals)) <= 1e-6 * price * by for price in prices)


def _decimals(price: float) -> int:
    """Number of decimals of a price.

    >>> _decimals(69.0), _decimals(61.9), _decimals(100 / 3) > 6
    (0, 1, True)
    """
    _, _, after = f"{price:.12g}".partition(".")
    return len(after)


def _prices(bar: ProviderBar) -> tuple[float, float, float, float]:
    return bar.open, bar.high, bar.low, bar.close


def _volume_scale(bars: Sequence[ProviderBar], first: _Edge, second: _Edge, by: float) -> float:
    """Factor for the volume: 1 / ``by`` if the volume was scaled too, else 1."""
    inside = float(np.median([bar.volume for bar in bars[first.at : second.at]]))
    around = [*bars[max(0, first.at - LONE_BARS) : first.at], *bars[second.at : second.at + LONE_BARS]]
    usual = float(np.median([bar.volume for bar in around]))
    if not inside > 0 or not usual > 0:
        return 1.0
    off = math.log(inside / usual)
    return 1.0 / by if abs(off - math.log(by)) < abs(off) else 1.0


def _turnover_unchanged(bars: Sequence[ProviderBar], edge: _Edge) -> bool:
    """Whether the volume moved against the price by the same ratio, so that turnover is unchanged."""
    before, after = bars[max(0, edge.at - LONE_BARS) : edge.at], bars[edge.at : edge.at + LONE_BARS]
    if abs(edge.size) < LONE_MIN_STEP or min(len(before), len(after)) < LONE_BARS // 2:
        return False
    shares = [float(np.median([bar.volume / bar.split_factor for bar in part])) for part in (before, after)]
    turnover = float(np.median([_turnover(bar) for bar in before]))
    if not min(*shares, turnover, _turnover(after[0])) > 0:
        return False
    return (
        abs(math.log(shares[1] / shares[0]) + edge.size) <= SAME_VOLUME
        and abs(math.log(_turnover(after[0]) / turnover)) <= SAME_MONEY
    )


def _new_side_is_short(bars: Sequence[ProviderBar], edge: _Edge) -> bool:
    """Whether the new side has few bars and the old side many: then the new side is quarantined, else the old one."""
    return len(bars) - edge.at < MAX_NEW_BARS <= edge.at // 3


def _turnover(bar: ProviderBar) -> float:
    return bar.volume * bar.close


def _scaled(bar: ProviderBar, by: float, volume_by: float) -> ProviderBar:
    prices = {name: float(f"{getattr(bar, name) * by:.9g}") for name in ("open", "high", "low", "close")}
    return msgspec.structs.replace(bar, **prices, volume=bar.volume * volume_by)


def _finding(bars: Sequence[ProviderBar], at: int, outcome: Literal["quarantined", "repaired"], note: str) -> Finding:
    return Finding(bars[at], "level", outcome, note, bars[at - 1].close if at else None)
