"""Reading phrases: which meaning a phrase has where it stands, and the items that it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from shared.conditions.columns import column_of
from shared.conditions.counted import Found
from shared.conditions.events import events
from shared.conditions.frames import after_on
from shared.conditions.items import Item, ends_operand
from shared.conditions.lexicon import LEVELS
from shared.conditions.literals import kind_of
from shared.conditions.phrases import Meaning, phrases
from shared.conditions.reading_names import rule, with_numbers
from shared.conditions.reading_state import CLAUSE_ENDS, State
from shared.conditions.scanning import Piece

Read = Callable[[str], list[Item]]
"""The items of a text."""
_EVENTS: Final = frozenset({"RULE", "RULE_WAY", "EXPRESSION"})
_LINED: Final = frozenset({"macd", "ema"})
_NOUNS: Final = frozenset({"reclaim", "reclaimed"})
_WAYS_ALONE: Final = frozenset({"상향", "하향"})
_NONE: Final = frozenset({"no", "without", "never"})
_CURRENCY_SIGNS: Final = frozenset({"$", "₩", "￦"})
_LEVEL_RULES: Final = frozenset({"rsi_oversold", "rsi_overbought"})
"""Rules whose words, behind an oscillator, are about that one."""
_CHANGE: Final = 8
"""Items of ``(change_pct(close, 1))``."""
_SHAPES: Final = ("high >", "high <", "low >", "low <")


def accepts(state: State, meaning: Meaning, part: Sequence[Piece]) -> bool:
    """Whether a phrase can have a meaning where it stands."""
    kind, after_operand = meaning[0], ends_operand(state.items)
    last = state.items[-1].type if state.items else ""
    if kind in {"UP", "DOWN", "STATUS"}:
        return last in {"RULE", "PARAMETERS"}
    if kind == "CROSS_AFTER" and last == "RULE" and events()[state.items[-1].value].pattern:
        return False
    if part[0].text in _WAYS_ALONE and kind == "CROSS_AFTER" and len(part) == 1:  # 'RSI 30 하향'; an average may as well turn
        return last == "NUMBER" and state.ends_clause(part)
    if part[0].text == "반등" and kind in {"TREND", "CROSS_AFTER"}:  # '저가 대비 5% 반등'
        return (last == "PERCENT_SIGN") == (kind == "TREND")
    if kind in {"COMPARE_AFTER", "CROSS_AFTER"} and part[0].kind == "word":
        return (after_operand or last == "PERCENT_SIGN") and last not in {"RULE", "PARAMETERS"} and state.ends_clause(part)
    if kind == "COMPARE_AFTER" and part[0].text.startswith("터"):  # '500억 터진'
        return last == "NUMBER"
    if kind == "CROSS" and part[0].text in _NOUNS and len(part) == 1:  # 'vwap reclaim'
        return not (after_operand and state.ends_clause(part))
    if kind == "DIRECTION" and len(part) == 1:
        return after_operand and state.is_undirected() and state.ends_clause(part)
    if kind == "NOT" and part[0].text in _NONE:
        return _fires_behind(state, part[-1].end)
    if kind == "EXPRESSION" and part[0].text in {"above", "below"}:
        return not after_operand
    if kind == "TREND":
        return not (last in {"RULE", "PARAMETERS"} and part[0].kind == "hangul" and len(part) == 1)
    if kind == "NAME" and part[0].kind == "sign":
        second = last == "NAME" and [piece.text for piece in part] in (["%", "d"], ["%", "k"])  # '%K %D 상향 돌파'
        return not after_operand or second
    if kind == "RULE" and part[0].kind == "hangul":
        return not (state.items and state.items[-1].type in {"SUBJECT", "NAME", "NUMBER"})
    if kind == "RULE" and part[-1].text == "cross" and part[0].text in _LINED:
        return not _compared_behind(state, part[-1].end)
    if kind == "BACK" and part[-1].text == "yesterday":
        return _names_behind(state, part[-1].end)
    return kind != "BARS"


def _compared_behind(state: State, end: int) -> bool:
    """``macd cross below zero``: whether a value stands behind a position, to be crossed."""
    at = next((i for i, piece in enumerate(state.pieces) if piece.at >= end), len(state.pieces))
    return at + 1 < len(state.pieces) and state.pieces[at].text in {"above", "below", "over", "under"}


def _names_behind(state: State, end: int) -> bool:
    """``yesterday volume``: whether a value is named behind a position."""
    behind = next((piece for piece in state.pieces if piece.at >= end), None)
    return behind is not None and behind.kind in {"word", "hangul"} and column_of(behind.text) is not None


def _fires_behind(state: State, end: int) -> bool:
    """``no new low``: whether something that happens is named behind a position."""
    at = next((i for i, piece in enumerate(state.pieces) if piece.at >= end), len(state.pieces))
    return phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] in _EVENTS) is not None


@dataclass(frozen=True)
class _Phrase:
    """A phrase with its meaning, and the index behind it."""

    kind: str
    value: str
    first: Piece
    last: Piece
    at: int
    end: int
    shown: str

    def item(self, kind: str = "", value: str | None = None, *, korean: bool | None = None) -> Item:
        """An item at the place of the phrase."""
        hangul = self.first.kind in {"hangul", "unknown"}
        return Item(
            kind or self.kind,
            self.value if value is None else value,
            self.first.at,
            self.shown,
            hangul if korean is None else korean,
        )


def phrase(state: State, at: int, meaning: Meaning, end: int, read: Read) -> Found:
    """The items of a phrase. ``read``: the items of the text that a phrase stands for."""
    first, last = state.pieces[at], state.pieces[end - 1]
    found = _Phrase(*meaning, first, last, at, end, state.text[first.at : last.end])
    if found.kind == "EXPRESSION":
        return _expression(state, found, read)
    special = _READERS.get(found.kind)
    return (special(state, found) if special else None) or ([found.item()], end)


def _on(state: State, found: _Phrase) -> Found:
    if _event_follows(state, found.end):
        return [found.item("AND", "and", korean=False)], found.end
    return after_on(state.text, state.pieces, found.item(), found.end)


def _open(state: State, _found: _Phrase) -> None:
    state.calls.append(bool(state.items) and state.items[-1].type == "NAME")


def _close(state: State, _found: _Phrase) -> None:
    if state.calls:
        state.calls.pop()


def _name(state: State, found: _Phrase) -> Found:
    return with_numbers(state, found.value, found.item(), found.end)


def _minus(state: State, found: _Phrase) -> Found | None:
    if not _is_signed_level(state, found.at):
        return None
    return [found.item("SUBJECT", "", korean=False), found.item()], found.end


def _plus(state: State, found: _Phrase) -> Found | None:
    """``등락률 +10% 이상``."""
    return ([found.item("SUBJECT", "", korean=False)], found.end) if _is_signed_level(state, found.at) else None


def _way(_state: State, found: _Phrase) -> Found:
    return [found.item("WAY", korean=False)], found.end


def _than_before(_state: State, found: _Phrase) -> Found | None:
    """``시가가 전일 종가보다 높음``."""
    return ([found.item(value="close")], found.end) if "종가" in found.shown else None


def _zero(_state: State, found: _Phrase) -> Found:
    zero = Item("NUMBER", "0", found.last.at, found.shown)
    return [found.item(found.kind.partition("_")[0], korean=False), zero], found.end


def _comma(state: State, found: _Phrase) -> Found | None:
    return None if state.calls else ([found.item("AND", "and", korean=True)], found.end)


def _between(state: State, found: _Phrase) -> Found | None:
    """``between 10am and 11:30``: the time."""
    clock = found.end < len(state.pieces) and state.pieces[found.end].kind == "clock"
    if not clock or ends_operand(state.items):
        return None
    return [found.item("NAME", "time", korean=False), found.item()], found.end


def _expression(state: State, found: _Phrase, read: Read) -> Found:
    if found.value.startswith(_SHAPES):
        state.drop_price("gap")
    inside = [Item(each.type, each.value, found.first.at, found.shown) for each in read(found.value)]
    if (
        found.value.startswith("crosses_") and found.value.count("(") == 1
    ):  # 'macd bull cross below zero': what follows is of its first value
        return inside, found.end
    return [found.item("OPEN", "", korean=False), *inside, found.item("CLOSE", "", korean=False)], found.end


def _rule_way(state: State, found: _Phrase) -> Found:
    name, way = found.value.split()
    state.drop_price(name)
    fired, after = rule(state, found.item("RULE", name), found.end)
    if name in _LEVEL_RULES:
        level = found.item("LEVEL", name.partition("_")[2], korean=False)
        named = found.first.text == "rsi" and found.shown.lower().startswith("rsi")
        behind = state.pieces[found.end].text if found.end < len(state.pieces) else ""
        if named and behind != "(":  # 'RSI oversold' is a state, 'oversold' alone the rule
            longer = phrases().longest(state.pieces, found.at + 1, lambda meaning, _: meaning[0] == "LEVEL")
            (_, word), end = longer or (("LEVEL", level.value), found.end)
            return [Item("NAME", "rsi", found.first.at, found.shown), found.item("LEVEL", word, korean=False)], end
        oscillator = _oscillator(state, found.end)
        if oscillator:
            return [oscillator[0][0], level], oscillator[1]
        if state.items and (ends_operand(state.items) or state.items[-1].type == "SUBJECT"):
            return [level], found.end
    last = column_of(state.last_name()) or ""
    if name in _LEVEL_RULES and kind_of(last) in LEVELS and kind_of(last) != "rsi" and after == found.end:
        first = found.item("NAME", last.replace("stoch_d", "stoch_k"), korean=False)
        return [first, found.item("LEVEL", name.partition("_")[2], korean=False)], found.end  # 'stochastic cross in oversold'
    return [*fired, found.item("WAY", way, korean=False)], after


def _rule(state: State, found: _Phrase) -> Found:
    state.drop_price(found.value)
    compared = phrases().longest(state.pieces, found.end, lambda meaning, _: meaning[0] == "COMPARE")
    behind = compared[1] if compared else found.end
    size = [piece.text for piece in state.pieces[behind + 1 : behind + 2]]
    if found.value == "volume_surge" and compared and size in (["x"], ["times"]):  # 'volume spike > 3x average'
        return [found.item("NAME", "volume", korean=False)], found.end
    if found.value == "volume_surge" and size in (["x"], ["times"]):  # 'volume spike 3x average'
        return [found.item("NAME", "volume", korean=False), found.item("COMPARE", ">=", korean=False)], found.end
    return rule(state, found.item(), found.end)


def _fill(state: State, found: _Phrase) -> Found:
    text = found.first.text
    if text == ";":
        return [found.item("AND", "and", korean=True)], found.end
    if text == "인" and [each.type for each in state.items[-3:]] == ["NAME", "SUBJECT", "NAME"]:  # '시가가 저가인 양봉'
        return [found.item("COMPARE_AFTER", "==")], found.end
    if text == "$" and not (found.end < len(state.pieces) and state.pieces[found.end].kind == "number"):
        return [Item("ELSE", "$", found.first.at, "$")], found.end
    bare = found.first.kind == "sign" and text not in _CURRENCY_SIGNS
    return ([Item("ELSE", text, found.first.at, text)] if bare else []), found.end


_READERS: Final[dict[str, Callable[[State, _Phrase], Found | None]]] = {
    "ON": _on,
    "OPEN": _open,
    "CLOSE": _close,
    "NAME": _name,
    "MINUS": _minus,
    "PLUS": _plus,
    "UP": _way,
    "DOWN": _way,
    "THAN_BEFORE": _than_before,
    "CROSS_ZERO": _zero,
    "COMPARE_ZERO": _zero,
    "COMMA": _comma,
    "BETWEEN": _between,
    "RULE_WAY": _rule_way,
    "RULE": _rule,
    "FILL": _fill,
}
"""What the meanings of some phrases depend on."""


def _is_signed_level(state: State, at: int) -> bool:
    """``CCI -100 상향돌파``, ``등락률 +10%``: a level with its sign, no difference and no sum."""
    sign, number = state.pieces[at], state.pieces[at + 1 : at + 2]
    apart = at > 0 and state.pieces[at - 1].end < sign.at and bool(number) and number[0].at == sign.end
    last = state.items[-1] if state.items else None
    named = last is not None and last.type == "NAME" and kind_of(column_of(last.value) or "") in LEVELS
    named |= last is not None and last.type == "CLOSE" and "change_pct" in [each.value for each in state.items[-_CHANGE:]]
    return apart and number[0].kind == "number" and named


def _oscillator(state: State, at: int) -> Found | None:
    """``oversold stochastic``: the oscillator behind its level, where the clause ends there."""
    phrase = phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] == "NAME")
    word = state.pieces[at] if at < len(state.pieces) else None
    name, end = (phrase[0][1], phrase[1]) if phrase else (word.text if word else "", at + 1)
    if word is None or kind_of(column_of(name) or "") not in LEVELS:
        return None
    behind = state.pieces[end] if end < len(state.pieces) else None
    if behind is not None and behind.text not in CLAUSE_ENDS:
        return None
    return [Item("NAME", name, word.at, word.text)], end


def _event_follows(state: State, at: int) -> bool:
    """``on heavy volume``, ``on a bullish engulfing``: what happens at the same time, no timeframe."""
    at += at < len(state.pieces) and state.pieces[at].text in {"a", "an", "the"}
    return ends_operand(state.items) and phrases().longest(state.pieces, at, lambda meaning, _: meaning[0] in _EVENTS) is not None
