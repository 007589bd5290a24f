"""The table of runs: every change is a compare-and-set, so that several processes may share it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from services.analysis.research.domain.refusals import Reason
from services.analysis.research.domain.run_record import EncodedRecord, RunRecord, canonical
from services.analysis.research.domain.run_rows import MOST_TRIES, NIGHTLY, OPEN, RunRequest, RunRow, RunState
from shared.db import Database
from shared.tables import research_runs as table

MOST_ERROR: Final = 1000
COLUMNS: Final = tuple(table.c[name] for name in (*RunRow.__struct_fields__, "kind"))


class RunTable:
    """All methods raise ``TransientError`` when the database is not there. ``now``: milliseconds since the epoch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, row: RunRow) -> bool:
        """Store a new run; False if its id is there already, whatever asked for it."""
        values = _values(row)
        async with self._database.begin() as connection:
            if (await connection.execute(select(table.c.id).where(table.c.id == row.id))).first() is not None:
                return False
            await connection.execute(self._database.upsert(table, [values], update=[]), [values])
        return True

    async def add_done(self, record: RunRecord, location: str, requested_by: str, started: int, now: int) -> None:
        """Store a run that was done elsewhere, as on the command line; the same run again replaces it."""
        request = RunRequest(kind=record.kind, data=record.data, parameters=record.parameters)
        row = RunRow(id=record.id, request=request, requested_by=requested_by, state="done", created_at=started)
        values = {
            **_values(row),
            **_outcome(EncodedRecord.of(record), location),
            "started_at": started,
            "finished_at": now,
            "to_report": False,
        }
        async with self._database.begin() as connection:
            await connection.execute(self._database.upsert(table, [values]), [values])

    async def claim(self, now: int, lease_ms: int) -> RunRow | None:
        """Take the oldest run that waits, or whose process has died; None if there is none."""
        free = or_(table.c.state == "queued", and_(table.c.state == "running", table.c.lease_until < now))
        wanted = select(*COLUMNS).where(free, table.c.tries < MOST_TRIES).order_by(table.c.created_at, table.c.id).limit(5)
        for row in await self._read(wanted):
            token = secrets.token_hex(16)
            values = {
                "state": "running", "claim": token, "tries": row.tries + 1, "lease_until": now + lease_ms, "started_at": now,
            }  # fmt: skip
            unchanged = and_(table.c.id == row.id, table.c.claim == row.claim, table.c.state == row.state)
            if await self._update(and_(unchanged, table.c.tries == row.tries), values):
                return msgspec.structs.replace(row, state="running", claim=token, tries=row.tries + 1, started_at=now)
        return None

    async def give_up(self, now: int) -> None:
        """Runs whose processes were killed too often have failed."""
        dead = and_(table.c.state == "running", table.c.lease_until < now, table.c.tries >= MOST_TRIES)
        error = f"its process ended {MOST_TRIES} times without a result: it may need more memory than there is"
        values = {"state": "failed", "error_code": "killed", "error": error, "finished_at": now, "to_report": True, "claim": ""}
        await self._update(dead, values)

    async def keep(self, row: RunRow, done: float, total: float, note: str, lease_until: int) -> bool | None:
        """Report progress and keep the lease. True: it is to be cancelled; None: another process has the run."""
        held = and_(table.c.id == row.id, table.c.claim == row.claim, table.c.state == "running")
        values = {"done": done, "total": total, "note": note[:255], "lease_until": lease_until}
        async with self._database.begin() as connection:
            await connection.execute(update(table).where(held).values(**values))
            found = (await connection.execute(select(table.c.cancel).where(held))).first()
        return None if found is None else bool(found.cancel)

    async def finish(self, row: RunRow, record: EncodedRecord, location: str, now: int) -> bool:
        """Store the result; False if another process has the run, or it was finished already."""
        return await self._end(row, "done", now, _outcome(record, location) | {"done": table.c.total, "note": ""})

    async def fail(self, row: RunRow, state: RunState, code: str, error: str, now: int, reason: Reason | None = None) -> bool:
        """Store why there is no result; False as ``finish``."""
        values = {"error_code": code, "error": error[:MOST_ERROR], "error_reason": _reason(reason)}
        return await self._end(row, state, now, values)

    async def release(self, row: RunRow, *, tried: bool) -> None:
        """Give a run back, to be begun again. ``tried``: its process ended in the middle, which counts."""
        held = and_(table.c.id == row.id, table.c.claim == row.claim, table.c.state == "running")
        again = {"state": "queued", "claim": "", "tries": row.tries if tried else row.tries - 1}
        dead = {"lease_until": 0}  # ``give_up`` ends it
        await self._update(held, dead if tried and row.tries >= MOST_TRIES else again)

    async def cancel(self, run_id: str, now: int) -> RunState | None:
        """Cancel a run: at once if it waits, soon if it runs. Returns its state; None if there is none."""
        waiting = and_(table.c.id == run_id, table.c.state == "queued")
        ended = {"state": "cancelled", "error_code": "cancelled", "error": "cancelled", "finished_at": now, "to_report": True}
        if not await self._update(waiting, ended):
            await self._update(and_(table.c.id == run_id, table.c.state == "running"), {"cancel": True})
        found = await self.row(run_id)
        return None if found is None else found.state

    async def row(self, run_id: str) -> RunRow | None:
        """A run by its id."""
        return next(iter(await self._read(select(*COLUMNS).where(table.c.id == run_id))), None)

    async def newest(self, limit: int, states: Collection[RunState] = ()) -> list[RunRow]:
        """The newest runs, of some states or of all."""
        chosen = table.c.state.in_(tuple(states)) if states else table.c.id != ""
        return await self._read(select(*COLUMNS).where(chosen).order_by(table.c.created_at.desc(), table.c.id).limit(limit))

    async def ended_of(self, requested_by: str) -> list[RunRow]:
        """The runs of a requester that have an outcome which is published, newest first."""
        ended = and_(table.c.requested_by == requested_by, table.c.state.not_in(OPEN), ~table.c.to_report)
        return await self._read(select(*COLUMNS).where(ended).order_by(table.c.created_at.desc(), table.c.id))

    async def ended_before(self, moment: int, limit: int) -> list[RunRow]:
        """The oldest runs whose outcome is older and published, without the data sets of nights, of which some are kept."""
        ended = and_(table.c.state.not_in(OPEN), ~table.c.to_report, table.c.finished_at < moment, table.c.requested_by != NIGHTLY)
        return await self._read(select(*COLUMNS).where(ended).order_by(table.c.finished_at, table.c.id).limit(limit))

    async def remove(self, run_id: str) -> None:
        """Forget a run that has an outcome."""
        async with self._database.begin() as connection:
            await connection.execute(delete(table).where(table.c.id == run_id, table.c.state.not_in(OPEN)))

    async def record(self, run_id: str) -> RunRecord | None:
        """The result of a run that is done."""
        async with self._database.connect() as connection:
            found = (await connection.execute(select(table.c.result).where(table.c.id == run_id))).scalar()
        return msgspec.json.decode(found, type=RunRecord) if found else None

    async def open_of(self, requested_by: str) -> int:
        """How many runs of a requester wait or run."""
        return await self._count(and_(table.c.requested_by == requested_by, table.c.state.in_(OPEN)))

    async def queued(self, before: RunRow | None = None) -> int:
        """How many runs wait, or wait before one."""
        waits = table.c.state == "queued"
        return await self._count(waits if before is None else and_(waits, table.c.created_at < before.created_at))

    async def to_report(self, limit: int) -> list[RunRow]:
        """Runs with an outcome that is not published yet, oldest first."""
        return await self._read(select(*COLUMNS).where(table.c.to_report).order_by(table.c.finished_at).limit(limit))

    async def reported(self, run_id: str) -> None:
        """The outcome of a run is published."""
        await self._update(table.c.id == run_id, {"to_report": False})

    async def _end(self, row: RunRow, state: RunState, now: int, values: dict[str, Any]) -> bool:
        held = and_(table.c.id == row.id, table.c.claim == row.claim, table.c.state == "running")
        return await self._update(held, {**values, "state": state, "finished_at": now, "to_report": True, "claim": ""})

    async def _update(self, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
        async with self._database.begin() as connection:
            return (await connection.execute(update(table).where(where).values(**values))).rowcount > 0

    async def _count(self, where: ColumnElement[bool]) -> int:
        async with self._database.connect() as connection:
            return int((await connection.execute(select(func.count()).select_from(table).where(where))).scalar() or 0)

    async def _read(self, wanted: Select[Any]) -> list[RunRow]:
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return [_row(dict(row)) for row in rows]


def _values(row: RunRow) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.request.kind, "request": canonical(row.request).decode(), "state": row.state,
        "done": 0.0, "total": 0.0, "note": "", "requested_by": row.requested_by, "tries": 0, "claim": "", "lease_until": 0,
        "cancel": False, "created_at": row.created_at, "finished_at": row.finished_at, "result": "",
        "error_code": row.error_code, "error": row.error[:MOST_ERROR], "error_reason": _reason(row.error_reason), "location": "",
        "data_hash": "", "parameters_hash": "", "plan_version": "", "code_version": "", "to_report": row.state not in OPEN,
    }  # fmt: skip


def _reason(reason: Reason | None) -> str | None:
    return None if reason is None else msgspec.json.encode(reason).decode()


def _outcome(record: EncodedRecord, location: str) -> dict[str, Any]:
    return {**record._asdict(), "location": location}


def _row(values: dict[str, Any]) -> RunRow:
    request = msgspec.json.decode(values.pop("request"), type=RunRequest)
    reason = values["error_reason"]
    values["error_reason"] = msgspec.json.decode(reason, type=Reason) if reason else None
    values.pop("kind")
    return RunRow(**{**values, "request": request, "cancel": bool(values["cancel"])})
