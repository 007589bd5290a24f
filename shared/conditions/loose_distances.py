"""Loose spellings of a distance from a value: ``distance from sma_20``, ``5-10% above sma_20``, ``3 ATR below vwap``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of, known_stem
from shared.conditions.loose_crosses import value_at
from shared.conditions.phrases import averages, phrases
from shared.conditions.scanning import Piece

_WAYS: Final = {"above": 1, "over": 1, "below": -1, "under": -1}
_SIX: Final = 6
_UNITS: Final[dict[tuple[str, ...], str]] = {
    **dict.fromkeys((("atr",), ("atrs",), ("average", "true", "range"), ("average", "true", "ranges")), "atr_14"),
    **dict.fromkeys((("sd",), ("sds",), ("sigma",), ("stdev",), ("stdevs",), ("std",)), "stdev"),
    **dict.fromkeys((("standard", "deviation"), ("standard", "deviations")), "stdev"),
}
"""What a distance is measured in; the standard deviation is over as many bars as the average."""
DEVIATION_WORDS: Final = frozenset(words[-1] for words in _UNITS) | {"deviation", "deviations"}
_BEFORE: Final[dict[tuple[str, ...], str]] = {
    **dict.fromkeys((("more", "than"), ("over",), ("greater", "than"), ("further", "than"), (">",)), ""),
    **dict.fromkeys((("at", "least"), (">=",)), "="),
    (): "",
}
_OPENS: Final = frozenset({"opens", "opened", "opening", "open"})
_OPEN_WAYS: Final = {**_WAYS, "higher": 1, "up": 1, "lower": -1, "down": -1}
_FACTORS: Final = frozenset({"x", "*", "times"})
_CLAUSE_STARTS: Final = frozenset({"and", "or", ",", "&", "&&", "("})
_USUAL_BARS: Final = "20"


def deviations(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``more than 3 ATR below sma_20``, ``2 sd above the 20 day mean``."""
    words = next((each for each in sorted(_BEFORE, key=len, reverse=True) if _texts(found, at, len(each)) == each), ())
    start = at + len(words)
    if start >= len(found) or found[start].kind != "number":
        return None
    end = start + 1
    end += end < len(found) and found[end].text in _FACTORS
    unit = next((each for each in _UNITS if _texts(found, end, len(each)) == each), ())
    end += len(unit)
    measure = _UNITS.get(unit, "")
    if measure and end + 2 < len(found) and found[end].text == "(" and found[end + 2].text == ")" and measure == "atr_14":
        measure, end = f"atr_{found[end + 1].text}", end + 3
    if unit and at > 0 and found[at - 1].text in {"+", "-"}:  # 'sma_20 + 2 atr'
        return f" {found[start].text} * {measure} ", end
    way = _WAYS.get(found[end].text, 0) if unit and end < len(found) else 0
    end += 1
    end += end < len(found) and found[end].text in {"the", "its"}
    value = _value(found, end) if way else None
    if value is None:
        return None
    column, end = value
    if measure == "stdev":
        bars = column.rpartition("_")[2]
        measure = f"stdev_{bars if bars.isdecimal() else _USUAL_BARS}"
    sign, step = (">", "+") if way > 0 else ("<", "-")
    subject = "close" if at == 0 or found[at - 1].text in _CLAUSE_STARTS else ""
    return f" {subject} {sign}{_BEFORE[words]} {column} {step} {found[start].text} * {measure} ", end


def near_by_ranges(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``price within 1 ATR of sma_50``."""
    start = at + (found[at].text in {"close", "price"})
    if start + 4 >= len(found):
        return None
    within, number, *unit = found[start : start + 4]
    if [within.text, *(piece.text for piece in unit)] not in (["within", "atr", "of"], ["within", "atrs", "of"]):
        return None
    end = start + 4 + (start + 4 < len(found) and found[start + 4].text in {"the", "its"})
    value = _value(found, end) if number.kind == "number" else None
    return (f" abs(close - {value[0]}) <= {number.text} * atr_14 ", value[1]) if value else None


def opening(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``opens 3% higher``, ``opened 2% above yesterday's close``."""
    words = [piece.text for piece in found[at : at + 4]]
    if len(words) < 4 or words[0] not in _OPENS or found[at + 1].kind != "number" or words[2] != "%" or words[3] not in _OPEN_WAYS:
        return None
    end, way = at + 4, _OPEN_WAYS[words[3]]
    end += end < len(found) and found[end].text in {"than", "from", "the"}
    value = value_at(found, end)
    column, end = value or ("prev_session_close", end)
    return f" open {'>=' if way > 0 else '<='} {_multiple(1 + way * float(words[1]) / 100, column)} ", end


def _texts(found: Sequence[Piece], at: int, size: int) -> tuple[str, ...]:
    return tuple(piece.text for piece in found[at : at + size])


def _value(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """A column, also ``20 day average`` and ``20 ema``."""
    if at < len(found) and found[at].kind == "number" and found[at].text.isdecimal():
        end = at + 1
        end += end < len(found) and found[end].text == "-"
        end += end < len(found) and found[end].text in {"day", "bar", "period", "d"}
        average = averages().longest(found, end)
        return (f"{average[0][1]}_{found[at].text}", average[1]) if average else None
    stem = known_stem(found[at].text) if at + 1 < len(found) and found[at + 1].text.isdecimal() else None
    if stem and column_of(f"{stem}_{found[at + 1].text}"):  # 'sma 20'
        return f"{stem}_{found[at + 1].text}", at + 2
    return value_at(found, at)


def distance(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``distance from sma_20``: how far the close is from it."""
    texts = [piece.text for piece in found[at : at + 2]]
    if texts not in (["distance", "from"], ["distance", "to"]):
        return None
    start = at + 2 + (at + 2 < len(found) and found[at + 2].text == "the")
    named = phrases().longest(found, start, lambda meaning, _: meaning[0] == "NAME")
    name, end = (named[0][1], named[1]) if named else (found[start].text if start < len(found) else "", start + 1)
    column = column_of(name)
    return (f" abs(close / {column} - 1) ", end) if column else None


def distances(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``5-10% above sma_20``: between two multiples of it."""
    if [piece.text for piece in found[at + 1 : at + 3]] in (["%", "to"], ["%", "-"], ["%", "~"]):  # '0% to 5% above x'
        shorter = distances([*found[: at + 1], *found[at + 2 :]], at)
        return (shorter[0], shorter[1] + 1) if shorter else None
    texts = [piece.text for piece in found[at : at + 6]]
    way = _WAYS.get(texts[4], 0) if len(texts) == _SIX and texts[3] in {"%", "percent"} and texts[1] in {"-", "~", "to"} else 0
    value = value_at(found, at + 5 + (texts[5] in {"the", "its"})) if way else None
    if value is None or found[at].kind != "number" or found[at + 2].kind != "number":
        return None
    column, end = value
    low, high = (
        _multiple(1 + way * float(text) / 100, column) for text in sorted((texts[0], texts[2]), key=lambda text: way * float(text))
    )
    return f" >= {low} and <= {high} ", end


def _multiple(factor: float, column: str) -> str:
    return column if factor == 1 else f"{factor:.6g} * {column}"
