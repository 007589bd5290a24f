"""Indicators over history and one update at a time, beside TA-Lib, pandas and talipp: ``python -m bench.engine``.

Work in one thread is measured in CPU time, which a busy machine hardly changes; two threads in wall time, the best of several
runs. All use the same bars, generated from a seed. A peer that is not installed is reported as such.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np

from bench.result import BenchmarkResult
from services.analysis.kernels import machine_code
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.plan import INDICATORS, Plan, plan
from services.analysis.kernels.signatures import BarIndexes, SeriesMemory, SeriesRows
from services.analysis.kernels.whole_series import history
from services.analysis.live.domain.layout import CLOSED

T = TypeVar("T")

SYMBOLS: Final = 500
LENGTH: Final = 2520
WINDOW: Final = 640
COLUMNS: Final = 20
TALIB_SPECS: Final = [
    spec for spec in INDICATORS if spec[0] not in ("session", "year", "all_time", "candlesticks", "bandwidth_low")
]
"""The indicators of the default plan that TA-Lib has too: 20 columns (and our bandwidth)."""


def series(symbols: int = SYMBOLS) -> list[Bars]:
    """Random daily bars of symbols that do not exist."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(symbols):
        close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, LENGTH)))
        opened = close * (1 + rng.normal(0, 0.005, LENGTH))
        high = np.maximum(opened, close) * (1 + abs(rng.normal(0, 0.005, LENGTH)))
        low = np.minimum(opened, close) * (1 - abs(rng.normal(0, 0.005, LENGTH)))
        found.append(Bars(opened, high, low, close, rng.integers(1, 10**6, LENGTH).astype(float), np.arange(LENGTH), high, low))
    return found


def best_of(work: Callable[[], object], clock: Callable[[], float] = time.process_time, runs: int = 5) -> float:
    """Seconds of the quickest of some runs."""
    times = []
    for _ in range(runs):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def for_all(bars: list[Bars], columns: Callable[[Bars], None]) -> Callable[[], None]:
    """The work of one function on all symbols."""

    def work() -> None:
        for b in bars:
            columns(b)

    return work


def talib_columns(b: Bars) -> None:
    """The 20 columns by TA-Lib."""
    import talib

    for n in (20, 50, 200):
        talib.SMA(b.close, n)
    for n in (12, 26):
        talib.EMA(b.close, n)
    talib.RSI(b.close, 14)
    talib.MACD(b.close, 12, 26, 9)
    talib.BBANDS(b.close, 20, 2, 2)
    talib.ATR(b.high, b.low, b.close, 14)
    talib.STOCH(b.high, b.low, b.close, 14, 3, slowd_period=3)
    talib.OBV(b.close, b.volume)
    talib.ADX(b.high, b.low, b.close, 14)
    talib.PLUS_DI(b.high, b.low, b.close, 14)
    talib.MINUS_DI(b.high, b.low, b.close, 14)
    talib.SMA(b.volume, 20)


def pandas_columns(b: Bars) -> None:
    """17 of the columns (without ADX and DI) by pandas, as they are usually written; its Wilder means start with other values."""
    import pandas as pd

    close, high, low, volume = pd.Series(b.close), pd.Series(b.high), pd.Series(b.low), pd.Series(b.volume)
    for n in (20, 50, 200):
        close.rolling(n).mean()
    fast, slow = (close.ewm(span=n, adjust=False).mean() for n in (12, 26))
    move = close.diff()
    gain, loss = (part.ewm(alpha=1 / 14, adjust=False).mean() for part in (move.clip(lower=0), -move.clip(upper=0)))
    100 * gain / (gain + loss)
    line = fast - slow
    line - line.ewm(span=9, adjust=False).mean()
    middle, half = close.rolling(20).mean(), 2 * close.rolling(20).std(ddof=0)
    middle + half, middle - half
    # a Series at run time, though numpy's types say array
    wide = cast("pd.Series[float]", np.maximum(high - low, np.maximum((high - close.shift()).abs(), (low - close.shift()).abs())))
    wide.ewm(alpha=1 / 14, adjust=False).mean()
    lowest, highest = low.rolling(14).min(), high.rolling(14).max()
    (100 * (close - lowest) / (highest - lowest)).rolling(3).mean().rolling(3).mean()
    (np.sign(move) * volume).cumsum()
    volume.rolling(20).mean()


