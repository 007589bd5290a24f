"""The definition of a rule: a step and its description."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.analysis.kernels.indicators.kind import Bars, Parameters, Values
from shared.events import Timeframe

Direction = Literal["up", "down"]
INTRADAY_AND_DAILY: Final = tuple(timeframe.value for timeframe in Timeframe if timeframe.row.rules == "all")
"""15m, 1h and 1d: of what happened, and of values that a longer bar has not."""
UP_TO_WEEKLY: Final = tuple(timeframe.value for timeframe in Timeframe if timeframe.row.rules != "none")
"""4h and 1w too: of indicators and candlesticks."""
DAILY: Final = ("1d",)

RuleFunction = Callable[[Parameters, Values, Values, Bars, int], int]
"""``(p, x, y, bars, t) -> +1, -1 or 0``: x holds the rule's columns at the closed bar, y the same one bar before; t >= 1."""
Level = Callable[[Mapping[str, float], Mapping[str, float], Direction], "float | None"]
"""``(params, values, direction) ->`` the price or value that was crossed; values holds all columns and the bar's fields."""


@dataclass(frozen=True)
class Rule:
    """A rule: its step, and the data to run, name and explain it."""

    name: str
    fires: RuleFunction
    columns: tuple[str, ...]
    """The columns it reads; ``{period}`` and the like stand for parameters."""
    instances: tuple[Mapping[str, float], ...]
    """The parameters it runs with: they are part of a signal's id. All instances have the same names in the same order."""
    directions: tuple[Direction, ...]
    """The directions it can fire in."""
    level: Level
    evidence: tuple[str, ...]
    """Columns, and of the bar open, high, low, close and volume, in a signal's evidence."""
    timeframes: tuple[str, ...] = UP_TO_WEEKLY
    instruments: Callable[[Mapping[str, float]], tuple[str, ...] | None] = lambda _: None
    """Parameters -> the kinds of instrument that this instance is for; None for all."""
    version: int = 1
    """Goes up when the same bars give other signals."""
