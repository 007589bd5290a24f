"""The expected values of ``more_candlesticks``: TA-Lib's signs, but the page's where a length is within rounding of its threshold.

Tweezers are not in TA-Lib: they are computed from the definition on the page.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import talib

from services.analysis.kernels.indicators.kind import Bars
from tests.analysis.oracles_candles import Flags, Floats, ago, mean_before

FIRST = 13
BY_TALIB: dict[str, tuple[str, int] | None] = {
    "harami": ("HARAMI", 1),
    "piercing": ("PIERCING", 1),
    "dark_cloud": ("DARKCLOUDCOVER", 1),
    "tweezers": None,
    "white_soldiers": ("3WHITESOLDIERS", 1),
    "black_crows": ("3BLACKCROWS", 1),
    "three_inside": ("3INSIDE", 1),
    "marubozu": ("MARUBOZU", 1),
    "dragonfly": ("DRAGONFLYDOJI", 1),
    "gravestone": ("GRAVESTONEDOJI", -1),
    "spinning_top": ("SPINNINGTOP", 1),
    "inverted_hammer": ("INVERTEDHAMMER", 1),
    "hanging_man": ("HANGINGMAN", 1),
}
"""TA-Lib's function, and the sign of ours against its."""


class Candle:
    """All bars of a series, ``k`` bars ago."""

    def __init__(self, o: Floats, h: Floats, l: Floats, c: Floats, k: int) -> None:
        body = abs(c - o)
        self.o, self.h, self.l, self.c, self.body = (ago(values, k) for values in (o, h, l, c, body))
        self.top, self.bottom = np.maximum(self.o, self.c), np.minimum(self.o, self.c)
        self.upper, self.lower = self.h - self.top, self.bottom - self.l
        self.mean = ago(mean_before(body, 10), k)
        self.tiny = ago(0.1 * mean_before(h - l, 10), k)
        five = mean_before(h - l, 5)
        self.near, self.far, self.equal = (ago(share * five, k) for share in (0.2, 0.6, 0.05))


Compare = Callable[[npt.ArrayLike, npt.ArrayLike], Flags]


def candles(bars: Bars, over: float = 1e-9, under: float = 1e-9) -> list[Floats]:
    """A length must be ``over`` of the close beyond another to be longer, and may fall ``under`` short of it to be as long."""
    o, h, l, c = bars[:4]

    def gt(x: Floats, y: Floats) -> Flags:
        return x - y > over * c

    def ge(x: Floats, y: Floats) -> Flags:
        return x - y >= -under * c

    d, b, a, z = (Candle(o, h, l, c, k) for k in range(4))  # d is the newest
    white, black = {k: ge(k.c, k.o) for k in (d, b, a, z)}, {k: gt(k.o, k.c) for k in (d, b, a, z)}
    long, short = {k: gt(k.body, k.mean) for k in (d, b, a)}, {k: ge(k.mean, k.body) for k in (d, b)}
    no_upper, no_lower = {k: gt(k.tiny, k.upper) for k in (d, b, a)}, {k: gt(k.tiny, k.lower) for k in (d, b, a)}

    harami = long[b] & short[d] & ge(b.top, d.top) & ge(d.bottom, b.bottom)
    middle = (b.o + b.c) / 2
    piercing = black[b] & long[b] & white[d] & long[d] & gt(b.l, d.o) & gt(b.o, d.c) & gt(d.c, middle)
    cloud = white[b] & long[b] & black[d] & gt(d.o, b.h) & gt(d.c, b.o) & gt(middle, d.c)
    highest, lowest = (ago(talib.MAX(h, 10), 2), ago(talib.MIN(l, 10), 2)) if len(c) > 10 else (h, l)
    tops = white[b] & long[b] & black[d] & ge(b.equal, abs(d.h - b.h)) & ge(np.maximum(d.h, b.h), highest)
    bottoms = black[b] & long[b] & white[d] & ge(b.equal, abs(d.l - b.l)) & ge(lowest, np.minimum(d.l, b.l))

    soldiers = white[a] & white[b] & white[d] & no_upper[a] & no_upper[b] & no_upper[d] & gt(d.c, b.c) & gt(b.c, a.c)
    for now, before in ((d, b), (b, a)):
        soldiers &= gt(now.o, before.o) & ge(before.c + before.near, now.o) & gt(now.body, before.body - before.far)
    soldiers &= gt(d.body, d.mean)
    crows = white[z] & black[a] & black[b] & black[d] & no_lower[a] & no_lower[b] & no_lower[d] & gt(z.h, a.c)
    for now, before in ((d, b), (b, a)):
        crows &= gt(before.o, now.o) & gt(now.o, before.c) & gt(before.c, now.c)
    inside = long[a] & short[b] & gt(a.top, b.top) & gt(b.bottom, a.bottom)
    up, down = black[a] & white[d] & gt(d.c, a.o), white[a] & black[d] & gt(a.o, d.c)

    full = long[d] & no_upper[d] & no_lower[d]
    doji, small, below = ge(d.tiny, d.body), gt(d.mean, d.body), gt(d.lower, d.body)
    spinning = small & gt(d.upper, d.body) & below
    inverted = small & gt(d.upper, d.body) & no_lower[d] & gt(b.bottom, d.top)
    hanging = small & below & no_upper[d] & ge(d.bottom, b.h - b.near)
    signs: list[tuple[Flags, Flags]] = [
        (harami & black[b], harami & white[b]), (piercing, piercing & False), (cloud & False, cloud), (bottoms, tops),
        (soldiers, soldiers & False), (crows & False, crows), (inside & up, inside & down), (full & white[d], full & black[d]),
        (doji & no_upper[d] & gt(d.lower, d.tiny), doji & False), (doji & False, doji & no_lower[d] & gt(d.upper, d.tiny)),
        (spinning & white[d], spinning & black[d]), (inverted, inverted & False), (hanging & False, hanging),
    ]  # fmt: skip
    found = [plus.astype(float) - minus for plus, minus in signs]
    for values in found:
        values[:FIRST] = np.nan
    return found


def by_talib(bars: Bars) -> tuple[list[Floats], list[Flags]]:
    """TA-Lib's signs, and where they are beyond doubt: the same whether every length is taken for a little longer or shorter."""
    mine, theirs = candles(bars), []
    for place, source in enumerate(BY_TALIB.values()):
        values = mine[place] if source is None else source[1] * np.sign(getattr(talib, f"CDL{source[0]}")(*bars[:4]).astype(float))
        values[:FIRST] = np.nan
        theirs.append(values)
    hard, easy = candles(bars, 2e-9, -2e-9), candles(bars, -2e-9, 2e-9)
    return theirs, [(a == b) | np.isnan(a) for a, b in zip(hard, easy, strict=True)]


def known(bars: Bars) -> list[Floats]:
    """TA-Lib's where beyond doubt, else those of the page."""
    return [np.where(sure, theirs, mine) for theirs, sure, mine in zip(*by_talib(bars), candles(bars), strict=True)]
