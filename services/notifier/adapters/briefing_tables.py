"""What briefings are built from, and the table of briefings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import structlog
from sqlalchemy import and_, delete, func, or_, select

from services.notifier.domain.briefings.moves import DailyBar
from services.notifier.domain.briefings.universe import Listed, Market, Names, Universe
from services.notifier.domain.conditions import RULE
from services.notifier.domain.ports.briefings import StoredBriefing
from shared.briefings import Briefing
from shared.db import Database
from shared.events import Signal, Story, Timeframe
from shared.tables import bars, briefings, industries, instrument_industries, instruments, markets, signals, stories
from shared.topics import SIGNALS, STORIES
from shared.wire import WireError, decode

CHUNK: Final = 400
"""Symbols in one query."""
MOST_SIGNALS: Final = 5_000
MOST_STORIES: Final = 500
_names: Final = msgspec.json.Decoder(tuple[str, ...]).decode
_log: Final = structlog.get_logger(__name__)


class BriefingTables:
    """``BriefingStore`` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def universe(self) -> Universe:
        listed = select(instruments.c.symbol, instruments.c.exchange, instruments.c.kind).where(instruments.c.active.is_(True))
        async with self._database.connect() as connection:
            held = (await connection.execute(select(markets).order_by(markets.c.place))).all()
            known = [Listed(*row) for row in (await connection.execute(listed)).all()]
            named = (await connection.execute(select(industries).order_by(industries.c.industry))).all()
            pairs = (await connection.execute(select(instrument_industries))).all()
        members: dict[str, set[str]] = {}
        for symbol, industry in pairs:
            members.setdefault(industry, set()).add(symbol)
        found = [
            Market(
                row.market,
                Names(row.name_en, row.name_ko),
                _list(row.market, row.exchanges),
                row.suffix,
                _list(row.market, row.benchmarks),
            )
            for row in held
        ]
        return Universe(
            found,
            {one.symbol: one for one in known},
            {row.industry: Names(row.name_en, row.name_ko) for row in named},
            {industry: frozenset(symbols) for industry, symbols in members.items()},
        )

    async def newest_close(self, symbols: Sequence[str], until: int) -> tuple[int, int] | None:
        newest = (
            select(func.max(bars.c.ts_close))
            .where(bars.c.symbol == instruments.c.symbol, bars.c.timeframe == Timeframe.D1.value, bars.c.ts_close <= until)
            .scalar_subquery()
        )  # one seek in the index for each symbol
        found: list[tuple[int, str]] = []
        async with self._database.connect() as connection:
            for chunk in _chunks(symbols):
                wanted = select(newest, instruments.c.symbol).where(instruments.c.symbol.in_(chunk))
                found += [
                    (ts_close, symbol) for ts_close, symbol in (await connection.execute(wanted)).all() if ts_close is not None
                ]
            if not found:
                return None
            ts_close, symbol = max(found)
            one = and_(bars.c.symbol == symbol, bars.c.timeframe == Timeframe.D1.value, bars.c.ts_close == ts_close)
            session = (await connection.execute(select(bars.c.session).where(one))).scalar_one()
        return int(session), int(ts_close)

    async def daily_bars(self, symbols: Sequence[str], since: int, until: int) -> dict[str, list[DailyBar]]:
        c = bars.c
        columns = (c.symbol, c.session, c.ts_open, c.ts_close, c.open, c.close, c.price_factor, c.replayed)
        found: dict[str, list[DailyBar]] = {}
        async with self._database.connect() as connection:
            for chunk in _chunks(symbols):
                inside = and_(c.symbol.in_(chunk), c.timeframe == Timeframe.D1.value, c.ts_close > since, c.ts_close <= until)
                rows = await connection.execute(select(*columns).where(inside).order_by(c.symbol, c.ts_close))
                for symbol, session, ts_open, ts_close, opened, closed, factor, replayed in rows.all():
                    bar = DailyBar(session, ts_open, ts_close, opened * factor, closed * factor, bool(replayed))
                    found.setdefault(symbol, []).append(bar)
        return found

    async def signals(self, symbols: Sequence[str], since: int, until: int) -> list[Signal]:
        c = signals.c
        found: list[Signal] = []
        async with self._database.connect() as connection:
            for chunk in _chunks(symbols):
                inside = and_(c.symbol.in_(chunk), c.ts_event > since, c.ts_event <= until, c.rule != RULE)
                rows = await connection.execute(select(c.id, c.body).where(inside).order_by(c.ts_event.desc()).limit(MOST_SIGNALS))
                for signal_id, body in rows.all():
                    try:
                        found.append(decode(SIGNALS, body.encode()))
                    except WireError as error:
                        _log.warning("stored signal not decoded", signal=signal_id, error=str(error))
        return found

    async def stories(self, since: int, until: int) -> list[Story]:
        c = stories.c
        inside = and_(c.first_seen > since, c.first_seen <= until)
        wanted = select(c.id, c.body).where(inside).order_by(c.importance.desc(), c.first_seen.desc()).limit(MOST_STORIES)
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for story_id, body in rows:
            try:
                found.append(decode(STORIES, body.encode()))
            except WireError as error:
                _log.warning("stored story not decoded", story=story_id, error=str(error))
        return found

    async def get(self, briefing_id: str) -> StoredBriefing | None:
        wanted = select(briefings.c.body, briefings.c.picture).where(briefings.c.id == briefing_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted)).first()
        return None if row is None else StoredBriefing(msgspec.json.decode(row.body, type=Briefing), row.picture)

    async def existing(self, ids: Sequence[str]) -> set[str]:
        async with self._database.connect() as connection:
            return {
                found
                for chunk in _chunks(ids)
                for found in (await connection.execute(select(briefings.c.id).where(briefings.c.id.in_(chunk)))).scalars()
            }

    async def add(self, built: Sequence[tuple[str, str, StoredBriefing]], now: int) -> None:
        rows = [
            {
                "id": briefing_id,
                "kind": stored.briefing.kind,
                "market": stored.briefing.market,
                "day": stored.briefing.day,
                "language": stored.briefing.language,
                "audience": audience,
                "body": msgspec.json.encode(stored.briefing).decode(),
                "picture": stored.picture,
                "created_at": now,
            }
            for briefing_id, audience, stored in built
        ]
        if rows:
            async with self._database.begin() as connection:
                await connection.execute(self._database.upsert(briefings, rows, update=[]), rows)

    async def remove_old(self, personal_before: int, before: int) -> None:
        c = briefings.c
        old = or_(c.created_at < before, and_(c.audience != "", c.created_at < personal_before))
        async with self._database.begin() as connection:
            await connection.execute(delete(briefings).where(old))


def _chunks(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from (tuple(names[i : i + CHUNK]) for i in range(0, len(names), CHUNK))


def _list(market: str, text: str) -> tuple[str, ...]:
    try:
        return _names(text)
    except msgspec.DecodeError as error:
        _log.warning("a list of a market cannot be read", market=market, error=str(error))
        return ()
