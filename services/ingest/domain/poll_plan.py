"""Whose turn it is to be polled."""

from __future__ import annotations

from collections.abc import Collection


class PollPlan:
    """Every wanted symbol once an interval, spread evenly over it. Times in seconds of any clock that only grows.

    The interval grows with the number of symbols, so that at most ``per_minute`` are asked for.
    """

    def __init__(self, interval: float, per_minute: float) -> None:
        self._interval = interval
        self._per_minute = per_minute
        self._due: dict[str, float] = {}

    def take(self, wanted: Collection[str], now: float) -> str | None:
        """The symbol whose turn it is, None when nobody's is. Who is no longer wanted is forgotten.

        >>> plan = PollPlan(60, 60)
        >>> [plan.take(("A", "B"), now) for now in (0, 0, 30, 59, 60)]
        ['A', None, 'B', None, 'A']
        """
        interval = max(self._interval, 60.0 * len(wanted) / self._per_minute)
        for symbol in self._due.keys() - set(wanted):
            del self._due[symbol]
        fresh = [symbol for symbol in sorted(wanted) if symbol not in self._due]
        for i, symbol in enumerate(fresh):
            self._due[symbol] = now + i * interval / len(fresh)
        if not self._due:
            return None
        symbol, due = min(self._due.items(), key=lambda each: each[1])
        if due > now:
            return None
        self._due[symbol] = max(due, now - interval) + interval
        return symbol

    @property
    def next_due(self) -> float | None:
        """When somebody's turn comes next; None when nobody is wanted."""
        return min(self._due.values(), default=None)

    def put_off(self, symbol: str, until: float) -> None:
        """Not before ``until``."""
        if symbol in self._due:
            self._due[symbol] = max(until, self._due[symbol])
