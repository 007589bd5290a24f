"""Loose spellings of crossings: ``9/21 ema cross``, ``ema 50 / ema 200 golden cross``, ``cmf zero cross up``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shared.conditions.columns import column_of, known_stem
from shared.conditions.phrases import phrases
from shared.conditions.scanning import Piece

_AVERAGES: Final = frozenset({"sma", "ema", "wma"})
_CROSSES: Final = frozenset({"cross", "crosses", "crossed", "crossing", "crossover", "golden", "bullish", "up", "upward"})
_DOWN: Final = frozenset({"bearish", "death", "dead", "down", "downward", "crossunder"})
_WAYS: Final = (_DOWN | {"golden", "bullish"}) - {"crossunder"}
"""Words that say which way a crossing goes."""
CROSS_NAMES: Final = frozenset({"골든크로스", "데드크로스"})
_KOREAN_PAIR: Final = 6
_PAIR: Final = 2
_BETWEEN: Final = frozenset({"일", "일선", "선", "이평", "/", "-", ",", "~"})


def pair(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``9/21 ema cross``, ``50/200 sma bearish crossover``: two averages and the direction."""
    first_named = known_stem(found[at].text) in _AVERAGES and found[at].kind == "word"
    if first_named and [piece.kind for piece in found[at + 1 : at + 4]] == [
        "number",
        "sign",
        "number",
    ]:  # 'sma 50/200 golden cross'
        crossed = pair([*found[at + 1 : at + 4], found[at], *found[at + 4 : at + 8]], 0)
        return (crossed[0], at + crossed[1]) if crossed else None
    words = [piece.text for piece in found[at : at + 4]]
    if len(words) < 4 or words[1] != "/" or not (words[0] + words[2]).isdecimal():
        return None
    average = words[3] if known_stem(words[3]) in _AVERAGES else "sma"
    end = at + 3 + (average == words[3])
    while end < len(found) and found[end].text in _CROSSES | _DOWN:
        end += 1
    ways = {piece.text for piece in found[at + 3 : end]} & (_CROSSES | _DOWN)
    if not ways:
        return None
    first, second = (f"{average}_{words[i]}" for i in (0, 2))
    return f" {first} crosses {'below' if ways & _DOWN else 'above'} {second} ", end


def named_pair(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``ema 50 / ema 200 golden cross``, ``sma50/sma200 death cross``: two averages that are named, and the direction."""
    first = _average(found, at)
    second = _average(found, first[1] + 1) if first and first[1] < len(found) and found[first[1]].text in {"/", "-", ","} else None
    if first is None or second is None:
        return None
    end = second[1]
    while end < len(found) and found[end].text in _CROSSES | _DOWN | CROSS_NAMES:
        end += 1
    words = {piece.text for piece in found[second[1] : end]}
    if not words:
        return None
    return f" {first[0]} crosses {'below' if words & (_DOWN | {'데드크로스'}) else 'above'} {second[0]} ", end


def _average(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """An average in one word or with its number behind it, and the index behind that."""
    if at >= len(found) or found[at].kind != "word":
        return None
    stem = known_stem(found[at].text)
    if stem in _AVERAGES:
        number = found[at + 1].text if at + 1 < len(found) else ""
        return (f"{stem}_{number}", at + 2) if number.isdecimal() else None
    column = column_of(found[at].text)
    return (column, at + 1) if column and column.partition("_")[0] in _AVERAGES else None


def cross_of(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``bullish crossover of ema 9 and ema 21``, ``golden cross of 50 and 200 sma``."""
    start = at
    while at < len(found) and found[at].text in _CROSSES | _DOWN:
        at += 1
    words = {piece.text for piece in found[start:at]}
    if not words & _WAYS or at >= len(found) or found[at].text != "of":
        return None
    at += 1 + (at + 1 < len(found) and found[at + 1].text == "the")
    first = _average(found, at)
    and_at = first[1] if first else at + 1
    if and_at >= len(found) or found[and_at].text not in {"and", "/", ","}:
        return None
    second = _average(found, and_at + 1)
    if first is None and found[at].text.isdecimal():  # '50 and 200 sma'
        texts = [piece.text for piece in found[and_at + 1 : and_at + 3]]
        stem = known_stem(texts[1]) if len(texts) > 1 and texts[0].isdecimal() else None
        if stem in _AVERAGES:
            first, second = (f"{stem}_{found[at].text}", and_at), (f"{stem}_{texts[0]}", and_at + 3)
    if first is None or second is None:
        return None
    return f" {first[0]} crosses {'below' if words & _DOWN else 'above'} {second[0]} ", second[1]


def korean_pair(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``5일 20일 골든크로스``, ``20/60 데드크로스``."""
    numbers, end = list[str](), at
    while end < min(len(found), at + _KOREAN_PAIR) and (found[end].kind == "number" or (numbers and found[end].text in _BETWEEN)):
        numbers += [found[end].text] if found[end].kind == "number" else []
        end += 1
    crossed = found[end].text if end < len(found) else ""
    if crossed not in CROSS_NAMES or len(numbers) != _PAIR or not "".join(numbers).isdecimal():
        return None
    return f" sma_{numbers[0]} crosses {'above' if crossed == '골든크로스' else 'below'} sma_{numbers[1]} ", end + 1


def zero_cross(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """``macd zero cross up``, ``cmf zero line cross``: a value crosses 0."""
    value = value_at(found, at)
    end = value[1] if value else at
    if value is None or end >= len(found) or found[end].text not in {"zero", "0"}:
        return None
    end += 1
    end += end < len(found) and found[end].text in {"line", "level"}
    if end >= len(found) or found[end].text not in {"cross", "crossover", "crossing", "crosses"}:
        return None
    end += 1
    word = found[end].text if end < len(found) else ""
    way = "below" if word in _DOWN else "above" if word in _CROSSES else ""
    return f" {value[0]} crosses {way} 0 ", end + bool(way)


def value_at(found: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """The column that is named at an index, in one word or more, and the index behind it."""
    named = phrases().longest(found, at, lambda meaning, _: meaning[0] == "NAME")
    name, end = (named[0][1], named[1]) if named else (found[at].text if at < len(found) else "", at + 1)
    column = column_of(name)
    return (column, end) if column else None