def polars_columns(b: Bars) -> None:
    """The same 17 by polars, in one lazy query of a symbol."""
    import polars as pl

    close, high, low, volume = (pl.col(name) for name in ("close", "high", "low", "volume"))
    move = close.diff()
    gain, loss = (part.ewm_mean(alpha=1 / 14, adjust=False) for part in (move.clip(lower_bound=0), -move.clip(upper_bound=0)))
    fast, slow = (close.ewm_mean(span=n, adjust=False) for n in (12, 26))
    middle, half = close.rolling_mean(20), 2 * close.rolling_std(20, ddof=0)
    wide = pl.max_horizontal(high - low, (high - close.shift()).abs(), (low - close.shift()).abs())
    lowest, highest = low.rolling_min(14), high.rolling_max(14)
    slowed = (100 * (close - lowest) / (highest - lowest)).rolling_mean(3)
    columns = {f"sma_{n}": close.rolling_mean(n) for n in (20, 50, 200)} | {
        "ema_12": fast,
        "ema_26": slow,
        "rsi": 100 * gain / (gain + loss),
        "macd": fast - slow,
        "macd_signal": (fast - slow).ewm_mean(span=9, adjust=False),
        "upper": middle + half,
        "middle": middle,
        "lower": middle - half,
        "atr": wide.ewm_mean(alpha=1 / 14, adjust=False),
        "stoch_k": slowed,
        "stoch_d": slowed.rolling_mean(3),
        "obv": (move.sign() * volume).cum_sum(),
        "volume_sma": volume.rolling_mean(20),
    }
    frame = pl.DataFrame({"close": b.close, "high": b.high, "low": b.low, "volume": b.volume})
    frame.lazy().select(**columns).collect()


def vectorbt_columns(bars: list[Bars]) -> None:
    """The same 17 by vectorbt, all symbols in one wide array as it likes them."""
    import vectorbt as vbt

    close, high, low, volume = (np.array([getattr(b, name) for b in bars]).T for name in ("close", "high", "low", "volume"))
    for n in (20, 50, 200):
        _ = vbt.MA.run(close, n).ma
    for n in (12, 26):
        _ = vbt.MA.run(close, n, ewm=True).ma
    _ = vbt.RSI.run(close, 14).rsi
    lines = vbt.MACD.run(close, 12, 26, 9)
    _ = lines.macd, lines.signal
    bands = vbt.BBANDS.run(close, 20)
    _ = bands.upper, bands.middle, bands.lower
    _ = vbt.ATR.run(high, low, close, 14).atr
    stochastic = vbt.STOCH.run(high, low, close, 14, 3)
    _ = stochastic.percent_k, stochastic.percent_d
    _ = vbt.OBV.run(close, volume).obv
    _ = vbt.MA.run(volume, 20).ma


def threaded_peers(bars: list[Bars], ours_seconds: float) -> BenchmarkResult:
    """Peers by the clock, since they use threads of their own."""
    work: dict[str, Callable[[], None]] = {
        "polars": for_all(bars[:50], polars_columns),
        "vectorbt": lambda: vectorbt_columns(bars[:50]),
    }
    cells, ratios = [], []
    for name, run in work.items():
        if importlib.util.find_spec(name) is None:
            cells.append(f"{name} not installed")
            continue
        run()
        seconds = best_of(run, time.perf_counter, runs=3) * len(bars) / 50
        cells.append(f"{name} {seconds * 1e3:.0f} ms")
        ratios.append(f"{ours_seconds / seconds:.2f} x {name}")
    return BenchmarkResult(
        "the same beside peers with threads of their own (17 of the columns, by the clock, 50 symbols scaled to 500)",
        f"{ours_seconds * 1e3:.0f} ms for all columns",
        ", ".join(cells),
        ", ".join(ratios),
        "",
    )


