"""Ichimoku kinko hyo (Hosoda, 1969): the middles of three windows of highs and lows.

middle(N) = (highest high + lowest low of the last N bars, this one included) / 2. tenkan = middle(9), kijun = middle(26),
senkou_a = (tenkan + kijun) / 2, senkou_b = middle(52), in the price's own currency. Each value belongs to the bar that it is
computed from: a chart draws both senkou lines ``kijun`` bars further right (the cloud at bar n is that of bar n - 26; the kind
``ichimoku_cloud`` has it). The chikou line is the close drawn 26 bars to the left and so no column: as a column it would look
ahead. Warm-up: tenkan from n = 8, kijun and senkou_a from n = 25, senkou_b from n = 51. Parameters: tenkan, kijun, senkou, 1 to
500 bars, none longer than the one after it.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.window import moved_high, moved_low


@step
def ichimoku(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (highest high and lowest low of each window). p: (tenkan, kijun, senkou)."""
    short, middle, long = int(p[0]), int(p[1]), int(p[2])
    high1, low1 = moved_high(s[0], bars.high, t, n, short), moved_low(s[1], bars.low, t, n, short)
    high2, low2 = moved_high(s[2], bars.high, t, n, middle), moved_low(s[3], bars.low, t, n, middle)
    high3, low3 = moved_high(s[4], bars.high, t, n, long), moved_low(s[5], bars.low, t, n, long)
    tenkan = 0.5 * (high1 + low1) if n >= short - 1 else NAN
    kijun = 0.5 * (high2 + low2) if n >= middle - 1 else NAN
    leading = 0.5 * (high3 + low3) if n >= long - 1 else NAN
    return (high1, low1, high2, low2, high3, low3), (tenkan, kijun, 0.5 * (tenkan + kijun), leading)


def prepare(tenkan: float, kijun: float, senkou: float) -> Parameters:
    """The three lengths."""
    lengths = tuple(period(n, name=name) for n, name in ((tenkan, "tenkan"), (kijun, "kijun"), (senkou, "senkou")))
    if not tenkan <= kijun <= senkou:
        raise ValueError(f"tenkan, kijun and senkou must not get shorter, not {tenkan:g}, {kijun:g}, {senkou:g}")
    return lengths


COLUMNS: Final = ("tenkan", "kijun", "senkou_a", "senkou_b")

KIND: Final = Kind(
    name="ichimoku",
    step=ichimoku,
    state=6,
    parameters=("tenkan", "kijun", "senkou"),
    columns=tuple(f"{name}_{{tenkan}}_{{kijun}}_{{senkou}}" for name in COLUMNS),
    short=COLUMNS,
    warm_up=lambda tenkan, kijun, senkou: (tenkan - 1, kijun - 1, kijun - 1, senkou - 1),
    lookback=lambda _tenkan, _kijun, senkou: senkou,
    examples=((9.0, 26.0, 52.0), (5.0, 5.0, 7.0), (1.0, 3.0, 3.0)),
    prepare=prepare,
)
