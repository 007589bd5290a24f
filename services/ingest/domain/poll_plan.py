"""Decides which symbol is polled next."""

from __future__ import annotations

from collections.abc import Collection


class PollPlan:
    """Polls every symbol once per interval, evenly spread. Times in seconds of a monotonic clock.

    The interval grows with the number of symbols, so that at most ``per_minute`` requests are sent.
    """

    def __init__(self, interval: float, per_minute: float) -> None:
        self._interval = interval
        self._per_minute = per_minute
        self._due: dict[str, float] = {}

    def next_symbol(self, symbols: Collection[str], now: float) -> str | None:
        """The symbol that is due, or None. Symbols that are no longer in ``symbols`` are removed from the plan.

        >>> plan = PollPlan(60, 60)
        >>> [plan.next_symbol(("A", "B"), now) for now in (0, 0, 30, 59, 60)]
        ['A', None, 'B', None, 'A']
        """
        interval = max(self._interval, 60.0 * len(symbols) / self._per_minute)
        for symbol in self._due.keys() - set(symbols):
            del self._due[symbol]
        added = [symbol for symbol in sorted(symbols) if symbol not in self._due]
        for i, symbol in enumerate(added):
            self._due[symbol] = now + i * interval / len(added)
        if not self._due:
            return None
        symbol, due = min(self._due.items(), key=lambda each: each[1])
        if due > now:
            return None
        self._due[symbol] = max(due, now - interval) + interval
        return symbol

    @property
    def next_due(self) -> float | None:
        """When the next symbol is due; None without symbols."""
        return min(self._due.values(), default=None)

    def postpone(self, symbol: str, until: float) -> None:
        """Do not poll the symbol before ``until``."""
        if symbol in self._due:
            self._due[symbol] = max(until, self._due[symbol])
