"""The expression tree of a condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.events import Timeframe

BAR_FIELDS: Final = ("open", "high", "low", "close", "volume")
"""The fields of a bar, adjusted as in indicators."""
TIME_FIELDS: Final = ("time", "weekday", "minutes_since_open", "session_bar", "days_to_month_end")
"""Numbers that the calendar knows about a bar, in the exchange's time zone: minutes since midnight at the close, 1 (Monday) to 7,
minutes since the session's open at the close, 1 for the first bar of the session, sessions left in the month: 0 on the last."""
INDUSTRY_FIELDS: Final = ("advances", "declines", "unchanged", "median_move", "breadth_50", "breadth_200")
"""Values of the instrument's industry at the end of a session, names only inside ``Elsewhere`` with ``industry``: three counts of
members, the median move and the shares of members above their SMA 50 and SMA 200, as fractions."""
RELATIVE_FIELDS: Final = ("rs_20", "rs_63", "rs_126", "beta_63", "beta_126", "correlation_63", "correlation_126")
"""Relative strength, beta and correlation of the evaluated instrument against ``benchmark`` or ``industry``, over so many sessions,
as fractions. The names exist only inside an ``Elsewhere`` of one of the two."""
PAST_NUMBERS: Final = frozenset(
    {"lag", "highest", "lowest", "sum", "sma", "ema", "stdev", "change", "change_pct", "percent_rank", "bars_since", "count"}
)
"""Operations whose value is a number and depends on earlier bars: (x, n), except ``bars_since``, which takes a truth alone.

``lag`` is written ``x[n]``. ``count`` takes a truth and n. n is a ``Number`` from 1 to 500; windows include the bar itself.
``change`` is x - x[n]; ``change_pct`` is 100 * (x / x[n] - 1), in percent as the column ``roc``;
``percent_rank``: the share of the n values before it that are at most x, 0 to 100 as the column of the close;
``stdev`` divides by n, as the bands."""
PAST_TRUTHS: Final = frozenset({"rising", "falling", "held", "within"})
"""Operations whose value is a truth and depends on earlier bars, (x, n): ``rising`` and ``falling`` take a number;
``held``: true on each of the last n bars; ``within``: true on at least one of the last n bars."""
PURE: Final = frozenset({"abs", "min", "max"})
"""Functions of values at one bar."""
COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
CROSSINGS: Final = frozenset({"crosses_above", "crosses_below"})
CONNECTIVES: Final = frozenset({"and", "or"})
BOOLEAN_OPERATIONS: Final = COMPARISONS | CROSSINGS | CONNECTIVES | PAST_TRUTHS | {"not"}
"""Operations whose value is true, false or unknown. ``prev`` and ``lag`` have the type of their operand; all others are numbers."""


@dataclass(frozen=True)
class Number:
    """A constant, not negative."""

    value: float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class SeriesName:
    """The canonical name of an indicator column, a bar field, a time field, or inside ``Elsewhere`` a field of its industry."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Fired:
    """True on the bars on which a rule, a chart pattern or a sequence fires."""

    source: Literal["rule", "pattern", "sequence"]
    name: str
    """The rule's or sequence's name, or the pattern's kind."""
    event: str
    """Of a rule ``up``, ``down`` or ``any``; of a pattern its status, as ``confirmed``; of a sequence ``any``."""
    parameters: tuple[tuple[str, float], ...] = ()
    """Parameters of the rule that must match, by name; without them every instance of the rule counts."""
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Elsewhere:
    """The value of ``operand`` on another timeframe, or of another instrument. ``operand`` contains no ``Elsewhere``.

    Of the same instrument: the value at the newest bar of ``timeframe`` that closed at or before the close of the evaluated bar.
    Of another instrument: the value at its newest session that ended before the session of the evaluated bar began.
    """

    operand: Node
    timeframe: Timeframe
    instrument: str = ""
    """Empty: the same instrument. Otherwise a symbol, ``benchmark`` or ``industry``; the timeframe is then 1d."""
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Operation:
    """``name`` over its operands: ``not``, ``negate``, ``prev``, ``abs`` and ``bars_since`` have one, ``and`` and
    ``or`` two or more, all others two.

    ``negate`` is the minus before a value.
    """

    name: str
    operands: tuple[Node, ...]
    at: int = field(default=0, compare=False)
    """Position in the text, for errors."""


Node = Number | SeriesName | Fired | Elsewhere | Operation


def is_boolean(node: Node) -> bool:
    """Whether the value is boolean; otherwise it is a number."""
    if isinstance(node, Elsewhere):
        return is_boolean(node.operand)
    if isinstance(node, Operation) and node.name in {"prev", "lag"}:
        return is_boolean(node.operands[0])
    return isinstance(node, Fired) or (isinstance(node, Operation) and node.name in BOOLEAN_OPERATIONS)


def walk(node: Node) -> Iterator[Node]:
    """The node and all its descendants, in the order of the text."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, Operation):
            waiting += reversed(found.operands)
        elif isinstance(found, Elsewhere):
            waiting.append(found.operand)


def stack_size(node: Node) -> int:
    """Stack entries that a stack machine needs for it, operands pushed from left to right.

    What depends on earlier bars, another timeframe or another instrument is a column of the row, so it needs one.
    """
    if not isinstance(node, Operation) or node.name in PAST_NUMBERS | PAST_TRUTHS:
        return 1
    if node.name in CROSSINGS:  # current and previous values: four
        return max(stack_size(operand) + i for i, operand in enumerate(node.operands * 2))
    if node.name in CONNECTIVES:  # evaluated from the left, two at a time
        first, *rest = node.operands
        return max(stack_size(first), *(stack_size(operand) + 1 for operand in rest))
    return max(stack_size(operand) + i for i, operand in enumerate(node.operands))
