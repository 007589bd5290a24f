"""Random walks of instruments in Seoul and New York, as series."""

from __future__ import annotations

import numpy as np

from services.analysis.research.domain.research_series import SERIES_RECORD, ResearchSeries
from shared.events import Timeframe

HOUR = 3_600_000
PLACES = (("AAA", "NYSE", 21), ("BBB", "NYSE", 21), ("CCC", "KRX", 7))
"""Symbol, exchange, hour of the close in UTC."""


def walk(symbol: str, exchange: str, hour: int, bars: int, seed: int) -> ResearchSeries:
    random = np.random.default_rng((seed, *symbol.encode()))
    found = np.zeros(bars, SERIES_RECORD)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.02, bars)))
    found["open"], found["close"] = close * np.exp(random.normal(0.0, 0.005, bars)), close
    found["high"] = np.maximum(found["open"], close) * (1.0 + 0.01 * random.random(bars))
    found["low"] = np.minimum(found["open"], close) * (1.0 - 0.01 * random.random(bars))
    found["volume"] = random.integers(1_000, 9_000, bars)
    days = np.busday_offset("2019-01-01", np.arange(bars), roll="forward")
    found["session"] = [int(str(day).replace("-", "")) for day in days]
    found["ts_close"] = days.astype("datetime64[ms]").astype(np.int64) + hour * HOUR
    found["ts_open"] = found["ts_close"] - 6 * HOUR
    found["price_factor"] = found["split_factor"] = 1.0
    return ResearchSeries(symbol, "stock", exchange, Timeframe.D1, {Timeframe.D1: found}, ("chips",))


def market(bars: int, seed: int = 1) -> dict[str, ResearchSeries]:
    return {symbol: walk(symbol, exchange, hour, bars, seed) for symbol, exchange, hour in PLACES}


def changed(series: ResearchSeries, records: np.ndarray) -> ResearchSeries:
    return ResearchSeries(series.symbol, series.kind, series.exchange, series.timeframe, {Timeframe.D1: records}, series.industries)
