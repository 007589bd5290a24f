"""Reading a text into items: phrases, names, numbers and timeframes, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.conditions.amounts import amount
from shared.conditions.columns import camel_case, column_of, known_stem, places
from shared.conditions.counted import Found, after_number, duration, some
from shared.conditions.dialects import plain_calls
from shared.conditions.events import events
from shared.conditions.frames import UNITS_OF_FRAMES, after_on, bare
from shared.conditions.functions import is_function
from shared.conditions.items import Item, ends_operand
from shared.conditions.lexicon import LEVELS
from shared.conditions.literals import kind_of
from shared.conditions.moves import gap, move
from shared.conditions.phrases import Meaning, phrases
from shared.conditions.scanning import Piece, pieces, with_clocks
from shared.conditions.shorthand import DISPARITY, aligned, clock_words, disparity, extreme, since_open
from shared.conditions.timeframes import timeframe

_PREFIXES: Final = ("ta.", "math.", "talib.")
_PLACES: Final = {"benchmark": "benchmark", "market": "benchmark", "industry": "industry", "sector": "industry"}
_OBJECT_AFTER: Final = frozenset({"이", "가", "은", "는", "의", "와", "과", "도"})
_MEANS: Final = frozenset({"average", "avg", "mean", "usual", "normal", "평균", "평소", "평상시"})
_LEVEL_RULES: Final = frozenset({"rsi_oversold", "rsi_overbought"})
"""Rules whose words, behind an oscillator, are about that one."""
_FORMS: Final = frozenset({"candle", "candles", "candlestick", "candlesticks", "bar", "pattern", "formation", "패턴", "캔들"})
_IN_A_ROW: Final = frozenset({"consecutive", "straight"})
_OF_PRICE: Final = frozenset({"new_high", "new_low", "gap"})
_CLAUSE_ENDS: Final = frozenset({"and", "or", "on", "in", "with", "while", "but", ",", ";", "&", "&&", "|", "||", ")", "?"})
_CURRENCIES: Final = frozenset({"원", "달러", "dollars", "usd", "krw"})
_CURRENCY_SIGNS: Final = frozenset({"$", "₩", "￦"})
_CHANGE: Final = 8
"""Items of ``(change_pct(close, 1))``."""
_SHAPES: Final = ("high >", "high <", "low >", "low <")
_AT_END: Final = frozenset("?.!;。")


def read_items(text: str) -> list[Item]:
    """The items of a normalised text. Never fails: what is unknown is an item that the grammar does not have."""
    return _Reader(text).items


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = plain_calls(with_clocks(pieces(text)))
        while self._pieces and self._pieces[-1].text in _AT_END:
            self._pieces.pop()
        self.items: list[Item] = []
        self._calls: list[bool] = []
        """For each open parenthesis: whether it is that of a call."""
        at = 0
        while at < len(self._pieces):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Reads what begins at a piece; returns the index behind it."""
        piece = self._pieces[at]
        found = bare(self._text, self._pieces, self.items, at) or self._call(at)
        for reads in (since_open, aligned, some, gap, move, extreme, duration, clock_words):
            found = found or reads(self._pieces, at)
        if found is None and piece.kind == "number":
            phrase = phrases().longest(self._pieces, at, self._accepts)
            found = self._phrase(at, *phrase) if phrase else None
        if found is None and piece.kind == "number":
            found = after_number(self._pieces, at, of_volume=self._last_name().startswith("volume")) or self._number(at)
            found = self._own_average(at, *found)
        if (
            found is None
            and piece.text == "yesterday"
            and self._is_end(at + 1)
            and [each.type for each in self.items[-2:]] == ["NAME", "COMPARE"]
        ):
            found = (
                [Item("BACK", "1", piece.at, piece.text), replace(self.items[-2], at=piece.at)],
                at + 1,
            )  # 'volume lower than yesterday'
        if found is None and piece.text in _IN_A_ROW and self.items and self.items[-1].type == "NUMBER":
            found = [], at + 1  # 'three consecutive green candles'
        if found is None:
            phrase = phrases().longest(self._pieces, at, self._accepts)
            found = self._phrase(at, *phrase) if phrase else self._single(at)
        if piece.text in _FORMS and self.items and self.items[-1].type in {"RULE", "PARAMETERS", "CLOSE", "WAY", "STATUS"}:
            found = [], at + 1  # 'doji candle', 'double bottom pattern'
        if len(found[0]) > 1 and found[0][0].value == "open" and found[0][1].type == "DIVIDED":
            while self.items and (self.items[-1].type == "THAN_BEFORE" or self.items[-1].value == "open"):
                self.items.pop()  # '전일 종가 대비 시가 5% 이상 갭상승'
        if piece.text in DISPARITY:
            found = disparity(self.items, self._pieces, at) or found
        items, end = found
        if items and items[0].type == "BACK" and items[0].value == "0":
            items = items[1:]
        if items and items[0].value == "==" and items[0].shown.lower() in {"is", "are"} and not self.items:
            items = []  # a question
        if items and items[0].type == "AGO" and not ends_operand(self.items):  # '2 days ago close'
            items = [replace(items[0], type="BACK"), *items[1:]]
        if items and items[0].value == "time" and items[-1].type == "CLOCK":  # 'time is after 10:30'
            if self.items and self.items[-1].value == "==":
                self.items.pop()
            items = items[1:] if self.items and self.items[-1].value == "time" else items
        self.items += items
        return max(end, at + 1)

    def _own_average(self, at: int, items: list[Item], end: int) -> Found:
        """``obv above its 20 day average``: the average of what was named last."""
        name = self._last_name()
        its = at and self._pieces[at - 1].text == "its"
        named = bool(self.items) and self.items[-1].type == "NAME" and self._pieces[end - 1].text in _MEANS
        if not ((its or named) and items[0].value.startswith("sma_") and name not in {"", "close", "price", "volume"}):
            return items, end
        if not its:  # 'OBV 20 day average'
            self.items.pop()
        place, bars = items[0].at, items[0].value.removeprefix("sma_")
        call = [("NAME", "sma"), ("OPEN", "("), ("NAME", name), ("COMMA", ","), ("NUMBER", bars), ("CLOSE", ")")]
        return [Item(kind, value, place, items[0].shown) for kind, value in call], end

    def _last_name(self) -> str:
        return next((item.value for item in reversed(self.items) if item.type == "NAME"), "")

    def _accepts(self, meaning: Meaning, part: Sequence[Piece]) -> bool:
        kind, after_operand = meaning[0], ends_operand(self.items)
        last = self.items[-1].type if self.items else ""
        if kind in {"UP", "DOWN", "STATUS"}:
            return last in {"RULE", "PARAMETERS"}
        if kind == "CROSS_AFTER" and last == "RULE" and events()[self.items[-1].value].pattern:
            return False
        if kind in {"COMPARE_AFTER", "CROSS_AFTER"} and part[0].kind == "word":
            return (after_operand or last == "PERCENT_SIGN") and last not in {"RULE", "PARAMETERS"} and self._ends_clause(part)
        if kind == "EXPRESSION" and part[0].text in {"above", "below"}:
            return not after_operand
        if kind == "TREND":
            return not (last in {"RULE", "PARAMETERS"} and part[0].kind == "hangul" and len(part) == 1)
        if kind == "NAME" and part[0].kind == "sign":
            return not after_operand
        if kind == "RULE" and part[0].kind == "hangul":
            return not (self.items and self.items[-1].type in {"SUBJECT", "NAME", "NUMBER"})
        if kind == "BACK" and part[0].text == "yesterday":
            return len(part) > 1
        return kind != "BARS"

    def _ends_clause(self, part: Sequence[Piece]) -> bool:
        """Whether nothing that is compared follows: ``70 or higher and``; ``50% or more below`` is a share."""
        behind = next((piece for piece in self._pieces if piece.at >= part[-1].end), None)
        if behind is None or behind.text in _CLAUSE_ENDS:
            return True
        return part[-1].text in {"more", "less"} and behind.kind == "word" and not known_stem(behind.text)

    def _is_end(self, at: int) -> bool:
        return at >= len(self._pieces) or self._pieces[at].text in _CLAUSE_ENDS

    def _phrase(self, at: int, meaning: Meaning, end: int) -> Found:
        kind, value = meaning
        first, last = self._pieces[at], self._pieces[end - 1]
        shown = self._text[first.at : last.end]
        item = Item(kind, value, first.at, shown, first.kind in {"hangul", "unknown"})
        if kind == "ON" and self._event_follows(end):
            return [Item("AND", "and", first.at, shown)], end
        if kind == "ON":
            return after_on(self._text, self._pieces, item, end)
        if kind == "OPEN":
            self._calls.append(bool(self.items) and self.items[-1].type == "NAME")
        elif kind == "CLOSE" and self._calls:
            self._calls.pop()
        elif kind == "NAME":
            return self._numbers(value, item, end)
        elif kind == "MINUS" and self._is_level_below_zero(at):
            return [Item("SUBJECT", "", first.at, shown), item], end
        elif kind in {"UP", "DOWN"}:
            return [Item("WAY", value, first.at, shown)], end
        elif kind == "THAN_BEFORE" and "종가" in shown:
            return [replace(item, value="close")], end  # '시가가 전일 종가보다 높음'
        elif kind in {"CROSS_ZERO", "COMPARE_ZERO"}:
            return [Item(kind.partition("_")[0], value, first.at, shown), Item("NUMBER", "0", last.at, shown)], end
        elif (kind == "COMMA" and not self._calls) or (kind == "FILL" and first.text == ";"):
            return [Item("AND", "and", first.at, shown, korean=True)], end
        elif kind == "EXPRESSION":
            if value.startswith(_SHAPES):
                self._drop_price("gap")
            inside = [Item(each.type, each.value, first.at, shown) for each in read_items(value)]
            return [Item("OPEN", "", first.at, shown), *inside, Item("CLOSE", "", first.at, shown)], end
        elif kind == "BETWEEN" and end < len(self._pieces) and self._pieces[end].kind == "clock" and not ends_operand(self.items):
            return [Item("NAME", "time", first.at, shown), item], end
        elif kind == "RULE_WAY":
            rule, way = value.split()
            self._drop_price(rule)
            fired, after = self._rule(replace(item, type="RULE", value=rule), end)
            oscillator = self._oscillator(end) if rule in _LEVEL_RULES else None
            if oscillator:
                (item, *_), behind = oscillator
                return [item, Item("LEVEL", rule.partition("_")[2], first.at, shown)], behind
            if rule in _LEVEL_RULES and self.items and (ends_operand(self.items) or self.items[-1].type == "SUBJECT"):
                return [Item("LEVEL", rule.partition("_")[2], first.at, shown)], end
            return [*fired, Item("WAY", way, first.at, shown)], after
        elif kind == "RULE":
            self._drop_price(value)
            size = [piece.text for piece in self._pieces[end + 1 : end + 2]]
            if value == "volume_surge" and size in (["x"], ["times"]):  # 'volume spike 3x average'
                return [Item("NAME", "volume", first.at, shown), Item("COMPARE", ">=", first.at, shown)], end
            return self._rule(item, end)
        elif kind == "FILL":
            if first.text == "$" and not (end < len(self._pieces) and self._pieces[end].kind == "number"):
                return [Item("ELSE", "$", first.at, "$")], end
            bare = first.kind == "sign" and first.text not in {"$", "₩", "￦"}
            return ([Item("ELSE", first.text, first.at, first.text)] if bare else []), end
        return [item], end

    def _is_level_below_zero(self, at: int) -> bool:
        """``CCI -100 상향돌파``: a level of an oscillator, no difference."""
        sign, number = self._pieces[at], self._pieces[at + 1 : at + 2]
        apart = at > 0 and self._pieces[at - 1].end < sign.at and bool(number) and number[0].at == sign.end
        last = self.items[-1] if self.items else None
        named = last is not None and last.type == "NAME" and kind_of(column_of(last.value) or "") in LEVELS
        named |= last is not None and last.type == "CLOSE" and "change_pct" in [each.value for each in self.items[-_CHANGE:]]
        return apart and number[0].kind == "number" and named

    def _oscillator(self, at: int) -> Found | None:
        """``oversold stochastic``: the oscillator behind its level, where the clause ends there."""
        phrase = phrases().longest(self._pieces, at, lambda meaning, _: meaning[0] == "NAME")
        word = self._pieces[at] if at < len(self._pieces) else None
        name, end = (phrase[0][1], phrase[1]) if phrase else (word.text if word else "", at + 1)
        if word is None or kind_of(column_of(name) or "") not in LEVELS:
            return None
        behind = self._pieces[end] if end < len(self._pieces) else None
        if behind is not None and behind.text not in _CLAUSE_ENDS:
            return None
        return [Item("NAME", name, word.at, word.text)], end

    def _event_follows(self, at: int) -> bool:
        """``on heavy volume``, ``on a bullish engulfing``: what happens at the same time, no timeframe."""
        kinds = {"RULE", "RULE_WAY", "EXPRESSION"}
        at += at < len(self._pieces) and self._pieces[at].text in {"a", "an", "the"}
        return ends_operand(self.items) and phrases().longest(self._pieces, at, lambda meaning, _: meaning[0] in kinds) is not None

    def _drop_price(self, rule: str) -> None:
        """``price makes a new high``, ``price gaps up``: the rule is of the price anyway."""
        about_price = rule in _OF_PRICE or (rule in events() and events()[rule].pattern)
        if about_price and self.items and self.items[-1].type == "NAME" and self.items[-1].value in {"close", "price"}:
            self.items.pop()

    def _single(self, at: int) -> Found:
        piece = self._pieces[at]
        if piece.kind == "bracket":
            return [Item("BRACKET", piece.text, piece.at, piece.text)], at + 1
        if piece.kind == "clock":
            return [Item("CLOCK", piece.text, piece.at, piece.text)], at + 1
        if piece.kind == "word":
            return self._word(piece, at)
        if piece.text in _MEANS and self._last_name().startswith("volume"):
            return [Item("NAME", "volume_sma", piece.at, piece.text, korean=True)], at + 1
        return [
            Item("NAME" if piece.kind == "unknown" else "ELSE", piece.text, piece.at, piece.text, piece.kind == "unknown")
        ], at + 1

    def _word(self, piece: Piece, at: int) -> Found:
        name = piece.text
        if name in _MEANS and self._last_name().startswith("volume"):
            name = "volume_sma"
        if name == "for":
            return [Item("ELSE", name, piece.at, name)], at + 1
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        place, point, rest = name.partition(".")
        if point and place in _PLACES and rest:
            return [Item("PLACE", _PLACES[place], piece.at, place), Item("NAME", rest, piece.at + len(place) + 1, rest)], at + 1
        typed = self._text[piece.at : piece.end]
        name = name if column_of(name) else camel_case(typed, name)
        if name == "sequence" and at + 1 < len(self._pieces) and self._pieces[at + 1].kind == "word":
            following = self._pieces[at + 1]
            return [Item("SEQUENCE", following.text, piece.at, typed)], at + 2
        return self._numbers(name, Item("NAME", name, piece.at, typed), at + 1)

    def _numbers(self, name: str, item: Item, at: int) -> Found:
        """``rsi 14``: numbers with spaces between belong to the name of an indicator."""
        stem = known_stem(name)
        most, end = places(stem) if stem else 0, at
        while end - at < most and end < len(self._pieces) and self._pieces[end].kind == "number" and not self._is_frame(end):
            end += 1
        if end == at:
            return [Item("NAME", name, item.at, item.shown, item.korean)], at
        following = self._pieces[end] if end < len(self._pieces) else None
        counted = following and self._is_limit(end)
        if following and (counted or following.text == "%" or (following.kind == "hangul" and following.text not in _OBJECT_AFTER)):
            end -= 1
        numbers = [piece.text for piece in self._pieces[at:end]]
        return [Item("NAME", "_".join([name, *numbers]), item.at, item.shown, item.korean)], end

    def _is_limit(self, at: int) -> bool:
        """``or higher`` behind ``RSI 70``: the number is none of its parameters."""
        found = phrases().longest(self._pieces, at, lambda meaning, _: meaning[0] == "COMPARE_AFTER")
        return found is not None and self._ends_clause(self._pieces[at : found[1]])

    def _is_frame(self, at: int) -> bool:
        """Whether a number is that of a timeframe, as in ``rsi 1h``."""
        unit = self._pieces[at + 1] if at + 1 < len(self._pieces) else None
        return unit is not None and unit.text in UNITS_OF_FRAMES and unit.at == self._pieces[at].end

    def _call(self, at: int) -> Found | None:
        """A word before a parenthesis is the name of a function where there is such a function."""
        piece = self._pieces[at]
        if piece.kind != "word" or at + 1 >= len(self._pieces) or self._pieces[at + 1].text != "(":
            return None
        name = piece.text
        for prefix in _PREFIXES:
            name = name.removeprefix(prefix)
        if name in events() and not known_stem(name):
            return self._rule(Item("RULE", name, piece.at, name), at + 1)
        if not is_function(name):
            return None
        return [Item("NAME", name, piece.at, self._text[piece.at : piece.end])], at + 1

    def _rule(self, item: Item, at: int) -> Found:
        if item.value in events() and known_stem(item.value) == item.value:
            item = Item("NAME", item.value, item.at, item.shown, item.korean)
        if at >= len(self._pieces) or self._pieces[at].text != "(" or item.type != "RULE":
            return [item], at
        end = next((i for i in range(at, len(self._pieces)) if self._pieces[i].text == ")"), len(self._pieces))
        if end == len(self._pieces):
            return [item], at
        inside = self._text[self._pieces[at].end : self._pieces[end].at].lower()
        return [item, Item("PARAMETERS", inside, self._pieces[at].at, "(")], end + 1

    def _number(self, at: int) -> Found:
        piece = self._pieces[at]
        text, end = amount(self._pieces, at, grouped=not (self._calls and self._calls[-1]))
        following = self._pieces[end].text if end < len(self._pieces) else ""
        item = Item("NUMBER", text, piece.at, piece.text)
        if following == "%" and self._is_share_of(at, end):
            return [Item("TIMES", "*", piece.at, piece.text), item], end  # '종가의 3% 이상'
        if following == "배":
            return ([Item("TIMES", "*", piece.at, piece.text)] if ends_operand(self.items) else []) + [item], end + 1
        if self.items and self.items[-1].type == "NAME" and following in UNITS_OF_FRAMES and end == at + 1:
            frame = timeframe(self._text[piece.at : self._pieces[end].end])
            behind = self._pieces[end + 1] if end + 1 < len(self._pieces) else None
            if frame and self._pieces[end].at == piece.end and behind and behind.kind != "hangul":
                return [Item("BRACKET", f"[{frame}]", piece.at, piece.text)], end + 1
        if following == "x" and end + 1 < len(self._pieces) and self._pieces[end + 1].text != "(":
            return [item, Item("TIMES", "*", self._pieces[end].at, "x")], end + 1
        if following == "선" and not self._has_value() and self._pieces[end].at == piece.end and text.isdigit() and int(text) > 2:
            return [Item("NAME", f"sma_{text}", piece.at, piece.text)], end + 1  # '20선 위'
        money = following in _CURRENCIES or (at > 0 and self._pieces[at - 1].text in _CURRENCY_SIGNS)
        if following in _CURRENCIES or (following == "주" and end > at + 1):
            end += 1
        if money and not self._has_value():
            return self._of_price(item), end
        return [item], end

    def _is_share_of(self, at: int, end: int) -> bool:
        """``종가의 3% 이상``; but ``종가의 3% 이내`` is near it."""
        of = at > 0 and self._pieces[at - 1].text == "의" and bool(self.items) and self.items[-1].type == "NAME"
        behind = self._pieces[end + 1].text if end + 1 < len(self._pieces) else ""
        return of and behind not in {"이내", "이내에", "이내로", "안쪽", "내외"}

    def _has_value(self) -> bool:
        """Whether a value stands in the clause already."""
        for item in reversed(self.items):
            if item.type in {"AND", "OR", "NOT"}:
                return False
            if item.type not in {"COMPARE", "CROSS", "FRAME", "FRAME_WHOLE"}:
                return True
        return False

    def _of_price(self, amount: Item) -> list[Item]:
        """``above $50``, ``5만원 돌파``: an amount of money is one of the price."""
        before: list[Item] = []
        while self.items and self.items[-1].type in {"COMPARE", "CROSS"}:
            before.insert(0, self.items.pop())
        return [Item("NAME", "close", amount.at, amount.shown), *before, amount]
