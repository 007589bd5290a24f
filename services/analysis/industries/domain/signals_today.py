"""The signals of today."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from shared.events import RuleCount, Signal

KEPT: Final = 1_000
"""Newest signals that are kept per instrument."""


class FiredSignal(NamedTuple):
    """The kept fields of a signal."""

    rule: str
    direction: str
    ts_event: int
    ts_init: int


class SignalsToday:
    """Signals on closed bars, each once; bounded."""

    def __init__(self) -> None:
        self._signals: dict[str, OrderedDict[str, FiredSignal]] = {}

    def put(self, signal: Signal) -> bool:
        """Adds a signal; False if it is provisional or known already."""
        if signal.provisional:
            return False
        known = self._signals.setdefault(signal.symbol, OrderedDict())
        if signal.id in known:
            return False
        known[signal.id] = FiredSignal(signal.rule, signal.direction, signal.ts_event, signal.ts_init)
        while len(known) > KEPT:
            known.popitem(last=False)
        return True

    def since(self, symbol: str, ts: int) -> Iterator[FiredSignal]:
        """The signals of a symbol on bars that closed after ``ts``."""
        return (one for one in self._signals.get(symbol, {}).values() if one.ts_event > ts)

    def forget(self, symbol: str, ts: int) -> None:
        """Drop those that closed at or before ``ts``."""
        known = self._signals.get(symbol, OrderedDict())
        for gone in [name for name, one in known.items() if one.ts_event <= ts]:
            del known[gone]


def ended_before(ends: Mapping[int, int], session: int) -> int:
    """When the session before ``session`` ended: later bars belong to ``session``. 0 if none is known.

    >>> ended_before({20240701: 100, 20240702: 200}, 20240702), ended_before({}, 20240702)
    (100, 0)
    """
    before = max((one for one in ends if one < session), default=None)
    return 0 if before is None else ends[before]


def by_rule(signals: Iterable[FiredSignal]) -> tuple[RuleCount, ...]:
    """How often each rule fired, in the order of their names."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(lambda: {"up": 0, "down": 0})
    for signal in signals:
        counts[signal.rule][signal.direction] += 1
    return tuple(RuleCount(rule=rule, **counts[rule]) for rule in sorted(counts))
