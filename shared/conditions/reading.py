"""Reading a text into items: phrases, names, numbers and timeframes, from left to right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from shared.conditions.counted import Found, after_number, bars, duration, some
from shared.conditions.dialects import plain_calls
from shared.conditions.frames import bare
from shared.conditions.functions_in_words import average_of, function_of
from shared.conditions.items import Item, ends_operand
from shared.conditions.moves import gap, move
from shared.conditions.periods_before import period_before
from shared.conditions.phrases import phrases
from shared.conditions.reading_names import call, single
from shared.conditions.reading_numbers import number, own_average
from shared.conditions.reading_phrases import accepts, phrase
from shared.conditions.reading_state import State
from shared.conditions.reading_states import direction
from shared.conditions.scanning import Piece, pieces, with_clocks
from shared.conditions.shorthand import DISPARITY, aligned, clock_words, crossed_after, disparity, extreme, since_open

_READERS: Final = (
    since_open,
    aligned,
    crossed_after,
    some,
    gap,
    move,
    extreme,
    function_of,
    average_of,
    period_before,
    duration,
    clock_words,
)
"""What begins with certain words or numbers, in the order in which they are tried."""
_FORMS: Final = frozenset({"candle", "candles", "candlestick", "candlesticks", "bar", "pattern", "formation", "패턴", "캔들"})
_PREVIOUS: Final = frozenset({"prev", "previous", "prior", "before"})
_BARS: Final = frozenset({"bar", "candle", "day", "one", "value"})
_IN_A_ROW: Final = frozenset({"consecutive", "straight"})
_EVENT_ENDS: Final = frozenset({"RULE", "PARAMETERS", "CLOSE", "WAY", "STATUS"})
_AT_END: Final = frozenset("?.!;。")


def read_items(text: str) -> list[Item]:
    """The items of a normalised text. Never fails: what is unknown is an item that the grammar does not have."""
    found = plain_calls(with_clocks(pieces(text)))
    while found and found[-1].text in _AT_END:
        found.pop()
    state, at = State(text, found), 0
    while at < len(found):
        items, end = _items(state, at)
        state.items += _fitting(state, items)
        at = max(end, at + 1)
    return state.items


def _items(state: State, at: int) -> Found:
    """The items of what begins at a piece, and the index behind it."""
    piece = state.pieces[at]
    if piece.text in _FORMS and state.items and state.items[-1].type in _EVENT_ENDS:
        return [], at + 1  # 'doji candle', 'double bottom pattern'
    found = bare(state.text, state.pieces, state.items, at) or call(state, at)
    for reads in _READERS:
        found = found or reads(state.pieces, at)
    found = (
        found
        or direction(state, at)
        or _in_bars(state, at, piece)
        or _counted(state, at, piece)
        or _yesterday(state, at, piece)
        or _from_ago(state, at, piece)
        or _phrase(state, at)
        or single(state, at)
    )
    return (disparity(state.items, state.pieces, at) if piece.text in DISPARITY else None) or found


def _phrase(state: State, at: int) -> Found | None:
    longest = phrases().longest(state.pieces, at, partial(accepts, state))
    return phrase(state, at, *longest, read_items) if longest else None


def _counted(state: State, at: int, piece: Piece) -> Found | None:
    if piece.text in _IN_A_ROW and state.items and state.items[-1].type == "NUMBER":
        return [], at + 1  # 'three consecutive green candles'
    if piece.kind != "number":
        return None
    lasting = bars(state.pieces, at) if state.items and state.items[-1].type == "TREND" else None
    if lasting and state.is_end(lasting[2]):  # 'obv rising 5 bars'
        return [Item("HELD", f"{lasting[0]} {lasting[1]}", piece.at, piece.text)], lasting[2]
    found = _phrase(state, at) or after_number(state.pieces, at, of_volume=state.last_name().startswith("volume"))
    return own_average(state, at, *(found or number(state, at)))


def _in_bars(state: State, at: int, piece: Piece) -> Found | None:
    """``no new low in 10 days``."""
    counted = bars(state.pieces, at + 1) if piece.text == "in" else None
    if counted is None or not state.items or state.items[-1].type not in _EVENT_ENDS - {"CLOSE"}:
        return None
    return [Item("WITHIN", f"{counted[0]} {counted[1]}", piece.at, piece.text)], counted[2]


def _yesterday(state: State, at: int, piece: Piece) -> Found | None:
    """``volume lower than yesterday``, ``macd hist > prev``: the same value one bar ago."""
    compared = [each.type for each in state.items[-2:]] == ["NAME", "COMPARE"]
    end = at + 1
    end += end < len(state.pieces) and piece.text in _PREVIOUS and state.pieces[end].text in _BARS
    if piece.text not in _PREVIOUS | {"yesterday"} or not compared or not state.is_end(end):
        return None
    return [Item("BACK", "1", piece.at, piece.text), replace(state.items[-2], at=piece.at)], end


def _from_ago(state: State, at: int, piece: Piece) -> Found | None:
    """``close from 1 bars ago``."""
    counted = bars(state.pieces, at + 1) if piece.text == "from" else None
    ago = counted and counted[2] < len(state.pieces) and state.pieces[counted[2]].text in {"ago", "back", "earlier"}
    return ([], at + 1) if ago and ends_operand(state.items) else None


def _fitting(state: State, items: list[Item]) -> list[Item]:
    """The items as those before them need them; some of those may go."""
    before = state.items
    if [each.value for each in items[:1]] == ["open"] and [each.type for each in items[1:2]] == ["DIVIDED"]:
        while before and (before[-1].type == "THAN_BEFORE" or before[-1].value == "open"):
            before.pop()  # '전일 종가 대비 시가 5% 이상 갭상승'
    if not items:
        return items
    first = items[0]
    if first.type == "ON" and before and before[-1].type == "AND" and before[-1].shown == ",":
        before.pop()  # 'rsi < 30, 1h'
    if first.type == "BACK" and first.value == "0":
        return items[1:]
    if first.value == "==" and first.shown.lower() in {"is", "are"} and not before:
        return []  # a question
    if first.type == "AGO" and not ends_operand(before):  # '2 days ago close'
        return [replace(first, type="BACK"), *items[1:]]
    if first.value == "time" and items[-1].type == "CLOCK":  # 'time is after 10:30'
        if before and before[-1].value == "==":
            before.pop()
        return items[1:] if before and before[-1].value == "time" else items
    return items
