"""Stochastic RSI (Chande and Kroll, The New Technical Trader, 1994): the place of the RSI among its last M values, 0 to 100.

raw = 100 x (rsi - lowest) / (highest - lowest) over the last M values of the RSI of N, this one included; k = mean of the last
``slowing`` raw; d = mean of the last ``signal`` k. A raw is NaN where one of these RSI is, or where they differ by at most 1e-9
of 100 (TA-Lib: 0), and so is each mean that contains it. Warm-up: both from n = N + M + slowing + signal - 3. Parameters: rsi
(N), period (M), bars; slowing, signal, 1 to 3 bars. With a slowing of 1, k and d equal TA-Lib's STOCHRSI with a simple average.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, SAME, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.rsi import gain_and_loss
from services.analysis.kernels.indicators.stochastic import LONGEST


@step
def stoch_rsi(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (gain and loss as they were at the oldest bar of the window; raw and k, one and two bars before).

    The RSI within the window are computed again from there. p: (N, 1 / N, 1 - 1 / N, M, slowing, signal, 1 / slowing, 1 / signal).
    """
    gain, loss, raw1, raw2, k1, k2 = s
    back, slowing, signal = int(p[3]) - 1, p[4], p[5]
    if n < back:
        return s, (NAN, NAN)
    gain, loss = gain_and_loss((gain, loss), (p[0], p[1], p[2]), bars, t - back, n - back)
    if n < int(p[0]) + back:
        return (gain, loss, 0.0, 0.0, 0.0, 0.0), (NAN, NAN)
    up, down = gain, loss
    low, high, rsi, known = 100.0, 0.0, 0.0, True
    for i in range(back + 1):
        if i > 0:
            up, down = gain_and_loss((up, down), (p[0], p[1], p[2]), bars, t - back + i, n - back + i)
        both = up + down
        known &= both > SAME * abs(bars.close[t - back + i])
        rsi = 100.0 * up / both if both > 0 else 0.0
        low, high = min(low, rsi), max(high, rsi)
    raw = 100.0 * (rsi - low) / (high - low) if known & (high - low > 100.0 * SAME) else NAN
    k = (raw + (raw1 if slowing > 1 else 0.0) + (raw2 if slowing > 2 else 0.0)) * p[6]
    d = (k + (k1 if signal > 1 else 0.0) + (k2 if signal > 2 else 0.0)) * p[7]
    shown = n >= int(p[0]) + back - 2 + int(slowing + signal)
    return (gain, loss, raw, raw1, k, k1), (k if shown else NAN, d if shown else NAN)


def prepare(rsi: float, length: float, slowing: float, signal: float) -> Parameters:
    """(N, 1 / N, 1 - 1 / N, M, slowing, signal, 1 / slowing, 1 / signal)."""
    n, smooth, last = period(rsi), period(slowing, LONGEST), period(signal, LONGEST)
    return n, 1.0 / n, 1.0 - 1.0 / n, period(length, least=2), smooth, last, 1.0 / smooth, 1.0 / last


KIND: Final = Kind(
    name="stoch_rsi",
    step=stoch_rsi,
    state=6,
    parameters=("rsi", "period", "slowing", "signal"),
    columns=("stoch_rsi_k_{rsi}_{period}_{slowing}_{signal}", "stoch_rsi_d_{rsi}_{period}_{slowing}_{signal}"),
    short=("stoch_rsi_k_14", "stoch_rsi_d_14"),
    warm_up=lambda n, m, slowing, signal: (n + m + slowing + signal - 3,) * 2,
    lookback=lambda _n, m, *_: m,
    examples=((14.0, 14.0, 3.0, 3.0), (14.0, 10.0, 1.0, 3.0), (5.0, 2.0, 2.0, 1.0)),
    prepare=prepare,
)
