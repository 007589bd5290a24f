"""Reading numbers: amounts, shares of a value, multiples, money, timeframes behind a name."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from shared.conditions.amounts import amount
from shared.conditions.columns import FIELDS, column_of
from shared.conditions.counted import Found
from shared.conditions.frames import UNITS_OF_FRAMES
from shared.conditions.items import Item, ends_operand
from shared.conditions.lexicon import LEVELS
from shared.conditions.literals import is_price, kind_of
from shared.conditions.reading_names import LINES, MEANS
from shared.conditions.reading_state import State
from shared.conditions.timeframes import timeframe

_AVERAGES: Final = frozenset({"sma", "ema"})
_CURRENCIES: Final = frozenset({"원", "달러", "dollars", "usd", "krw"})
_CURRENCY_SIGNS: Final = frozenset({"$", "₩", "￦"})


def number(state: State, at: int) -> Found:
    """An amount with its unit, as what stands before and behind it makes it: a factor, a timeframe, a price."""
    piece = state.pieces[at]
    framed = _frame_of(state, at)
    if framed:
        return framed
    text, end = amount(state.pieces, at, grouped=not (state.calls and state.calls[-1]))
    following = state.pieces[end].text if end < len(state.pieces) else ""
    item = Item("NUMBER", text, piece.at, piece.text)
    if following == "%" and _is_share_of(state, at, end):
        return [Item("TIMES", "*", piece.at, piece.text), item], end  # '종가의 3% 이상'
    if following == "배":
        factor = ends_operand(state.items) or (bool(state.items) and state.items[-1].type == "BACK")
        return ([Item("TIMES", "*", piece.at, piece.text)] if factor else []) + [item], end + 1
    if state.items and state.items[-1].type == "NAME" and following in UNITS_OF_FRAMES and end == at + 1:
        frame = timeframe(state.text[piece.at : state.pieces[end].end])
        behind = state.pieces[end + 1] if end + 1 < len(state.pieces) else None
        if frame and state.pieces[end].at == piece.end and behind and behind.kind != "hangul":
            return [Item("FRAME_AFTER", str(frame), piece.at, piece.text)], end + 1
    if following == "x" and state.is_end(end + 1) and state.last_name() == "volume":  # 'volume spikes 3x'
        return [item, Item("TIMES", "*", state.pieces[end].at, "x"), Item("NAME", "volume_sma", piece.at, piece.text)], end + 1
    if following == "x" and end + 1 < len(state.pieces) and state.pieces[end + 1].text != "(":
        return [item, Item("TIMES", "*", state.pieces[end].at, "x")], end + 1
    if following == "선" and not state.has_value() and state.pieces[end].at == piece.end and text.isdecimal() and int(text) > 2:
        return [Item("NAME", f"sma_{text}", piece.at, piece.text)], end + 1  # '20선 위'
    money = following in _CURRENCIES or (at > 0 and state.pieces[at - 1].text in _CURRENCY_SIGNS)
    if following in _CURRENCIES or (following == "주" and end > at + 1):
        end += 1
    if money and not state.has_value():
        return _of_price(state, item), end
    return [item], end


def _frame_of(state: State, at: int) -> Found | None:
    """``rsi_14 5m < 30``: a timeframe behind an oscillator, which has no millions."""
    last = state.items[-1] if state.items else None
    if last is None or last.type not in {"NAME", "CLOSE"} or at + 1 >= len(state.pieces):
        return None
    number, unit = state.pieces[at], state.pieces[at + 1]
    named = last.type == "NAME" and kind_of(column_of(last.value) or "") in {*LEVELS, "macd", "adx"}
    frame = (
        timeframe(state.text[number.at : unit.end]) if named and unit.at == number.end and unit.text in UNITS_OF_FRAMES else None
    )
    return ([Item("FRAME_AFTER", str(frame), number.at, number.text)], at + 2) if frame else None


def own_average(state: State, at: int, items: list[Item], end: int) -> Found:
    """``obv above its 20 day average``: the average of what was named last; ``거래량 > 거래량 20평균``: that of the volume."""
    if items[0].value.startswith(("sma_", "volume_sma_")) and _is_second_volume(state):
        state.items.pop()
        return [replace(items[0], value=f"volume_sma_{items[0].value.rpartition('_')[2]}"), *items[1:]], end
    its = at and state.pieces[at - 1].text == "its"
    named = bool(state.items) and state.items[-1].type == "NAME" and state.pieces[end - 1].text in MEANS
    before = [item.type for item in state.items[-2:]]
    subject_named = before == ["NAME", "SUBJECT"]
    lines = (before[-1:] == ["NAME"] or subject_named) and state.pieces[end - 1].text in LINES and _is_no_price(state)
    average, _, bars = items[0].value.partition("_")
    if not ((its or named or lines) and average in _AVERAGES and bars.isdecimal()):
        return items, end
    name = state.last_name()
    if name in {"", "close", "price", "volume"}:
        return items, end
    if not (its or lines):  # 'OBV 20 day average'; 'OBV 20일선 위' is above it
        state.items.pop()
    place = items[0].at
    call = [("NAME", average), ("OPEN", "("), ("NAME", name), ("COMMA", ","), ("NUMBER", bars), ("CLOSE", ")")]
    subject = [Item("SUBJECT", "", place, items[0].shown, korean=True)] if lines and not (its or subject_named) else []
    return [*subject, *(Item(kind, value, place, items[0].shown) for kind, value in call)], end


def _is_no_price(state: State) -> bool:
    """Whether the value that was named last is a column, and no price: an average of the close says nothing of it."""
    column = column_of(state.last_name())
    return column is not None and column not in FIELDS and not is_price(column)


def _is_second_volume(state: State) -> bool:
    """Whether the volume was named last, and something is compared with it."""
    types = [item.type for item in state.items[-2:]]
    return state.last_name() == "volume" and types in (["COMPARE", "NAME"], ["CROSS", "NAME"], ["SUBJECT", "NAME"])


def _is_share_of(state: State, at: int, end: int) -> bool:
    """``종가의 3% 이상``; but ``종가의 3% 이내`` is near it."""
    of = at > 0 and state.pieces[at - 1].text == "의" and bool(state.items) and state.items[-1].type == "NAME"
    behind = state.pieces[end + 1].text if end + 1 < len(state.pieces) else ""
    return of and behind not in {"이내", "이내에", "이내로", "안쪽", "내외"}


def _of_price(state: State, amount: Item) -> list[Item]:
    """``above $50``, ``5만원 돌파``: an amount of money is one of the price."""
    before: list[Item] = []
    while state.items and state.items[-1].type in {"COMPARE", "CROSS"}:
        before.insert(0, state.items.pop())
    return [Item("NAME", "close", amount.at, amount.shown), *before, amount]
