"""Markets whose edge is known: none at all, or one that was planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from services.analysis.kernels import machine_code
from services.analysis.kernels.extremes_52w import context
from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history
from services.analysis.research.adapters.tape_series import tape_series
from services.analysis.research.quality.cells import Instrument
from services.analysis.research.quality.machine_code import load_quality
from services.analysis.research.quality.records import Key
from services.analysis.research.quality.windows import Prices
from services.analysis.research.settings import ResearchSettings
from shared.events import Timeframe
from shared.settings import read_settings

Market = Sequence[Instrument]
FOLDER = read_settings(ResearchSettings).kernels
KERNELS = load_quality(FOLDER)
SIGN = {"up": 1, "down": -1}
RULES = tuple(Key(row, SIGN[way]) for row, each in enumerate(plan().rules) for way in each.rule.directions)
"""All built-in rules and directions."""


def days(count: int, first: str = "2008-01-02") -> Int64s:
    """Business days."""
    return np.busday_offset(first, np.arange(count), roll="forward").astype("datetime64[D]").astype(np.int64)


def walks(seed: int, count: int, instruments: int, shared: float = 0.5) -> Market:
    """Random walks with fat tails and volatility in clusters (GARCH), of which ``shared`` of the variance is common to all."""
    rng = np.random.default_rng([seed, 1])
    returns = 0.0004 + 0.016 * (np.sqrt(shared) * _garch(rng, count, 1) + np.sqrt(1 - shared) * _garch(rng, count, instruments))
    return [_instrument(f"W{n}", days(count), *_bars(each, rng)) for n, each in enumerate(returns)]


def shuffled(seed: int, bars: int, instruments: int) -> Market:
    """Real bars with their dates in another order, the same for all instruments."""
    rng, made = np.random.default_rng([seed, 2]), []
    calendar = np.unique(np.concatenate([days for days, _ in _real().values()]))
    rank = rng.permutation(len(calendar))
    for symbol, (all_days, whole) in list(_real().items())[:instruments]:
        day, b = all_days[-bars:], Bars._make(values[-bars:] for values in whole)
        order = np.argsort(rank[np.searchsorted(calendar, day[1:])])
        opened, high, low, close = ((values[1:] / b.close[:-1])[order] for values in b[:4])
        closes = np.multiply.accumulate(np.concatenate([b.close[:1], close]))
        prices = [
            np.concatenate([values[:1], share * closes[:-1]]) for values, share in zip(b[:3], (opened, high, low), strict=True)
        ]
        made.append(
            _instrument(symbol, day, prices[0], prices[1], prices[2], closes, np.concatenate([b.volume[:1], b.volume[1:][order]]))
        )
    return made


def random_dates(seed: int, bars: int, instruments: int) -> Market:
    """Real bars, with the signals of each date on another date, the same for all instruments."""
    rng, made = np.random.default_rng([seed, 3]), []
    calendar = np.unique(np.concatenate([each.prices.day for each in real()]))
    rank = rng.permutation(len(calendar))
    for each in real()[:instruments]:
        day, fired = each.prices.day[-bars:], each.fired[:, -bars:]
        made.append(
            Instrument(
                each.symbol,
                (),
                Prices._make(values[-bars:] for values in each.prices),
                fired[:, np.argsort(rank[np.searchsorted(calendar, day)])],
            )
        )
    return made


NULLS: dict[str, Callable[[int, int, int], Market]] = {"walks": walks, "shuffled": shuffled, "random dates": random_dates}


def planted(seed: int, count: int, instruments: int, edge: float, horizon: int = 5, often: float = 0.02) -> Market:
    """Walks with one more rule that fires at random on 2 % of the bars; the bars of its window drift up by ``edge`` in all."""
    rng, made = np.random.default_rng([seed, 4]), []
    for each in walks(seed, count, instruments):
        signal = rng.random(count) < often
        after = sum(np.concatenate([np.zeros(k, bool), signal[: count - k]]).astype(float) for k in range(1, horizon + 1))
        rise = np.exp(np.cumsum(np.log1p(edge) / horizon * after))
        before = np.concatenate([[1.0], rise[:-1]])
        prices = Prices(
            each.prices.open * before, each.prices.high * rise, each.prices.low * before, each.prices.close * rise, each.prices.day
        )
        made.append(replace(each, prices=prices, fired=np.concatenate([each.fired, signal[None].astype(np.int8)])))
    return made


PLANTED = Key(len(plan().rules), 1)
"""The planted rule."""


@cache
def real() -> tuple[Instrument, ...]:
    """The rules on the daily tape."""
    return tuple(_instrument(symbol, day, *bars[:5]) for symbol, (day, bars) in _real().items())


@cache
def _real() -> dict[str, tuple[Int64s, Bars]]:
    found = {}
    for series in tape_series("daily", (), Timeframe.D1, ()):
        text = series.session.astype(str)
        day = np.array([f"{each[:4]}-{each[4:6]}-{each[6:]}" for each in text], "datetime64[D]").astype(np.int64)
        b = series.inputs  # one recorded low is above its close
        found[series.symbol] = (day, b._replace(low=np.minimum.reduce(b[:4]), high=np.maximum.reduce(b[:4])))
    return found


def _garch(rng: np.random.Generator, count: int, series: int) -> Floats:
    shocks = rng.standard_t(5, (count, series)) / np.sqrt(5 / 3)
    made, variance = np.empty((count, series)), np.ones(series)
    for t in range(count):
        made[t] = np.sqrt(variance) * shocks[t]
        variance = 0.03 + 0.08 * made[t] ** 2 + 0.89 * variance
    return made.T


def _bars(returns: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    count, usual = len(returns), float(np.std(returns))
    close = 100 * np.exp(np.cumsum(returns))
    opened = np.concatenate([[100.0], close[:-1]]) * np.exp(rng.normal(0, 0.3 * usual, count))
    up, down = np.abs(rng.normal(0, 0.4 * usual, (2, count)))
    volume = np.round(1e6 * np.exp(rng.normal(0, 0.4, count) + 20 * np.abs(returns)))
    return opened, np.maximum(opened, close) * np.exp(up), np.minimum(opened, close) * np.exp(-down), close, volume


def _instrument(symbol: str, day: Int64s, opened: Floats, high: Floats, low: Floats, close: Floats, volume: Floats) -> Instrument:
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    year, number = np.divmod(month.astype(np.int64), 12)
    session = (1970 + year) * 10_000 + (number + 1) * 100 + (day - month.astype("datetime64[D]").astype(np.int64)) + 1
    range_ = context(session, session, high, low)
    fired = history(machine_code.load(FOLDER), plan(), Bars(opened, high, low, close, volume, session, *range_)).fired
    return Instrument(symbol, (), Prices(opened, high, low, close, day), fired)
