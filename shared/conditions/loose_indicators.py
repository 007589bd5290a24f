"""Loose spellings of indicators: ``EMA stack 8 > 21 > 55``, ``MACD(12,26)``, ``the 200 day``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from shared.conditions.columns import FIELDS, column_of, known_stem
from shared.conditions.loose_bands import BAND_WORDS, numbered_band
from shared.conditions.loose_counts import STATE_WORDS, counted_state, since, winning
from shared.conditions.loose_crosses import CROSS_NAMES, cross_of, korean_pair, named_pair, pair, value_at, zero_cross
from shared.conditions.loose_distances import DEVIATION_WORDS, deviations, distance, distances, near_by_ranges, opening
from shared.conditions.loose_extremes import EXTREME_WORDS, closing_extreme, extreme_of, new_extreme
from shared.conditions.loose_ranges import APART_WORDS, apart, part_of_range, with_volume
from shared.conditions.loose_strength import STRENGTH_WORDS, outperformance
from shared.conditions.operations import MOST_BARS
from shared.conditions.phrases import averages, phrases
from shared.conditions.scanning import Piece
from shared.conditions.timeframes import UNIT_WORDS
from shared.conditions.vocabulary import stems

Reader = Callable[[Sequence[Piece], int], "tuple[str, int] | None"]
"""The exact text of what begins at an index, and the index behind it."""
USUAL_AVERAGES: Final = frozenset({"5", "8", "9", "10", "13", "20", "21", "34", "50", "60", "100", "120", "150", "200"})
"""Numbers of bars that say an average by themselves, as in ``the 20 crosses the 50``."""
_BEFORE_DAYS: Final = frozenset(
    {
        *("the", "its", "above", "below", "over", "under", "than", "at", "a", "and", "to", "off"),
        *("reclaims", "loses", "crosses", "retests", "breaks", "clears", "touches", "tests", "hits", "reclaim", "lose"),
    }
)
_OTHER_DAYS: Final = frozenset({"chart", "ago", "timeframe", "breakout"})
"""What a number of days before it is not an average."""
_AFTER_DAYS: Final = frozenset({"above", "below", "over", "under", "crosses", "cross", "crossing", "crossed", ">", "<"})
_DAYS: Final = frozenset({"day", "week", "d"})
_LINES: Final = frozenset({"level", "line", "slow", "fast", "full", "osc", "histogram"})
"""Words between the name of an indicator and its parameters."""
_AVERAGES: Final = frozenset({"sma", "ema", "wma"})
_STACKS: Final = frozenset({"stack", "stacked", "ribbon", "aligned", "alignment", "fanned"})
_BETWEEN: Final = frozenset({"/", ",", "-", ">", "<", "over", "above", "below"})
_FALLING: Final = frozenset({"<", "below", "bearish", "bearishly", "down"})
_FEWEST, _MOST_STACKED = 3, 16
SIDES: Final = {
    **dict.fromkeys(("상한선", "상한", "상단", "상단선", "upper"), "bb_upper"),
    **dict.fromkeys(("하한선", "하한", "하단", "하단선", "lower"), "bb_lower"),
    **dict.fromkeys(("중심선", "중앙선", "중간선", "middle"), "bb_middle"),
}
"""A side of the Bollinger bands that were named before it."""
_BANDS: Final = frozenset({"볼린저밴드", "bollinger", "bb"})
_RETURNS: Final = frozenset({"return", "returns", "performance", "perf", "gain", "change", "chg", "수익률"})
_SHORT_UNITS: Final = {"m": "month", "y": "year", "yr": "year", "year": "year", "q": "quarter", "quarter": "quarter"}
_BARS: Final = {"day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
_BAND: Final = 5
_CALL: Final = 12
"""Pieces of a call."""


def stack(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``EMA stack 8 > 21 > 55``, ``8/21/55 ema bullish stack``: three or more averages in this order."""
    end, average, numbers, words = at, "", list[str](), set[str]()
    while end < min(len(found), at + _MOST_STACKED):
        text = found[end].text
        stem = known_stem(text) if found[end].kind == "word" else None
        if found[end].kind == "number" and text.isdecimal():
            numbers.append(text)
        elif stem in _AVERAGES:
            average = average or str(stem)
        elif text in _BETWEEN | _STACKS | _FALLING or text in {"bullish", "bullishly", "up", "is", "are", "emas", "smas"}:
            average = average or (text[:-1] if text in {"emas", "smas"} else "")
            words.add(text)
        else:
            break
        end += 1
    if len(numbers) < _FEWEST or not average or not (words & _STACKS or (words & {">", "<"} and found[at].kind == "word")):
        return None
    sign = "<" if words & _FALLING else ">"
    return f" {' and '.join(f'{average}_{one} {sign} {average}_{other}' for one, other in pairwise(numbers))} ", end


