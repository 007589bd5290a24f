"""Writes and reads the table of signal quality."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import delete, func, select

from services.analysis.research.domain.quality_changes import QualityChange
from shared.db import Database
from shared.events import Timeframe, parameters_text
from shared.sequences import RECORDED
from shared.tables import bars, signal_quality

if TYPE_CHECKING:  # it loads the kernels, which the role does not need
    from services.analysis.research.quality.rows import StoredQuality

SECONDS: Final = 60.0
BarsSignature = tuple[tuple[str, int, int, float], ...]
"""Of each symbol: bars, close of the newest, sum of the price factors. It changes when a bar closes or history is replaced."""


class QualityTable:
    """The table. All methods raise ``TransientError`` when the database is not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def signature(self, timeframe: Timeframe) -> BarsSignature:
        """What the stored bars of a timeframe are, in short."""
        c = bars.c
        wanted = select(c.symbol, func.count(), func.max(c.ts_close), func.sum(c.price_factor)).where(c.timeframe == str(timeframe))
        async with self._database.connect(seconds=SECONDS) as connection:
            rows = await connection.execute(wanted.group_by(c.symbol).order_by(c.symbol))
            return tuple((row[0], int(row[1]), int(row[2]), float(row[3])) for row in rows)

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
