"""Keltner channels (Keltner, 1960, in the form of Raschke): an EMA of the close, and k average true ranges above and below it.

middle = EMA(N) of the closes; upper, lower = middle +- k x ATR(M), both seeded and smoothed as the kinds ``ema`` and ``atr``;
in the price's own currency. Warm-up: middle from n = N - 1, the bands from n = max(N - 1, M). Parameters: N (ema) and M (atr),
1 to 500 bars; k (width), above 0, at most 100.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.atr import KIND as ATR
from services.analysis.kernels.indicators.atr import atr
from services.analysis.kernels.indicators.ema import KIND as EMA
from services.analysis.kernels.indicators.ema import ema
from services.analysis.kernels.indicators.kind import Bars, Kind, Parameters, State, Values, amount, step


@step
def keltner(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (that of the EMA; that of the ATR). p: (those of the EMA; those of the ATR; k). NaN passes through the sum."""
    (mean,), (middle,) = ema((s[0],), (p[0], p[1], p[2]), bars, t, n)
    (wide,), (range_,) = atr((s[1],), (p[3], p[4], p[5]), bars, t, n)
    half = p[6] * range_
    return (mean, wide), (middle + half, middle, middle - half)


KIND: Final = Kind(
    name="keltner",
    step=keltner,
    state=2,
    parameters=("ema", "atr", "width"),
    columns=tuple(f"keltner_{name}_{{ema}}_{{atr}}_{{width}}" for name in ("upper", "middle", "lower")),
    short=("keltner_upper_20", "keltner_middle_20", "keltner_lower_20"),
    warm_up=lambda ema, atr, _: (max(ema - 1, atr), ema - 1, max(ema - 1, atr)),
    lookback=lambda *_: 1,
    examples=((20.0, 10.0, 2.0), (5.0, 14.0, 1.5)),
    prepare=lambda ema, atr, width: (*EMA.prepare(ema), *ATR.prepare(atr), amount(width, "width")),
)
