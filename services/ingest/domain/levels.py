"""A run of bars at a multiple of the prices around it: no market jumps by a whole ratio overnight and back, a provider does.

An edge is a step, from a close to the next open and the next close, far outside what is usual. Between two edges of opposite sign
and of one size, prices are in other terms: they are repaired where exactly one whole ratio explains them, else left out. A single
edge is a crash or a rally, unless the volume says that it is not: trading explodes on such a day, and where a provider has changed
its terms, price x volume is as it was.
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

from services.ingest.domain.findings import Finding
from services.ingest.domain.ranges import true_ranges, usual_range
from shared.events import ProviderBar

LEAST: Final = math.log(1.8)
RANGES: Final = 8.0
"""An edge is larger than this ratio, and than so many usual ranges."""
LONGEST: Final = 250
"""Bars between two edges."""
AGREE: Final = 0.08
AGREE_RANGES: Final = 3.0
"""The two edges differ by less than this, in logarithms, or by less than so many usual ranges."""
EXACT: Final = 0.03
LARGEST: Final = 1000
"""Whole ratios that are looked at."""
COARSE: Final = 4
"""Prices with at most so many decimals lie on a grid that tells one ratio from another."""
LONE_LEAST: Final = math.log(3.0)
LONE_BARS: Final = 10
"""A single edge is judged by the volume of so many bars on either side, of which half must be there."""
FRESH: Final = 20
"""Fewer bars than this on a new level, after three times as many on the old one, may be an error that is still going on."""
SAME_MONEY: Final = math.log(3.0)
SAME_VOLUME: Final = math.log(2.0)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Edge:
    at: int
    """The first bar on the new level."""
    size: float
    """Step from the close before to the open, adjusted, in logarithms."""
    usual: float


def in_one_level(bars: Sequence[ProviderBar], findings: list[Finding]) -> list[ProviderBar]:
    """The bars without runs on another level; ``findings`` gains what was found. All prices must be above 0."""
    edges = _edges(bars)
    if not edges:
        return list(bars)
    fine: dict[int, ProviderBar | None] = {}
    paired = set[int]()
    for first, second in pairwise(edges):
        if first.at not in paired and _same_size(first, second):
            paired |= {first.at, second.at}
            fine.update(_block(bars, first, second, findings))
    lone = [edge for edge in edges if edge.at not in paired and _moved_no_money(bars, edge)]
    if lone:
        note = f"{math.exp(abs(lone[-1].size)):.3g} times off the prices {'before' if _fresh(bars, lone[-1]) else 'after'} it"
        for i in range(lone[-1].at, len(bars)) if _fresh(bars, lone[-1]) else range(lone[-1].at):
            fine[i] = None
            findings.append(_finding(bars, i, "quarantined", note))
    kept = (fine.get(i, bar) for i, bar in enumerate(bars))
    return [bar for bar in kept if bar is not None]


def _edges(bars: Sequence[ProviderBar]) -> list[_Edge]:
    if len(bars) < 3:
        return []
    closes, ranges = true_ranges(bars)
    opens = np.log(np.array([bar.open * bar.price_factor for bar in bars]))
    at_open, at_close = opens[1:] - closes[:-1], np.diff(closes)
    smaller = np.where(np.sign(at_open) == np.sign(at_close), np.minimum(np.abs(at_open), np.abs(at_close)), 0.0)
    found = []
    for i in (np.flatnonzero(smaller > LEAST) + 1).tolist():
        usual = usual_range(ranges, i)
        if smaller[i - 1] > RANGES * usual:  # not where nobody knows what is usual
            found.append(_Edge(i, float(at_open[i - 1]), usual))
    return found


def _same_size(first: _Edge, second: _Edge) -> bool:
    apart = abs(first.size + second.size)
    return 1 < second.at - first.at <= LONGEST and apart <= max(AGREE, AGREE_RANGES * min(first.usual, second.usual))


def _block(bars: Sequence[ProviderBar], first: _Edge, second: _Edge, findings: list[Finding]) -> dict[int, ProviderBar | None]:
    """The bars between two edges as they are to be used; None where they are not."""
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
    """The one whole ratio that both edges allow and, of several, puts all prices on the grid around; None where it is not one."""
    size = (abs(first.size) + abs(second.size)) / 2
    off = max(EXACT, min(first.usual, second.usual))
    low, high = math.ceil(math.exp(size - off)), math.floor(math.exp(size + off))
    candidates = list(range(max(2, low), min(LARGEST, high) + 1))
    around = [*bars[max(0, first.at - LONE_BARS) : first.at], *bars[second.at : second.at + LONE_BARS]]
    grid = max(_decimals(price) for bar in around for price in _prices(bar))
    if len(candidates) > 1 and grid <= COARSE:
        prices = [price for bar in bars[first.at : second.at] for price in _prices(bar)]
        candidates = [each for each in candidates if _on_grid(prices, 1.0 / each if first.size > 0 else each, grid)]
    return candidates[0] if len(candidates) == 1 else None


def _on_grid(prices: Sequence[float], by: float, decimals: int) -> bool:
    return all(abs(price * by - round(price * by, decimals)) <= 1e-6 * price * by for price in prices)


def _decimals(price: float) -> int:
    """How many decimals a price is written with.

    >>> _decimals(69.0), _decimals(61.9), _decimals(100 / 3) > 6
    (0, 1, True)
    """
    _, _, after = f"{price:.12g}".partition(".")
    return len(after)


def _prices(bar: ProviderBar) -> tuple[float, float, float, float]:
    return bar.open, bar.high, bar.low, bar.close


def _volume_scale(bars: Sequence[ProviderBar], first: _Edge, second: _Edge, by: float) -> float:
    """What the volume is to be multiplied with: in other terms too, or not."""
    inside = float(np.median([bar.volume for bar in bars[first.at : second.at]]))
    around = [*bars[max(0, first.at - LONE_BARS) : first.at], *bars[second.at : second.at + LONE_BARS]]
    usual = float(np.median([bar.volume for bar in around]))
    if not inside > 0 or not usual > 0:
        return 1.0
    off = math.log(inside / usual)
    return 1.0 / by if abs(off - math.log(by)) < abs(off) else 1.0


def _moved_no_money(bars: Sequence[ProviderBar], edge: _Edge) -> bool:
    """Whether the volume moved against the price by as much as the price, and nobody traded more money than before."""
    before, after = bars[max(0, edge.at - LONE_BARS) : edge.at], bars[edge.at : edge.at + LONE_BARS]
    if abs(edge.size) < LONE_LEAST or min(len(before), len(after)) < LONE_BARS // 2:
        return False
    shares = [float(np.median([bar.volume / bar.split_factor for bar in part])) for part in (before, after)]
    money = float(np.median([_money(bar) for bar in before]))
    if not min(*shares, money, _money(after[0])) > 0:
        return False
    return abs(math.log(shares[1] / shares[0]) + edge.size) <= SAME_VOLUME and abs(math.log(_money(after[0]) / money)) <= SAME_MONEY


def _fresh(bars: Sequence[ProviderBar], edge: _Edge) -> bool:
    """Whether the newer side is a few bars after a long past: then it is the one to wait with, else the older one is left out."""
    return len(bars) - edge.at < FRESH <= edge.at // 3


def _money(bar: ProviderBar) -> float:
    return bar.volume * bar.close


def _scaled(bar: ProviderBar, by: float, volume_by: float) -> ProviderBar:
    prices = {name: float(f"{getattr(bar, name) * by:.9g}") for name in ("open", "high", "low", "close")}
    return msgspec.structs.replace(bar, **prices, volume=bar.volume * volume_by)


def _finding(bars: Sequence[ProviderBar], at: int, outcome: Literal["quarantined", "repaired"], note: str) -> Finding:
    return Finding(bars[at], "level", outcome, note, bars[at - 1].close if at else None)