def in_threads(work: Callable[[list[T]], None], items: list[T], threads: int) -> None:
    """Do ``work`` in so many threads, an equal share of the items in each: a task for each item costs more than a short series."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, [items[first::threads] for first in range(threads)]))


def compute_columns(loops: Any, columns_plan: Plan, bars: list[Bars], threads: int) -> None:
    """Compute all columns of all symbols; as with TA-Lib, the results are discarded."""

    def some(share: list[Bars]) -> None:
        for each in share:
            history(loops, columns_plan, each)

    in_threads(some, bars, threads)


def history_results(loops: Any, columns_plan: Plan, bars: list[Bars]) -> list[BenchmarkResult]:
    """All columns over all symbols."""
    compute_columns(loops, columns_plan, bars[:2], 1)
    talib_wall = best_of(for_all(bars, talib_columns), time.perf_counter)
    two = best_of(lambda: compute_columns(loops, columns_plan, bars, 2), time.perf_counter)
    peer = best_of(for_all(bars, talib_columns))
    one = best_of(lambda: compute_columns(loops, columns_plan, bars, 1))
    few = bars[:20]
    frames = best_of(for_all(few, pandas_columns), runs=2) * len(bars) / len(few)
    cell = 1e9 / len(bars) / LENGTH
    work = f"{COLUMNS} indicator columns, {SYMBOLS} symbols x {LENGTH} bars"
    return [
        BenchmarkResult(
            f"{work}, two threads",
            f"{two * 1e3:.0f} ms by the clock",
            f"TA-Lib (one thread) {talib_wall * 1e3:.0f} ms",
            f"{two / talib_wall:.2f} x TA-Lib",
            "<= 0.30 x TA-Lib",
        ),
        BenchmarkResult(
            f"{work}, one thread",
            f"{one * cell:.0f} ns CPU a bar",
            f"TA-Lib {peer * cell:.0f}, pandas by symbol (17 of them) {frames * cell:,.0f} ns",
            f"{one / peer:.2f} x TA-Lib, {one / frames:.3f} x pandas",
            "",
        ),
        threaded_peers(bars, two),
    ]


def update_seconds(loops: Any, columns_plan: Plan, bars: list[Bars], *, commit: bool) -> float:
    """Seconds of CPU an update, round-robin over all symbols in one call: a peek at the forming bar, or the close of a bar."""
    windows = Bars._make(np.array([values[:WINDOW] for values in field])[:, None, :] for field in zip(*bars, strict=True))
    n = len(bars)
    closed, kinds = np.zeros(n, CLOSED), np.full(n, 2)
    closed["row"] = np.arange(n)
    places = BarIndexes(*(np.ascontiguousarray(closed[name]) for name in ("row", "timeframe", "at")))
    shape, rules = (n, len(columns_plan.columns)), len(columns_plan.rules)
    memory = SeriesMemory(
        np.zeros((n, 1, columns_plan.state_width)), np.full((n, 1, shape[1]), np.nan), np.zeros((n, 1, rules), np.uint8)
    )
    out = SeriesRows(np.empty(shape), np.empty(shape), np.zeros((n, rules), np.int64))

    def close(first: int, last: int) -> None:
        for t in range(first, last):
            closed["at"] = t
            loops.core.advance_closed_bars(columns_plan.arrays, windows, closed, kinds, memory, columns_plan.runs, out)

    def peeks() -> None:
        for _ in range(40):
            loops.core.peek_bars(columns_plan.arrays, windows, places._replace(at=places.at + 400), memory.states, out.values)

    def closes() -> None:
        close(400, 440)

    close(0, 400)

    return (best_of(closes, runs=1) if commit else best_of(peeks, runs=9)) / 40 / n


def single_update_seconds(loops: Any, columns_plan: Plan, bars: Bars) -> float:
    """Seconds of CPU of one call for one update."""
    window = Bars._make(values[:WINDOW] for values in bars)
    state, row, none = (
        np.zeros(columns_plan.state_width),
        np.empty(len(columns_plan.columns)),
        (np.zeros(0, np.uint8), np.zeros(0, np.int64)),
    )
    for t in range(400):
        loops.core.advance(columns_plan.arrays, window, t, state, True, row, row, *none)

    def calls() -> None:
        for _ in range(2000):
            loops.core.advance(columns_plan.arrays, window, 400, state, False, row, row, *none)

    return best_of(calls, runs=9) / 2000


def talib_stream(bars: Bars) -> float:
    """Seconds of CPU for the same values by talib.stream, over a window of 220 bars."""
    from talib import stream

    h, l, c, v = (values[180:400].copy() for values in (bars.high, bars.low, bars.close, bars.volume))  # noqa: E741 - its names

    def calls() -> None:
        for _ in range(200):
            for n in (20, 50, 200):
                stream.SMA(c, n)
            stream.EMA(c, 12), stream.EMA(c, 26), stream.RSI(c, 14)
            stream.MACD(c, 12, 26, 9)
            stream.BBANDS(c, 20, 2, 2)
            stream.ATR(h, l, c, 14)
            stream.STOCH(h, l, c, 14, 3, 0, 3, 0)
            stream.OBV(c, v)
            stream.ADX(h, l, c, 14), stream.PLUS_DI(h, l, c, 14), stream.MINUS_DI(h, l, c, 14)
            stream.SMA(v, 20)

    return best_of(calls) / 200


def talipp(bars: Bars) -> float:
    """Seconds of CPU for the same values by talipp, which adds one bar at a time."""
    from talipp import indicators as t
    from talipp.ohlcv import OHLCV

    closes = [t.SMA(20), t.SMA(50), t.SMA(200), t.EMA(12), t.EMA(26), t.RSI(14), t.MACD(12, 26, 9), t.BB(20, 2)]
    volumes, whole = t.SMA(20), [t.ATR(14), t.Stoch(14, 3), t.OBV(), t.ADX(14, 14)]
    rows = list(zip(*(values.tolist() for values in bars[:5]), strict=True))

    def add(first: int, last: int) -> None:
        for o, h, l, c, v in rows[first:last]:  # noqa: E741 - its names
            for each in closes:
                each.add(c)
            for each in whole:
                each.add(OHLCV(o, h, l, c, v))
            volumes.add(v)

    add(0, 400)
    return best_of(lambda: add(400, 900), runs=1) / 500


def compared_with(module: str, name: str, measure: Callable[[], float], finstage_seconds: float) -> tuple[str, str]:
    """The table cell of the peer, and the ratio of our time to the peer's."""
    if importlib.util.find_spec(module) is None:
        return f"{name}: not installed", ""
    seconds = measure()
    return f"{name} {seconds * 1e6:.1f} us", f"{finstage_seconds / seconds:.4f} x {name}"


