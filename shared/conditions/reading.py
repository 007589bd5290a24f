"""Reading a text into items: phrases, names, numbers and timeframes, from left to right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final

from shared.conditions.alignment import CROSSED_WORDS, DISPARITY, aligned, crossed_after, disparity
from shared.conditions.counted import DURATION_WORDS, NUMBERS, SOME_WORDS, Found, after_number, bars, duration, some
from shared.conditions.dialects import plain_calls
from shared.conditions.extremes import EXTREME_WORDS, extreme
from shared.conditions.frames import bare
from shared.conditions.functions_in_words import FUNCTION_WORDS, RECENT, average_of, function_of, recent_extreme, return_over
from shared.conditions.items import Item, ends_operand
from shared.conditions.moves import GAP_WORDS, MOVE_WORDS, gap, move
from shared.conditions.numbered import NUMBERED_WORDS, numbered
from shared.conditions.periods_before import PERIOD_WORDS, period_before
from shared.conditions.phrases import phrases
from shared.conditions.reading_names import call, single
from shared.conditions.reading_numbers import number, own_average
from shared.conditions.reading_phrases import accepts, phrase
from shared.conditions.reading_state import CLAUSE_ENDS, State
from shared.conditions.reading_states import DIRECTION_WORDS, direction
from shared.conditions.scanning import Piece, pieces, with_clocks
from shared.conditions.session_minutes import OPENING_WORDS, session_minutes
from shared.conditions.streaks import streak
from shared.conditions.times_of_day import CLOCK_KINDS, CLOCK_WORDS, clock_words

_NOTHING: Final[frozenset[str]] = frozenset()
_READERS: Final[tuple[tuple[Callable[[Sequence[Piece], int], Found | None], frozenset[str], frozenset[str]], ...]] = (
    (session_minutes, OPENING_WORDS, _NOTHING),
    (aligned, _NOTHING, NUMBERS),
    (return_over, RECENT, NUMBERS),
    (recent_extreme, RECENT, _NOTHING),
    (crossed_after, CROSSED_WORDS, _NOTHING),
    (some, SOME_WORDS, NUMBERS),
    (gap, GAP_WORDS, NUMBERS),
    (move, MOVE_WORDS, NUMBERS),
    (extreme, EXTREME_WORDS, NUMBERS),
    (function_of, FUNCTION_WORDS, _NOTHING),
    (average_of, _NOTHING, NUMBERS),
    (period_before, PERIOD_WORDS, _NOTHING),
    (duration, DURATION_WORDS, _NOTHING),
    (clock_words, CLOCK_WORDS, CLOCK_KINDS),
)
"""What reads pieces that begin with certain words or kinds of pieces, in the order in which they are tried."""
_OF_WORD: Final = {word: tuple(reads for reads, words, _ in _READERS if word in words) for each in _READERS for word in each[1]}
_OF_KIND: Final = {kind: tuple(reads for reads, _, kinds in _READERS if kind in kinds) for each in _READERS for kind in each[2]}
_FORMS: Final = frozenset({"candle", "candles", "candlestick", "candlesticks", "bar", "pattern", "formation", "패턴", "캔들"})
_PREVIOUS: Final = frozenset({"prev", "previous", "prior", "before"})
_BARS: Final = frozenset({"bar", "candle", "day", "one", "value"})
_IN_A_ROW: Final = frozenset({"consecutive", "straight"})
_EVENT_ENDS: Final = frozenset({"RULE", "PARAMETERS", "CLOSE", "WAY", "STATUS"})
_ENDS: Final = CLAUSE_ENDS - {","}
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
    found = bare(state.text, state.pieces, state.items, at) or _numbered(state, at) or call(state, at)
    if piece.kind != "number" or not _ends(state, at):
        for reads in _OF_WORD.get(piece.text) or _OF_KIND.get(piece.kind, ()):
            found = found or reads(state.pieces, at)
    reads_state = _OF_STATE.get(piece.text) or (_counted if piece.kind == "number" else None)
    found = found or (reads_state and reads_state(state, at)) or _phrase(state, at) or single(state, at)
    return (disparity(state.items, state.pieces, at) if piece.text in DISPARITY else None) or found


def _numbered(state: State, at: int) -> Found | None:
    piece = state.pieces[at]
    if piece.text in NUMBERED_WORDS or (piece.kind == "word" and piece.text[-1].isdecimal()):
        return numbered(state, at, _expression)
    return None


def _ends(state: State, at: int) -> bool:
    """Whether the clause ends behind a piece; a comma may be within a list."""
    return at + 1 >= len(state.pieces) or state.pieces[at + 1].text in _ENDS


def _phrase(state: State, at: int) -> Found | None:
    if not phrases().begins(state.pieces[at].text):
        return None
    longest = phrases().longest(state.pieces, at, partial(accepts, state))
    return phrase(state, at, *longest, _expression) if longest else None


@cache
def _expression(text: str) -> list[Item]:
    """The items of one of the expressions of the lexicon."""
    return read_items(text)


def _in_a_row(state: State, at: int) -> Found | None:
    """``three consecutive green candles``."""
    return ([], at + 1) if state.items and state.items[-1].type == "NUMBER" else None


def _counted(state: State, at: int) -> Found | None:
    """What a number begins."""
    piece = state.pieces[at]
    lasting = bars(state.pieces, at) if state.items and state.items[-1].type == "TREND" else None
    if lasting and state.is_end(lasting[2]):  # 'obv rising 5 bars'
        return [Item("HELD", f"{lasting[0]} {lasting[1]}", piece.at, piece.text)], lasting[2]
    found = streak(state.pieces, at) or _phrase(state, at)
    if found is None and not _ends(state, at):
        found = after_number(state.pieces, at, of_volume=state.last_name().startswith("volume"))
    compared = [each.type for each in state.items[-2:]] == ["NAME", "COMPARE"]
    if found and found[0][0].type == "AGO" and compared and state.is_end(found[1]):
        ago = found[0][0]  # 'rsi higher than 3 bars ago'
        return [replace(ago, type="BACK"), replace(state.items[-2], at=ago.at)], found[1]
    return own_average(state, at, *(found or number(state, at)))


def _in_bars(state: State, at: int) -> Found | None:
    """``no new low in 10 days``."""
    piece, counted = state.pieces[at], bars(state.pieces, at + 1)
    if counted is None or not state.items or state.items[-1].type not in _EVENT_ENDS - {"CLOSE"}:
        return None
    return [Item("WITHIN", f"{counted[0]} {counted[1]}", piece.at, piece.text)], counted[2]


def _in_state(state: State, at: int) -> Found | None:
    return direction(state, at) or _in_bars(state, at)


def _yesterday(state: State, at: int) -> Found | None:
    """``volume lower than yesterday``, ``macd hist > prev``: the same value one bar ago."""
    piece = state.pieces[at]
    if [each.type for each in state.items[-2:]] != ["NAME", "COMPARE"]:
        return None
    end = at + 1
    end += end < len(state.pieces) and piece.text in _PREVIOUS and state.pieces[end].text in _BARS
    if not state.is_end(end):
        return None
    return [Item("BACK", "1", piece.at, piece.text), replace(state.items[-2], at=piece.at)], end


def _from_ago(state: State, at: int) -> Found | None:
    """``close from 1 bars ago``."""
    counted = bars(state.pieces, at + 1)
    ago = counted and counted[2] < len(state.pieces) and state.pieces[counted[2]].text in {"ago", "back", "earlier"}
    return ([], at + 1) if ago and ends_operand(state.items) else None


def _fitting(state: State, items: list[Item]) -> list[Item]:
    """The items as those before them need them; some of those may go."""
    if not items:
        return items
    before, first = state.items, items[0]
    if first.value == "open" and [each.type for each in items[1:2]] == ["DIVIDED"]:
        while before and (before[-1].type == "THAN_BEFORE" or before[-1].value == "open"):
            before.pop()  # '전일 종가 대비 시가 5% 이상 갭상승'
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


_OF_STATE: Final[dict[str, Callable[[State, int], Found | None]]] = {
    **dict.fromkeys(DIRECTION_WORDS, direction),
    **dict.fromkeys(_IN_A_ROW, _in_a_row),
    **dict.fromkeys((*_PREVIOUS, "yesterday"), _yesterday),
    "in": _in_state,
    "from": _from_ago,
}
"""What reads words whose meaning depends on the items before them."""
