"""Series of bars to try kernels on: real ones from the bundled tapes, made ones that are hostile, and drawn ones."""

from __future__ import annotations

from functools import cache

import numpy as np
from hypothesis import strategies as st

from services.analysis.kernels.indicators.kind import Bars, Floats, Int64s
from services.ingest.adapters.instruments import read_universe
from services.ingest.adapters.tapes import read_tape
from services.ingest.settings import IngestSettings

DAY = 86_400_000
LENGTH = 700


def bars_of(close: Floats, volume: Floats, per_session: int = 7, wide: float = 0.01) -> Bars:
    """Bars around the given closes: opened at the close before, ``wide`` beyond both."""
    opened = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(opened, close) * (1 + wide), np.minimum(opened, close) * (1 - wide)
    return with_year(opened, high, low, close, volume, 20200301 + np.arange(len(close), dtype=np.int64) // per_session)


def with_year(opened: Floats, high: Floats, low: Floats, close: Floats, volume: Floats, session: Int64s, *, year: int = 60) -> Bars:
    """Bars with a context of ``year`` sessions instead of 252: enough of every sample has one."""
    new = np.diff(session, prepend=-1) != 0
    first, day = np.flatnonzero(new), np.cumsum(new) - 1
    top, bottom = np.maximum.reduceat(high, first), np.minimum.reduceat(low, first)
    known = [(top[d - year : d].max(), bottom[d - year : d].min()) if d >= year else (np.nan, np.nan) for d in range(len(first))]
    context = np.array(known)[day]
    return Bars(opened, high, low, close, volume, session, context[:, 0].copy(), context[:, 1].copy())


@cache
def real() -> dict[str, Bars]:
    """Daily bars of years and one-second bars of a day, as recorded."""
    universe = read_universe(IngestSettings().universe)
    found = {}
    for tape in ("daily", "seconds"):
        for recording in read_tape(IngestSettings().tapes, tape, universe).recordings[:3]:
            b, last = recording.bars, 3000
            days = (b.start // DAY)[:last].astype("datetime64[D]").astype(str)
            day = np.array([int(each.replace("-", "")) for each in days], np.int64)
            found[f"{recording.symbol} {recording.resolution}"] = with_year(
                b.open[:last], b.high[:last], b.low[:last], b.close[:last], b.volume[:last], day
            )
    return found


@cache
def hostile() -> dict[str, Bars]:
    """What breaks careless arithmetic: no move, no volume, huge and tiny prices, one spike, a staircase, jumps over magnitudes."""
    rng = np.random.default_rng(7)
    walk = np.exp(np.cumsum(rng.normal(0, 0.02, LENGTH)))
    volume = rng.integers(1, 10**6, LENGTH).astype(float)
    flat, nothing = np.full(LENGTH, 100.0), np.zeros(LENGTH)
    halted = np.where(np.arange(LENGTH) < 100, 50 * walk, 50 * walk[100])
    spike = np.where(np.arange(LENGTH) == 300, 1e8, flat)
    stairs = 100.0 + (np.arange(LENGTH) // 10).astype(float)
    at = np.arange(LENGTH)
    rally = np.where(
        at < 60, 100 * 1.01 ** np.minimum(at, 60), np.where(at < 400, 100 * 1.01**60, 100 * 1.01**60 * walk / walk[400])
    )
    return {
        "flat": bars_of(flat, volume, wide=0.0),
        "flat for ever after": bars_of(halted, volume, wide=0.0),
        "locked after a rally, then moving": bars_of(rally, volume, wide=0.0),
        "never moved, then moving": bars_of(np.where(at < 150, 100.0, 100 * walk / walk[150]), volume, wide=0.0),
        "still, then moving, again and again": bars_of(100 * walk[at // 60 * 60 + np.maximum(at % 60 - 40, 0)], volume, wide=0.0),
        "no volume": bars_of(100 * walk, nothing),
        "volume comes and goes": bars_of(100 * walk, np.where(at // 50 % 2 == 1, volume, 0.0)),
        "huge": bars_of(1e8 * walk, 1e12 * volume),
        "tiny": bars_of(1e-6 * walk, 1e-6 * volume),
        "large price, tiny moves": bars_of(1e6 + rng.integers(-1, 2, LENGTH).astype(float), volume, wide=0.0),
        "one spike": bars_of(spike, volume, wide=0.0),
        "stairs up": bars_of(stairs, volume, wide=0.0),
        "stairs down": bars_of(stairs[::-1].copy(), volume, wide=0.0),
        "volume over magnitudes": bars_of(100 * walk, np.where(np.arange(LENGTH) < 300, 1e12, 1.0)),
        "one bar": bars_of(flat[:1], volume[:1]),
        "a session a bar": bars_of(100 * walk, volume, per_session=1),
        "wild": bars_of(100 * np.exp(np.cumsum(rng.normal(0, 0.1, LENGTH))), volume, wide=0.05),
    }


WRONG = (np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, 1e308, -1e308, 5e-324, 1e-300, 1e9)


def wrong(seed: int) -> Bars:
    """Bars that the engine refuses: fields that are no numbers, infinite, 0, below 0 or enormous; lows above highs."""
    rng, n = np.random.default_rng([seed, 17]), 300
    bars = bars_of(100 * np.exp(np.cumsum(rng.normal(0, 0.02, n))), rng.integers(0, 10**6, n).astype(float), wide=0.01)
    fields = [np.where(rng.random(n) < rng.choice([0.0, 0.02, 0.5]), rng.choice(WRONG, n), values) for values in bars[:5]]
    turned = rng.random(n) < rng.choice([0.0, 0.1, 1.0])
    opened, high, low, close, volume = fields
    high, low = np.where(turned, low, high), np.where(turned, high, low)
    year = [np.where(rng.random(n) < 0.1, rng.choice(WRONG, n), values) for values in (high, low)]
    session = bars.session * (rng.choice([1, -1, 2**40], n) if seed % 3 == 0 else 1)
    return Bars(opened, high, low, close, volume, session, *year)


@cache
def ragged() -> Bars:
    """Every bar opens away from the close before, with shadows of all lengths: candlesticks of every shape."""
    rng, n = np.random.default_rng(17), 2500
    opened = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    close = opened * np.exp(rng.normal(0, 0.012, n) * (rng.random(n) < 0.7))
    high = np.maximum(opened, close) * np.exp(rng.exponential(0.006, n) * (rng.random(n) < 0.6))
    low = np.minimum(opened, close) * np.exp(-rng.exponential(0.006, n) * (rng.random(n) < 0.6))
    session = 20240101 + np.arange(n, dtype=np.int64) // 3
    return with_year(opened, high, low, close, 1000 * np.exp(rng.normal(0, 0.7, n)), session, year=252)


@st.composite
def drawn(draw: st.DrawFn) -> Bars:
    """Up to 320 bars of ticks of a grid, often equal to the one before: ties are where implementations differ."""
    moves = draw(st.lists(st.sampled_from([0, 0, 0, 1, -1, 2, -3, 10, -10]), min_size=1, max_size=320))
    close = np.maximum(1.0, 50.0 + np.cumsum(np.array(moves, float)))
    volume = np.array(draw(st.lists(st.sampled_from([0.0, 1.0, 100.0, 1e9]), min_size=len(moves), max_size=len(moves))))
    return bars_of(close, volume, draw(st.sampled_from([1, 3, 50])), draw(st.sampled_from([0.0, 0.01])))
