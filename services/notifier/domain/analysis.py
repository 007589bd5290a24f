"""What the daily bars of an instrument say: trend, indicators, range. Unknown where there are too few bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from services.notifier.domain.charts import ChartBar
from services.notifier.domain.oscillators import Floats, rsi

YEAR: Final = 252
"""Sessions."""
SPANS: Final = (5, 21, 63, 252)
"""Sessions over which a change is shown: a week, a month, a quarter, a year."""
Trend = Literal["up", "down", "mixed"]


@dataclass(frozen=True)
class Facts:
    """Values of the newest bar. Changes and distances are fractions."""

    close: float
    changes: tuple[float | None, ...]
    """Over ``SPANS``."""
    trend: Trend | None
    """Up: the close is above the 50-day average and that above the 200-day one; down: the reverse."""
    rsi: float | None
    """RSI(14)."""
    from_high: float | None
    """Distance from the highest high of a year."""
    from_low: float | None
    volume_ratio: float | None
    """Volume over its mean of the 20 sessions before."""
    volatility: float | None
    """Standard deviation of the daily changes of a quarter, a year's worth of it."""


def facts(bars: Sequence[ChartBar]) -> Facts | None:
    """The facts of adjusted daily bars, oldest first; None without any."""
    if not bars:
        return None
    prices = np.array([(bar.open, bar.high, bar.low, bar.close) for bar in bars], dtype=np.float64)
    volumes = np.array([np.nan if bar.volume is None else bar.volume for bar in bars], dtype=np.float64)
    closes = prices[:, 3]
    year = prices[-YEAR:]
    whole_year = len(prices) >= YEAR
    return Facts(
        close=float(closes[-1]),
        changes=tuple(change(closes, span) for span in SPANS),
        trend=_trend(closes),
        rsi=_known(rsi(prices, (14,))[0][-1]),
        from_high=_known(closes[-1] / year[:, 1].max() - 1) if whole_year else None,
        from_low=_known(closes[-1] / year[:, 2].min() - 1) if whole_year else None,
        volume_ratio=_ratio(volumes),
        volatility=volatility(closes),
    )


def change(closes: Floats, span: int) -> float | None:
    """The change of the close over ``span`` sessions; None where there are fewer, or the first is not positive."""
    if len(closes) <= span or not closes[-1 - span] > 0:
        return None
    return _known(closes[-1] / closes[-1 - span] - 1)


def volatility(closes: Floats) -> float | None:
    """The standard deviation of the daily changes of 63 sessions, times the root of 252."""
    if len(closes) <= 63 or not (closes[-64:] > 0).all():
        return None
    return _known(np.diff(np.log(closes[-64:])).std(ddof=1) * np.sqrt(YEAR))


def correlation(a: Sequence[ChartBar], b: Sequence[ChartBar]) -> tuple[float, int] | None:
    """The correlation of daily changes on common days, and how many there are; None below 30."""
    mine, other = ({bar.ts_event // 86_400_000: bar.close for bar in bars if bar.close > 0} for bars in (a, b))
    days = sorted(mine.keys() & other.keys())
    if len(days) < 31:
        return None
    first, second = (np.diff(np.log([closes[day] for day in days])) for closes in (mine, other))
    if first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1]), len(days) - 1


def _trend(closes: Floats) -> Trend | None:
    if len(closes) < 200:
        return None
    fast, slow, last = closes[-50:].mean(), closes[-200:].mean(), closes[-1]
    return "up" if last > fast > slow else "down" if last < fast < slow else "mixed"


def _ratio(volumes: Floats) -> float | None:
    if len(volumes) < 21 or not volumes[-21:-1].mean() > 0:
        return None
    return _known(volumes[-1] / volumes[-21:-1].mean())


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
