"""Values on other timeframes and of other instruments. All raise ``ConditionError`` without a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shared.conditions import timeframes
from shared.conditions.comparisons import Implied, rebuilt
from shared.conditions.errors import ConditionError
from shared.conditions.expression import TIME_FIELDS, Elsewhere, Fired, Node, Operation, SeriesName, walk
from shared.conditions.literals import plain
from shared.conditions.normal_form import render
from shared.conditions.operations import is_constant, lagged
from shared.events import Timeframe

_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_SYMBOL: Final = re.compile(r"\^?[A-Z0-9][A-Z0-9.=-]{0,19}")
_PLACES: Final = {"benchmark": "benchmark", "market": "benchmark", "industry": "industry", "sector": "industry"}
_KOREAN_CODE: Final = 6


class Placed(Elsewhere):
    """A value that ``on`` in the middle of the text placed on its timeframe."""


class Worded(Elsewhere):
    """A value with a timeframe of its own, as ``4h rsi`` and ``rsi_14[4h]``: where each value has one."""


def bracketed(operand: Node, inside: str, at: int) -> Node:
    """``x[5]``, ``x[1h]``, ``x[^VIX, 1d]``, ``x[benchmark]``."""
    text = inside.strip()
    if _WHOLE.fullmatch(text) and not (len(text) == _KOREAN_CODE and text.startswith("0")):
        return lagged(operand, int(text), at)
    if text.startswith("-") and _WHOLE.fullmatch(text[1:].strip()):
        raise ConditionError("instead", "", at, found=f"'[{text}]'", instead=f"'[{text[1:].strip()}]'")
    frame = timeframes.timeframe(text)
    if frame is not None:
        return on_timeframe(operand, str(frame), at, Worded)
    name, comma, rest = (part.strip() for part in text.partition(","))
    frame = timeframes.timeframe(rest) if comma else Timeframe.D1
    if frame is None and timeframes.timeframe(name):
        name, frame = rest, timeframes.timeframe(name)
    if _WHOLE.fullmatch(name):
        raise ConditionError("instead", "", at, found=f"'[{name[:12]}]'", instead=f"'[{name[:12]}.KS, 1d]'")
    place = _PLACES.get(name.lower(), name.upper())
    if frame is None or (place == name.upper() and not _SYMBOL.fullmatch(place)):
        raise ConditionError("bracket", "", at, found=f"[{text[:24]}]")
    return at_place(operand, place, frame, at)


def on_timeframe(operand: Node, text: str, at: int, kind: type[Elsewhere] = Elsewhere) -> Node:
    """The value on another timeframe."""
    try:
        frame = Timeframe(text)
    except ValueError:
        raise ConditionError("timeframe", "", at, found=f"'{text[:24]}'", known=timeframes.known()) from None
    return kind(_checked(operand, at), frame, "", operand.at)


def at_place(operand: Node, instrument: str, frame: Timeframe, at: int) -> Node:
    """The value of another instrument, of the benchmark or of the industry."""
    if frame != Timeframe.D1:
        raise ConditionError("daily", "", at, found=frame.word, instrument=instrument)
    return Elsewhere(_checked(operand, at), frame, instrument, operand.at)


def whole(root: Node, timeframe: str | None, at: int) -> tuple[Node, Timeframe]:
    """The tree and its own timeframe; what is on it anyway is not elsewhere."""
    if timeframe is not None:
        try:
            own = Timeframe(timeframe)
        except ValueError:
            raise ConditionError("timeframe", "", at, found=f"'{timeframe[:24]}'", known=timeframes.known()) from None
    else:
        own = _finest(root)
    return _without(root, own), own


def _finest(root: Node) -> Timeframe:
    """The timeframe of a condition whose parts have one each, or daily where nothing says one."""
    parts = root.operands if isinstance(root, Operation) and root.name in {"and", "or"} else (root,)
    placed = [part for part in parts if isinstance(part, Placed)]
    if not placed:
        inner = next((each for each in walk(root) if isinstance(each, Placed)), None)
        if inner is None:
            return min(_worded(root), key=timeframes.minutes, default=Timeframe.D1)
        raise ConditionError("frames", "", inner.at, example=render(inner))
    other = next((part for part in parts if not isinstance(part, Placed) and _has_own_values(part)), None)
    daily = {part.timeframe for part in placed} == {Timeframe.D1}
    if other is not None and daily and not any(map(_is_own, _outside(parts))):  # 'doji on 1d and rsi < 40'
        return Timeframe.D1
    if other is not None:
        raise ConditionError("frames", "", other.at, example=render(placed[0]))
    return min((part.timeframe for part in placed), key=timeframes.minutes)


def _outside(parts: Sequence[Node]) -> Iterator[Node]:
    """The nodes of the parts that no ``on`` placed."""
    return (node for part in parts if not isinstance(part, Placed) for node in walk(part))


def _worded(root: Node) -> list[Timeframe]:
    """The timeframes of a condition each of whose values has one of its own; none where a value has not.

    A close that is not named is that of daily bars at most.
    """
    found, waiting = list[Timeframe](), [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Implied):
            found.append(Timeframe.D1)
        elif isinstance(node, Worded):
            found.append(node.timeframe)
        elif isinstance(node, Fired) or (isinstance(node, SeriesName) and node.name not in TIME_FIELDS) or _is_own(node):
            return []
        elif isinstance(node, Operation):
            waiting += node.operands
    return found


def _has_own_values(root: Node) -> bool:
    """Whether a part has values of bars; a time of day and values of another instrument are the same on any timeframe."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Fired) or (isinstance(node, SeriesName) and node.name not in TIME_FIELDS) or _is_own(node):
            return True
        waiting += node.operands if isinstance(node, Operation) else ()
    return False


def _is_own(node: Node) -> bool:
    return isinstance(node, Elsewhere) and not node.instrument


def _without(node: Node, own: Timeframe) -> Node:
    if isinstance(node, Implied):
        return SeriesName(node.name, node.at)
    if isinstance(node, Elsewhere):
        if node.timeframe == own and not node.instrument:
            return node.operand
        return Elsewhere(node.operand, node.timeframe, node.instrument, node.at)
    if isinstance(node, Operation):
        return rebuilt(node, tuple(_without(operand, own) for operand in node.operands))
    return node


def _checked(operand: Node, at: int) -> Node:
    operand = plain(operand)
    if is_constant(operand):
        raise ConditionError("constant", "", operand.at)
    inner = next((each for each in walk(operand) if isinstance(each, Elsewhere)), None)
    if inner is not None:
        raise ConditionError("twice", "", at)
    return operand