def update_results(loops: Any, columns_plan: Plan, bars: list[Bars]) -> list[BenchmarkResult]:
    """One update of all columns."""
    finstage_seconds, single_seconds = (
        update_seconds(loops, columns_plan, bars, commit=False),
        single_update_seconds(loops, columns_plan, bars[0]),
    )
    whole = plan()
    everything, closing = (update_seconds(loops, whole, bars, commit=commit) for commit in (False, True))
    peers, ratios = zip(
        compared_with("talib", "talib.stream", lambda: talib_stream(bars[0]), finstage_seconds),
        compared_with("talipp", "talipp", lambda: talipp(bars[0]), finstage_seconds),
        strict=True,
    )
    work = "one update of"
    return [
        BenchmarkResult(
            f"{work} {COLUMNS} columns, round-robin over {SYMBOLS} symbols, batches of {SYMBOLS}",
            f"{finstage_seconds * 1e6:.3f} us",
            ", ".join(peers),
            ", ".join(ratio for ratio in ratios if ratio),
            "<= 0.20 us",
        ),
        BenchmarkResult(
            f"{work} {COLUMNS} columns, a call of its own", f"{single_seconds * 1e6:.2f} us", ", ".join(peers), "", "<= 3.5 us"
        ),
        BenchmarkResult(
            f"{work} all {len(whole.columns)} columns, batches of {SYMBOLS}", f"{everything * 1e6:.3f} us", "none", "", ""
        ),
        BenchmarkResult(
            f"a closed bar: {len(whole.columns)} columns and {len(whole.rules)} rules, batches of {SYMBOLS}",
            f"{closing * 1e6:.3f} us",
            "none",
            "",
            "",
        ),
    ]


def load_kernels() -> Any:
    """The compiled loops."""
    return machine_code.load(Path(".cache/kernels"))


def rows() -> list[BenchmarkResult]:
    """All comparisons of the engine."""
    loops, columns_plan, bars = load_kernels(), plan(TALIB_SPECS, []), series()
    return [*history_results(loops, columns_plan, bars), *update_results(loops, columns_plan, bars)]


if __name__ == "__main__":
    for row in rows():
        print(row)  # noqa: T201 - its purpose
