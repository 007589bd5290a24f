"""Reads data sets from the table of runs, which analysis research writes."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Select, and_, or_, select

from services.gateway.domain.datasets import NAME, StoredDataset, StoredRecord
from shared.db import Database
from shared.tables import research_runs as table

log: Final = structlog.get_logger("gateway.datasets")
_record: Final = msgspec.json.Decoder(StoredRecord).decode


class StoredDatasets:
    """``domain.datasets.DatasetStore`` on the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, limit: int, before: tuple[int, str] | None) -> list[StoredDataset]:
        wanted = _done()
        if before is not None:
            at, last = before
            wanted = wanted.where(or_(table.c.created_at < at, and_(table.c.created_at == at, table.c.id > last)))
        return await self._read(wanted.order_by(table.c.created_at.desc(), table.c.id).limit(limit))

    async def one(self, dataset_id: str) -> StoredDataset | None:
        return next(iter(await self._read(_done().where(table.c.id == dataset_id))), None)

    async def _read(self, wanted: Select[Any]) -> list[StoredDataset]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        found = []
        for row in rows:
            try:
                record = _record(row.result)
            except msgspec.DecodeError as error:
                log.warning("cannot decode a data set", run=row.id, error=str(error))
                continue
            folder = row.location.rstrip("/").rpartition("/")[2]
            found.append(
                StoredDataset(
                    row.id, row.created_at, row.finished_at or row.created_at, folder if NAME.fullmatch(folder) else "", record
                )
            )
        return found


def _done() -> Select[Any]:
    columns = (table.c.id, table.c.created_at, table.c.finished_at, table.c.location, table.c.result)
    return select(*columns).where(table.c.kind == "dataset", table.c.state == "done")
