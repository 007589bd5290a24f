"""A parsed and checked condition."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from shared.conditions.errors import ConditionError
from shared.conditions.expression import BAR_FIELDS, Node, SeriesName, walk
from shared.conditions.limits import FIELDS, MOST_STACK
from shared.conditions.normal_form import render
from shared.conditions.parser import read
from shared.conditions.vocabulary import ResolvedColumn, resolve
from shared.events import Timeframe
from shared.text import normalize, source_position

__all__ = ["BOUND", "LONGEST", "MOST_STACK", "Condition", "identity", "parse"]

LONGEST: Final = 500
"""Characters of a text, as typed and in its normal form."""
BOUND: Final = 18 * LONGEST
"""The greatest length of the longest text after normalisation (UAX 15, expansion factors)."""
_PLAIN: Final = str.maketrans(dict.fromkeys("\n\r\t\f\v", " "))


@dataclass(frozen=True)
class Condition:
    """A boolean expression over bars of one timeframe. Create it with ``parse``."""

    root: Node
    timeframe: Timeframe
    text: str
    """The normal form, including the timeframe: the same for all spellings of a condition."""
    columns: tuple[str, ...]
    """Names of the indicator columns in it, also of other timeframes and instruments, in the order of the text."""
    fields: tuple[str, ...]
    """Names of the bar fields in it, in the order of the text."""

    @property
    def id(self) -> str:
        """The permanent id: a hash of the normal form."""
        return identity(self.text)

    @property
    def indicators(self) -> tuple[ResolvedColumn, ...]:
        """The indicators that it needs, each once, with its first column in the text."""
        found = {(wanted.kind, wanted.parameters): wanted for wanted in map(resolve, reversed(self.columns))}
        return tuple(reversed(found.values()))


def identity(text: str) -> str:
    """The id of the condition with this normal form."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def parse(text: str) -> Condition:
    """Parse a condition.

    Raises:
        ConditionError: the text is invalid; the error has the position and possibly a suggestion.

    >>> parse("RSI_14<30 AND (ｖｏｌｕｍｅ > 2*volume_sma_20)").text
    'rsi_14 < 30 and volume > 2 * volume_sma_20 on 1d'
    """
    if len(text) > LONGEST:
        raise ConditionError("long", text[:LONGEST], LONGEST, length=len(text), most=LONGEST)
    try:
        return _parsed(normalize(text, BOUND).translate(_PLAIN))
    except ConditionError as error:  # its position refers to the normal form: convert it to the text as typed
        raise ConditionError(error.code, text, source_position(text, error.position), **error.values) from None


def _parsed(shown: str) -> Condition:
    if len(shown) > LONGEST:
        raise ConditionError("long", shown, LONGEST, length=len(shown), most=LONGEST)
    if not shown.strip():
        raise ConditionError("empty", "", 0)
    root, timeframe = read(shown)
    normal_form = f"{render(root)} on {timeframe.word}"
    if len(normal_form) > LONGEST:  # the normal form is parsed again later
        raise ConditionError("long", shown, 0, length=len(normal_form), most=LONGEST)
    names = list(dict.fromkeys(node.name for node in walk(root) if isinstance(node, SeriesName)))
    return Condition(
        root,
        timeframe,
        normal_form,
        tuple(name for name in names if name not in FIELDS),
        tuple(name for name in names if name in BAR_FIELDS),
    )
