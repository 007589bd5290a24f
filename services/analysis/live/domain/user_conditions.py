"""What users ask at this time: every condition once, for whom it runs, and the indicators that run for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from services.analysis.kernels.conditions.programs import Programs, compiled
from services.analysis.kernels.conditions.required_indicators import wishes
from services.analysis.kernels.plan import INDICATORS, Wish
from shared.conditions import Condition, parse

MOST_WISHES: Final = 64
"""Indicators that run for conditions alone."""
_read = lru_cache(8192)(parse)


@dataclass(frozen=True)
class Alert:
    """One row of the table of conditions, with its scope looked up."""

    text: str
    forming: bool
    """It is asked about bars that have not closed too."""
    symbols: frozenset[str] | None
    """None: every instrument."""


@dataclass
class Scope:
    """Instruments that a condition runs for."""

    symbols: set[str] = field(default_factory=set)
    everything: bool = False

    def add(self, symbols: Collection[str] | None) -> None:
        """And these; None is every instrument."""
        self.everything |= symbols is None
        self.symbols |= set(symbols or ())

    def __contains__(self, symbol: str) -> bool:
        return self.everything or symbol in self.symbols


@dataclass(frozen=True)
class Book:
    """Conditions with their scopes, at the bar's close and on forming bars. Make one with ``book``; never changed afterwards."""

    conditions: tuple[Condition, ...] = ()
    closed: tuple[Scope, ...] = ()
    forming: tuple[Scope, ...] = ()
    wishes: tuple[Wish, ...] = ()
    """Indicators beyond those that run anyway."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Texts that do not run, and why."""
    _programs: dict[tuple[str, ...], Programs] = field(default_factory=dict, compare=False, repr=False)

    def programs(self, columns: Sequence[str]) -> Programs:
        """The programs of all conditions over rows of these columns; made once, since all partitions have the same."""
        key = tuple(columns)
        if key not in self._programs:
            self._programs[key] = compiled(self.conditions, columns)
        return self._programs[key]


def book(alerts: Iterable[Alert], running: Sequence[Wish] = INDICATORS, always: Sequence[Wish] = ()) -> Book:
    """The book of some alerts, the oldest first: where indicators beyond ``running`` get too many, the newest do without.

    ``always`` are indicators that run whether a condition names them or not.
    """
    conditions: dict[str, Condition] = {}
    closed: dict[str, Scope] = {}
    forming: dict[str, Scope] = {}
    wished = {wish: None for wish in always if wish not in running}
    left_out: dict[str, str] = {}
    for alert in alerts:
        try:
            condition = _read(alert.text)
            extra = [wish for wish in wishes(condition) if wish not in running]
        except ValueError as error:
            left_out[alert.text] = str(error)
            continue
        if len({*wished, *extra}) > MOST_WISHES:
            left_out[alert.text] = f"more than {MOST_WISHES} indicators run for conditions alone"
            continue
        wished |= dict.fromkeys(extra)
        conditions[condition.id] = condition
        closed.setdefault(condition.id, Scope()).add(alert.symbols)
        forming.setdefault(condition.id, Scope()).add(alert.symbols if alert.forming else ())
    return Book(tuple(conditions.values()), tuple(closed.values()), tuple(forming.values()), tuple(sorted(wished)), left_out)
