"""Reads jobs from the table of runs, which analysis research writes."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Select, and_, or_, select

from services.gateway.domain.datasets import NAME
from services.gateway.domain.research_jobs import StoredJob, StoredReason, StoredRequest, StoredResult
from shared.db import Database
from shared.tables import research_runs as table

log: Final = structlog.get_logger("gateway.research")
COLUMNS: Final = (
    "id", "kind", "state", "requested_by", "request", "done", "total", "note", "created_at", "started_at", "finished_at",
    "error_code", "error", "error_reason", "location",
)  # fmt: skip
CHATS: Final = "chat:"
"""Requesters whose runs are shown in their chat alone."""
MOST_WAITING: Final = 1000
_request: Final = msgspec.json.Decoder(StoredRequest).decode
_reason: Final = msgspec.json.Decoder(StoredReason).decode
_result: Final = msgspec.json.Decoder(StoredResult).decode


class StoredJobs:
    """``domain.research_jobs.JobStore`` on the table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, limit: int, kind: str | None, state: str | None, before: tuple[int, str] | None) -> list[StoredJob]:
        wanted = _shown(*COLUMNS)
        if kind is not None:
            wanted = wanted.where(table.c.kind == kind)
        if state is not None:
            wanted = wanted.where(table.c.state == state)
        if before is not None:
            at, last = before
            wanted = wanted.where(or_(table.c.created_at < at, and_(table.c.created_at == at, table.c.id > last)))
        return await self._read(wanted.order_by(table.c.created_at.desc(), table.c.id).limit(limit))

    async def one(self, job_id: str) -> StoredJob | None:
        return next(iter(await self._read(_shown(*COLUMNS, "result").where(table.c.id == job_id))), None)

    async def waiting(self) -> list[tuple[int, str]]:
        wanted = select(table.c.created_at, table.c.id).where(table.c.state == "queued")
        async with self._database.connect() as connection:
            rows = await connection.execute(wanted.order_by(table.c.created_at, table.c.id).limit(MOST_WAITING))
            return [(int(row.created_at), str(row.id)) for row in rows]

    async def _read(self, wanted: Select[Any]) -> list[StoredJob]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        found = []
        for row in rows:
            values = dict(row)
            folder, result = values.pop("location").rstrip("/").rpartition("/")[2], values.pop("result", "")
            reason = values.pop("error_reason")
            try:
                values |= {
                    "request": _request(values["request"]),
                    "result": _result(result) if result else None,
                    "error_reason": _reason(reason) if reason else None,
                }
            except msgspec.DecodeError as error:
                log.warning("cannot decode a run", run=row["id"], error=str(error))
                continue
            found.append(StoredJob(**values, folder=folder if NAME.fullmatch(folder) else ""))
        return found


def _shown(*columns: str) -> Select[Any]:
    return select(*(table.c[name] for name in columns)).where(table.c.requested_by.not_like(f"{CHATS}%"))
