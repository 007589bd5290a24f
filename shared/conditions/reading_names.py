"""Reading names: words, indicators with their numbers, calls, rules with their parameters."""

from __future__ import annotations

from typing import Final

from shared.conditions.columns import NUMBERED, camel_case, column_of, known_stem, places
from shared.conditions.counted import Found
from shared.conditions.events import events
from shared.conditions.frames import UNITS_OF_FRAMES
from shared.conditions.functions import is_function
from shared.conditions.items import Item, ends_operand
from shared.conditions.known_words import loose
from shared.conditions.phrases import phrases
from shared.conditions.reading_state import State
from shared.conditions.scanning import Piece
from shared.conditions.suggestions import WRITTEN

_PREFIXES: Final = ("ta.", "math.", "talib.")
_PLACES: Final = {"benchmark": "benchmark", "market": "benchmark", "industry": "industry", "sector": "industry"}
_OBJECT_AFTER: Final = frozenset({"이", "가", "은", "는", "의", "와", "과", "도"})
LINES: Final = frozenset({"선", "이평", "이평선", "일선"})
"""What makes a number of days an average of a price."""
MEANS: Final = frozenset({"average", "avg", "mean", "usual", "normal", "평균", "평소", "평상시"})


def single(state: State, at: int) -> Found:
    """A piece that begins no phrase: a name, a bracket, a time of day, or what nothing accepts."""
    piece = state.pieces[at]
    if piece.kind == "bracket":
        return [Item("BRACKET", piece.text, piece.at, piece.text)], at + 1
    if piece.kind == "clock":
        return [Item("CLOCK", piece.text, piece.at, piece.text)], at + 1
    if piece.kind == "word":
        return _word(state, piece, at)
    number = state.pieces[at + 1].text if at + 1 < len(state.pieces) else ""
    if piece.text in LINES - {"선"} and number.isdecimal():  # '이평5 > 이평20'
        return [Item("NAME", f"sma_{number}", piece.at, piece.text, korean=True)], at + 2
    if piece.text in MEANS and state.last_name().startswith("volume"):
        return [Item("NAME", "volume_sma", piece.at, piece.text, korean=True)], at + 1
    named = piece.kind == "unknown" or (piece.text in WRITTEN and not loose().begins(piece.text))
    return [Item("NAME" if named else "ELSE", piece.text, piece.at, piece.text, named)], at + 1


def _word(state: State, piece: Piece, at: int) -> Found:
    name = piece.text
    if name in MEANS and state.last_name().startswith("volume"):
        name = "volume_sma"
        if state.items[-1].type == "NUMBER":  # 'volume > 1.5 avg'
            average = with_numbers(state, name, Item("NAME", name, piece.at, piece.text), at + 1)
            return [Item("TIMES", "*", piece.at, piece.text), *average[0]], average[1]
    if name == "x" and ends_operand(state.items) and state.items[-1].type != "NUMBER":
        return [Item("CROSS", "crosses", piece.at, name)], at + 1
    if name == "for":
        return [Item("ELSE", name, piece.at, name)], at + 1
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    place, point, rest = name.partition(".")
    if point and place in _PLACES and rest:
        return [Item("PLACE", _PLACES[place], piece.at, place), Item("NAME", rest, piece.at + len(place) + 1, rest)], at + 1
    typed = state.text[piece.at : piece.end]
    name = name if column_of(name) else camel_case(typed, name)
    if name == "sequence" and at + 1 < len(state.pieces) and state.pieces[at + 1].kind == "word":
        following = state.pieces[at + 1]
        return [Item("SEQUENCE", following.text, piece.at, typed)], at + 2
    return with_numbers(state, name, Item("NAME", name, piece.at, typed), at + 1)


def with_numbers(state: State, name: str, item: Item, at: int) -> Found:
    """``rsi 14``: numbers with spaces between belong to the name of an indicator."""
    stem = known_stem(name)
    most, end = places(stem) if stem else 0, at
    while end - at < most and end < len(state.pieces) and state.pieces[end].kind == "number" and not _is_frame(state, end):
        end += 1
    if end == at:
        return [Item("NAME", name, item.at, item.shown, item.korean)], at
    following = state.pieces[end] if end < len(state.pieces) else None
    full = most > 1 and end - at == most and _is_crossed(state, end)  # 'MACD 12 26 9 골든크로스'
    counted = following and _is_limit(state, end)
    if (
        following
        and not full
        and stem not in NUMBERED
        and (counted or following.text in {"%", "~"} or (following.kind == "hangul" and following.text not in _OBJECT_AFTER))
    ):
        end -= 1
    numbers = [piece.text for piece in state.pieces[at:end]]
    spelled = [(piece.kind, piece.text) for piece in state.pieces[at : at + 3]]
    if (
        end == at and most and len(spelled) == 3 and spelled[1][1] in {"일", "봉"} and spelled[2][0] == "number"
    ):  # 'RSI 14일 30 이하'
        numbers, end = [spelled[0][1]], at + 2
    return [Item("NAME", "_".join([name, *numbers]), item.at, item.shown, item.korean)], end


def _is_crossed(state: State, at: int) -> bool:
    return phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] == "GOLDEN") is not None


def _is_limit(state: State, at: int) -> bool:
    """``or higher`` behind ``RSI 70``: the number is none of its parameters."""
    found = phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] == "COMPARE_AFTER")
    return found is not None and state.ends_clause(state.pieces[at : found[1]])


def _is_frame(state: State, at: int) -> bool:
    """Whether a number is that of a timeframe, as in ``rsi 1h``."""
    unit = state.pieces[at + 1] if at + 1 < len(state.pieces) else None
    return unit is not None and unit.text in UNITS_OF_FRAMES and unit.at == state.pieces[at].end


def call(state: State, at: int) -> Found | None:
    """A word before a parenthesis is the name of a function where there is such a function."""
    piece = state.pieces[at]
    if piece.kind != "word" or at + 1 >= len(state.pieces) or state.pieces[at + 1].text != "(":
        return None
    name = piece.text
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    if name in events() and not known_stem(name):
        return rule(state, Item("RULE", name, piece.at, name), at + 1)
    if not is_function(name):
        return None
    return [Item("NAME", name, piece.at, state.text[piece.at : piece.end])], at + 1


def rule(state: State, item: Item, at: int) -> Found:
    """A rule with the parameters behind it; the column where one has the same name."""
    if item.value in events() and known_stem(item.value) == item.value:
        item = Item("NAME", item.value, item.at, item.shown, item.korean)
    if at >= len(state.pieces) or state.pieces[at].text != "(" or item.type != "RULE":
        return [item], at
    end = next((i for i in range(at, len(state.pieces)) if state.pieces[i].text == ")"), len(state.pieces))
    if end == len(state.pieces):
        return [item], at
    inside = state.text[state.pieces[at].end : state.pieces[end].at].lower()
    return [item, Item("PARAMETERS", inside, state.pieces[at].at, "(")], end + 1
