"""Loose spellings of relative strength: ``outperforms SPY over 20 days``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of
from shared.conditions.counted import SKIPPED, bars
from shared.conditions.operations import MOST_BARS
from shared.conditions.scanning import Piece
from shared.conditions.suggestions import index_of

_AGAINST: Final = {
    ">": frozenset({"outperforms", "outperform", "outperforming", "outperformed", "beats", "beating", "beat"}),
    "<": frozenset({"underperforms", "underperform", "underperforming", "underperformed", "lags", "lagging"}),
}
STRENGTH_WORDS: Final = frozenset().union(*_AGAINST.values())
_BENCHMARKS: Final = frozenset({"market", "benchmark", "index"})
_INDUSTRIES: Final = frozenset({"sector", "industry", "peers"})
_LONGEST_SYMBOL: Final = 5
_STRENGTHS: Final = frozenset({20, 63, 126})
"""Bars over which relative strength is a column."""
_BARS: Final = {"week": 5, "weeks": 5, "month": 21, "months": 21}


def outperformance(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``outperforms SPY over 20 days``: its change over so many bars against that of another instrument."""
    sign = next((sign for sign, words in _AGAINST.items() if found[at].text in words), "")
    start = at + 1 + (at + 1 < len(found) and found[at + 1].text == "the")
    if not sign or start + 1 >= len(found) or found[start].kind != "word" or found[start + 1].text not in {"over", "in", "for"}:
        return None
    other = found[start].text
    if column_of(other):
        return None
    place = (
        "benchmark" if other in _BENCHMARKS else "industry" if other in _INDUSTRIES else f"{index_of(other) or other.upper()}, 1d"
    )
    behind = start + 2
    while behind < len(found) and found[behind].text in SKIPPED:
        behind += 1
    counted = bars(found, behind)
    if counted is None or not 0 < counted[0] <= MOST_BARS or (len(other) > _LONGEST_SYMBOL and "," in place):
        return None
    count = counted[0] * _BARS.get(counted[1], 1)
    if "," not in place and count in _STRENGTHS:
        return f" {place}.rs_{count} {sign} 0 ", counted[2]
    if place == "industry":
        return None
    return (f" change_pct(close, {count}) {sign} change_pct(close, {count})[{place}] ", counted[2]) if count <= MOST_BARS else None
