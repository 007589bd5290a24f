"""Ichimoku kinko hyo (Hosoda, 1969): the middles of three windows of highs and lows.

middle(N) = (highest high + lowest low of the last N bars, this one included) / 2. tenkan = middle(9), kijun = middle(26),
senkou_a = (tenkan + kijun) / 2, senkou_b = middle(52), in the price's own currency. Each value belongs to the bar that it is
computed from: a chart draws both senkou lines ``kijun`` bars further right (the cloud at bar n is that of bar n - 26). The
chikou line is the close drawn 26 bars to the left and so no column: as one it would look ahead. Warm-up: tenkan from n = 8,
kijun and senkou_a from n = 25, senkou_b from n = 51. Parameters: tenkan, kijun, senkou, 1 to 255 bars, none longer than the one
after it.
"""

from __future__ import annotations

from typing import Final

from services.analysis.domain.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.domain.indicators.window import highest, lowest


@step
def ichimoku(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """No state. p: (tenkan, kijun, senkou). Each window is the one before it and the bars that are missing."""
    short, middle, long = int(p[0]), int(p[1]), int(p[2])
    if n < short - 1:
        return s, (NAN, NAN, NAN, NAN)
    high, low = highest(bars.high, t, short), lowest(bars.low, t, short)
    tenkan = 0.5 * (high + low)
    if n < middle - 1:
        return s, (tenkan, NAN, NAN, NAN)
    if middle > short:
        high, low = max(high, highest(bars.high, t - short, middle - short)), min(low, lowest(bars.low, t - short, middle - short))
    kijun = 0.5 * (high + low)
    leading = 0.5 * (tenkan + kijun)
    if n < long - 1:
        return s, (tenkan, kijun, leading, NAN)
    if long > middle:
        high, low = max(high, highest(bars.high, t - middle, long - middle)), min(low, lowest(bars.low, t - middle, long - middle))
    return s, (tenkan, kijun, leading, 0.5 * (high + low))


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
    state=0,
    parameters=("tenkan", "kijun", "senkou"),
    columns=tuple(f"{name}_{{tenkan}}_{{kijun}}_{{senkou}}" for name in COLUMNS),
    short=COLUMNS,
    warm_up=lambda tenkan, kijun, senkou: (tenkan - 1, kijun - 1, kijun - 1, senkou - 1),
    lookback=lambda _tenkan, _kijun, senkou: senkou - 1,
    examples=((9.0, 26.0, 52.0), (5.0, 5.0, 7.0), (1.0, 3.0, 3.0)),
    prepare=prepare,
)
