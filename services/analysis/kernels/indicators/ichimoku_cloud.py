"""The Ichimoku cloud as a chart draws it (Hosoda, 1969): the senkou lines of ``kijun`` bars before.

cloud_top and cloud_bottom = the larger and the smaller of senkou_a and senkou_b (see ``ichimoku``) at bar n - kijun, in the
price's own currency: what a chart shows at bar n, and what "above the cloud" means. (``senkou_a`` and ``senkou_b`` belong to the
bar that they are computed from, and are drawn ``kijun`` bars further right.) Warm-up: both from n = senkou + kijun - 1.
Parameters: tenkan, kijun, senkou, bars, none longer than the one after it; kijun and senkou together up to 512.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators import ichimoku
from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, step, together

lines: Final = ichimoku.ichimoku


@step
def ichimoku_cloud(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State and p: those of ``ichimoku``, the state as it was ``kijun`` bars before."""
    back = int(p[1])
    if n < back:
        return s, (NAN, NAN)
    state, values = lines(s, p, bars, t - back, n - back)
    if n < int(p[2]) + back - 1:
        return state, (NAN, NAN)
    return state, (max(values[2], values[3]), min(values[2], values[3]))


def prepare(tenkan: float, kijun: float, senkou: float) -> Parameters:
    """The three lengths."""
    lengths = ichimoku.prepare(tenkan, kijun, senkou)
    together(kijun, senkou, "kijun and senkou")
    return lengths


KIND: Final = Kind(
    name="ichimoku_cloud",
    step=ichimoku_cloud,
    state=6,
    parameters=("tenkan", "kijun", "senkou"),
    columns=("cloud_top_{tenkan}_{kijun}_{senkou}", "cloud_bottom_{tenkan}_{kijun}_{senkou}"),
    short=("cloud_top", "cloud_bottom"),
    warm_up=lambda _, kijun, senkou: (senkou + kijun - 1,) * 2,
    lookback=lambda _, kijun, senkou: senkou + kijun,
    examples=((9.0, 26.0, 52.0), (5.0, 5.0, 7.0), (1.0, 3.0, 3.0), (9.0, 12.0, 500.0)),
    prepare=prepare,
)
