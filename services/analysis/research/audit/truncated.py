"""Series that end at an earlier bar, and what is recomputed on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from services.analysis.kernels.indicators.kind import Bars
from services.analysis.research.audit.difference import Difference, compared
from services.analysis.research.domain.firings import Firings
from services.analysis.research.domain.known_market import KnownMarket
from services.analysis.research.domain.research_series import ResearchSeries

Places = npt.NDArray[np.intp]
Computed = Callable[[ResearchSeries], Firings]
"""What a signal says of each bar of a series: (bars,)."""


def audited_places(fired: npt.NDArray[np.bool_], count: int, seed: int) -> Places:
    """The bars on which anything fired, and ``count`` random ones, or all if there are not more; ascending.

    ``fired`` (bars,). The same seed gives the same bars.
    """
    bars = len(fired)
    drawn = np.random.default_rng(seed).permutation(bars)[:count]
    return np.union1d(np.flatnonzero(fired), drawn).astype(np.intp)


def prefix_differences(
    name: str, compute: Computed, series: ResearchSeries, count: int, seed: int, step: Callable[[], None] = lambda: None
) -> Iterator[Difference]:
    """Recomputes a signal on series that end at each audited place, and compares all of their bars with the whole series.

    A bar is reported once, by the shortest series that says something else. ``step`` is called after each series.
    """
    whole, reported = compute(series), np.zeros(len(series), np.bool_)
    for place in audited_places(whole != 0, count, seed).tolist():
        known = compute(as_known(series, place))
        new = (known != whole[: place + 1]) & ~reported[: place + 1]
        if new.any():
            reported[: place + 1] |= new
            yield from compared([name], series, np.where(new, known, whole[: place + 1])[None], whole[None, : place + 1])
        step()


def input_differences(
    series: ResearchSeries, places: Iterable[int], step: Callable[[], None] = lambda: None
) -> Iterator[Difference]:
    """Whether the inputs of indicators (adjusted prices, 52-week context) of bars that were known depend on later bars."""
    names = [f"input {name}" for name in Bars._fields]
    whole = np.array(series.inputs)
    for place in places:
        known = np.array(series.until(int(place)).inputs)
        yield from compared(names, series, known[:, place:], whole[:, place : place + 1], int(place))
        step()


def as_known(series: ResearchSeries, place: int) -> ResearchSeries:
    """A series as it was when bar ``place`` closed: without later bars, and with the factors of dividends and splits of that time.

    Dividends and splits that come later change all adjusted prices before them: a signal that compares one with a fixed number
    reads the future.
    """
    return _based_on(series.until(place), series.raw[place])


def market_until(market: KnownMarket, moment: int) -> KnownMarket:
    """What was known of the market at a moment (milliseconds since the epoch). The sessions of exchanges are known in advance."""
    known = {symbol: each.between(None, moment) for symbol, each in market.others.items()}
    others = {symbol: _based_on(each, each.raw[-1]) if len(each) else each for symbol, each in known.items()}
    return replace(market, others=others, groups=market.groups and market.groups.until(moment))


def _based_on(series: ResearchSeries, bar: np.void) -> ResearchSeries:
    """The series with factors relative to those of a bar."""
    if bar["price_factor"] == bar["split_factor"] == 1.0:
        return series
    bars = {timeframe: records.copy() for timeframe, records in series.bars.items()}
    for records in bars.values():
        for name in ("price_factor", "split_factor"):
            records[name] /= bar[name]
    return replace(series, bars=bars)
