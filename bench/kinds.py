"""Every kind of indicator that TA-Lib has too, one by one: ``python -m bench.kinds``.

History is the cost of a bar after the 300th, ours and TA-Lib's, which excludes the cost of the call. An update evaluates the
forming bar: ours for 500 symbols in one call, TA-Lib's by talib.stream over the last 220 bars, talipp's by adding a bar. CPU time,
the best of several runs; the bars are those of ``bench.engine``.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from bench.engine import LENGTH, best_of, load_kernels, series, update_seconds
from bench.result import BenchmarkResult
from services.analysis.kernels.indicators.kind import Bars
from services.analysis.kernels.indicators.table import KINDS
from services.analysis.kernels.plan import plan
from services.analysis.kernels.whole_series import history

HLC: Final = ("high", "low", "close")
SHORT: Final = 300
"""Bars whose cost is taken off, with that of the call."""
MEASURED: Final = 100
"""Series."""


class Peer(NamedTuple):
    """The functions of TA-Lib that make the columns of a kind under its usual parameters, and talipp's class."""

    functions: tuple[str, ...]
    fields: tuple[str, ...] = ("close",)
    parameters: tuple[float, ...] = ()
    talipp: str = ""
    added: tuple[float, ...] | None = None
    """talipp's parameters, where they differ."""


PEERS: Final = {
    "sma": Peer(("SMA",), parameters=(20,), talipp="SMA"),
    "ema": Peer(("EMA",), parameters=(12,), talipp="EMA"),
    "wma": Peer(("WMA",), parameters=(20,), talipp="WMA"),
    "tema": Peer(("DEMA", "TEMA"), parameters=(20,), talipp="TEMA"),
    "kama": Peer(("KAMA",), parameters=(10,), talipp="KAMA", added=(10, 2, 30)),
    "rsi": Peer(("RSI",), parameters=(14,), talipp="RSI"),
    "cmo": Peer(("CMO",), parameters=(14,)),
    "macd": Peer(("MACD",), parameters=(12, 26, 9), talipp="MACD"),
    "trix": Peer(("TRIX",), parameters=(15,), talipp="TRIX"),
    "roc": Peer(("ROC",), parameters=(10,), talipp="ROC"),
    "momentum": Peer(("MOM",), parameters=(10,)),
    "bollinger": Peer(("BBANDS",), parameters=(20, 2.0, 2.0), talipp="BB", added=(20, 2)),
    "atr": Peer(("ATR",), HLC, (14,), "ATR"),
    "adx": Peer(("ADX", "PLUS_DI", "MINUS_DI"), HLC, (14,), "ADX", (14, 14)),
    "stochastic": Peer(("STOCH",), HLC, (14, 3, 0, 3, 0), "Stoch", (14, 3)),
    "williams_r": Peer(("WILLR",), HLC, (14,), "Williams"),
    "cci": Peer(("CCI",), HLC, (20,), "CCI"),
    "ultimate": Peer(("ULTOSC",), HLC, (7, 14, 28), "UO", (7, 14, 28)),
    "aroon": Peer(("AROON", "AROONOSC"), ("high", "low"), (14,), "Aroon"),
    "sar": Peer(("SAR",), ("high", "low"), (0.02, 0.2), "ParabolicSAR", (0.02, 0.02, 0.2)),
    "mfi": Peer(("MFI",), (*HLC, "volume"), (14,)),
    "obv": Peer(("OBV",), ("close", "volume"), (), "OBV"),
    "accumulation": Peer(("AD",), (*HLC, "volume"), (), "AccuDist"),
    "chaikin": Peer(("ADOSC",), (*HLC, "volume"), (3, 10), "ChaikinOsc"),
    "candlesticks": Peer(
        ("CDLENGULFING", "CDLHAMMER", "CDLSHOOTINGSTAR", "CDLMORNINGSTAR", "CDLEVENINGSTAR", "CDLDOJI"), ("open", *HLC)
    ),
}
"""Kinds whose columns TA-Lib has; those that are made of others' (Keltner, Ichimoku) it lacks."""


def rows() -> list[BenchmarkResult]:
    """One row a kind."""
    np.ones(2_000_000)  # once this is freed, malloc keeps what is freed: no page is fetched again within a measurement
    bars, found = series(), {kind.name: kind for kind in KINDS}
    return [_row(name, found[name].examples[0], peer, bars) for name, peer in PEERS.items()]


def _row(name: str, example: tuple[float, ...], peer: Peer, bars: list[Bars]) -> BenchmarkResult:
    import talib  # only the benchmark's environment has it

    loops, columns_plan = load_kernels(), plan([(name, example)], [])
    history(loops, columns_plan, bars[0])
    finstage_ns = _bar(bars, lambda each: history(loops, columns_plan, each))
    talib_ns = _bar(bars, lambda each: _call(talib, peer, each))
    update = update_seconds(loops, columns_plan, bars, commit=False) * 1e6
    last = Bars._make(values[180:400].copy() for values in bars[0])
    stream = importlib.import_module("talib.stream")

    def peeks() -> None:
        for _ in range(200):
            _call(stream, peer, last)

    peek = best_of(peeks) / 200 * 1e6
    cells, ratios = (
        [f"{talib_ns:.1f} ns; talib.stream {peek:.2f} us"],
        [f"**{finstage_ns / talib_ns:.2f}**", f"{update / peek:.4f}"],
    )
    if peer.talipp and importlib.util.find_spec("talipp") is not None:
        added = _talipp(peer, bars[0]) * 1e6
        cells.append(f"talipp {added:.2f} us")
        ratios.append(f"{update / added:.4f}")
    shown = f"{name} {', '.join(f'{value:g}' for value in example)}".strip()
    return BenchmarkResult(
        f"{shown} ({', '.join(peer.functions)})", f"{finstage_ns:.1f} ns; {update:.3f} us", ", ".join(cells), " / ".join(ratios), ""
    )


def _bar(bars: list[Bars], call: Callable[[Bars], Any]) -> float:
    """Nanoseconds of CPU of a bar."""
    whole = bars[:MEASURED]
    few = [Bars._make(values[:SHORT] for values in each) for each in whole]
    seconds = best_of(lambda: [call(each) for each in whole], runs=9) - best_of(lambda: [call(each) for each in few], runs=9)
    return seconds * 1e9 / len(whole) / (LENGTH - SHORT)


def _call(module: Any, peer: Peer, bars: Bars) -> None:
    for name in peer.functions:
        getattr(module, name)(*(getattr(bars, field) for field in peer.fields), *peer.parameters)


def _talipp(peer: Peer, bars: Bars) -> float:
    """Seconds of CPU to add a bar."""
    from talipp import indicators  # not in every environment
    from talipp.ohlcv import OHLCV

    one = getattr(indicators, peer.talipp)(*(peer.parameters if peer.added is None else peer.added))
    values: list[Any] = bars.close.tolist()
    if peer.fields != ("close",):
        values = [OHLCV(*row) for row in zip(*(field.tolist() for field in bars[:5]), strict=True)]

    def add(first: int, last: int) -> None:
        for value in values[first:last]:
            one.add(value)

    add(0, 400)
    work: Callable[[], None] = lambda: add(400, 1400)  # noqa: E731
    return best_of(work, runs=1) / 1000


if __name__ == "__main__":
    for row in rows():
        print(row)  # noqa: T201 - its purpose
