"""A condition in words, in English and Korean."""

from __future__ import annotations

import re
from typing import Final

from shared.conditions.condition import Condition, parse
from shared.conditions.errors import ConditionError
from shared.conditions.events import events
from shared.conditions.expression import (
    COMPARISONS,
    CROSSINGS,
    RELATIVE_FIELDS,
    Elsewhere,
    Fired,
    Node,
    Number,
    Operation,
    SeriesName,
)
from shared.conditions.literals import is_candlestick, shown
from shared.conditions.names import COLUMNS, FIELDS, RULES
from shared.conditions.normal_form import ATOM, BINDING
from shared.conditions.templates import BARS, CANDLES, EVENTS, PLACES, SIGNS, TEMPLATES, WEEKDAYS, WHOLE, Phrase
from shared.conditions.vocabulary import indicator_column

LANGUAGES: Final = ("en", "ko")
_ONE: Final = re.compile(r"\b1 bars\b")
_ARTICLE: Final = re.compile(r"[a-z0-9]")
_CONNECTED: Final = frozenset({"and", "or", "held", "within"})


def describe(condition: Condition, language: str) -> str:
    """What the condition means, in ``en`` or ``ko``; without a full stop.

    >>> from shared.conditions.condition import parse
    >>> describe(parse("rsi_14 < 30 and close > sma_200"), "en")
    'RSI(14) is below 30 and the close is above the 200-bar average, on daily bars'
    """
    words = _Words(LANGUAGES.index(language))
    text = WHOLE[words.index].format(words.of(condition.root), words.bars(str(condition.timeframe)))
    return _ONE.sub("1 bar", text)


def describe_value(text: str, language: str) -> str:
    """What a value is, such as a column, in ``en`` or ``ko``; without an article. Raises ConditionError.

    >>> describe_value("rsi_14", "en"), describe_value("close", "ko"), describe_value("highest(high, 20)", "en")
    ('RSI(14)', '종가', 'highest of the high over 20 bars')
    """
    root = parse(f"{text} > 0").root
    if not isinstance(root, Operation) or root.operands[-1] != Number(0.0):
        raise ConditionError("name", text, 0, found=text)
    return _Words(LANGUAGES.index(language)).of(root.operands[0]).removeprefix("the ")


class _Words:
    def __init__(self, index: int) -> None:
        self.index = index
        """Of the language in ``LANGUAGES``."""

    def of(self, node: Node, beside: Node | None = None) -> Phrase:
        """The words of a node; ``beside``: what it is compared with."""
        if isinstance(node, Number):
            return Phrase(self._number(node.value, beside))
        if isinstance(node, SeriesName):
            return Phrase(self._series(node.name))
        if isinstance(node, Fired):
            return Phrase(self._fired(node))
        if isinstance(node, Elsewhere):
            return Phrase(self._elsewhere(node))
        return Phrase(self._operation(node))

    def bars(self, frame: str) -> str:
        """The bars of a timeframe."""
        if frame in BARS:
            return BARS[frame][self.index]
        count, unit = frame[:-1], frame[-1]
        return BARS[unit][self.index].format(count)

    def _number(self, value: float, beside: Node | None) -> str:
        if isinstance(beside, SeriesName):
            literal = shown(beside.name, value)
            if literal:
                return WEEKDAYS[literal][self.index] if literal in WEEKDAYS else literal
        return f"{int(value):,}" if value == int(value) else repr(value)

    def _series(self, name: str) -> str:
        if name in FIELDS:
            return self._with_article(FIELDS[name][self.index])
        template, values = indicator_column(name)
        return self._with_article(COLUMNS[template][self.index].format(**values) if template in COLUMNS else name)

    def _with_article(self, name: str) -> str:
        return f"the {name}" if self.index == 0 and _ARTICLE.match(name) else name

    def _fired(self, node: Fired) -> str:
        name = RULES[node.name][self.index] if node.name in RULES else node.name
        kind = events().get(node.name)
        one_way = kind is not None and len(kind.directions) == 1
        given = ", ".join(f"{key} {value:g}" for key, value in node.parameters)
        return EVENTS[node.source, "any" if one_way and node.source == "rule" else node.event][self.index].format(
            f"{name} ({given})" if given else name
        )

    def _elsewhere(self, node: Elsewhere) -> str:
        inner = self._grouped(node.operand)
        if not node.instrument:
            return PLACES["timeframe"][self.index].format(inner, self.bars(str(node.timeframe)))
        place = PLACES[node.instrument][self.index] if node.instrument in PLACES else node.instrument
        against = isinstance(node.operand, SeriesName) and node.operand.name in RELATIVE_FIELDS
        return PLACES["against" if against else "instrument"][self.index].format(inner, place)

    def _operation(self, node: Operation) -> str:
        if node.name in {"and", "or"}:
            return SIGNS[node.name][self.index].join(self._grouped(operand, inside=node.name) for operand in node.operands)
        if node.name in SIGNS:
            return self._arithmetic(node)
        first = node.operands[0]
        if (
            node.name in CANDLES
            and isinstance(first, SeriesName)
            and is_candlestick(first.name)
            and node.operands[1] == Number(0.0)
        ):
            name = self._series(first.name).removeprefix("the ").removesuffix(" value").removesuffix(" 값")
            return CANDLES["!=" if first.name == "cdl_doji" else node.name][self.index].format(Phrase(name))
        if node.name in COMPARISONS | CROSSINGS:
            return TEMPLATES[node.name][self.index].format(a=self.of(first), b=self.of(node.operands[1], first))
        last = node.operands[-1]
        return TEMPLATES[node.name][self.index].format(
            a=self._grouped(first), b=self._grouped(last), n=int(last.value) if isinstance(last, Number) else ""
        )

    def _arithmetic(self, node: Operation) -> str:
        first, second = node.operands
        binding = BINDING[node.name]
        return f"{self._value(first, binding)}{SIGNS[node.name][self.index]}{self._value(second, binding + 1)}"

    def _value(self, node: Node, binding: int) -> str:
        own = BINDING.get(node.name, ATOM) if isinstance(node, Operation) and node.name in SIGNS else ATOM
        return f"({self.of(node)})" if own < binding else self.of(node)

    def _grouped(self, node: Node, inside: str = "") -> Phrase:
        """In parentheses where it has several parts: all but names, numbers and, in ``and`` and ``or``, single truths."""
        if inside:
            several = isinstance(node, Operation) and node.name in _CONNECTED
        else:
            several = isinstance(node, Operation | Elsewhere) or (isinstance(node, Fired) and self.index == 1)
        return Phrase(f"({self.of(node)})") if several else self.of(node)
