"""Stores checkpoints, and with each one, in the same transaction, the bars and signals that it covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analysis.live.domain.bar_revisions import revisions
from services.analysis.live.domain.ports import Checkpoint, CheckpointRows, ProvidedBars
from shared.db import Database
from shared.events import Bar, Pattern, Signal
from shared.failures import FencedError
from shared.tables import bar_revisions, bars, checkpoints, patterns, signals
from shared.wire import encode

AT_A_TIME: Final = 500
"""Rows of one statement: preparing more would block the event loop."""
SECONDS: Final = 120.0
KEPT: Final = tuple(bars.c[name] for name in bar_revisions.columns.keys() if name in bars.columns)  # noqa: SIM118 - of columns


def bar_row(bar: Bar) -> dict[str, Any]:
    """The row of a bar."""
    return {
        "symbol": bar.symbol,
        "timeframe": str(bar.timeframe),
        "ts_close": bar.ts_event,
        "ts_open": bar.ts_open,
        "session": bar.session,
        "open": bar.open,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
        "volume": bar.volume,
        "price_factor": bar.price_factor,
        "split_factor": bar.split_factor,
        "source": bar.source[:24],
        "replayed": bar.replayed,
        "incomplete": bar.incomplete,
    }


def provided_rows(provided: ProvidedBars) -> list[dict[str, Any]]:
    """The rows of a provider's bars."""
    series = {"symbol": provided.symbol, "timeframe": str(provided.timeframe)}
    names = provided.bars.dtype.names or ()
    return [series | dict(zip(names, values, strict=True)) for values in provided.bars.tolist()]


def signal_row(signal: Signal) -> dict[str, Any]:
    """The row of a signal."""
    return {
        "id": signal.id,
        "symbol": signal.symbol,
        "timeframe": str(signal.timeframe),
        "rule": signal.rule,
        "direction": signal.direction,
        "ts_event": signal.ts_event,
        "body": encode(signal).decode(),
    }


def pattern_row(pattern: Pattern) -> dict[str, Any]:
    """The row of a pattern: its newest status."""
    return {
        "id": pattern.id,
        "symbol": pattern.symbol,
        "timeframe": str(pattern.timeframe),
        "pattern": pattern.pattern,
        "direction": pattern.direction,
        "status": pattern.status,
        "ts_event": pattern.ts_event,
        "body": encode(pattern).decode(),
    }


def _series(provided: ProvidedBars) -> ColumnElement[bool]:
    return (bars.c.symbol == provided.symbol) & (bars.c.timeframe == str(provided.timeframe))


class CheckpointTable:
    """Reads and writes checkpoints. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner[:96]

    async def load(self, partition: int) -> Checkpoint | None:
        """The newest checkpoint of a partition."""
        columns = (checkpoints.c.next_offset, checkpoints.c.state_version, checkpoints.c.state)
        async with self._database.connect() as connection:
            found = (await connection.execute(select(*columns).where(checkpoints.c.partition_no == partition))).first()
        return None if found is None else Checkpoint(int(found[0]), str(found[1]), bytes(found[2]))

    async def save(self, partition: int, before: int | None, after: Checkpoint, rows: CheckpointRows, now: int) -> None:
        """Replaces the checkpoint at offset ``before`` (None: there is none yet) and writes the rows, in one transaction.

        Raises:
            FencedError: the stored checkpoint is another one: another process owns the partition.
        """
        values = {
            "next_offset": after.next_offset,
            "state_version": after.state_version,
            "state": after.state,
            "owner": self._owner,
            "updated_at": now,
        }
        async with self._database.begin(seconds=SECONDS) as connection:
            if before is None:
                try:
                    await connection.execute(insert(checkpoints).values(partition_no=partition, **values))
                except IntegrityError as error:
                    raise FencedError(f"partition {partition} has a checkpoint already", partition) from error
            else:
                mine = (checkpoints.c.partition_no == partition) & (checkpoints.c.next_offset == before)
                if (await connection.execute(update(checkpoints).where(mine).values(**values))).rowcount != 1:
                    raise FencedError(f"partition {partition} has moved on from offset {before}", partition)
            for provided in rows.provided:
                await self._drop(connection, provided, provided.known_at or now)
                await self._put_provided(connection, provided, provided.known_at or now)
            await self._put(connection, bars, [bar_row(bar) for bar in rows.bars])
            await self._put(connection, signals, [signal_row(signal) for signal in rows.signals])
            newest = {pattern.id: pattern for pattern in rows.patterns}
            await self._put(connection, patterns, [pattern_row(pattern) for pattern in newest.values()])

    async def _drop(self, connection: AsyncConnection, provided: ProvidedBars, replaced_at: int) -> None:
        for first in range(0, len(provided.superseded), AT_A_TIME):
            gone = _series(provided) & bars.c.ts_close.in_(provided.superseded[first : first + AT_A_TIME])
            await self._keep(connection, gone, {}, replaced_at)
            await connection.execute(delete(bars).where(gone))

    async def _put_provided(self, connection: AsyncConnection, provided: ProvidedBars, replaced_at: int) -> None:
        rows = provided_rows(provided)
        for first in range(0, len(rows), AT_A_TIME):
            part = {row["ts_close"]: row for row in rows[first : first + AT_A_TIME]}
            await self._keep(connection, _series(provided) & bars.c.ts_close.in_(tuple(part)), part, replaced_at)
        await self._put(connection, bars, rows)

    async def _keep(
        self, connection: AsyncConnection, replaced: ColumnElement[bool], new: Mapping[int, Mapping[str, Any]], replaced_at: int
    ) -> None:
        """Keep the stored bars that have other values than the new ones (by close time)."""
        stored = (await connection.execute(select(*KEPT).where(replaced))).mappings().all()
        known = [dict(row) for row in stored]
        await self._put(connection, bar_revisions, list(revisions(known, new, replaced_at)))

    async def _put(self, connection: AsyncConnection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        for first in range(0, len(rows), AT_A_TIME):
            part = rows[first : first + AT_A_TIME]
            await connection.execute(self._database.upsert(table, part), part)
