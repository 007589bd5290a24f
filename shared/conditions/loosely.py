"""Words that say no exact level by themselves: oversold, touches, bounces off, near, a share of a value."""

from __future__ import annotations

from typing import Final

from shared.conditions.comparisons import compare, compared, connective, crossing, grouped
from shared.conditions.errors import ConditionError
from shared.conditions.expression import Elsewhere, Node, Number, SeriesName, is_boolean
from shared.conditions.lexicon import LEVELS
from shared.conditions.literals import PRICES, fraction, is_candlestick, is_price, kind_of, plain, signed
from shared.conditions.normal_form import ATOM, BINDING, render
from shared.conditions.operations import arithmetic

NOT_EXACT: Final = {
    "bounces": "low <= {b} and {a} > {b}",
    "rejects": "high >= {b} and {a} < {b}",
    "near": "abs({a} / {b} - 1) <= 0.01",
}
"""What words that say no exact level may mean."""
_TURNED: Final = {"bounces": "crosses_above", "rejects": "crosses_below"}
"""The same of an oscillator, which has one value a bar."""
STATES: Final = {"rsi_oversold": "not_oversold", "rsi_overbought": "not_overbought"}
"""Rules whose contrary is a state of the RSI."""


def beyond_level(operand: Node, word: str, at: int) -> Node:
    """``stochastic oversold``: the oscillator is below or above its usual level."""
    series = operand.operand if isinstance(operand, Elsewhere) else operand
    levels = LEVELS.get(kind_of(series.name)) if isinstance(series, SeriesName) else None
    if levels is None:
        raise ConditionError("level", "", at, sign=word.replace("_", " "), known=", ".join(sorted(LEVELS)))
    if word.startswith("left_"):
        below = word == "left_oversold"
        return crossing("crosses_above" if below else "crosses_below", operand, signed(levels[0 if below else 1], at), at)
    negated, word = word.startswith("not_"), word.removeprefix("not_")
    sign, value = ("<", levels[0]) if word == "oversold" else (">", levels[1])
    sign = sign if not negated else {"<": ">=", ">": "<="}[sign]
    return compared(operand, sign, signed(value, at))


def not_exact(word: str, left: Node, right: Node, at: int) -> ConditionError:
    """The error for ``bounces off x`` and the like, which everybody measures in another way, with a spelling that is exact."""
    _refuse_event(right, word)
    if (
        not is_boolean(left)
        and not (isinstance(left, SeriesName) and (left.name in PRICES or is_price(left.name)))
        and word in _TURNED
    ):
        example = f"{_TURNED[word]}({render(left)}, {render(plain(right, left))})"
        return ConditionError("instead", "", at, found=f"'{word}'", instead=f"'{example}'")
    event = f"{render(left, BINDING['and'])} and " if is_boolean(left) else ""
    first, second = "close" if event else render(plain(left)), render(plain(right), ATOM)
    example = event + NOT_EXACT[word].format(a=first, b=second)
    return ConditionError("instead", "", at, found=f"'{word}'", instead=f"'{example}'")


def _refuse_event(value: Node, word: str) -> None:
    """Raises ConditionError for what happens, as ``touches a doji``: it has no value that is reached."""
    if is_boolean(value) or (isinstance(value, SeriesName) and is_candlestick(value.name)):
        raise ConditionError("number", "", value.at, sign=word)


def is_not_exact(error: ConditionError) -> bool:
    """Whether an error is about such words; its spelling is that of one clause."""
    return error.code == "instead" and str(error.values["found"]).strip("'") in NOT_EXACT


def of_base(left: Node, base: Node, share: Node, sign: str, *, percent: bool) -> Node:
    """``거래량이 20일 평균 대비 200% 이상``: a share of a value. Of less than 100 % of a price a change may be meant."""
    value = share.value if isinstance(share, Number) else 0.0
    if not percent:
        return compare(left, sign, arithmetic("*", base, share), left.at)
    if value < 100 and not (isinstance(left, SeriesName) and left.name == "volume"):
        first, second = render(left), render(base)
        factor = fraction(value if value >= 50 else 100 + value if sign in {">", ">="} else 100 - value)
        raise ConditionError("instead", "", share.at, found=f"'{value:g}%'", instead=f"'{first} {sign} {factor:g} * {second}'")
    return compare(left, sign, arithmetic("*", base, Number(fraction(value), share.at)), left.at)


def touch(left: Node, right: Node, at: int) -> Node:
    """``price touches sma_50``: the range of the bar holds the value. Of another value there is no range."""
    for value in (left, right):
        _refuse_event(value, "touches")
    if isinstance(left, SeriesName) and left.name == "volume":  # it only grows within a bar
        return compare(left, ">=", right, at)
    if not (isinstance(left, SeriesName) and left.name in PRICES):
        levels = LEVELS.get(kind_of(left.name)) if isinstance(left, SeriesName) else None
        beneath = levels is not None and isinstance(right, Number) and right.value < sum(levels) / 2
        example = f"crosses_{'below' if beneath else 'above'}({render(plain(left))}, {render(plain(right, left))})"
        if beneath:
            raise ConditionError("instead", "", at, found="'hits'", instead=f"'{example}'")
        raise ConditionError("direction", "", at, example=example)
    low, high = (grouped(compared(SeriesName(name, left.at), sign, right)) for name, sign in (("low", "<="), ("high", ">=")))
    return connective("and", low, high)