def between(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``rsi 30-40``, ``rsi in (30, 70)``, ``price from 10 to 50``: a range of a value; ``rsi outside 30-70``: what is beyond."""
    before = found[at].text in {"in", "between", "from", "within", "outside", "inside"}
    start = at + before
    while before and start < len(found) and found[start].text in {"(", "range", "the", "of"}:
        start += 1
    bracket = found[start] if start < len(found) and found[start].kind == "bracket" else None
    if bracket and before:
        low, comma, high = (part.strip() for part in bracket.text[1:-1].partition(","))
        plain = comma and low.replace(".", "", 1).isdecimal() and high.replace(".", "", 1).isdecimal()
        return (f" between {low} and {high} ", start + 1) if plain else None
    kinds = [piece.kind for piece in found[start : start + 3]]
    to = kinds == ["number", "word", "number"] and before and found[start + 1].text in {"to", "and"}
    if not to and (kinds != ["number", "sign", "number"] or found[start + 1].text not in {"-", "~", ",", "–"}):
        return None
    end = start + 3
    end += end < len(found) and found[end].text == ")"
    last = end == len(found) or phrases().longest(found, end, lambda meaning, _: meaning[0] in {"AND", "OR", "ON"})
    named = at > 0 and (found[at - 1].kind in {"word", "hangul"} or found[at - 1].text == ")")
    if not last or not named or (found[start + 1].text == "," and not before):
        return None
    low, high = found[start].text, found[start + 2].text
    if found[at].text == "outside":
        return (f" < {low} or > {high} ", end) if end == len(found) else None
    return f" between {low} and {high} ", end


def performance(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``20 day return``, ``performance 1m``, ``return_20d``: a change over so many bars."""
    for size in (4, 3, 2, 1):
        part = found[at : at + size]
        words = [piece.text for piece in part if piece.text not in {"-", "(", ")", "of", "the"}]
        text = " ".join(words).replace("_", " ")
        names = [word for word in text.split() if word in _RETURNS]
        rest = "".join(word for word in text.split() if word not in _RETURNS)
        digits = rest.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = _SHORT_UNITS.get(rest[len(digits) :]) or UNIT_WORDS.get(rest[len(digits) :], "")
        if len(part) == size and len(names) == 1 and unit in _BARS and (digits.isdecimal() or (not digits and len(rest) > 1)):
            count = int(digits[:4] or 1) * _BARS[unit]
            return (f" change_pct(close, {count}) ", at + size) if 0 < count <= MOST_BARS else None
    return None


def disparity_level(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``이격도 20일 95``: below or above 100, as its value is."""
    texts = [piece.text for piece in found[at : at + 4]]
    if len(texts) < 4 or texts[0] not in {"이격도", "disparity"} or texts[2] not in {"일", "일선", "day"}:
        return None
    last = at + 4 == len(found) or phrases().longest(found, at + 4, lambda meaning, _: meaning[0] in {"AND", "OR"})
    if not texts[1].isdecimal() or found[at + 3].kind != "number" or not last:
        return None
    return f" close / sma_{texts[1]} * 100 {'<=' if float(texts[3]) < 100 else '>='} {texts[3]} ", at + 4


def parameters(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``MACD(12,26)`` and ``RSI(14,9)`` with the usual number of parameters."""
    name = next(
        (piece for piece in reversed(found[max(0, at - 2) : at]) if piece.kind == "word" and piece.text not in _LINES), None
    )
    stem = known_stem(name.text) if name and found[at].text == "(" else None
    end = next((i for i in range(at, min(len(found), at + _CALL)) if found[i].text == ")"), 0)
    if stem not in stems() or not end:
        return None
    inside = [piece for piece in found[at + 1 : end] if piece.text != ","]
    usual = stems()[stem][0].usual
    first_line = [piece.text for piece in found[end + 1 : end + 3]] == ["%", "k"]
    if not inside or any(piece.kind != "number" for piece in inside) or not usual or (len(inside) == len(usual) and not first_line):
        return None
    given = [piece.text for piece in inside][: len(usual)]
    behind = end + 1 + 2 * first_line
    return f"({','.join([*given, *(f'{each:g}' for each in usual[len(given) :])])})", behind


def slope_of(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``slope of sma_50 positive``: the sign of a slope is that of the change."""
    if [piece.text for piece in found[at : at + 2]] != ["slope", "of"]:
        return None
    start = at + 2 + (at + 2 < len(found) and found[at + 2].text in {"the", "its"})
    value = value_at(found, start)
    return (f" change({value[0]}, 1) ", value[1]) if value else None


def usual_average(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``atr above its average``: of the value that was named last, over the usual number of bars."""
    if [piece.text for piece in found[at : at + 2]] not in (["its", "average"], ["its", "avg"], ["its", "mean"]):
        return None
    named = next((column_of(piece.text) for piece in reversed(found[:at]) if piece.kind == "word" and column_of(piece.text)), None)
    if named is None or named in FIELDS:
        return None
    return f" sma({named}, 20) ", at + 2


READERS: Final[tuple[tuple[Reader, frozenset[str]], ...]] = (
    (named_pair, frozenset({"/", "-", ","})),
    (zero_cross, frozenset({"zero", "0"})),
    (outperformance, STRENGTH_WORDS),
    (counted_state, STATE_WORDS),
    (numbered_band, BAND_WORDS),
    (near_by_ranges, frozenset({"atr", "atrs"})),
    (deviations, DEVIATION_WORDS),
    (distances, frozenset({"%", "percent"})),
    (distance, frozenset({"distance"})),
    (pair, frozenset({"/"})),
    (korean_pair, CROSS_NAMES),
    (stack, _STACKS | {"<", ">"}),
    (disparity_level, frozenset({"이격도", "disparity"})),
    (new_extreme, EXTREME_WORDS),
    (closing_extreme, frozenset({"closing"})),
    (extreme_of, frozenset({"highest", "lowest"})),
    (opening, frozenset({"opens", "opened", "opening", "open"})),
    (part_of_range, frozenset({"range"})),
    (apart, APART_WORDS),
    (with_volume, frozenset({"volume", "vol"})),
    (between, frozenset()),
    (performance, _RETURNS),
    (slope_of, frozenset({"slope"})),
    (since, frozenset({"since"})),
    (winning, frozenset({"streak"})),
    (cross_of, frozenset({"cross", "crossover"})),
    (usual_average, frozenset({"average", "avg", "mean"})),
    (parameters, frozenset({"("})),
)
"""What reads loose spellings, in the order in which it is tried, and the words of which one is in each of them, where there are."""


def readers(found: Sequence[Piece]) -> list[Reader]:
    """What may read something of a text."""
    words = {word for piece in found for word in (piece.text, *piece.text.split("_"))}
    return [reads for reads, needed in READERS if not needed or not needed.isdisjoint(words)]


def band(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``볼린저밴드(20,2)`` before the side that is meant: its parameters, and the index behind them."""
    inside = [piece.text for piece in found[at + 1 : at + 6]]
    if found[at].text not in _BANDS or len(inside) < _BAND or (inside[0], inside[2], inside[4]) != ("(", ",", ")"):
        return None
    return f"{inside[1]},{inside[3]}", at + 6


def is_average(found: Sequence[Piece], at: int) -> bool:
    """``the 200 day`` without a word behind it is an average: whether the piece is the last of that."""
    alone = at > 0 and found[at - 1].text == "the" and found[at].text in USUAL_AVERAGES
    if alone and (at + 1 == len(found) or _crossed_behind(found, at + 1)):
        return True
    if at < 1 or found[at].text not in _DAYS:
        return False
    number = at - 1 - (found[at - 1].text == "-")
    following = found[at + 1].text if at + 1 < len(found) else ""
    if number < 0 or not found[number].text.isdecimal():
        return False
    first = number == 0 and found[number].text in USUAL_AVERAGES and following in _AFTER_DAYS  # '50 day above 200 day'
    if not (first or (number > 0 and found[number - 1].text in _BEFORE_DAYS)):
        return False
    return not (
        averages().longest(found, at + 1) or known_stem(following) or following in {"chart", "ago", "timeframe", "breakout"}
    )


def _crossed_behind(found: Sequence[Piece], at: int) -> bool:
    return phrases().longest(found, at, lambda meaning, _: meaning[0] in {"CROSS", "AND", "OR", "COMPARE", "DIRECTION"}) is not None
