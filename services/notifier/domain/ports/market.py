"""Data of instruments that other services have stored or published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from services.notifier.domain.charts import ChartBar
from services.notifier.domain.instruments import InstrumentIndex, KnownIndustry
from services.notifier.domain.quality_replies import RuleRecord
from shared.events import Pattern, Quote, Signal


class MarketStore(Protocol):
    """Data that other services have stored. All methods raise TransientError when the database is not available."""

    async def instruments(self) -> InstrumentIndex:
        """All active instruments."""

    async def bars(self, symbol: str, timeframe: str, until: int, limit: int) -> tuple[ChartBar, ...]:
        """The newest bars that closed at or before ``until``, adjusted, oldest first."""

    async def signals(self, symbols: Sequence[str] | None, limit: int) -> list[Signal]:
        """The newest signals of these symbols (None: all), newest first, without those of user conditions."""

    async def signal(self, signal_id: str) -> Signal | None:
        """A stored signal, or None."""

    async def pattern(self, signal: Signal) -> Pattern | None:
        """The chart pattern whose breakout a signal is; None where it is not stored, or the signal is no pattern's."""

    async def patterns(self, symbol: str, limit: int) -> list[Pattern]:
        """The newest chart patterns of an instrument that form or are confirmed, newest first."""

    async def industries(self) -> list[KnownIndustry]:
        """All industries."""

    async def members(self, industries: Sequence[str]) -> list[str]:
        """The symbols of the active instruments in some industries, in alphabetical order."""

    async def quality(self, rule: str, groups: Sequence[str]) -> list[RuleRecord]:
        """The records of a rule for some groups: symbols, industries, ``*`` for all instruments together."""

    async def industries_of(self, symbols: Sequence[str]) -> dict[str, set[str]]:
        """The industries of each symbol."""


class Quotes(Protocol):
    """The latest quotes in memory."""

    def get(self, symbol: str) -> Quote | None:
        """The latest quote of a symbol, or None."""
