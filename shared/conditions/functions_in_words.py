"""Functions in words: ``percent rank of volume over 100 days``, ``average of obv over 20 bars``, ``20 day average of rsi``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of
from shared.conditions.counted import SKIPPED, Found, after_number, bars
from shared.conditions.items import Item
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece

_FUNCTIONS: Final = {
    ("percent", "rank"): "percent_rank",
    ("percentile", "rank"): "percent_rank",
    ("percentile",): "percent_rank",
    ("moving", "average"): "sma",
    ("simple", "moving", "average"): "sma",
    ("exponential", "moving", "average"): "ema",
    ("average",): "sma",
    ("mean",): "sma",
    ("sma",): "sma",
    ("ema",): "ema",
    ("standard", "deviation"): "stdev",
    ("stdev",): "stdev",
    ("sum",): "sum",
    ("maximum",): "highest",
    ("max",): "highest",
    ("highest",): "highest",
    ("minimum",): "lowest",
    ("min",): "lowest",
    ("lowest",): "lowest",
}
FUNCTION_WORDS: Final = frozenset(words[0] for words in _FUNCTIONS)
_LONGEST: Final = 3
RECENT: Final = frozenset({"최근", "지난"})
_RETURNS: Final = frozenset({"수익률", "등락률", "변동률", "변화율", "상승률"})
_OVER: Final = frozenset({"over", "in", "for", "of", "during", "across"})
_PERIODS: Final = frozenset({"day", "bar", "period", "days", "bars", "periods", "session"})


def function_of(pieces: Sequence[Piece], at: int) -> Found | None:
    """``percent rank of volume over 100 days``."""
    if pieces[at].kind != "word":
        return None
    named = _function(pieces, at)
    if named is None or named[1] >= len(pieces) or pieces[named[1]].text != "of":
        return None
    value = _value(pieces, named[1] + 1)
    if value is None or value[1] >= len(pieces) or pieces[value[1]].text not in _OVER:
        return None
    start = value[1] + 1
    while start < len(pieces) and pieces[start].text in SKIPPED:
        start += 1
    counted = bars(pieces, start)
    return (_call(pieces, at, named[0], value[0], str(counted[0])), counted[2]) if counted and counted[1] in _DAYS else None


_DAYS: Final = frozenset({"", "day", "days", "일"})


def average_of(pieces: Sequence[Piece], at: int) -> Found | None:
    """``20 day average of rsi``; of the volume the column has a name of its own."""
    if pieces[at].kind != "number" or not pieces[at].text.isdecimal():
        return None
    start = at + 1
    start += start < len(pieces) and pieces[start].text == "-"
    if start >= len(pieces) or pieces[start].text not in _PERIODS:
        return None
    named = _function(pieces, start + 1)
    if named is None or named[1] >= len(pieces) or pieces[named[1]].text != "of":
        return None
    value = _value(pieces, named[1] + 1)
    return (_call(pieces, at, named[0], value[0], pieces[at].text), value[1]) if value else None


def return_over(pieces: Sequence[Piece], at: int) -> Found | None:
    """``최근 5일 수익률``: the change over so many days, not that of a day within them."""
    counted = bars(pieces, at + (pieces[at].text in RECENT))
    if counted is None or counted[1] not in {"", "일"}:
        return None
    count, _, end = counted
    end += end < len(pieces) and pieces[end].text in {"간", "동안", "의", "간의", "동안의"}
    if end >= len(pieces) or pieces[end].text not in _RETURNS:
        return None
    return _call(pieces, at, "change_pct", "close", str(count)), end + 1


def recent_extreme(pieces: Sequence[Piece], at: int) -> Found | None:
    """``최근 5일 최고가``: of the bars before this one, as without the word."""
    found = after_number(pieces, at + 1, of_volume=False) if at + 1 < len(pieces) and pieces[at + 1].kind == "number" else None
    return found if found and found[0][0].type == "NAME" and found[0][0].value.startswith(("high_", "low_")) else None


def _function(pieces: Sequence[Piece], at: int) -> tuple[str, int] | None:
    for size in range(_LONGEST, 0, -1):
        name = _FUNCTIONS.get(tuple(piece.text for piece in pieces[at : at + size]))
        if name:
            return name, at + size
    return None


def _value(pieces: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """The name of a value, and the index behind it."""
    at += at < len(pieces) and pieces[at].text in {"the", "its"}
    found = phrases().longest(pieces, at, lambda meaning, _: meaning[0] == "NAME")
    if found and column_of(found[0][1]):
        return found[0][1], found[1]
    name = pieces[at].text if at < len(pieces) and pieces[at].kind == "word" else ""
    return (name, at + 1) if name and column_of(name) else None


def _call(pieces: Sequence[Piece], at: int, name: str, value: str, count: str) -> list[Item]:
    place, shown = pieces[at].at, pieces[at].text
    call = [("NAME", name), ("OPEN", "("), ("NAME", value), ("COMMA", ","), ("NUMBER", count), ("CLOSE", ")")]
    return [Item(kind, each, place, shown) for kind, each in call]
