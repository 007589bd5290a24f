"""Extremes of the current session so far, this bar included, and the range and close of the session before.

Warm-up: the current session's from n = 0, the previous session's from the first bar of the second session.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step


@step
def session(s: State, _p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (session date; its high, low, highest, lowest and last close; the session's before high, low and close)."""
    date, high, low, top, bottom, last, prev_high, prev_low, prev_close = s
    today = float(bars.session[t])
    now_high, now_low, close = bars.high[t], bars.low[t], bars.close[t]
    if (n == 0) | (today != date):
        prev_high, prev_low, prev_close = (NAN, NAN, NAN) if n == 0 else (high, low, last)
        high, low, top, bottom = now_high, now_low, close, close
    else:
        high, low, top, bottom = max(high, now_high), min(low, now_low), max(top, close), min(bottom, close)
    values = (high, low, top, bottom, prev_high, prev_low, prev_close)
    return (today, high, low, top, bottom, close, prev_high, prev_low, prev_close), values


KIND: Final = Kind(
    name="session",
    step=session,
    state=9,
    parameters=(),
    columns=(
        "session_high",
        "session_low",
        "session_high_close",
        "session_low_close",
        "prev_session_high",
        "prev_session_low",
        "prev_session_close",
    ),
    warm_up=lambda: (0, 0, 0, 0, None, None, None),
    lookback=lambda: 0,
    examples=((),),
)
