"""Builds briefings from what is stored: each once for all who get the same one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from typing import Final

import msgspec

from services.notifier.delivery.instruments import LatestInstruments
from services.notifier.delivery.picture_cache import PictureCache
from services.notifier.domain.briefings.building import Audience, MarketPeriod, MeasuredPeriod, briefing_id, built, measured
from services.notifier.domain.briefings.closing import date_of, first_day
from services.notifier.domain.briefings.picture import briefing_chart
from services.notifier.domain.briefings.text import title, whole_text
from services.notifier.domain.briefings.universe import Market, Universe
from services.notifier.domain.ports.briefings import BriefingStore, Calendars, StoredBriefing
from services.notifier.domain.ports.market import MarketStore
from services.notifier.domain.telegram_html import plain
from shared.briefings import KINDS, Kind
from shared.events import Timeframe

DAY_MS: Final = 86_400_000
READ: Final = 45 * DAY_MS
"""Daily bars that are read: the weeks before the period, over long holidays."""
LENGTHS: Final[dict[Kind, int]] = {"daily": DAY_MS, "weekly": 7 * DAY_MS}
WEEK: Final = 7 * DAY_MS
INDEX_BARS: Final = 60


class Briefings:
    """Gathers, builds and stores."""

    def __init__(
        self,
        store: BriefingStore,
        market: MarketStore,
        calendars: Calendars,
        instruments: LatestInstruments,
        pictures: PictureCache | None,
    ) -> None:
        """``pictures``: None where none are drawn."""
        self.store, self._market, self._calendars = store, market, calendars
        self._instruments, self._pictures = instruments, pictures

    async def period(self, market: Market, kind: Kind, universe: Universe, now: int) -> MarketPeriod | None:
        """What is stored about the newest session of a market, or None. Raises TransientError."""
        symbols = universe.symbols(market)
        newest = await self.store.newest_close(symbols, now)
        if newest is None:
            return None
        day, until = newest
        bars = await self.store.daily_bars(symbols, until - READ, until)
        first = first_day(kind, day)
        closes = [bar.ts_close for each in bars.values() for bar in each if bar.session < first]
        since = max(closes, default=until - LENGTHS[kind])
        index = next((symbol for symbol in market.benchmarks if symbol in bars), None)
        history = await self._market.bars(index, Timeframe.D1.value, until, INDEX_BARS) if index else ()
        return MarketPeriod(
            kind=kind,
            market=market,
            universe=universe,
            day=day,
            since=since,
            until=until,
            bars=bars,
            index_closes=tuple(bar.close for bar in history),
            signals=await self.store.signals(symbols, since, until),
            earlier=await self.store.signals(symbols, since - WEEK, since),
            stories=await self.store.stories(since, until),
            calendars=await self._calendars.around(market.exchanges, date_of(day)),
        )

    async def build(
        self, period: MarketPeriod, audiences: Collection[Audience], now: int, *, drawn: bool = False
    ) -> dict[Audience, str]:
        """The ids of the briefings of these audiences; missing ones are built and stored. Raises TransientError."""
        ids = {audience: briefing_id(period, audience) for audience in audiences}
        known = await self.store.existing(sorted(ids.values()))
        new: list[tuple[str, str, StoredBriefing]] = []
        shared: dict[str, MeasuredPeriod] = {}
        for audience, found in ids.items():
            if found not in known:
                of = shared.get(audience.language) or measured(period, audience.language, self._instruments.current)
                shared[audience.language] = of
                new.append((found, audience.key, await self._one(of, audience, drawn=drawn)))
                await asyncio.sleep(0)  # thousands of audiences must not hold up everything else
        await self.store.add(new, now)
        return ids

    async def unstored(self, period: MarketPeriod, audience: Audience) -> StoredBriefing:
        """The briefing of one audience at this moment, which is not stored."""
        return await self._one(measured(period, audience.language, self._instruments.current), audience, drawn=False)

    async def picture(self, stored: StoredBriefing, *, dark: bool) -> bytes | None:
        """The picture of a briefing as PNG, or None."""
        if stored.picture and not dark:
            return stored.picture
        chart = briefing_chart(stored.briefing, title(stored.briefing), dark=dark)
        return None if chart is None or self._pictures is None else await self._pictures.picture(chart)

    async def _one(self, of: MeasuredPeriod, audience: Audience, *, drawn: bool) -> StoredBriefing:
        briefing = built(of, audience)
        stored = StoredBriefing(msgspec.structs.replace(briefing, text=plain(whole_text(briefing, self._instruments.current))))
        return replace(stored, picture=await self.picture(stored, dark=False) or b"") if drawn else stored


def kind_of(text: str) -> Kind:
    """The kind with this name; daily where there is none."""
    return next((kind for kind in KINDS if kind == text), "daily")
