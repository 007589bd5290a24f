"""Classic pivot points: levels of this session from the high H, low L and close C of the session before.

P = (H + L + C) / 3; R1 = 2 P - L, S1 = 2 P - H; R2 = P + (H - L), S2 = P - (H - L); R3 = H + 2 (P - L), S3 = L - 2 (H - P).
Warm-up: from the first bar of the second session.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def pivots(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session date; its high, low and last close; the session's before high, low and close)."""
    date, high, low, last, prev_high, prev_low, prev_close = s
    today = float(bars.session[t])
    now_high, now_low = bars.high[t], bars.low[t]
    if (n == 0) | (today != date):
        prev_high, prev_low, prev_close = (NAN, NAN, NAN) if n == 0 else (high, low, last)
        high, low = now_high, now_low
    else:
        high, low = max(high, now_high), min(low, now_low)
    pivot, span = (prev_high + prev_low + prev_close) / 3.0, prev_high - prev_low
    up, down = pivot - prev_low, prev_high - pivot
    values = (pivot, pivot + up, pivot + span, prev_high + 2.0 * up, pivot - down, pivot - span, prev_low - 2.0 * down)
    return (today, high, low, bars.close[t], prev_high, prev_low, prev_close), values


KIND: Final = Kind(
    name="pivots",
    step=pivots,
    state=7,
    parameters=(),
    columns=("pivot", "pivot_r1", "pivot_r2", "pivot_r3", "pivot_s1", "pivot_s2", "pivot_s3"),
    warm_up=lambda: (None,) * 7,
    lookback=lambda: 0,
    examples=((),),
)
