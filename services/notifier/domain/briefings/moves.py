"""What instruments did in a period, from their daily bars."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from shared.briefings import BriefingGroup, BriefingMove

SHOWN = 3
"""Leaders and laggards."""


class DailyBar(NamedTuple):
    """A session of an instrument; prices are adjusted."""

    session: int
    ts_open: int
    ts_close: int
    open: float
    close: float
    replayed: bool


Bars = Mapping[str, Sequence[DailyBar]]
"""By symbol, oldest first."""


def change(before: float, after: float) -> float | None:
    """The change as a fraction, to six decimals; None where it is no number or begins at zero or below.

    >>> change(100.0, 103.0), change(0.0, 1.0), change(-37.63, 10.0)
    (0.03, None, None)
    """
    if not (math.isfinite(before) and math.isfinite(after) and before > 0):
        return None
    return round(after / before - 1, 6)


def moved(symbol: str, name: str, bars: Sequence[DailyBar], first: int, day: int) -> BriefingMove | None:
    """The move of an instrument from its last close before the date ``first`` to the session ``day``; None without that session."""
    last = next((bar for bar in reversed(bars) if bar.session <= day), None)
    if last is None or last.session != day or not math.isfinite(last.close):
        return None
    before = next((bar for bar in reversed(bars) if bar.session < first), None)
    return BriefingMove(
        symbol=symbol, name=name, close=last.close, move=None if before is None else change(before.close, last.close)
    )


def group(slug: str, name: str, members: Collection[str], moves: Mapping[str, BriefingMove]) -> BriefingGroup:
    """Breadth, median and leaders of some instruments. ``moves``: of those that traded."""
    known = [(moves[symbol].move or 0.0, symbol) for symbol in members if symbol in moves and moves[symbol].move is not None]
    values = [value for value, _ in known]
    best = sorted(known, key=lambda each: (-each[0], each[1]))
    rest = sorted(best[SHOWN:], key=lambda each: (each[0], each[1]))
    return BriefingGroup(
        slug=slug,
        name=name,
        advances=sum(value > 0 for value in values),
        declines=sum(value < 0 for value in values),
        unchanged=sum(value == 0 for value in values),
        missing=len(members) - len(values),
        median_move=round(median(values), 6) if values else None,
        leaders=tuple(moves[symbol] for _, symbol in best[:SHOWN]),
        laggards=tuple(moves[symbol] for _, symbol in rest[:SHOWN]),
    )


def is_complete(symbols: Collection[str], bars: Bars, first: int, day: int) -> bool:
    """Whether most instruments that traded before have a bar of the session."""
    before = {symbol for symbol in symbols if any(bar.session < first for bar in bars.get(symbol, ()))}
    traded = {symbol for symbol in symbols if any(bar.session == day for bar in bars.get(symbol, ()))}
    return bool(traded) and len(traded & before) * 2 >= len(before)
