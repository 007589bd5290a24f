"""Writes and reads the table of signal quality."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analysis.research.domain.quality_changes import QualityChange
from shared.db import Database
from shared.events import Timeframe, parameters_text
from shared.sequences import RECORDED
from shared.tables import bars, instrument_industries, instruments, signal_quality

if TYPE_CHECKING:  # it loads the kernels, which the role does not need
    from services.analysis.research.quality.rows import StoredQuality

SECONDS: Final = 60.0
AT_A_TIME: Final = 100
"""Rows that are looked at between two turns of the event loop."""


class StoredBars(NamedTuple):
    """What the stored bars of a listed instrument are, in short. It changes when a bar closes or history is corrected."""

    symbol: str
    kind: str
    industries: tuple[str, ...]
    bars: int
    newest: int
    """Close of the newest bar, in milliseconds since the epoch."""
    sums: tuple[float, ...]
    """Of prices, volumes and price factors; of the daily bars too, which the 52-week range reads."""


BarsSignature = tuple[StoredBars, ...]


class QualityTable:
    """The table. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def signature(self, timeframe: Timeframe) -> BarsSignature:
        """What the stored bars of a timeframe are, in short."""
        c = bars.c
        sums = [func.sum(each) for each in (c.open, c.high, c.low, c.close, c.volume, c.price_factor)]
        listed = select(instruments.c.symbol, instruments.c.kind)
        grouped = select(instrument_industries.c.symbol, instrument_industries.c.industry)

        async def totals(of: Timeframe) -> dict[str, Any]:
            wanted = select(c.symbol, func.count(), func.max(c.ts_close), *sums).where(c.timeframe == str(of), ~c.incomplete)
            return {row[0]: row[1:] async for row in _rows(connection, wanted.group_by(c.symbol))}

        async with self._database.connect(seconds=SECONDS) as connection:
            kinds = {row[0]: str(row[1]) async for row in _rows(connection, listed)}
            industries = defaultdict[str, list[str]](list)
            async for symbol, name in _rows(connection, grouped):
                industries[symbol].append(name)
            own = await totals(timeframe)
            days = {} if timeframe == Timeframe.D1 else await totals(Timeframe.D1)
        found = list[StoredBars]()
        for symbol in sorted(own.keys() & kinds.keys()):
            count, newest, *values = own[symbol]
            totalled = tuple(map(float, (*values, *days.get(symbol, ()))))
            found.append(StoredBars(symbol, kinds[symbol], tuple(sorted(industries[symbol])), int(count), int(newest), totalled))
            if not len(found) % AT_A_TIME:
                await asyncio.sleep(0)
        return tuple(found)

    async def newest(self, timeframe: Timeframe) -> int | None:
        """The close of the newest bar that the records of a timeframe were computed from; None without records."""
        c = signal_quality.c
        of = (c.timeframe == str(timeframe)) & ~c.rule.startswith(RECORDED)
        async with self._database.connect(seconds=SECONDS) as connection:
            found = (await connection.execute(select(func.max(c.as_of)).where(of))).scalar()
        return None if found is None else int(found)

    async def put(self, row: StoredQuality) -> None:
        """Store the record of a sequence in place of an older one."""
        async with self._database.begin(seconds=SECONDS) as connection:
            await connection.execute(delete(signal_quality).where(signal_quality.c.rule == row.rule))
            await connection.execute(signal_quality.insert(), [_row(row, row.quality.as_of, time.time_ns() // 1_000_000)])

    async def forget(self, rule: str) -> None:
        """Remove the record of a sequence."""
        async with self._database.begin(seconds=SECONDS) as connection:
            await connection.execute(delete(signal_quality).where(signal_quality.c.rule == rule))

    async def replace(self, timeframe: Timeframe, rows: Sequence[StoredQuality], as_of: int) -> list[QualityChange]:
        """Replaces the records of a timeframe in one transaction; returns what became validated or lost it.

        Records of newer bars stay: then nothing is written. Those of sequences stay too: a search has made them.
        """
        c, now = signal_quality.c, time.time_ns() // 1_000_000
        async with self._database.begin(seconds=SECONDS) as connection:
            of = (c.timeframe == str(timeframe)) & ~c.rule.startswith(RECORDED)
            newest = (await connection.execute(select(func.max(c.as_of)).where(of))).scalar()
            if newest is not None and newest > as_of:
                return []
            before = {row.id: row for row in await connection.execute(select(signal_quality).where(of, c.validated))}
            await connection.execute(delete(signal_quality).where(of))
            if rows:
                await connection.execute(signal_quality.insert(), [_row(each, as_of, now) for each in rows])
        changes = [_changed(each, as_of) for each in rows if each.quality.validated != (each.id in before)]
        kept = {each.id for each in rows}
        for id_, row in before.items():
            if id_ not in kept:
                params = {name: float(value) for name, _, value in (part.partition("=") for part in row.params.split(",") if part)}
                changes.append(
                    QualityChange(
                        row.rule, params, row.direction, timeframe, row.level, row.group_name, row.horizon, False, None, as_of
                    )
                )
        return changes


async def _rows(connection: AsyncConnection, wanted: Select[Any]) -> AsyncIterator[Any]:
    """The rows, some at a time: other tasks of the event loop run in between."""
    async with connection.stream(wanted.execution_options(yield_per=AT_A_TIME)) as rows:
        async for some in rows.partitions():
            for row in some:
                yield row


def _changed(row: StoredQuality, as_of: int) -> QualityChange:
    return QualityChange(
        row.rule,
        row.params,
        row.direction,
        row.timeframe,
        row.level,
        row.group,
        row.horizon,
        row.quality.validated,
        row.quality,
        as_of,
    )


def _row(row: StoredQuality, as_of: int, now: int) -> dict[str, object]:
    return {
        "id": row.id,
        "rule": row.rule,
        "params": parameters_text(row.params),
        "direction": row.direction,
        "timeframe": str(row.timeframe),
        "level": row.level,
        "group_name": row.group,
        "horizon": row.horizon,
        "shown": row.shown,
        "validated": row.quality.validated,
        "as_of": as_of,
        "quality": msgspec.json.encode(row.quality).decode(),
        "updated_at": now,
    }
