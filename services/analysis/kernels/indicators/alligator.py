"""Alligator (Williams, Trading Chaos, 1995): three smoothed means of the middles of the bars, drawn some bars later.

middle = (high + low) / 2; each line is Wilder's mean (see ``rma``) of the middles, as it was 8 (jaw), 5 (teeth) and 3 (lips) bars
before: what a chart shows at this bar. In the price's own currency. Warm-up: from n = length + 7, + 4, + 2. Parameters: the
lengths of jaw, teeth and lips, bars; the shifts are Williams's and fixed.
"""

from __future__ import annotations

from typing import Final

from services.analysis.kernels.indicators.kind import NAN, Bars, Kind, Parameters, State, Values, period, step
from services.analysis.kernels.indicators.rma import averaged

JAW: Final = 8
TEETH: Final = 5
LIPS: Final = 3


@step
def alligator(s: State, p: Parameters, bars: Bars, t: int, n: int) -> tuple[State, Values]:
    """State: (the three means as they were). p: (three lengths, and 1 / length of each)."""
    jaw, teeth, lips = s
    if n >= JAW:
        jaw = averaged(jaw, 0.5 * (bars.high[t - JAW] + bars.low[t - JAW]), n - JAW, p[0], p[3])
    if n >= TEETH:
        teeth = averaged(teeth, 0.5 * (bars.high[t - TEETH] + bars.low[t - TEETH]), n - TEETH, p[1], p[4])
    if n >= LIPS:
        lips = averaged(lips, 0.5 * (bars.high[t - LIPS] + bars.low[t - LIPS]), n - LIPS, p[2], p[5])
    values = (
        jaw if n >= int(p[0]) + JAW - 1 else NAN,
        teeth if n >= int(p[1]) + TEETH - 1 else NAN,
        lips if n >= int(p[2]) + LIPS - 1 else NAN,
    )
    return (jaw, teeth, lips), values


def prepare(jaw: float, teeth: float, lips: float) -> Parameters:
    """(three lengths, and 1 / length of each)."""
    lengths = tuple(period(n, name=name) for n, name in ((jaw, "jaw"), (teeth, "teeth"), (lips, "lips")))
    return *lengths, *(1.0 / n for n in lengths)


COLUMNS: Final = ("alligator_jaw", "alligator_teeth", "alligator_lips")

KIND: Final = Kind(
    name="alligator",
    step=alligator,
    state=3,
    parameters=("jaw", "teeth", "lips"),
    columns=tuple(f"{name}_{{jaw}}_{{teeth}}_{{lips}}" for name in COLUMNS),
    short=COLUMNS,
    warm_up=lambda jaw, teeth, lips: (jaw + JAW - 1, teeth + TEETH - 1, lips + LIPS - 1),
    lookback=lambda *_: JAW,
    examples=((13.0, 8.0, 5.0), (1.0, 1.0, 1.0), (5.0, 20.0, 30.0)),
    prepare=prepare,
)
